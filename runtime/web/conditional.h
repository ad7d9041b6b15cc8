#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <bora/http/http_headers.h>

// Conditional and partial requests (RFC 9110, 13 and 14).

namespace bora::web {

/// Data that distinguish one version of a resource from another.
struct Validators {
  std::string_view etag{};  ///< With its quotes; weak with `W/`. Empty if there is none.
  std::optional<std::int64_t> modified{};  ///< In seconds since the Epoch; nothing if it is not
                                           ///< known.
};

/// Whether If-Match names `etag`: a list of tags, or '*' as its first item. Strong comparison: a
/// weak tag matches nothing.
[[nodiscard]] bool if_match(std::string_view header, std::string_view etag);

/// Whether If-None-Match names `etag`: a list of tags, or '*' as its first item. Weak comparison:
/// `W/` is ignored on both sides.
[[nodiscard]] bool if_none_match(std::string_view header, std::string_view etag);

enum class Precondition {
  holds,         ///< Answer as if there were no condition.
  not_modified,  ///< 304: the client has it.
  failed,        ///< 412.
};

/// Evaluates If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since for the present
/// version, in the order of RFC 9110, 13.2.2. Dates that can't be read are ignored, and so is a
/// field about a date that is not known.
[[nodiscard]] Precondition check_preconditions(const http::HTTPHeaders& asked,
                                               std::string_view method, const Validators& current);

/// Whether a Range may be answered with a part: If-Range is missing, or names the present version
/// by a strong validator. A date is one when its second had passed by `now`: nothing can have
/// changed after it (13.1.5, 8.8.2.2).
[[nodiscard]] bool is_range_current(const http::HTTPHeaders& asked, const Validators& current,
                                    std::int64_t now);

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

/// Evaluates a Range field for a body of `size` bytes.
///
/// - Another unit than bytes is ignored. Malformed ranges in bytes are unsatisfiable.
/// - A range that reaches beyond the end is cut there; one that begins there is left out, and if
///   none is left the field is unsatisfiable.
/// - More than `max_ranges` of them, or more bytes than the whole has (so they overlap much), are
///   an attack or a mistake: the field is ignored.
///
/// @param ranges  In the order in which they were asked for; empty unless the outcome is `partial`.
[[nodiscard]] RangeOutcome parse_ranges(std::string_view header, std::int64_t size,
                                        std::size_t max_ranges, std::vector<ByteRange>& ranges);

}  // namespace bora::web
