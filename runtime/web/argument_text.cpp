#include "runtime/web/argument_text.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "runtime/text/characters.h"

namespace bora::web {
namespace {

/// Unicode's White_Space beyond ASCII, as UTF-8.
constexpr std::array<std::string_view, 19> kWideBlanks = {
    "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
    "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a",
    "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte <= 0x08 || (byte >= 0x0e && byte <= 0x1f);
}

/// Returns the size of the blank at the start in bytes; 0 if there is none.
std::size_t leading_blank(std::string_view text) {
  if (text.empty()) return 0;
  if (text::is_space(text.front())) return 1;
  for (const std::string_view blank : kWideBlanks) {
    if (text.starts_with(blank)) return blank.size();
  }
  return 0;
}

std::size_t trailing_blank(std::string_view text) {
  if (text.empty()) return 0;
  if (text::is_space(text.back())) return 1;
  for (const std::string_view blank : kWideBlanks) {
    if (text.ends_with(blank)) return blank.size();
  }
  return 0;
}

std::string_view strip_blanks(std::string_view text) {
  while (const std::size_t size = leading_blank(text)) text.remove_prefix(size);
  while (const std::size_t size = trailing_blank(text)) text.remove_suffix(size);
  return text;
}

}  // namespace

std::string clean_argument(std::string text, bool strip) {
  std::replace_if(text.begin(), text.end(), is_control, ' ');
  if (!strip) return text;
  return std::string(strip_blanks(text));
}

}  // namespace bora::web
