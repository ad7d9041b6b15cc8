#include "runtime/paths/segment_values.h"

#include <charconv>
#include <cmath>
#include <cstdint>

#include "runtime/text/characters.h"
#include "runtime/text/hex.h"

namespace bora::paths {
namespace {

std::size_t count_digits(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && text::is_digit(text[count])) ++count;
  return count;
}

template <class Number>
bool fits(std::string_view text) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end;
}

// 18 digits always fit; only longer numbers must be read.
template <class Number>
bool is_whole(std::string_view digits, std::string_view text) {
  if (digits.empty() || count_digits(digits) != digits.size()) return false;
  return digits.size() <= 18 || fits<Number>(text);
}

}  // namespace

bool is_integer(std::string_view text) {
  return is_whole<std::int64_t>(text.substr(text.starts_with('-') ? 1 : 0), text);
}

bool is_unsigned(std::string_view text) {
  return is_whole<std::uint64_t>(text, text);
}

bool is_real(std::string_view text) {
  std::string_view rest = text.substr(text.starts_with('-') ? 1 : 0);
  const std::size_t whole = count_digits(rest);
  if (whole == 0) return false;
  rest.remove_prefix(whole);
  if (!rest.empty()) {
    if (rest.front() != '.' || rest.size() == 1) return false;
    if (count_digits(rest.substr(1)) != rest.size() - 1) return false;
  }
  if (text.size() <= 300) return true;  // less than 1e300
  double value = 0;
  return std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed)
             .ec == std::errc();
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash ? text[i] != '-' : !text::is_hex_digit(text[i])) return false;
  }
  return true;
}

bool is_slug(std::string_view text) {
  for (const char c : text) {
    const char lower = static_cast<char>(c | 0x20);
    if (!text::is_digit(c) && c != '-' && c != '_' && (lower < 'a' || lower > 'z')) return false;
  }
  return !text.empty();
}

bool is_value(Converter converter, std::string_view segment) {
  switch (converter) {
    case Converter::boolean:
      return segment == "true" || segment == "false";
    case Converter::uint:
      return is_unsigned(segment);
    case Converter::integer:
      return is_integer(segment);
    case Converter::real:
      return is_real(segment);
    case Converter::uuid:
      return is_uuid(segment);
    case Converter::slug:
      return is_slug(segment);
    case Converter::string:
    case Converter::path:
      return true;
    case Converter::custom:
    case Converter::regex:
      break;
  }
  return false;
}

}  // namespace bora::paths
