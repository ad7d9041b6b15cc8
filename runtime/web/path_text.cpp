#include "runtime/web/path_text.h"

#include <array>

namespace bora::web {
namespace {

// A character of a segment in its canonical form: plain, or as '%' and two digits.
struct Unit {
  std::array<char, 3> text;
  std::size_t size;
};

constexpr Unit plain(char c) {
  return {{c}, 1};
}

constexpr Unit escaped(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return {{'%', text::kUpperHex[value >> 4], text::kUpperHex[value & 15]}, 3};
}

Unit take_unit(std::string_view& segment) {
  const char c = segment.front();
  if (c == '%' && segment.size() > 2) {
    const auto byte = static_cast<char>(text::hex_byte(segment[1], segment[2]));
    segment.remove_prefix(3);
    return is_path_character(byte) ? plain(byte) : escaped(byte);
  }
  segment.remove_prefix(1);
  return is_path_character(c) ? plain(c) : escaped(c);
}

}  // namespace

bool has_valid_escapes(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (!text::is_escape(text, at)) return false;
  }
  return true;
}

void append_canonical(std::string& out, std::string_view segment) {
  while (!segment.empty()) {
    const Unit unit = take_unit(segment);
    out.append(unit.text.data(), unit.size);
  }
}

std::string_view canonical(std::string_view segment, char* out, std::size_t room) {
  std::size_t size = 0;
  while (!segment.empty()) {
    const Unit unit = take_unit(segment);
    if (size + unit.size > room) return {};
    for (std::size_t i = 0; i < unit.size; ++i) out[size++] = unit.text[i];
  }
  return {out, size};
}

void append_component(std::string& out, std::string_view text, bool keep_slashes) {
  for (const char c : text) {
    if (is_unreserved(c) || (keep_slashes && c == '/')) {
      out += c;
    } else {
      const Unit unit = escaped(c);
      out.append(unit.text.data(), unit.size);
    }
  }
}

}  // namespace bora::web
