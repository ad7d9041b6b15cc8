#include <bora/render/output.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <new>
#include <string>

#include <bora/render/compiled_template.h>

#include "tests/support/catch.h"

using namespace bora::render;

TEST_CASE("output: appends in order and grows", "[render]") {
  Output out;
  CHECK(out.empty());
  CHECK(out.text().empty());
  std::string expected;
  for (int i = 0; i < 5000; ++i) {
    out.append("ab");
    out.append(Literal{"<i>", 3});
    out.append_escaped("&");
    out.append_integer(i);
    expected += "ab<i>&amp;" + std::to_string(i);
  }
  CHECK(out.text() == expected);
  CHECK(out.size() == expected.size());
}

TEST_CASE("output: literals of every size come out whole", "[render]") {
  static constexpr char kText[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  static constexpr Literal kTable[] = {{kText, 0},  {kText, 1},  {kText, 15},
                                       {kText, 16}, {kText, 17}, {kText, 36}};
  Output out;
  out.append(kTable[0]);
  CHECK(out.empty());
  out.append(kTable[1]);
  out.append(kTable[2]);
  out.append(kTable[3]);
  out.append(kTable[4]);
  out.append(kTable[5]);
  const std::string text = kText;
  CHECK(out.text() ==
        text.substr(0, 1) + text.substr(0, 15) + text.substr(0, 16) + text.substr(0, 17) + text);
}

TEST_CASE("output: escaping at the edge of the buffer", "[render]") {
  for (std::size_t filled = 900; filled < 1100; ++filled) {
    Output out;
    out.append(std::string(filled, 'x'));
    out.append_escaped("'''''''''''''''''''''");
    REQUIRE(out.size() == filled + 21 * 6);
    REQUIRE(out.text().substr(filled, 12) == "&#x27;&#x27;");
  }
}

TEST_CASE("output: a long text is escaped whole", "[render]") {
  Output out;
  std::string text;
  std::string expected;
  for (int i = 0; i < 20000; ++i) {
    text += i % 7 == 0 ? "<" : "ab";
    expected += i % 7 == 0 ? "&lt;" : "ab";
  }
  out.append_escaped(text);
  CHECK(out.text() == expected);
}

TEST_CASE("output: NUL bytes and bytes that are not UTF-8 pass", "[render]") {
  Output out;
  const std::string_view text("\0\xff\x80<\0", 5);
  out.append_escaped(text);
  out.append(text);
  CHECK(out.text() == std::string_view("\0\xff\x80&lt;\0\0\xff\x80<\0", 13));
}

TEST_CASE("output: integers at their limits", "[render]") {
  Output out;
  out.append_integer(std::numeric_limits<std::int64_t>::min());
  out.append(" ");
  out.append_integer(std::numeric_limits<std::int64_t>::max());
  out.append(" ");
  out.append_unsigned(std::numeric_limits<std::uint64_t>::max());
  CHECK(out.text() == "-9223372036854775808 9223372036854775807 18446744073709551615");
}

TEST_CASE("output: integers of every number of digits", "[render]") {
  std::uint64_t power = 1;
  for (int digits = 1; digits <= 20; ++digits) {
    for (const std::uint64_t value : {power - 1, power, power + 1, power * 2 + 3}) {
      Output out;
      out.append_unsigned(value);
      CHECK(out.text() == std::to_string(value));
      const auto negative = -static_cast<std::int64_t>(value / 2);
      out.clear();
      out.append_integer(negative);
      CHECK(out.text() == std::to_string(negative));
    }
    power *= 10;
  }
}

TEST_CASE("output: texts of every size come out whole", "[render]") {
  std::string text;
  for (int size = 0; size < 200; ++size) {
    Output out;
    out.append("|");
    out.append(text);
    out.append("|");
    CHECK(out.text() == "|" + text + "|");
    text += static_cast<char>('a' + size % 26);
  }
}

TEST_CASE("output: floats are as short as they can be, and stay floats", "[render]") {
  const auto text_of = [](auto value) {
    Output out;
    out.append_float(value);
    return std::string(out.text());
  };
  CHECK(text_of(0.1) == "0.1");
  CHECK(text_of(0.1F) == "0.1");
  CHECK(text_of(3.0) == "3.0");
  CHECK(text_of(-3.0F) == "-3.0");
  CHECK(text_of(-0.0) == "-0.0");
  CHECK(text_of(1e300) == "1e+300");
  CHECK(text_of(std::numeric_limits<double>::infinity()) == "inf");
  CHECK(text_of(-std::numeric_limits<double>::infinity()) == "-inf");
  CHECK(text_of(std::nan("")) == "nan");
  CHECK(text_of(std::numeric_limits<double>::max()) == "1.7976931348623157e+308");
  CHECK(text_of(std::numeric_limits<double>::denorm_min()) == "5e-324");
}

TEST_CASE("output: clear keeps the memory", "[render]") {
  Output out;
  out.append(std::string(100000, 'x'));
  const std::size_t capacity = out.capacity();
  out.clear();
  CHECK(out.empty());
  CHECK(out.capacity() == capacity);
  out.append(std::string(100000, 'y'));
  CHECK(out.capacity() == capacity);
}

TEST_CASE("output: when memory ends it throws and stays as it was", "[render]") {
  Output out;
  out.append("before");
  CHECK_THROWS_AS(out.reserve(std::numeric_limits<std::size_t>::max()), std::bad_alloc);
  CHECK_THROWS_AS(out.reserve(std::numeric_limits<std::size_t>::max() / 2), std::bad_alloc);
  CHECK(out.text() == "before");
  out.append(" and after");
  CHECK(out.text() == "before and after");
}

namespace {

struct Greeting {
  std::string_view name;
  void bora_render(Output& out) const {
    out.append("Hello, ");
    out.append_escaped(name);
  }
};
struct NoPage {};

static_assert(CompiledTemplate<Greeting>);
static_assert(!CompiledTemplate<NoPage>);
static_assert(!CompiledTemplate<int>);

}  // namespace

TEST_CASE("render_to_string: a page as a string", "[render]") {
  CHECK(render_to_string(Greeting{.name = "<you>"}) == "Hello, &lt;you&gt;");
  CHECK(render_to_string(Greeting{}) == "Hello, ");
}
