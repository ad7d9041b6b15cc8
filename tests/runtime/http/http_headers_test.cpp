#include <bora/http/http_headers.h>

#include <chrono>
#include <stdexcept>
#include <string>

#include "tests/support/catch.h"

using bora::http::HTTPHeaders;

TEST_CASE("HTTPHeaders: names ignore case, values stay in order", "[http]") {
  HTTPHeaders headers;
  headers.add("Set-Cookie", "a=b");
  headers.add("X", "1");
  headers.add("set-cookie", "c=d");
  CHECK(headers.size() == 3);
  CHECK(headers.get("SET-COOKIE") == "a=b, c=d");
  CHECK(headers.get_view("Set-Cookie") == "a=b");
  CHECK(headers.get_list("Set-Cookie") == std::vector<std::string_view>{"a=b", "c=d"});
  CHECK(headers.get("Y").empty());
  CHECK(headers.get("Y", "none") == "none");
  CHECK_FALSE(headers.get_view("Y"));
  CHECK(headers.contains("x"));
  std::string all;
  for (const auto [name, value] : headers)
    all += std::string(name) + "=" + std::string(value) + ";";
  CHECK(all == "Set-Cookie=a=b;X=1;set-cookie=c=d;");
}

TEST_CASE("HTTPHeaders: set() replaces all of a name, remove() takes them away", "[http]") {
  HTTPHeaders headers;
  headers.add("A", "1");
  headers.add("B", "2");
  headers.add("a", "3");
  headers.set("A", "4");
  CHECK(headers.get("a") == "4");
  CHECK(headers.size() == 2);
  headers.remove("b");
  CHECK_FALSE(headers.contains("B"));
  headers.remove("A");
  CHECK(headers.empty());
  headers.add("C", "");
  CHECK(headers.get_view("C") == "");
  headers.clear();
  CHECK(headers.empty());
}

TEST_CASE("HTTPHeaders: what could split a message is refused, and nothing is changed", "[http]") {
  HTTPHeaders headers;
  headers.add("A", "1");
  for (const std::string& value :
       {std::string("a\r\nB: c"), std::string("a\nb"), std::string("a\rb"), std::string("a\0b", 3),
        std::string("\x7f"), std::string("\x01")}) {
    CHECK_THROWS_AS(headers.add("A", value), std::invalid_argument);
    CHECK_THROWS_AS(headers.set("A", value), std::invalid_argument);
  }
  for (const char* name : {"", " ", "A B", "A:", "A\r\n", "\xc3\xa9", "A\t", "(A)"}) {
    CAPTURE(name);
    CHECK_THROWS_AS(headers.add(name, "x"), std::invalid_argument);
  }
  CHECK_NOTHROW(headers.add("B", "\ttab and \xc3\xa9"));
  CHECK(headers.get("A") == "1");
  CHECK(headers.size() == 2);
}

TEST_CASE("HTTPHeaders: many fields of one name cost no more than as many of any", "[http]") {
  HTTPHeaders headers;
  for (int i = 0; i < 100'000; ++i) headers.add("X", "y");
  CHECK(headers.get("X").size() == 100'000 * 3 - 2);
}
