#include "runtime/text/weighted_list.h"

#include <string>

#include "tests/support/catch.h"

using bora::text::by_weight;
using bora::text::WeightedItem;
using bora::text::WeightedList;

namespace {

/// "name(parameters)=weight name=weight".
std::string items(std::string_view field) {
  std::string text;
  WeightedList list(field);
  while (const std::optional<WeightedItem> item = list.next()) {
    if (!text.empty()) text += ' ';
    text += item->name;
    if (!item->parameters.empty()) text.append("(").append(item->parameters).append(")");
    text += "=" + std::to_string(item->weight);
  }
  return text;
}

std::string order(std::string_view field) {
  std::string text;
  for (const WeightedItem& item : by_weight(field)) text.append(item.name).append(" ");
  return text;
}

}  // namespace

TEST_CASE("weighted lists: names, parameters, weights (RFC 9110, 12.4.2)", "[text]") {
  CHECK(items("en") == "en=1000");
  CHECK(items("en;q=0.5, de ; q=0.25,fr;q=1.000") == "en=500 de=250 fr=1000");
  CHECK(items("en;Q=0.1, de") == "en=100 de=1000");
  CHECK(items("text/html;level=1;q=0.4;ext=2, */*") == "text/html(level=1)=400 */*=1000");
  CHECK(items("text/plain; format=flowed; charset=x") ==
        "text/plain(format=flowed; charset=x)=1000");
  CHECK(items(R"(a/b;x="1,2;q=0,\"3";q=0.5,c)") == R"(a/b(x="1,2;q=0,\"3")=500 c=1000)");
  CHECK(items(" , ,;q=1,\t,a,,") == "a=1000");
  CHECK(items("").empty());
  CHECK(items("a;") == "a=1000");
  CHECK(items("a;;q=0.5;") == "a=500");
}

TEST_CASE("weighted lists: what is no weight is a refusal", "[text]") {
  for (const char* weight : {"", "x", "-1", ".5", "0,5", "0.x", "0.123x", "2x", "1e9", "\"1\""}) {
    CAPTURE(weight);
    CHECK(items(std::string("a;q=") + weight).starts_with("a=0"));
  }
  CHECK(items("a;q=7") == "a=1000");
  CHECK(items("a;q=1.5") == "a=1000");
  CHECK(items("a;q=0.12345678901234567890") == "a=123");
  CHECK(items("a;q=0.") == "a=0");
  CHECK(items("a;q=1.") == "a=1000");
  CHECK(items("a;q = 0.5") == "a(q = 0.5)=1000");
}

TEST_CASE("weighted lists: the most wanted first, refused ones left out", "[text]") {
  CHECK(order("en;Q=0.1, de") == "de en ");
  CHECK(order("a;q=0.5, b, c;q=0.5, d, e;q=0") == "b d a c ");
  CHECK(order("").empty());
}

TEST_CASE("weighted lists: an open quote or an escape at the end", "[text]") {
  CHECK(items("a;x=\"b,c;q=0.5") == "a(x=\"b,c;q=0.5)=1000");
  CHECK(items("a;x=\"\\") == "a(x=\"\\)=1000");
}
