#include "runtime/web/accept_encoding.h"

#include <algorithm>
#include <optional>

#include <bora/http/http_headers.h>

namespace bora::web {
namespace {

constexpr int kFull = 1000;

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Takes what stands before `separator` off `rest`.
std::string_view take(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return trim(taken);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// "0.5" as 500: a digit, a point, three digits at most. Anything else counts as a refusal.
int parse_weight(std::string_view text) {
  if (text.empty() || !is_digit(text[0]) || text.size() > 5) return 0;
  if (text.size() > 1 && text[1] != '.') return 0;
  int weight = text[0] - '0';
  for (std::size_t i = 2; i < 5; ++i) {
    if (i < text.size() && !is_digit(text[i])) return 0;
    weight = weight * 10 + (i < text.size() ? text[i] - '0' : 0);
  }
  return std::min(weight, kFull);
}

int weight_of(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view parameter = take(parameters, ';');
    if (parameter.size() >= 2 && (parameter[0] == 'q' || parameter[0] == 'Q') &&
        parameter[1] == '=') {
      return parse_weight(parameter.substr(2));
    }
  }
  return kFull;
}

}  // namespace

int quality_of(std::string_view header, std::string_view coding) {
  std::optional<int> others;
  while (!header.empty()) {
    std::string_view parameters = take(header, ',');
    const std::string_view name = take(parameters, ';');
    if (http::equals_ignoring_case(name, coding) ||
        (coding == "gzip" && http::equals_ignoring_case(name, "x-gzip"))) {
      return weight_of(parameters);
    }
    if (name == "*") others = weight_of(parameters);
  }
  if (coding == "identity") return others.value_or(1);
  return others.value_or(0);
}

}  // namespace bora::web
