#include "compiler/dev/project_edit.h"

#include "tests/support/catch.h"

using namespace bora::compiler;  // NOLINT

TEST_CASE("add_source: behind its like, and nothing else changes", "[dev]") {
  const std::string cmake =
      "# bora_add_app(old SOURCES a.cpp)\nbora_add_app(shop\n  SOURCES src/main.cpp  # the "
      "program\n"
      "          src/handlers/home.cpp\n          src/site.cpp\n  TEMPLATES templates)\n"
      "bora_add_app_test(shop_test APP shop\n  SOURCES tests/a_test.cpp)\n";
  const auto added = add_source(cmake, "bora_add_app", "shop", "src/handlers/cart.cpp");
  REQUIRE(added);
  CHECK(line_diff(cmake, *added) == "  +           src/handlers/cart.cpp\n");
  CHECK(added->find("home.cpp\n          src/handlers/cart.cpp\n          src/site.cpp") !=
        std::string::npos);
  CHECK(add_source(*added, "bora_add_app", "shop", "src/handlers/cart.cpp") == added);
  const auto other = add_source(cmake, "bora_add_app", "shop", "other/x.cpp");
  CHECK(other->find("src/site.cpp\n          other/x.cpp\n  TEMPLATES") != std::string::npos);
  const auto test = add_source(cmake, "bora_add_app_test", "shop", "tests/b_test.cpp");
  CHECK(test->find("tests/a_test.cpp\n          tests/b_test.cpp)") != std::string::npos);
  for (const char* bad : {"", "bora_add_app(", "bora_add_app(shop)", "bora_add_app(shop SOURCES",
                          "bora_add_app(shop \"x"})
    CHECK_FALSE(add_source(bad, "bora_add_app", "shop", "x.cpp"));
}

TEST_CASE("add_route, add_use: comments, order and columns stay", "[dev]") {
  const std::string toml =
      "# Addresses\n[app]\nuse = [\"a.h\"]   # [headers]\n\n[routes]\nhome      = { path = \"/\", "
      "handler = \"Home\" }\n"
      "\n# mounts\n[static]\nassets = { mount = \"/static/\", dir = \"static\" }\n";
  const std::string added = add_route(toml, "cart", "{ x }");
  CHECK(line_diff(toml, added) == "  + cart      = { x }\n");
  CHECK(added.find("\"Home\" }\ncart      = { x }\n\n# mounts") != std::string::npos);
  CHECK(add_route("", "a", "{}") == "\n[routes]\na = {}\n");
  CHECK(add_route("[routes]", "a", "{}") == "[routes]\na = {}\n");
  CHECK(add_route("[routes]\nx = [\n  1 ]", "a", "{}") == "[routes]\nx = [\n  1 ]\na = {}\n");

  struct Case {
    const char* before;
    const char* after;
  };
  const Case cases[] = {
      {"[app]\nuse = []\n", "[app]\nuse = [\"b.h\"]\n"},
      {"[app]\nuse = [\"a.h\"]  # ]\n", "[app]\nuse = [\"a.h\", \"b.h\"]  # ]\n"},
      {"[app]\nuse = [\n  \"a.h\",  # one\n]\n",
       "[app]\nuse = [\n  \"a.h\",\n  \"b.h\",  # one\n]\n"},
      {"[app]\nnamespace = \"x\"\n", "[app]\nuse = [\"b.h\"]\nnamespace = \"x\"\n"},
      {"[routes]\n", "[app]\nuse = [\"b.h\"]\n\n[routes]\n"},
      {"[app]\nuse = [\"b.h\"]\n", "[app]\nuse = [\"b.h\"]\n"}};
  for (const Case& one : cases) {
    INFO(one.before);
    CHECK(add_use(one.before, "b.h").value_or("(none)") == one.after);
  }
  for (const char* bad : {"[app]\nuse = 1\n", "[app]\nuse = [\"a", "[app]\nuse = [\"a\"\n"})
    CHECK_FALSE(add_use(bad, "b.h"));
}

TEST_CASE("name_parts: files and classes", "[dev]") {
  struct Case {
    const char* name;
    const char* folder;
    const char* file;
    const char* type;
  };
  for (const Case& one : {Case{"cart", "", "cart", "Cart"},
                          {"blog/show-all", "blog/", "show_all", "BlogShowAll"},
                          {"my_blog/y2024/show", "my_blog/y2024/", "show", "MyBlogY2024Show"},
                          {"ShowAll", "", "show_all", "ShowAll"},
                          {"page2", "", "page2", "Page2"}}) {
    const auto parts = name_parts(one.name);
    REQUIRE(parts);
    CHECK(parts->folder == one.folder);
    CHECK(parts->file == one.file);
    CHECK(parts->class_name == one.type);
  }
  for (const char* bad : {"", "2x", "a b", "../x", "/x", "a//b", "x/", "class", "a_", "-a", "é",
                          "a.b", "A/b", "new/x", "a/class/x", "2x/a"})
    CHECK_FALSE(name_parts(bad));
}
