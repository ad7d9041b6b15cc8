#include "compiler/driver/compiler_report.h"

#include <string>

#include "tests/support/catch.h"
#include "tests/support/memory_file_system.h"

using bora::compiler::compiler_report;
using bora::testing::MemoryFileSystem;

namespace {

/// A project in /project/shop, built in /project/shop/build, which is where the compiler runs.
struct Project {
  MemoryFileSystem files;

  Project() {
    files.add("shop/templates/home.html",
              "{% import <vector> %}\n{% param std::vector<shop::Link> links %}\n<ul>\n"
              "\t<li>{{ link.titel }} {{ link.id }}</li>\n<p>{{ link }}</p>\n{{ shop::load() }}\n");
    files.add("shop/templates/base.html", "<b>{{ link.nothere }}</b>\n");
    files.add("shop/src/handler.cpp",
              "void A::get() { render(views::home{}); }\nvoid B::get() { co_await load(); }\n"
              "std::string s = load();\nroute::home();\n");
    files.add("gen/views/home.h", "text");
    files.add("gen/views/blog/a-b.h", "text");
    files.add("gen/views/blog/a-b.blocks.h", "text");
  }

  std::string report(const std::string& output, bool colours = false) {
    return compiler_report(output, {"gen", "shop", colours}, files);
  }
};

const char* const kClangTypo =
    "shop/templates/home.html:4:14: error: no member named 'titel' in 'shop::Link'\n"
    "    4 |     o( link.titel );\n"
    "      |        ~~~~ ^\n";

}  // namespace

TEST_CASE("compiler_report: a template's own line is shown, under its path in the project",
          "[driver]") {
  Project project;
  CHECK(project.report(kClangTypo + std::string("1 error generated.\n")) ==
        "templates/home.html:4:14: error: no member named 'titel' in 'shop::Link'\n"
        "   4 |     <li>{{ link.titel }} {{ link.id }}</li>\n"
        "     |                 ^~~~~\n"
        "1 error generated.\n");
  // g++ uses typographic quotes, and names the function.
  CHECK(
      project.report(
          "shop/templates/home.html: In function \u2018void bora_render_views_home()\u2019:\n"
          "shop/templates/home.html:4:14: error: \u2018const struct shop::Link\u2019 has no member "
          "named \u2018titel\u2019; did you mean \u2018title\u2019?\n"
          "    4 |         <li>{{ link.titel }}\n"
          "      |                     ^~~~~\n"
          "      |                     title\n") ==
      "templates/home.html:4:14: error: 'const struct shop::Link' has no member named 'titel'; did "
      "you mean 'title'?\n"
      "   4 |     <li>{{ link.titel }} {{ link.id }}</li>\n"
      "     |                 ^~~~~\n");
}

TEST_CASE("compiler_report: what is no finding in a template stays byte for byte", "[driver]") {
  Project project;
  for (const std::string& text : {
           std::string(),
           std::string("\n\n"),
           std::string("clang++: error: no such file or directory: 'x.cpp'\n"),
           std::string(
               "shop/src/handler.cpp:3:1: warning: unused variable 's' [-Wunused-variable]\n"
               "    3 | std::string s = load();\n      |             ^\n1 warning generated.\n"),
           std::string(
               "In file included from shop/src/handler.cpp:1:\nshop/src/x.h:1:1: error: bad\n"
               "shop/src/x.h:2:1: note: here\n    2 | x\n      | ^\nlast line without its end"),
           std::string("a:b:c: error:\n: error: \nIn file included from\n   from x:1,\n"),
           std::string("x\x00y: error: z\n", 14),
           std::string("\x1b[1m\x1b["),
       }) {
    CAPTURE(text);
    CHECK(project.report(text) == text);
  }
}

TEST_CASE("compiler_report: of a broken declaration the first error is shown", "[driver]") {
  Project project;
  const std::string report = project.report(
      "In file included from gen/views/home.cpp:2:\n"
      "shop/templates/home.html:2:22: error: use of undeclared identifier 'shop'\n"
      "    2 |          std::vector<shop::Link>>;\n      |                      ^\n"
      "shop/templates/home.html:2:25: error: no type named 'bora_type_0' in namespace "
      "'bora_views_home'\n"
      "    2 | ::bora_views_home::bora_type_0 \n      | ~~~~^\n"
      "shop/templates/home.html:4:9: error: use of undeclared identifier 'link'\n"
      "gen/views/home.cpp:9:1: error: something about glue\n"
      "4 errors generated.\n");
  CHECK(report ==
        "templates/home.html:2:22: error: use of undeclared identifier 'shop'\n"
        "   2 | {% param std::vector<shop::Link> links %}\n"
        "     |                      ^~~~\n"
        "     = help: import the header that declares it in front: {% import \"models.h\" %}, {% "
        "import "
        "<vector> %}\n"
        "bora: 3 more errors follow from what is shown; with BORA_COMPILER_OUTPUT=raw in the "
        "environment all are\n");
}

TEST_CASE("compiler_report: two faults on two lines are two errors", "[driver]") {
  Project project;
  const std::string report = project.report(
      kClangTypo + std::string("shop/templates/home.html:4:28: error: on the same line\n"
                               "shop/templates/home.html:5:7: error: on another line\n"));
  CHECK(report.find("on the same line") == std::string::npos);
  CHECK(report.find("templates/home.html:5:7: error: on another line") != std::string::npos);
  CHECK(report.find("bora: 1 more error follows") != std::string::npos);
}

TEST_CASE("compiler_report: an error in generated code alone is not lost", "[driver]") {
  Project project;
  const std::string text = "gen/views/home.cpp:9:1: error: something about glue\n    9 | x\n";
  CHECK(project.report(text) == text);
}

TEST_CASE("compiler_report: a base tells which page extends it", "[driver]") {
  Project project;
  CHECK(
      project.report("In file included from shop/templates/home.html:1:\n"
                     "shop/templates/base.html:1:12: error: no member named 'nothere' in 'X'\n") ==
      "In file included from templates/home.html:1:\n"
      "templates/base.html:1:12: error: no member named 'nothere' in 'X'\n"
      "   1 | <b>{{ link.nothere }}</b>\n"
      "     |            ^~~~~~~\n");
}

TEST_CASE("compiler_report: a header that is missing is named", "[driver]") {
  Project project;
  const std::string expected =
      "src/handler.cpp:1:24: error: 'views::home' is not declared here\n"
      "   1 | void A::get() { render(views::home{}); }\n"
      "     |                        ^~~~~\n"
      "     = help: add #include \"views/home.h\"\n";
  CHECK(project.report(
            "shop/src/handler.cpp:1:24: error: no member named 'home' in namespace 'views'; did "
            "you mean 'time'?\n    1 | x\n      | ^\n      | time\n"
            "/usr/include/time.h:76:15: note: 'time' declared here\n   76 | extern\n") == expected);
  CHECK(
      project.report("shop/src/handler.cpp:1:24: error: use of undeclared identifier 'views'\n") ==
      expected);
  CHECK(project.report(
            "shop/src/handler.cpp:1:24: error: \u2018views\u2019 has not been declared\n") ==
        expected);
  CHECK(project.report("shop/src/handler.cpp:1:24: error: \u2018home\u2019 is not a member of "
                       "\u2018views\u2019\n") == expected);
  CHECK(project
            .report("shop/src/handler.cpp:1:24: error: no member named 'a_b' in namespace "
                    "'views::blog'\n")
            .find("add #include \"views/blog/a-b.h\"") != std::string::npos);
  CHECK(
      project
          .report("shop/src/handler.cpp:1:24: error: no member named 'hme' in namespace 'views'\n")
          .find("no page of this app is 'views::hme'\n") != std::string::npos);
  CHECK(
      project
          .report("shop/src/handler.cpp:1:24: error: no member named 'hme' in namespace 'views'\n")
          .find("did you mean 'views::home'?") != std::string::npos);
  CHECK(project.report("shop/src/handler.cpp:1:1: fatal error: 'views/hme.h' file not found\n")
            .find("did you mean \"views/home.h\"?") != std::string::npos);
}

TEST_CASE("compiler_report: routes that come from no manifest", "[driver]") {
  Project project;
  for (const char* text :
       {"gen/views/home.cpp:3:10: fatal error: 'routes.h' file not found\n",
        "gen/views/home.cpp:3:10: fatal error: routes.h: No such file or directory\n"}) {
    CHECK(project.report(text).find("add ROUTES routes.toml to bora_add_app()") !=
          std::string::npos);
  }
  const std::string unknown =
      "shop/src/handler.cpp:4:1: error: use of undeclared identifier 'route'\n";
  CHECK(project.report(unknown).find("add ROUTES routes.toml") != std::string::npos);
  project.files.add("gen/routes.h", "text");
  CHECK(project.report(unknown).find("add #include \"routes.h\"") != std::string::npos);
}

TEST_CASE("compiler_report: what awaits and what was not awaited", "[driver]") {
  Project project;
  for (const char* text :
       {"shop/src/handler.cpp:2:6: error: this function cannot be a coroutine: "
        "'std::coroutine_traits<void, B &>' has no member named 'promise_type'\n",
        "shop/src/handler.cpp:2:17: error: unable to find the promise type for this coroutine\n"}) {
    CHECK(project.report(text).find("let it return bora::Task<void>") != std::string::npos);
  }
  for (const char* text : {"shop/src/handler.cpp:3:13: error: no viable conversion from "
                           "'bora::Task<std::string>' (aka "
                           "'Task<basic_string<char>>') to 'std::string'\n",
                           "shop/src/handler.cpp:3:13: error: conversion from "
                           "\u2018bora::Task<std::__cxx11::basic_string<char> "
                           ">\u2019 to non-scalar type \u2018std::string\u2019 requested\n"}) {
    CHECK(project.report(text).find("put co_await in front") != std::string::npos);
  }
}

TEST_CASE("compiler_report: a type that cannot be written is named", "[driver]") {
  Project project;
  const std::string gcc = project.report(
      "shop/templates/home.html:5:5: error: use of deleted function \u2018void "
      "bora::render::detail::Sink<escaping>::operator()(const T&, "
      "bora::render::define_a_function_to_string_for_this_type) const [with T = shop::Link; "
      "bora::render::detail::Escaping escaping = bora::render::detail::Escaping::html]\u2019\n");
  CHECK(gcc ==
        "templates/home.html:5:7: error: a value of type 'shop::Link' cannot be written here\n"
        "   5 | <p>{{ link }}</p>\n"
        "     |       ^~~~\n"
        "     = help: write one of its members, or define std::string to_string(const shop::Link&) "
        "beside the type\n");
  const std::string clang =
      "shop/templates/home.html:5:4: error: call to deleted function call operator in type 'const "
      "::bora::render::Escaped' (aka 'const Sink<detail::Escaping::html>')\n"
      "/bora/sink.h:117:8: note: candidate function [with T = shop::Link] has been explicitly "
      "deleted\n"
      "shop/templates/home.html:5:5: error: attempt to use a deleted function\n";
  CHECK(project.report(clang) == gcc +
                                     "bora: 1 more error follows from what is shown; with "
                                     "BORA_COMPILER_OUTPUT=raw in the environment all are\n");
}

TEST_CASE("compiler_report: what a route needs is told without the check that found it",
          "[driver]") {
  Project project;
  project.files.add("shop/routes.toml", "[routes]\nhome = { path = \"/\", handler = \"Home\" }\n");
  const std::string expected =
      "routes.toml:2:33: error: GET / needs Home::get()\n"
      "   2 | home = { path = \"/\", handler = \"Home\" }\n"
      "     |                                 ^~~~\n";
  for (const char* text :
       {"shop/routes.toml:2:33: error: static assertion failed due to requirement 'bora_check_23': "
        "GET / needs Home::get()\n    7 |    bora_check_23\n",
        "shop/routes.toml:2:33: error: static assertion failed: GET / needs Home::get()\n"}) {
    const std::string before = "shop/routes.toml:1:1: error: unknown type name 'Hoem'\n";
    CHECK(project.report(text) == expected);
    const std::string both = project.report(before + text);
    CHECK(both.find("'use' of [app]") != std::string::npos);
    CHECK(both.ends_with(expected));
  }
}

TEST_CASE("compiler_report: a parameter that was not given is named", "[driver]") {
  Project project;
  for (const char* text :
       {"shop/src/handler.cpp:1:36: error: reference member of type "
        "'::bora_views_home::bora_type_0' (aka "
        "'const std::vector<shop::Link> &') uninitialized\n"
        "shop/templates/home.html:2:34: note: uninitialized reference member is here\n",
        "shop/src/handler.cpp:1:36: error: member \u2018views::home::links\u2019 is uninitialized "
        "reference\n"}) {
    CHECK(project.report(text).find(
              "src/handler.cpp:1:36: error: the page's parameter 'links' is not given\n") !=
          std::string::npos);
  }
}

TEST_CASE("compiler_report: a parameter that the page does not have", "[driver]") {
  Project project;
  project.files.add("gen/views/home.h", "  ::bora_views_home::bora_type_0 links;\n");
  for (const char* text : {"shop/src/handler.cpp:1:35: error: field designator 'lniks' does not "
                           "refer to any field in type "
                           "'views::home'\n",
                           "shop/src/handler.cpp:1:35: error: \u2018views::home\u2019 has no "
                           "non-static data member named "
                           "\u2018lniks\u2019\n"}) {
    const std::string report = project.report(text);
    CHECK(report.find("error: the page 'views::home' has no parameter 'lniks'\n") !=
          std::string::npos);
    CHECK(report.find("did you mean 'links'?") != std::string::npos);
  }
}

TEST_CASE("compiler_report: a parameter of another type", "[driver]") {
  Project project;
  for (const char* text :
       {"shop/src/handler.cpp:1:24: error: no viable conversion from 'std::vector<int>' to 'const "
        "std::remove_cvref_t<vector<Link, allocator<Link>>>' (aka 'const "
        "std::vector<shop::Link>')\n"
        "/usr/include/c++/12/bits/stl_vector.h:596:7: note: candidate constructor not viable\n",
        "shop/src/handler.cpp:1:24: error: invalid initialization of reference of type "
        "\u2018bora_views_home::bora_type_0\u2019 {aka \u2018const std::vector<shop::Link>\u2019} "
        "from "
        "expression of type \u2018std::vector<int>\u2019\n"}) {
    const std::string report = project.report(text);
    CHECK(report.find("src/handler.cpp:1:24: error: a 'std::vector<int>' is given where the page "
                      "takes a 'const std::vector<shop::Link>'\n") == 0);
    CHECK(report.find("note") == std::string::npos);
  }
}

TEST_CASE("compiler_report: who renders a page that is broken is not blamed", "[driver]") {
  Project project;
  const std::string report = project.report(
      "shop/templates/home.html:2:22: error: use of undeclared identifier 'shop'\n"
      "shop/src/handler.cpp:1:35: error: field designator 'links' does not refer to any field in "
      "type "
      "'views::home'\n");
  CHECK(report.find("handler.cpp") == std::string::npos);
  CHECK(report.find("bora: 1 more error follows") != std::string::npos);
}

TEST_CASE("compiler_report: an error inside a library is shown where the template asked for it",
          "[driver]") {
  Project project;
  const std::string report = project.report(
      "/usr/include/c++/12/bits/x.h: In instantiation of \u2018void f(T) [with T = int]\u2019:\n"
      "shop/templates/home.html:4:9:   required from here\n"
      "/usr/include/c++/12/bits/x.h:52:50: error: no way\n   52 |  x\n");
  CHECK(report.find("templates/home.html:4:9: error: no way\n") == 0);
}

TEST_CASE("compiler_report: colours come through, and go around what is read", "[driver]") {
  Project project;
  const std::string coloured =
      "\x1b[1mshop/templates/home.html:4:14: \x1b[0m\x1b[0;1;31merror: \x1b[0m\x1b[1mno member "
      "named 'titel'"
      "\x1b[0m\n";
  const std::string report = project.report(coloured, true);
  CHECK(report.find("\x1b[1mtemplates/home.html:4:14: \x1b[0m") == 0);
  CHECK(project.report("\x1b[1mother text\x1b[0m\n", true) == "\x1b[1mother text\x1b[0m\n");
}

TEST_CASE("compiler_report: lines without end and places that do not exist are survived",
          "[driver]") {
  Project project;
  const std::string longest(300000, 'x');
  CHECK(project.report("shop/templates/home.html:4:1: error: '" + longest + "'\n").size() >
        longest.size());
  CHECK(project.report("shop/templates/none.html:4:1: error: bad\n") ==
        "templates/none.html: error: bad\n");
  CHECK(
      project.report("shop/templates/home.html:4000000000:99999999999: error: bad\n").find("bad") !=
      std::string::npos);
  CHECK(project.report("shop/templates/home.html:2:9999: error: bad\n")
            .find("templates/home.html:2:") == 0);
}
