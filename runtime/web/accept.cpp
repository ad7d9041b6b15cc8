#include "runtime/web/accept.h"

#include <algorithm>
#include <optional>

#include <bora/http/http_headers.h>

#include "runtime/text/weighted_list.h"

namespace bora::web {
namespace {

bool is_json(std::string_view type) {
  constexpr std::string_view kSuffix = "+json";
  return http::equals_ignoring_case(type, "application/json") ||
         (type.size() > kSuffix.size() &&
          http::equals_ignoring_case(type.substr(type.size() - kSuffix.size()), kSuffix));
}

}  // namespace

bool prefers_json(std::string_view accept) {
  int json = 0;
  int html = 0;
  int any = 0;
  bool names_html = false;
  text::WeightedList list(accept);
  while (const std::optional<text::WeightedItem> item = list.next()) {
    if (is_json(item->name)) {
      json = std::max(json, item->weight);
    } else if (http::equals_ignoring_case(item->name, "text/html") ||
               http::equals_ignoring_case(item->name, "application/xhtml+xml")) {
      html = std::max(html, item->weight);
      names_html = true;
    } else if (item->name == "*/*" || http::equals_ignoring_case(item->name, "text/*")) {
      any = std::max(any, item->weight);
    }
  }
  // Programs send "application/json, */*", and mean the type that they name.
  if (json > 0 && !names_html) return json >= any;
  return json > html;
}

}  // namespace bora::web
