#include <bora/http/http_headers.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <bora/http/error.h>

#include "tests/support/catch.h"

using bora::http::HTTPHeaders;

namespace {

template <class Headers>
concept HandsOutViews = requires(Headers&& headers) {
  std::forward<Headers>(headers).get_view("A");
  std::forward<Headers>(headers).get_list("A");
  std::forward<Headers>(headers)[0];
  std::forward<Headers>(headers).begin();
};

static_assert(HandsOutViews<HTTPHeaders&>);
static_assert(HandsOutViews<const HTTPHeaders&>);
static_assert(!HandsOutViews<HTTPHeaders>);
static_assert(!HandsOutViews<const HTTPHeaders>);

}  // namespace

TEST_CASE("HTTPHeaders: a loop over a temporary's fields keeps it", "[http]") {
  const std::string text = "Long-Name-That-Is-Allocated: one value that is allocated\r\nB: 2\r\n";
  std::string all;
  for (const auto [name, value] : HTTPHeaders::parse(text).get_all()) {
    all.append(name).append("=").append(value).append(";");
  }
  for (const auto [name, value] : HTTPHeaders::parse(text)) all.append(name);
  CHECK(all ==
        "Long-Name-That-Is-Allocated=one value that is allocated;B=2;Long-Name-That-Is-AllocatedB");
}

TEST_CASE("HTTPHeaders: numbers and moments as values", "[http]") {
  HTTPHeaders headers;
  headers.add("A", 1);
  headers.add("A", std::uint64_t{18446744073709551615U});
  headers.set("B", -5L);
  headers.set("B", std::size_t{7});
  const auto moment = std::chrono::system_clock::from_time_t(784111777);
  headers.add("Expires", moment);
  headers.set("Expires", moment + std::chrono::milliseconds(1500));
  CHECK(headers.get("A") == "1, 18446744073709551615");
  CHECK(headers.get("B") == "7");
  CHECK(headers.get("Expires") == "Sun, 06 Nov 1994 08:49:38 GMT");
  CHECK_THROWS_AS(headers.add("no token", 1), std::invalid_argument);
}

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

TEST_CASE(
    "HTTPHeaders: H1C-14, CVE-2012-2374: what could split a message is refused, and nothing is "
    "changed",
    "[http]") {
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

TEST_CASE("HTTPHeaders: HTU-01: lists, copies, defaults and text", "[http]") {
  HTTPHeaders headers{{"Content-Type", "text/html"}, {"Set-Cookie", "A=B"}};
  headers.add("Set-Cookie", "C=D");
  headers.set("content-type", "text/plain");
  const HTTPHeaders copy = headers;
  headers.add("set-cookie", "E=F");
  CHECK(copy.get_list("Set-Cookie").size() == 2);
  CHECK(headers.get_list("Set-Cookie").size() == 3);
  CHECK(copy.to_string() == "Set-Cookie: A=B\nSet-Cookie: C=D\ncontent-type: text/plain\n");
  CHECK(headers.setdefault("SET-COOKIE", "x") == "A=B, C=D, E=F");
  CHECK(headers.setdefault("X-New", "x") == "x");
  CHECK(headers.get("x-new") == "x");
  std::size_t count = 0;
  for (const auto [name, value] : headers.get_all()) count += name.empty() ? 0 : 1;
  CHECK(count == 5);
  CHECK_THROWS_AS((HTTPHeaders{{"bad name", "x"}}), std::invalid_argument);
}

TEST_CASE("HTTPHeaders: HTU-01, HTU-02: a text of lines", "[http]") {
  const HTTPHeaders headers =
      HTTPHeaders::parse("Foo: bar\r\nBaz:\t qux\t \nEven: odd:even\r\nEmpty:\r\nFoo: two");
  CHECK(headers.to_string() == "Foo: bar\nBaz: qux\nEven: odd:even\nEmpty: \nFoo: two\n");
  CHECK(HTTPHeaders::parse("").empty());
  CHECK(HTTPHeaders::parse("A: b\r\n\r\n").size() == 1);
  HTTPHeaders one;
  one.parse_line("Content-Type: text/html");
  one.parse_line("");
  one.parse_line("Content-Length: 42\r\n");
  CHECK(one.get("content-length") == "42");
  CHECK(one.size() == 2);
}

TEST_CASE("HTTPHeaders: HTU-02, HTU-03: what is no field line is refused", "[http]") {
  using bora::http::HTTPInputError;
  for (const std::string& bad :
       std::vector<std::string>{"Foo", ": bar", "Foo : bar", "Foo\t: bar", " Foo: bar",
                                "Foo bar: baz", "F(o): bar", "Foo: a\rb",
                                "Foo: a\x0b"
                                "b",
                                "Foo: a\x0c"
                                "b",
                                "Foo: \x7f", std::string("Foo: a\0b", 8), "\xc3\xa9: x",
                                "Foo: bar\r\n baz", "Foo: bar\n\tbaz", "Foo: bar\r\n \r\n"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(HTTPHeaders::parse("A: b\r\n" + bad + "\r\n"), HTTPInputError);
  }
  // Next line, line and paragraph separator are no line ends but bytes of a value.
  for (const char* text :
       {"A: b\xc2\x85X: c", "A: b\xe2\x80\xa8X: c", "A: b\xe2\x80\xa9X: c", "A: b\x85X: c"}) {
    CHECK(HTTPHeaders::parse(text).size() == 1);
  }
}

TEST_CASE("HTTPHeaders: HTU-04: many of one name cost time in proportion (CVE-2025-67725)",
          "[http]") {
  HTTPHeaders headers;
  for (int i = 0; i < 200'000; ++i) headers.add("X", "y");
  CHECK(headers.get("x").size() == 200'000 * 3 - 2);
}
