#include <bora/web/handler_call.h>

#include <charconv>
#include <cmath>

#include <bora/web/http_error.h>

namespace bora::web::detail {
namespace {

template <class Integer>
Integer parse(std::string_view text, Integer min, Integer max) {
  Integer value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || value < min || value > max) throw HTTPError(404);
  return value;
}

}  // namespace

std::int64_t signed_argument(std::string_view text, std::int64_t min, std::int64_t max) {
  return parse(text, min, max);
}

std::uint64_t unsigned_argument(std::string_view text, std::uint64_t max) {
  return parse<std::uint64_t>(text, 0, max);
}

double real_argument(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (error != std::errc() || stop != end || !std::isfinite(value)) throw HTTPError(404);
  return value;
}

bool bool_argument(std::string_view text) {
  if (text != "true" && text != "false") throw HTTPError(404);
  return text == "true";
}

}  // namespace bora::web::detail
