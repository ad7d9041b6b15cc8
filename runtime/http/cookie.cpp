#include <bora/http/cookie.h>

#include <algorithm>
#include <stdexcept>

#include <bora/core/detail/durations.h>
#include <bora/http/http_headers.h>

#include "runtime/http/characters.h"
#include "runtime/http/response_head.h"
#include "runtime/text/characters.h"

namespace bora::http {

namespace {

bool is_octal(char c, char largest) {
  return c >= '0' && c <= largest;
}

[[noreturn]] void refuse(std::string_view name, std::string_view what) {
  throw std::invalid_argument("cookie '" + std::string(name) + "': " + std::string(what));
}

bool is_control_or_blank(char c) {
  return static_cast<unsigned char>(c) <= 0x20;
}

/// The characters that a value without quotes may have.
bool is_plain(char c) {
  return is_token_character(c) || c == ':';
}

/// The characters that may stand in quotes; all others are escaped.
bool is_quotable(char c) {
  return is_plain(c) || std::string_view("()/<=>?@[]{}").find(c) != std::string_view::npos;
}

std::string quote_cookie(std::string_view value) {
  if (std::all_of(value.begin(), value.end(), is_plain)) return std::string(value);
  std::string text = "\"";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_quotable(c)) {
      text += c;
    } else if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else {
      text += '\\';
      for (int shift = 6; shift >= 0; shift -= 3)
        text += static_cast<char>('0' + (byte >> shift & 7));
    }
  }
  return text + '"';
}

/// Every option is added here, so that none can bring in another one.
void append_option(std::string& line, std::string_view cookie, std::string_view option,
                   std::string_view value) {
  const bool is_allowed = std::none_of(value.begin(), value.end(), [](char c) {
    return is_control_or_blank(c) || c == ';' || c == 0x7f;
  });
  if (!is_allowed) refuse(cookie, std::string(option) + ": a blank, ';' or control character");
  line.append("; ").append(option).append("=").append(value);
}

/// Browsers take any other word for "Lax", and drop a cookie with "None" that is not Secure.
void append_samesite(std::string& line, std::string_view cookie, std::string_view value) {
  for (const std::string_view word : {"Lax", "Strict", "None"}) {
    if (!equals_ignoring_case(value, word)) continue;
    line.append("; SameSite=").append(word);
    return;
  }
  refuse(cookie, "SameSite is \"Lax\", \"Strict\" or \"None\"");
}

}  // namespace

bool next_cookie(std::string_view& text, Cookie& cookie) {
  while (!text.empty()) {
    const std::size_t end = text.find(';');
    const std::string_view piece = text::trim_space(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t equals = piece.find('=');
    if (equals == std::string_view::npos) {
      cookie = {{}, piece};
    } else {
      cookie = {text::trim_space(piece.substr(0, equals)),
                text::trim_space(piece.substr(equals + 1))};
    }
    if (!cookie.name.empty() || !cookie.value.empty()) return true;
  }
  return false;
}

std::vector<Cookie> parse_cookie(std::string_view text) {
  std::vector<Cookie> cookies;
  Cookie cookie;
  while (next_cookie(text, cookie)) cookies.push_back(cookie);
  return cookies;
}

std::string unquote_cookie(std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::string(value);
  const std::string_view inside = value.substr(1, value.size() - 2);
  std::string text;
  text.reserve(inside.size());
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] != '\\' || i + 1 == inside.size()) {
      text += inside[i];
    } else if (i + 3 < inside.size() && is_octal(inside[i + 1], '3') &&
               is_octal(inside[i + 2], '7') && is_octal(inside[i + 3], '7')) {
      text += static_cast<char>((inside[i + 1] - '0') * 64 + (inside[i + 2] - '0') * 8 +
                                (inside[i + 3] - '0'));
      i += 3;
    } else {
      text += inside[++i];
    }
  }
  return text;
}

std::string format_set_cookie(std::string_view name, std::string_view value,
                              const CookieOptions& options, std::int64_t now) {
  constexpr std::int64_t kDay = 24 * 60 * 60;
  if (!is_token(name)) refuse(name, "its name is no token");
  if (std::any_of(value.begin(), value.end(), is_control_or_blank)) {
    refuse(name, "a blank or control character in the value");
  }
  std::string line = std::string(name) + '=' + quote_cookie(value);
  if (!options.domain.empty()) append_option(line, name, "Domain", options.domain);
  if (options.expires || options.expires_days) {
    const std::int64_t expires =
        options.expires ? *options.expires
                        : bora::detail::saturating_add(now, *options.expires_days * kDay);
    line += "; expires=" + format_http_date(expires);
  }
  if (options.httponly.value_or(false)) line += "; HttpOnly";
  if (options.max_age) line += "; Max-Age=" + std::to_string(*options.max_age);
  if (!options.path.empty()) append_option(line, name, "Path", options.path);
  if (!options.samesite.empty()) append_samesite(line, name, options.samesite);
  if (options.secure.value_or(false)) line += "; Secure";
  return line;
}

}  // namespace bora::http
