#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Classes of characters, byte by byte and independent of any locale. Each is stated here once.

namespace bora::text {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
constexpr bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_letter(char c) {
  return is_lower(static_cast<char>(c | 0x20));
}
constexpr bool is_alphanumeric(char c) {
  return is_letter(c) || is_digit(c);
}
/// A character of identifiers: a letter, a digit or '_'.
constexpr bool is_word(char c) {
  return is_alphanumeric(c) || c == '_';
}
/// RFC 9110, 5.6.3: the white space within fields.
constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}
/// White space as in C++. A no-break space is text.
constexpr bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
/// White space as in HTML: without the vertical tab.
constexpr bool is_html_space(char c) {
  return is_space(c) && c != '\v';
}
constexpr bool is_control(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
}
constexpr bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

constexpr char to_lower(char c) {
  return is_upper(c) ? static_cast<char>(c | 0x20) : c;
}
constexpr char to_upper(char c) {
  return is_lower(c) ? static_cast<char>(c ^ 0x20) : c;
}
inline std::string lowered(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = to_lower(c);
  return result;
}

constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

namespace detail {

template <class IsDropped>
constexpr std::string_view trimmed(std::string_view text, IsDropped is_dropped) {
  while (!text.empty() && is_dropped(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_dropped(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace detail

/// Returns the text without the blanks (is_blank) at both ends.
constexpr std::string_view trim_blanks(std::string_view text) {
  return detail::trimmed(text, is_blank);
}
/// Returns the text without the white space (is_space) at both ends.
constexpr std::string_view trim_space(std::string_view text) {
  return detail::trimmed(text, is_space);
}

}  // namespace bora::text
