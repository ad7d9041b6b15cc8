#include "runtime/filters/vary.h"

#include <string>

#include <bora/http/http_headers.h>

namespace bora::filters {

void add_vary(web::AnswerHead& head, std::string_view name) {
  std::string vary = head.get_header("Vary").value_or(std::string());
  std::string_view rest = vary;
  while (!rest.empty()) {
    std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(one.size() == rest.size() ? one.size() : one.size() + 1);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one == "*" || http::equals_ignoring_case(one, name)) return;
  }
  if (!vary.empty()) vary += ", ";
  vary += name;
  head.set_header("Vary", vary);
}

}  // namespace bora::filters
