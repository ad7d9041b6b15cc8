#pragma once

#include <string_view>

#include <bora/web/output_transform.h>

namespace bora::filters {

/// Adds a field's name to Vary, unless it is there.
void add_vary(web::AnswerHead& head, std::string_view name);

}  // namespace bora::filters
