#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bora::http {

struct Cookie {
  std::string_view name;
  std::string_view value;  ///< As sent, quotes and escapes included: see unquote_cookie().
};

/// Takes the first cookie off `text`, the rest of a Cookie header, the way browsers read it: only
/// ';' separates, ends are trimmed, a piece without '=' is the value of the empty name. A pair of
/// which both parts are empty is passed over.
/// @returns  False when nothing is left.
bool next_cookie(std::string_view& text, Cookie& cookie);

/// All cookies of a Cookie header, in order, also several of one name. They refer to `text`, so it
/// must not be a temporary.
std::vector<Cookie> parse_cookie(std::string_view text);
template <std::same_as<std::string> Temporary>
std::vector<Cookie> parse_cookie(Temporary&& text) = delete;

/// The value that a quoted one stands for: `"a\073b"` is `a;b`. Any other text comes back
/// unchanged.
std::string unquote_cookie(std::string_view value);

/// What a Set-Cookie field says apart from name and value.
struct CookieOptions {
  std::string path = "/";
  std::string domain{};  ///< Empty: only the host that set it.

  /// When the browser forgets it; with none of the three, when it is closed. `expires` (seconds
  /// since the Epoch) wins over `expires_days`, and in browsers `max_age` (seconds) over both.
  std::optional<std::int64_t> expires{};
  std::optional<int> expires_days{};
  std::optional<std::int64_t> max_age{};

  // What is left open here is not written, and the browser decides; a handler's set_cookie() fills
  // it in.
  std::optional<bool> httponly{};  ///< Scripts can't read it.
  std::optional<bool> secure{};    ///< Sent over https only.
  std::string samesite{};          ///< "Lax", "Strict" or "None".
};

/// The value of a Set-Cookie field: `a=1; Path=/`. A value with characters that cookies can't hold
/// is put in quotes and escaped: see unquote_cookie().
/// @param now  Seconds since the Epoch, which `expires_days` counts from.
/// @throws std::invalid_argument  A name that is no token, a blank or control character in the
///                                value, one or ';' in an option.
std::string format_set_cookie(std::string_view name, std::string_view value,
                              const CookieOptions& options, std::int64_t now);

}  // namespace bora::http
