#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bora::http {

struct Cookie {
  std::string_view name;
  std::string_view value;  ///< As sent, quotes and escapes included: see unquote_cookie().
};

/// Takes the first cookie off `text`, the rest of a Cookie header, the way browsers read it: only
/// ';' separates, ends are trimmed, a piece without '=' is the value of the empty name.
/// @returns  False when nothing is left.
bool next_cookie(std::string_view& text, Cookie& cookie);

/// All cookies of a Cookie header, in order, also several of one name.
std::vector<Cookie> parse_cookie(std::string_view text);

/// The value behind a quoted one: `"a\073b"` is `a;b`. Any other text comes back unchanged.
std::string unquote_cookie(std::string_view value);

}  // namespace bora::http
