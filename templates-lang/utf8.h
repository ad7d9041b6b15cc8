#pragma once

#include <cstddef>
#include <string_view>

#include "runtime/text/utf8.h"

namespace bora::lang {

using text::decode_utf8;
using Utf8Char = text::UTF8Character;

/// Returns the offset of the first byte at or after `from` that is not valid UTF-8, or `npos`.
std::size_t find_invalid_utf8(std::string_view text, std::size_t from = 0);

}  // namespace bora::lang
