#pragma once

#include <string_view>

#include <bora/web/output_transform.h>

#include "runtime/web/response.h"

namespace bora::web {

// Caches must keep answers apart that depend on a field of the request: these add its name to Vary,
// unless it is there.
void add_vary(AnswerHead& head, std::string_view name);
void add_vary(Response& response, std::string_view name);

}  // namespace bora::web
