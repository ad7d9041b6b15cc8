#include "runtime/web/accept.h"

#include <algorithm>
#include <charconv>

#include <bora/http/http_headers.h>

namespace bora::web {
namespace {

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view take(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return trim(taken);
}

double quality_in(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view parameter = take(parameters, ';');
    if (parameter.size() < 2 || (parameter[0] | 0x20) != 'q' || parameter[1] != '=') continue;
    double quality = 0;
    const std::string_view text = parameter.substr(2);
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), quality);
    const bool is_quality = error == std::errc() && rest == text.data() + text.size();
    return is_quality && quality >= 0 && quality <= 1 ? quality : 0;
  }
  return 1;
}

bool is_json(std::string_view type) {
  constexpr std::string_view kSuffix = "+json";
  return http::equals_ignoring_case(type, "application/json") ||
         (type.size() > kSuffix.size() &&
          http::equals_ignoring_case(type.substr(type.size() - kSuffix.size()), kSuffix));
}

}  // namespace

bool prefers_json(std::string_view accept) {
  double json = 0;
  double html = 0;
  double any = 0;
  bool names_html = false;
  while (!accept.empty()) {
    std::string_view parameters = take(accept, ',');
    const std::string_view type = take(parameters, ';');
    if (is_json(type)) {
      json = std::max(json, quality_in(parameters));
    } else if (http::equals_ignoring_case(type, "text/html") ||
               http::equals_ignoring_case(type, "application/xhtml+xml")) {
      html = std::max(html, quality_in(parameters));
      names_html = true;
    } else if (type == "*/*" || http::equals_ignoring_case(type, "text/*")) {
      any = std::max(any, quality_in(parameters));
    }
  }
  // "application/json, */*" is what programs send: the type that is named is meant.
  if (json > 0 && !names_html) return json >= any;
  return json > html;
}

}  // namespace bora::web
