// Generated code compiles without a warning, whatever a template leaves unused or hides, with the
// options of strict projects.

#include <string>
#include <utility>
#include <vector>

#include "tests/compiler/codegen/compile_unit.h"
#include "tests/support/catch.h"

using namespace bora::testing;

namespace {

using Templates = std::map<std::string, std::string>;

constexpr char kStrict[] =
    "-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wunused "
    "-Wmissing-declarations "
    "-Werror";

std::vector<Templates> pages() {
  const std::string user = "{% import \"models.h\" %}{% param User user %}";
  const std::vector<std::string> single = {
      "",
      "\n",
      "text only",
      "{{ 1 }}",
      "{# a comment #}",
      user,
      user + "{% param int n = 3 %}{% param const char* text = nullptr %}",
      "{% set unused = 1 %}",
      "{% set unused, both = std::pair(1, 2) %}",
      "{% set int unused = 1 %}",
      user + "{% for unused in user.list %}{% end %}",
      user + "{% for unused in user.list %}x{% else %}y{% end %}",
      user + "{% for i, unused in enumerate(user.list) %}{{ i }}{% end %}",
      user + "{% for unused, x in enumerate(user.list) %}{{ x }}{% end %}",
      user + "{% for x in user.list %}{% for x in user.list %}{{ x }}{% end %}{% end %}",
      user +
          "{% for x in user.list %}{{ loop.index }}{% for y in user.list %}{{ loop.last }}{% end "
          "%}{% end %}",
      user + "{% for x in user.list %}{% set x = x + 1 %}{{ x }}{% end %}",
      user + "{% set user = user.id %}{{ user }}",
      user + "{% if user.id %}{% elif user.id > 1 %}{% else %}{% end %}",
      user + "{% while false %}{% end %}{% while false %}a{% else %}b{% end %}",
      user + "{% for x in user.list %}{% break %}{% end %}",
      user + "{% for x in user.list %}{% if x == 1 %}{% continue %}{% end %}{% end %}",
      "{% import <vector> %}{% from std import vector, pair as Two, swap as trade %}",
      "{% from std import * %}{% set view = string_view(\"x\") %}{{ view }}",
      "{% autoescape None %}{{ 1 }}{% raw 2 %}",
      "{% raw 1 %}",
      user +
          "{% for x in shout(user).list %}{% end %}{% for x in shout(shout(user)).list %}{{ "
          "loop.last }}{% else %}a{% end %}{% for unused in {shout(1), 2} %}{% end %}",
      user +
          "{% for i, x in enumerate(shout(shout(user)).list) %}{% for y in shout(user).list %}{{ i "
          "}}{% if y %}{% break %}{% end %}{% end %}{% continue %}{% end %}",
      user + "{% set a = shout(user.self().name) %}{% set a = shout(shout(a)) %}{{ a }}",
      user + "{% set n = user.id + 1 %}{% set n = n + shout(1) %}{% set unused = user.self().id %}",
      user + "{% if auto x = shout(shout(user.id)) %}{{ x }}{% end %}",
      "{% param std::string_view made = text_of(1) %}{{ made }}",
      "{% block a %}{% end %}",
      "{% param int page %}{{ page }}",
      "{% apply shout %}{% end %}{% apply shout %}a{{ 1 }}{% apply shout %}{% raw 2 %}{% end %}{% "
      "end %}",
      user + "{% for x in user.list %}{% apply shout %}{{ loop.index }}{% end %}{% end %}",
      "{% try %}{% except %}{% end %}{% try %}{% finally %}{% end %}",
      "{% try %}a{% except User unused %}b{% except const long as unused %}c{% except int %}d{% "
      "else %}e{% finally %}f{% end %}",
      user +
          "{% for x in user.list %}{% try %}{% try %}{% break %}{% finally %}a{% end %}{% except "
          "%}{% continue %}{% finally %}{% set x = 1 %}{% end %}{% end %}",
      user + "{% while user.id %}{% try %}{% continue %}{% finally %}{% end %}{% end %}",
      "{% slot %}{% end %}{% slot a %}b{% end %}",
  };
  std::vector<Templates> all;
  for (const std::string& text : single) all.push_back({{"page.html", text}});
  all.push_back(
      {{"page.html", "{% extends \"base.html\" %}{% block a %}{% include \"p.html\" %}{% end %}"},
       {"base.html", "{% block a %}{% end %}{% include \"p.html\" %}"},
       {"p.html", "{% set n = 1 %}"}});
  all.push_back(
      {{"page.html",
        "{% extends \"base.html\" %}{% set unused = 1 %}{% set n = 2 %}{% block a %}{% super() "
        "%}{% super() %}{% end %}"},
       {"base.html", "{% param int unused %}{% param int n %}{% block a %}{{ n }}{% end %}"}});
  all.push_back({{"page.html",
                  "{% import \"models.h\" %}{% param User user %}{% param int unused %}"
                  "{% block a %}{{ user.id }}{% block b %}<a href='/{{ user.name }}'>{% end %}</a>"
                  "{% for x in user.list %}{{ x }}{{ loop.index }}{% end %}{% end %}"
                  "{% set s = 1 %}{% block set %}{% set s = 2 %}{{ s }}{% end %}"
                  "{% block handler %}{{ static_url(\"a.css\") }}{{ _(\"x\") }}{% end %}"
                  "{% block try %}{% try %}{% apply shout %}{{ 1 }}{% end %}{% finally %}"
                  "{% end %}{% end %}"}});
  all.push_back(
      {{"page.html",
        "{% import \"models.h\" %}{% param User user %}{% include \"p.html\" with n=shout(user.id) "
        "%}{% call p(n=shout(shout(1)), unused=user.self().id) %}a{% end %}{% module "
        "Template(\"p.html\", n=1 + 2) %}"},
       {"p.html", "{% param int n %}{% param int unused = shout(2) %}{{ n }}{% slot %}{% end %}"}});
  all.push_back(
      {{"page.html",
        "{% import \"models.h\" %}{% extends \"base.html\" %}{% set n = shout(2) %}{% set m = "
        "n + shout(1) %}{% block a %}{{ n }}{% end %}"},
       {"base.html",
        "{% import \"models.h\" %}{% param int n %}{% param int m %}{% block a %}{{ m }}{% end "
        "%}"}});
  all.push_back({{"page.html", "{% block wait %}a{% flush %}{{ request.path() }}{% end %}"}});
  all.push_back(
      {{"page.html",
        "{% set n = 1 %}{% include \"p.html\" with n=n, unused=n %}{% call p(n=n) %}{% end "
        "%}{% call p(n=n) %}{{ n }}{% slot foot %}{% set n = 3 %}{% apply shout %}{{ n "
        "}}{% end %}{% end %}{% end %}{% module Template(\"p.html\", n=7) %}"},
       {"p.html",
        "{% param int n %}{% param int unused = 1 %}{% set n = n + 1 %}{{ n }}{% slot %}{% "
        "end %}{% for x in {1, 2} %}{% slot foot %}{% end %}{% end %}{% set m = 1 %}"}});
  return all;
}

// Returns all pages in one unit: the headers are compiled only once, and this shows that units can
// be joined in a unity build.
std::string unity_build(const TemporaryFolder& folder) {
  std::string includes;
  int number = 0;
  for (const Templates& templates : pages()) {
    const std::string name = "page" + std::to_string(++number) + ".html";
    Templates renamed = templates;
    auto node = renamed.extract("page.html");
    std::string text = node.mapped();
    renamed[name] = text;
    for (const auto& [file, body] : renamed) folder.add("templates/" + file, body);
    UnitTemplates source(renamed);
    const auto unit = generate(source, name);
    const auto unit_name = bora::compiler::unit_name(name);
    folder.add(unit_name.header, unit.header);
    folder.add(unit_name.source, unit.source);
    folder.add(unit_name.blocks_header, unit.blocks_header);
    includes += "#include \"" + unit_name.source + "\"\n";
    includes += "#include \"" + unit_name.blocks_header + "\"\n";
  }
  return includes;
}

void check_silent(const std::string& compiler, const std::string& options) {
  TemporaryFolder folder;
  folder.add("models.h", kModels);
  folder.add("views/page.cpp", unity_build(folder));
  const std::string output = compile(folder, compiler, options);
  INFO(compiler << ' ' << options);
  CHECK(output == "");
}

}  // namespace

TEST_CASE("generated code: no warnings with g++", "[codegen][compilers]") {
  const std::string compiler = require_compiler(BORA_TEST_GXX, "g++");
  check_silent(compiler, kStrict);
  check_silent(compiler, std::string("-O2 ") + kStrict);
}

TEST_CASE("generated code: no warnings with clang", "[codegen][compilers]") {
  const std::string compiler = require_compiler(BORA_TEST_CLANGXX, "clang++-19");
  check_silent(compiler, kStrict);
}
