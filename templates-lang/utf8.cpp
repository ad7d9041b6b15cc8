#include "templates-lang/utf8.h"

namespace bora::lang {

std::size_t find_invalid_utf8(std::string_view text, std::size_t from) {
  for (std::size_t at = from; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    const Utf8Char c = decode_utf8(text, at);
    if (!c.is_valid) return at;
    at += c.size;
  }
  return std::string_view::npos;
}

}  // namespace bora::lang
