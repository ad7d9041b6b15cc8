#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bora::http {

/// A name and a value of a Cookie header.
struct Cookie {
  std::string_view name;
  std::string_view value;  ///< As it was sent, with quotes and escapes; see unquote_cookie().
};

/// Takes the first cookie off `text`, the rest of a Cookie header, in the way that browsers read
/// it: only ';' separates, ends are trimmed, and a piece without '=' is the value of the empty
/// name. A pair of which both parts are empty is skipped.
/// @returns  False when nothing is left.
bool next_cookie(std::string_view& text, Cookie& cookie);

/// All cookies of a Cookie header, in order, including several of one name. They refer to `text`,
/// so it must not be a temporary.
std::vector<Cookie> parse_cookie(std::string_view text);
template <std::same_as<std::string> Temporary>
std::vector<Cookie> parse_cookie(Temporary&& text) = delete;

/// The value that a quoted value stands for: `"a\073b"` is `a;b`. Any other text comes back
/// unchanged.
std::string unquote_cookie(std::string_view value);

/// The attributes of a Set-Cookie field, besides name and value.
struct CookieOptions {
  std::string path = "/";
  std::string domain{};  ///< If empty, only the host that set the cookie gets it.

  /// When the browser deletes the cookie; with none of the three, it does so when it is closed.
  /// `expires` (seconds since the Epoch) wins over `expires_days`, and in browsers `max_age`
  /// (seconds) wins over both.
  std::optional<std::int64_t> expires{};
  std::optional<int> expires_days{};
  std::optional<std::int64_t> max_age{};

  // An attribute that is left empty here is not written, and the browser decides; a handler's
  // set_cookie() fills it in.
  std::optional<bool> httponly{};  ///< Whether scripts are kept from reading it.
  std::optional<bool> secure{};    ///< Whether it is sent over https only.
  std::string samesite{};          ///< "Lax", "Strict" or "None".
};

/// The value of a Set-Cookie field: `a=1; Path=/`. A value with characters that cookies can't hold
/// is quoted and escaped; see unquote_cookie().
/// @param now  The time in seconds since the Epoch, from which `expires_days` counts.
/// @throws std::invalid_argument  The name is not a token, the value has a blank or control
///                                character, or an option has a control character or ';'.
std::string format_set_cookie(std::string_view name, std::string_view value,
                              const CookieOptions& options, std::int64_t now);

}  // namespace bora::http
