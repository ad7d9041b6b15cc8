#include <algorithm>
#include <charconv>
#include <cstdint>

#include <bora/core/escape.h>

#include "runtime/core/html_entities.h"
#include "runtime/text/utf8.h"

// Character references as the HTML standard has them (13.2.5.72 and after), and white space.

namespace bora {
namespace {

/// Browsers take the numbers 0x80 to 0x9f for Windows-1252.
constexpr char16_t kWindows1252[] = {
    0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};

/// Control characters, and codes that are no characters in Unicode: such references stand for
/// nothing.
bool is_no_character(char32_t code) {
  return (code >= 0x01 && code <= 0x08) || code == 0x0b || (code >= 0x0e && code <= 0x1f) ||
         code == 0x7f || (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) == 0xfffe;
}

void append_number(std::string& text, char32_t code) {
  constexpr char32_t kReplacement = 0xfffd;
  if (code >= 0x80 && code <= 0x9f) {
    text::append_utf8(text, kWindows1252[code - 0x80]);
  } else if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    text::append_utf8(text, kReplacement);
  } else if (!is_no_character(code)) {
    text::append_utf8(text, code);
  }
}

/// Appends `&#38;` or `&#x26;`; the ';' is optional. @returns  Its size; 0 if there is none.
std::size_t append_numeric(std::string& text, std::string_view rest) {
  const bool is_hex = rest.size() > 2 && (rest[2] == 'x' || rest[2] == 'X');
  const char* digits = rest.data() + (is_hex ? 3 : 2);
  const char* end = rest.data() + rest.size();
  std::uint32_t code = 0;
  const auto [stop, error] = std::from_chars(digits, end, code, is_hex ? 16 : 10);
  if (stop == digits) return 0;
  append_number(text, error == std::errc() ? code : 0xffffffffU);
  return static_cast<std::size_t>(stop - rest.data()) + (stop != end && *stop == ';' ? 1 : 0);
}

/// Appends `&amp;`, or the longest name that the text begins with. @returns  Its size; 0 if there
/// is none.
std::size_t append_named(std::string& text, std::string_view rest) {
  constexpr std::size_t kLongestName = 32;
  std::size_t size = std::min(rest.find_first_of("\t\n\f <&#;", 1), rest.size());
  if (size < rest.size() && rest[size] == ';') ++size;
  size = std::min(size, kLongestName + 1);
  for (; size > 2; --size) {
    const std::string_view characters = html_entity(rest.substr(1, size - 1));
    if (characters.empty()) continue;
    text += characters;
    return size;
  }
  return 0;
}

}  // namespace

std::string xhtml_unescape(std::string_view text) {
  std::string result;
  while (true) {
    const std::size_t begin = text.find('&');
    result += text.substr(0, begin);
    if (begin == std::string_view::npos) return result;
    text.remove_prefix(begin);
    const bool is_numeric = text.size() > 1 && text[1] == '#';
    const std::size_t size = is_numeric ? append_numeric(result, text) : append_named(result, text);
    if (size == 0) result += '&';
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
}

std::string squeeze(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    if (static_cast<unsigned char>(c) > 0x20) {
      result += c;
    } else if (!result.empty() && result.back() != ' ') {
      result += ' ';
    }
  }
  if (!result.empty() && result.back() == ' ') result.pop_back();
  return result;
}

}  // namespace bora
