#include <string>
#include <vector>

#include <bora/json.h>

#include "tests/support/catch.h"

using bora::json_decode;
using bora::JSONError;
using bora::render::json_encode;

namespace {

std::string encoded(std::string_view text) {
  return std::string(json_encode(json_decode(text)).text());
}

}  // namespace

TEST_CASE("ESC-03 json_decode: what is decoded is encoded as it was", "[render]") {
  for (const std::string text :
       {"null", "true", "-7", "18446744073709551615", "0.5", R"("a \"b\" \n")", "[]", "{}",
        R"([1, [2, {"a": []}], "x"])", R"({"a": 1, "b": {"c": [true, null]}})"}) {
    CAPTURE(text);
    CHECK(encoded(text) == text);
  }
}

TEST_CASE("ESC-03 json_decode: values can be asked", "[render]") {
  const nlohmann::json order = json_decode(R"({"items": [{"name": "pen", "count": 3}]})");
  CHECK(order["items"][0]["count"] == 3);
  CHECK(order["items"][0]["name"] == "pen");
  const std::vector<nlohmann::json> both = {order["items"][0]["name"], nullptr};
  CHECK(json_encode(both).text() == R"(["pen", null])");
}

TEST_CASE("ESC-03 json_encode: a decoded text is safe inside a script element", "[render]") {
  CHECK(encoded(R"({"a": "</script>"})") == R"({"a": "<\/script>"})");
}

TEST_CASE("ESC-03 json_decode: what is no JSON is refused with its place", "[render]") {
  for (const std::string text :
       {"", " ", "nul", "{", "[1,]", "{\"a\" 1}", "\"\n\"", "'a'", "01", "1 2", "[1]]", "NaN",
        "\"\xff\"", "\"\\ud800\"", "{\"a\":1,}", "[1e400]"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(json_decode(text), JSONError);
  }
  CHECK_THROWS_WITH(json_decode("[1,\n2,]"),
                    Catch::Matchers::StartsWith("parse error at line 2, column 3: syntax error"));
  CHECK_THROWS_AS(json_decode(std::string("[\0]", 3)), JSONError);
}

TEST_CASE("ESC-03 json_decode: nesting has a limit", "[render]") {
  const auto nested = [](int depth) {
    const auto size = static_cast<std::size_t>(depth);
    return std::string(size, '[') + std::string(size, ']');
  };
  CHECK_NOTHROW(json_decode(nested(bora::kMaxJSONDepth)));
  CHECK_THROWS_WITH(json_decode(nested(bora::kMaxJSONDepth + 2)),
                    "JSON is nested deeper than 512 levels");
  CHECK_THROWS_AS(json_decode(std::string(1'000'000, '[')), JSONError);
  CHECK_THROWS_AS(json_decode(nested(1'000'000)), JSONError);
}
