#include <bora/render/sink.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bora/render/markup.h>

#include "tests/support/catch.h"

namespace shop {

struct Price {
  int cents;
};
std::string to_string(const Price& price) {
  return "<" + std::to_string(price.cents) + ">";
}

enum class Colour { red, green };
std::string_view to_string(Colour colour) {
  return colour == Colour::red ? "red" : "green & light";
}

enum Plain { one };
struct Silent {};

// Converts to text by itself.
struct Name {
  std::string text;
  operator std::string_view() const { return text; }
};

struct Limits {
  static const int max_items = 7;  // no definition: has no address
};

}  // namespace shop

using namespace bora::render;

namespace {

template <class T>
std::string escaped(const T& value) {
  Output out;
  PageWriter writer(out, 0);
  Escaped{writer}(value);
  writer.finish();
  return std::string(out.text());
}
template <class T>
std::string raw(const T& value) {
  Output out;
  PageWriter writer(out, 0);
  Raw{writer}(value);
  writer.finish();
  return std::string(out.text());
}

}  // namespace

TEST_CASE("sink: texts of every kind", "[render]") {
  CHECK(escaped("<literal>") == "&lt;literal&gt;");
  CHECK(escaped(std::string("a&b")) == "a&amp;b");
  CHECK(escaped(std::string_view("a\0b", 3)) == std::string("a\0b", 3));
  const char* pointer = "p'q";
  CHECK(escaped(pointer) == "p&#x27;q");
  char buffer[] = "buffer";
  char* writable = buffer;
  CHECK(escaped(writable) == "buffer");
  CHECK(escaped('<') == "&lt;");
  CHECK(escaped('a') == "a");
  CHECK(escaped(shop::Name{"<n>"}) == "&lt;n&gt;");
}

TEST_CASE("sink: a null pointer to text prints nothing", "[render]") {
  const char* null = nullptr;
  char* writable = nullptr;
  CHECK(escaped(null) == "");
  CHECK(raw(writable) == "");
}

TEST_CASE("sink: numbers", "[render]") {
  CHECK(escaped(42) == "42");
  CHECK(escaped(-1L) == "-1");
  CHECK(escaped(std::int8_t{-128}) == "-128");
  CHECK(escaped(std::uint8_t{255}) == "255");
  CHECK(escaped(std::uint64_t{18446744073709551615ULL}) == "18446744073709551615");
  CHECK(escaped(true) == "true");
  CHECK(escaped(false) == "false");
  CHECK(escaped(1.5) == "1.5");
  CHECK(escaped(0.1F) == "0.1");
  CHECK(escaped(2.0L) == "2.0");
  CHECK(raw(7) == "7");
}

TEST_CASE("sink: a static constant without a definition can be printed", "[render]") {
  Output out;
  PageWriter writer(out, 0);
  const Escaped o(writer);
  o(shop::Limits::max_items);
  writer.finish();
  CHECK(out.text() == "7");
}

TEST_CASE("sink: a bit-field can be printed", "[render]") {
  struct Flags {
    unsigned size : 3;
  };
  const Flags flags{5};
  Output out;
  PageWriter writer(out, 0);
  const Escaped o(writer);
  o(flags.size);
  writer.finish();
  CHECK(out.text() == "5");
}

TEST_CASE("sink: the type's own to_string is found, and its text escaped", "[render]") {
  CHECK(escaped(shop::Price{250}) == "&lt;250&gt;");
  CHECK(raw(shop::Price{250}) == "<250>");
  CHECK(escaped(shop::Colour::green) == "green &amp; light");
}

TEST_CASE("sink: elements of vector<bool> are bools", "[render]") {
  std::vector<bool> flags{true, false};
  CHECK(escaped(flags[0]) == "true");
  CHECK(escaped(flags[1]) == "false");
}

TEST_CASE("sink: raw leaves everything as it is", "[render]") {
  CHECK(raw("<b>&\"'</b>") == "<b>&\"'</b>");
  CHECK(raw('<') == "<");
}

// Types that would print an address, or something else than was meant, are refused.
static_assert(!Printable<shop::Silent>);
static_assert(!Printable<shop::Plain>);
static_assert(!Printable<int*>);
static_assert(!Printable<const void*>);
static_assert(!Printable<std::nullptr_t>);
static_assert(!Printable<std::unique_ptr<int>>);
static_assert(!Printable<std::optional<std::string>>);
static_assert(!Printable<std::vector<int>>);
static_assert(!Printable<wchar_t>);
static_assert(!Printable<char32_t>);
static_assert(!Printable<const wchar_t*>);
static_assert(Printable<std::string>);
static_assert(Printable<bool>);
static_assert(Printable<shop::Colour>);

TEST_CASE("sink: markup is written as it is", "[render]") {
  const Markup markup("<b>&amp;</b>");
  CHECK(escaped(markup) == "<b>&amp;</b>");
  CHECK(raw(markup) == "<b>&amp;</b>");
}

TEST_CASE("sink: a function of one's own gets the value or its text", "[render]") {
  const auto written = [](const auto& function, const auto& value) {
    Output out;
    PageWriter writer(out, 0);
    EscapedBy{writer, function}(value);
    writer.finish();
    return std::string(out.text());
  };
  const auto bracketed = [](std::string_view text) { return "<" + std::string(text) + ">"; };
  CHECK(written(bracketed, "a&b") == "<a&b>");
  CHECK(written(bracketed, 5) == "<5>");
  CHECK(written(bracketed, shop::Price{7}) == "<<7>>");
  CHECK(written([](int number) { return number + 1; }, 5) == "6");
  CHECK(written([](std::string_view) { return Markup("<i>"); }, "x") == "<i>");

  const auto numbers = [](int number) { return number; };
  STATIC_REQUIRE(std::is_invocable_v<EscapedBy<decltype(numbers)>, int>);
  STATIC_REQUIRE(!std::is_invocable_v<EscapedBy<decltype(numbers)>, std::string>);
  STATIC_REQUIRE(!std::is_invocable_v<EscapedBy<decltype(bracketed)>, shop::Silent>);
}
