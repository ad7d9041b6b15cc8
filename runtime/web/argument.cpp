#include <bora/web/argument.h>

#include <charconv>
#include <cmath>

#include <bora/web/http_error.h>

namespace bora::web::detail {
namespace {

[[noreturn]] void refuse(std::string_view name, std::string_view text, const std::string& wanted) {
  throw BadArgumentError(std::string(name), "must be " + wanted, std::string(text.substr(0, 40)));
}

template <class Integer>
bool parse(std::string_view text, Integer& value) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end;
}

template <class Integer>
Integer whole(std::string_view name, std::string_view text, Integer min, Integer max) {
  Integer value = 0;
  if (parse(text, value) && value >= min && value <= max) return value;
  refuse(name, text, "a whole number from " + std::to_string(min) + " to " + std::to_string(max));
}

}  // namespace

std::int64_t signed_value(std::string_view name, std::string_view text, std::int64_t min,
                          std::int64_t max) {
  return whole(name, text, min, max);
}

std::uint64_t unsigned_value(std::string_view name, std::string_view text, std::uint64_t max) {
  return whole<std::uint64_t>(name, text, 0, max);
}

double real_value(std::string_view name, std::string_view text) {
  double value = 0;
  if (parse(text, value) && std::isfinite(value)) return value;
  refuse(name, text, "a number");
}

bool bool_value(std::string_view name, std::string_view text) {
  if (text == "true" || text == "1" || text == "on" || text == "yes") return true;
  if (text == "false" || text == "0" || text == "off" || text == "no") return false;
  refuse(name, text, "true or false");
}

void refuse_argument(std::string_view name, std::string_view text) {
  refuse(name, text, "another value");
}

}  // namespace bora::web::detail
