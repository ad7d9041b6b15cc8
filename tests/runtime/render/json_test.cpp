#include <bora/render/json.h>

#include <array>
#include <cmath>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <bora/core/escape.h>

#include "tests/support/catch.h"

namespace shop {

struct Tea {
  std::string name;
  std::optional<int> grams;
};
void to_json(bora::render::JSONWriter& writer, const Tea& tea) {
  writer.begin_object();
  writer.member("name", tea.name);
  writer.member("grams", tea.grams);
  writer.end_object();
}

enum class Mood { calm };
std::string_view to_string(Mood) {
  return "calm";
}

struct Silent {};

}  // namespace shop

using bora::render::json_encode;

namespace {

template <class T>
std::string encoded(const T& value) {
  return std::string(json_encode(value).text());
}

}  // namespace

TEST_CASE("json_encode: numbers, bool and null", "[render]") {
  CHECK(encoded(5) == "5");
  CHECK(encoded(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(encoded(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(encoded(1.5) == "1.5");
  CHECK(encoded(2.0F) == "2.0");
  CHECK(encoded(std::nan("")) == "null");
  CHECK(encoded(-std::numeric_limits<float>::infinity()) == "null");
  CHECK(encoded(true) == "true");
  CHECK(encoded(nullptr) == "null");
}

TEST_CASE("json_encode: texts (ESC-03)", "[render]") {
  CHECK(encoded("a\"b") == "\"a\\\"b\"");
  CHECK(encoded(std::string("</script>")) == "\"<\\/script>\"");
  CHECK(encoded('c') == "\"c\"");
  CHECK(encoded("\xff") == "\"\xef\xbf\xbd\"");
  CHECK(encoded(static_cast<const char*>(nullptr)) == "null");
  CHECK(encoded(shop::Mood::calm) == "\"calm\"");
}

TEST_CASE("json_encode: what is to be escaped is seen anywhere in a text of any size", "[render]") {
  for (std::size_t size = 0; size < 26; ++size) {
    std::string text(size, 'a');
    CHECK(encoded(text) == bora::json_string(text));
    for (std::size_t at = 0; at < size; ++at) {
      for (const char c : {'"', '\\', '\n', '\x1f', '\xff'}) {
        text[at] = c;
        CAPTURE(size, at, text);
        CHECK(encoded(text) == bora::json_string(text));
      }
      text[at] = 'a';
    }
  }
}

TEST_CASE("json_encode: ranges, maps, tuples and what may be missing", "[render]") {
  CHECK(encoded(std::vector<int>{1, 2}) == "[1, 2]");
  CHECK(encoded(std::vector<bool>{true, false}) == "[true, false]");
  CHECK(encoded(std::list<std::string>{}) == "[]");
  CHECK(encoded(std::array<int, 2>{1, 2}) == "[1, 2]");
  const int numbers[] = {3, 4};
  CHECK(encoded(numbers) == "[3, 4]");
  CHECK(encoded(std::map<std::string, int>{{"a", 1}, {"b", 2}}) == "{\"a\": 1, \"b\": 2}");
  CHECK(encoded(std::map<int, int>{{1, 2}}) == "{\"1\": 2}");
  CHECK(encoded(std::pair<int, std::string>{1, "a"}) == "[1, \"a\"]");
  CHECK(encoded(std::tuple<int, bool, std::vector<int>>{1, true, {2}}) == "[1, true, [2]]");
  CHECK(encoded(std::optional<int>()) == "null");
  CHECK(encoded(std::optional<int>(3)) == "3");
  CHECK(encoded(std::make_unique<int>(4)) == "4");
  CHECK(encoded(std::shared_ptr<int>()) == "null");
}

TEST_CASE("json_encode: types of one's own", "[render]") {
  CHECK(encoded(shop::Tea{"green", 50}) == "{\"name\": \"green\", \"grams\": 50}");
  CHECK(encoded(std::vector<shop::Tea>{{"black", {}}}) ==
        "[{\"name\": \"black\", \"grams\": null}]");
  CHECK(encoded(json_encode("a")) == "\"a\"");
  STATIC_REQUIRE(!bora::render::detail::is_json<shop::Silent>);
}
