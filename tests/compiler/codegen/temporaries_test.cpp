#include "compiler/codegen/temporaries.h"

#include <string_view>

#include "tests/support/catch.h"

using namespace bora;
using compiler::Temporaries;

namespace {

Temporaries of(std::string_view code) {
  return compiler::temporaries_of(code, {0, static_cast<std::uint32_t>(code.size())});
}

std::string_view declared(std::string_view code) {
  const auto value = compiler::declared_value(code, {0, static_cast<std::uint32_t>(code.size())});
  return value ? code.substr(value->begin, value->size()) : "none";
}

}  // namespace

TEST_CASE("temporaries: names and literals make none", "[codegen]") {
  for (const char* code :
       {"title", "entry.title", "::shop::tea.title", "post->author->name", "\"a\"", "\"a\" \"b\"",
        "R\"(a)\"", "7", "-1.5", "'x'", "true", "nullptr", "*entry", "&entry", "not done", "{}",
        "{1, 2}", "{a, \"b\"}", "this->title"}) {
    INFO(code);
    CHECK(of(code) == Temporaries::none);
  }
}

TEST_CASE("temporaries: one call, index or operator makes the value", "[codegen]") {
  for (const char* code :
       {"entry.title()", "rows[0]", "rows[i]", "stock[\"tea\"]", "rows[0].name", "entry().title",
        "n + 1", "a + b + c", "x ? a : b", "n % 2 == 0", "name + \"x\""}) {
    INFO(code);
    CHECK(of(code) == Temporaries::result);
  }
  for (const char* code :
       {"find(id)", "shop::find(id, \"x\")", "std::string(\"x\")", "f(1).name"}) {
    INFO(code);
    CHECK(of(code) == Temporaries::arguments);
  }
}

TEST_CASE("temporaries: in doubt there are more", "[codegen]") {
  for (const char* code : {"db().all()",
                           "f(g())",
                           "f(a + b)",
                           "std::string(\"a\") + b",
                           "a.b() + c.d()",
                           "rows[0][1]",
                           "rows[0].name()",
                           "f<int>(x)",
                           "User{1}",
                           "\"x\"s",
                           "12_km",
                           "{f(), 1}",
                           "*find(id)",
                           "f()->g",
                           "rows | std::views::take(3)",
                           "[&] { return x; }()",
                           "(a)",
                           "new User",
                           "co_await f()",
                           "a = b",
                           "a, b",
                           "f({1, 2})",
                           "f(",
                           "@",
                           "a b"}) {
    INFO(code);
    CHECK(of(code) == Temporaries::inner);
  }
}

TEST_CASE("temporaries: a condition may declare a variable", "[codegen]") {
  CHECK(declared("auto post = find(id)") == "find(id)");
  CHECK(declared("const shop::Post* post = f(g())") == "f(g())");
  CHECK(declared("post") == "none");
  CHECK(declared("a == b") == "none");
  CHECK(declared("post = find(id)") == "none");
  CHECK(declared("entry.post = find(id)") == "none");
  CHECK(declared("f(a = b)") == "none");
}
