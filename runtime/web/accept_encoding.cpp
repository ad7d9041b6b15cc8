#include "runtime/web/accept_encoding.h"

#include <optional>

#include <bora/http/http_headers.h>

#include "runtime/text/weighted_list.h"

namespace bora::web {

int quality_of(std::string_view header, std::string_view coding) {
  std::optional<int> others;
  text::WeightedList list(header);
  while (const std::optional<text::WeightedItem> item = list.next()) {
    if (http::equals_ignoring_case(item->name, coding) ||
        (coding == "gzip" && http::equals_ignoring_case(item->name, "x-gzip"))) {
      return item->weight;
    }
    if (item->name == "*") others = item->weight;
  }
  if (coding == "identity") return others.value_or(1);
  return others.value_or(0);
}

}  // namespace bora::web
