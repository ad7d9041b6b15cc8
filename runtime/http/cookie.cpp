#include <bora/http/cookie.h>

namespace bora::http {

namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\f\v";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

bool is_octal(char c, char largest) {
  return c >= '0' && c <= largest;
}

}  // namespace

bool next_cookie(std::string_view& text, Cookie& cookie) {
  while (!text.empty()) {
    const std::size_t end = text.find(';');
    const std::string_view piece = trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (piece.empty()) continue;
    const std::size_t equals = piece.find('=');
    if (equals == std::string_view::npos) {
      cookie = {{}, piece};
    } else {
      cookie = {trim(piece.substr(0, equals)), trim(piece.substr(equals + 1))};
    }
    return true;
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

}  // namespace bora::http
