#pragma once

#include <cstdint>
#include <string_view>

// Conditional and partial requests (RFC 9110, 13 and 14).

namespace bora::web {

/// Whether If-None-Match names `etag`: a list of tags, or '*' as its first item. Weak comparison:
/// `W/` is ignored on both sides (WEB-045, WEB-098).
[[nodiscard]] bool if_none_match(std::string_view header, std::string_view etag);

/// A part of a body: offset and size in bytes.
struct ByteRange {
  std::int64_t offset = 0;
  std::int64_t size = 0;
};

enum class RangeOutcome {
  whole,          ///< No usable Range, or one that covers everything: 200.
  partial,        ///< 206.
  unsatisfiable,  ///< 416.
};

/// What a Range field asks of `size` bytes (WEB-099): one range in bytes; anything else is ignored.
[[nodiscard]] RangeOutcome parse_range(std::string_view header, std::int64_t size,
                                       ByteRange& range);

}  // namespace bora::web
