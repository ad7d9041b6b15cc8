#include "runtime/web/vary.h"

#include <optional>
#include <string>

#include <bora/http/http_headers.h>

#include "runtime/text/weighted_list.h"

namespace bora::web {
namespace {

bool names(std::string_view field, std::string_view wanted) {
  text::WeightedList list(field);
  while (const auto item = list.next()) {
    if (item->name == "*" || http::equals_ignoring_case(item->name, wanted)) return true;
  }
  return false;
}

template <class Head>
void add(Head& head, const std::optional<std::string>& vary, std::string_view name) {
  if (!vary || vary->empty()) {
    head.set_header("Vary", name);
  } else if (!names(*vary, name)) {
    head.set_header("Vary", *vary + ", " + std::string(name));
  }
}

}  // namespace

void add_vary(AnswerHead& head, std::string_view name) {
  add(head, head.get_header("Vary"), name);
}

void add_vary(Response& response, std::string_view name) {
  add(response, response.find_header("Vary"), name);
}

}  // namespace bora::web
