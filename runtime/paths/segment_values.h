#pragma once

#include <string_view>

#include "runtime/paths/path_pattern.h"

namespace bora::paths {

/// Whether a segment, percent-decoded and not empty, is a value of a converter that needs no
/// argument: boolean, uint, integer, real, uuid, slug; also string and path, which accept anything.
bool is_value(Converter converter, std::string_view segment);

bool is_integer(std::string_view text);
bool is_unsigned(std::string_view text);
bool is_real(std::string_view text);
bool is_uuid(std::string_view text);
bool is_slug(std::string_view text);

}  // namespace bora::paths
