// A wrong type in a template, and the place that the two compilers report: in the template, at the
// line and column that the user sees, and nowhere else.

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/compiler/codegen/compile_unit.h"
#include "tests/support/catch.h"

using namespace bora;
using namespace bora::testing;

namespace {

// The places that the compilers report: "page.html:3:7".
struct Expected {
  std::string gxx;
  std::string clang;
  std::string message;  // a part of both compilers' messages; may be empty
};

struct Case {
  std::string name;
  std::map<std::string, std::string> templates;  // the unit is that of "page.html"
  Expected expected;
};

// Returns a page that imports the models and has a `user`. Its tags are line 1.
std::map<std::string, std::string> page(const std::string& text) {
  return {{"page.html", "{% import \"models.h\" %}{% param User user %}\n" + text}};
}

Expected both(const std::string& place, std::string message) {
  return {place, place, std::move(message)};
}

// g++ counts columns as they are seen: a character is one, and a tab ends at the next eighth. clang
// counts bytes.
std::vector<Case> cases() {
  return {
      {"a mistyped member", page("<p>{{ user.nmae }}</p>\n"), both("page.html:2:12", "nmae")},
      {"without blanks", page("<p>{{user.nmae}}</p>\n"), both("page.html:2:11", "nmae")},
      {"an undeclared name", page("\n\n  {{ usr }}"), both("page.html:4:6", "usr")},
      {"raw", page("{% raw user.nmae %}"), both("page.html:2:13", "nmae")},
      {"behind UTF-8", page("é€😀 {{ user.nmae }}"), {"page.html:2:14", "page.html:2:19", "nmae"}},
      {"behind a tab", page("\t{{ user.nmae }}"), {"page.html:2:17", "page.html:2:10", "nmae"}},
      {"in several lines", page("{{\n  user.name +\n    user.oops\n}}"),
       both("page.html:4:10", "oops")},
      {"with a comment", page("{{ user.nmae // why\n}}"), both("page.html:2:9", "nmae")},
      {"behind CR LF", page("a\r\nb\r\n{{ user.nmae }}"), both("page.html:4:9", "nmae")},
      {"in a condition", page("{% if user %}a{% end %}"), both("page.html:2:7", "bool")},
      {"in elif", page("{% if user.id %}a{% elif user.nmae %}b{% end %}"),
       both("page.html:2:31", "nmae")},
      {"in while", page("{% while user.nmae %}a{% end %}"), both("page.html:2:15", "nmae")},
      {"no range",
       page("{% for x in user.id %}a{% end %}"),
       {"page.html:2:18", "page.html:2:13", "begin"}},
      {"no range, with loop", page("{% for x in user.id %}{{ loop.index }}{% end %}"),
       both("page.html:2:13", "begin")},
      {"no range, with else",
       page("{% for x in user.id %}a{% else %}b{% end %}"),
       {"page.html:2:18", "page.html:2:13", "begin"}},
      {"no range to enumerate",
       page("{% for i, x in enumerate(user.id) %}a{% end %}"),
       {"page.html:2:31", "page.html:2:26", "begin"}},
      {"a mistyped range", page("{% for x in user.lst %}a{% end %}"),
       both("page.html:2:18", "lst")},
      {"a mistyped range inside a call", page("{% for x in shout(user.lst) %}a{% end %}"),
       both("page.html:2:24", "lst")},
      {"no range that is held, with loop",
       page("{% for x in shout(user.id + 1) %}{{ loop.index }}{% end %}"),
       both("page.html:2:13", "begin")},
      {"an error in a loop whose range is held",
       page("{% for x in shout(shout(user)).list %}{{ x.nmae }}{% end %}"),
       {"page.html:2:44", "page.html:2:43", "nmae"}},
      {"elements that can't be taken apart", page("{% for a, b in user.list %}{% end %}"),
       both("page.html:2:7", "decompose")},
      {"a loop without that member", page("{% for x in user.list %}{{ loop.indx }}{% end %}"),
       both("page.html:2:33", "indx")},
      {"nothing to print",
       page("<b>{{ nothing() }}</b>"),
       {"page.html:2:14", "page.html:2:4", "void"}},
      {"not printable", page("<b>{{ user }}</b>"), {"page.html:2:5", "page.html:2:4", "deleted"}},
      {"a pointer is not printable",
       page("{{ &user }}"),
       {"page.html:2:2", "page.html:2:1", "deleted"}},
      {"not printable, raw", page("{% raw user %}"), {"page.html:2:7", "page.html:2:6", "deleted"}},
      {"a function of autoescape that does not take the value",
       page("{% autoescape nothing %}\n{{ user }}"),
       {"page.html:3:2", "page.html:3:1", "deleted"}},
      {"a wrong set", page("{% set x = user.nmae %}"), both("page.html:2:17", "nmae")},
      {"a set of another type", page("{% set x = 1 %}{% set x = user %}"),
       both("page.html:2:27", "")},
      {"a typed set", page("{% set Usr x = user %}"), both("page.html:2:8", "Usr")},
      {"a statement", page("{% set user.id += 1 %}"), both("page.html:2:16", "")},
      {"a wrong type of a parameter",
       {{"page.html", "{% param Usr user %}{{ 1 }}"}},
       both("page.html:1:10", "Usr")},
      {"a wrong default of a parameter",
       {{"page.html", "{% param int n = oops %}{{ n }}"}},
       both("page.html:1:18", "oops")},
      {"a header that is missing",
       {{"page.html", "{% import \"modls.h\" %}"}},
       both("page.html:1:11", "modls.h")},
      {"an import that is missing",
       {{"page.html", "{% import \"models.h\" %}\n{% from std import strng %}"}},
       both("page.html:2:20", "strng")},
      {"in a base",
       {{"page.html", "{% extends \"base.html\" %}"},
        {"base.html", page("<p>{{ user.nmae }}")["page.html"]}},
       both("base.html:2:12", "nmae")},
      {"in a block",
       {{"page.html", "{% extends \"base.html\" %}\n{% block a %}\n  {{ user.nmae }}{% end %}"},
        {"base.html", page("{% block a %}{% end %}")["page.html"]}},
       both("page.html:3:11", "nmae")},
      {"in an included file",
       {{"page.html", page("\n{% include \"part.html\" %}")["page.html"]},
        {"part.html", "\n\n\n {{ user.nmae }}"}},
       both("part.html:4:10", "nmae")},
      {"behind an included file",
       {{"page.html", page("{% include \"part.html\" %}\n{{ user.nmae }}")["page.html"]},
        {"part.html", "{{ user.name }}\n\n\n"}},
       both("page.html:3:9", "nmae")},
      {"in an apply", page("{% apply user.nmae %}x{% end %}"), both("page.html:2:15", "nmae")},
      {"a function that does not take text",
       page("{% apply nothing %}x{% end %}"),
       {"page.html:2:19", "page.html:2:20", "too many"}},
      {"inside an apply", page("{% apply shout %}{{ user.nmae }}{% end %}"),
       both("page.html:2:26", "nmae")},
      {"inside a try", page("{% try %}{{ user.nmae }}{% except %}{% end %}"),
       both("page.html:2:18", "nmae")},
      {"an unknown exception", page("{% try %}x{% except Oops& e %}{{ e }}{% end %}"),
       both("page.html:2:21", "Oops")},
      {"inside an except", page("{% try %}x{% except User as e %}{{ e.nmae }}{% end %}"),
       both("page.html:2:38", "nmae")},
      {"inside a finally", page("{% try %}x{% finally %}{{ user.nmae }}{% end %}"),
       both("page.html:2:32", "nmae")},
      {"an argument",
       {{"page.html", page("{% include \"part.html\" with n=user.nmae %}")["page.html"]},
        {"part.html", "{% param int n %}{{ n }}"}},
       both("page.html:2:36", "nmae")},
      {"an argument of another type",
       {{"page.html", page("{% include \"part.html\" with n=user %}")["page.html"]},
        {"part.html", "{% param int n %}{{ n }}"}},
       {"page.html:2:31", "page.html:2:29", ""}},
      {"an error in an argument that is held",
       {{"page.html", page("{% include \"part.html\" with n=shout(user.nmae) %}")["page.html"]},
        {"part.html", "{% param int n %}{{ n }}"}},
       both("page.html:2:42", "nmae")},
      {"an argument of another type that is held",
       {{"page.html", page("{% include \"part.html\" with n=shout(user) %}")["page.html"]},
        {"part.html", "{% param int n %}{{ n }}"}},
       {"page.html:2:36", "page.html:2:15", ""}},
      {"an argument of another type that is a call's",
       {{"page.html",
         page("{% include \"part.html\" with n=user.list[0], m=user.self() %}")["page.html"]},
        {"part.html", "{% param int n %}{% param int m %}{{ n }}{{ m }}"}},
       {"page.html:2:47", "page.html:2:45", ""}},
      {"a view of what ends",
       page("{% set a, b = std::pair(user.self().name, shout(user.id + 1)) %}"),
       {"page.html:2:25", "page.html:2:5", "this_refers_to_what_ends_so_set_that_first"}},
      {"a text that ends for a variable that is a view",
       page("{% set text = user.name %}{% set text = text_of(user.id) %}"),
       {"page.html:2:40", "page.html:2:4", "this_refers_to_what_ends_so_set_that_first"}},
      {"a text that ends for a variable of a given type",
       page("{% set std::string_view text = text_of(user.id) %}"),
       {"page.html:2:39", "page.html:2:3", "this_refers_to_what_ends_so_set_that_first"}},
      {"a parameter's type in a file with arguments",
       {{"page.html", page("{% include \"part.html\" with n=1 %}")["page.html"]},
        {"part.html", "\n{% param Oops n %}{{ n }}"}},
       both("part.html:2:10", "Oops")},
      {"in a file with arguments",
       {{"page.html", page("{% include \"part.html\" with n=user %}")["page.html"]},
        {"part.html", "{% param User n %}{{ n.nmae }}"}},
       both("part.html:1:24", "nmae")},
      {"a component's argument",
       {{"page.html", page("{% call part(n=user.nmae) %}{% end %}")["page.html"]},
        {"part.html", "{% param int n %}{{ n }}"}},
       both("page.html:2:21", "nmae")},
      {"the content of a slot",
       {{"page.html",
         page("{% call part() %}{% slot a %}{{ user.nmae }}{% end %}{% end %}")["page.html"]},
        {"part.html", "{% slot a %}{% end %}"}},
       both("page.html:2:38", "nmae")},
      {"a slot's own content",
       {{"page.html", page("{% call part() %}{% end %}")["page.html"]},
        {"part.html", "{% slot a %}{{ oops }}{% end %}"}},
       both("part.html:1:16", "oops")},
      {"what super means",
       {{"page.html", "{% extends \"base.html\" %}{% block a %}{% super() %}{% end %}"},
        {"base.html", page("{% block a %}{{ user.nmae }}{% end %}")["page.html"]}},
       both("base.html:2:22", "nmae")},
      {"the value that a child gives a parameter",
       {{"page.html", "{% extends \"base.html\" %}\n{% set n = oops %}"},
        {"base.html", "{% param int n %}{{ n }}"}},
       both("page.html:2:12", "oops")},
      {"a value of another type that a child gives a parameter",
       {{"page.html", "{% extends \"base.html\" %}\n{% set n = nullptr %}"},
        {"base.html", "{% param int n %}{{ n }}"}},
       {"page.html:2:12", "page.html:2:8", ""}},
      {"an operator that does not exist", page("{{ user + 1 }}"), both("page.html:2:9", "")},
      {"an expression cut short", page("{{ user.id + }}"), both("page.html:2:14", "expected")},
      {"two values", page("{{ user.id, 1 }}"), {"page.html:2:2", "page.html:2:1", ""}},
      {"a backslash at the end", page("{{ user.id \\ }}"), both("page.html:2:12", "")},
  };
}

// Returns the lines that report an error.
std::vector<std::string> errors_in(const std::string& output) {
  std::vector<std::string> errors;
  std::size_t begin = 0;
  while (begin < output.size()) {
    const std::size_t end = std::min(output.find('\n', begin), output.size());
    std::string line = output.substr(begin, end - begin);
    if (line.find(" error: ") != std::string::npos) errors.push_back(std::move(line));
    begin = end + 1;
  }
  return errors;
}

void check_errors(const Case& wrong, const std::string& compiler, const std::string& place) {
  INFO(wrong.name << " with " << compiler);
  TemporaryFolder folder;
  write_unit(folder, wrong.templates);
  const std::string output = compile(folder, compiler);
  INFO(output);
  const std::vector<std::string> errors = errors_in(output);
  REQUIRE(!errors.empty());
  CHECK(errors.front().rfind("templates/" + place + ": ", 0) == 0);
  CHECK(output.find(wrong.expected.message) != std::string::npos);
  for (const std::string& error : errors) {
    INFO(error);
    CHECK(error.rfind("templates/", 0) == 0);
  }
}

}  // namespace

TEST_CASE("template errors: g++ reports them where they are in the template",
          "[codegen][compilers]") {
  const std::string compiler = require_compiler(BORA_TEST_GXX, "g++");
  for (const Case& wrong : cases()) check_errors(wrong, compiler, wrong.expected.gxx);
}

TEST_CASE("template errors: clang reports them where they are in the template",
          "[codegen][compilers]") {
  const std::string compiler = require_compiler(BORA_TEST_CLANGXX, "clang++-19");
  for (const Case& wrong : cases()) check_errors(wrong, compiler, wrong.expected.clang);
}

TEST_CASE("template errors: did you mean, and the template's own line", "[codegen][compilers]") {
  TemporaryFolder folder;
  write_unit(folder, page("<li>Zoë {{ user.nmae }}</li>\n"));
  const std::string output = compile(folder, require_compiler(BORA_TEST_GXX, "g++"));
  INFO(output);
  CHECK(output.find("did you mean 'name'?") != std::string::npos);
  CHECK(output.find("<li>Zoë {{ user.nmae }}</li>") != std::string::npos);
}

TEST_CASE("template errors: what can't be printed names the remedy", "[codegen][compilers]") {
  TemporaryFolder folder;
  write_unit(folder, page("{{ user }}"));
  for (const char* compiler : {BORA_TEST_GXX, BORA_TEST_CLANGXX}) {
    const std::string output = compile(folder, require_compiler(compiler, "g++ or clang++-19"));
    INFO(output);
    CHECK(output.find("define_a_function_to_string_for_this_type") != std::string::npos);
    CHECK(std::count(output.begin(), output.end(), '\n') <= 25);
  }
}

TEST_CASE("template errors: a base and an include tell who led to them", "[codegen][compilers]") {
  TemporaryFolder folder;
  write_unit(folder,
             {{"page.html",
               "\n{% extends \"base.html\" %}{% block a %}\n{% include \"part.html\" %}{% end %}"},
              {"base.html", "{{ oops1 }}{% block a %}{% end %}{{ oops2 }}"},
              {"part.html", "{{ oops3 }}"}});
  for (const std::string& compiler :
       {require_compiler(BORA_TEST_CLANGXX, "clang++-19"),
        require_compiler(BORA_TEST_GXX, "g++") + " -DBORA_LINE_MARKERS=1"}) {
    const std::string output = compile(folder, compiler);
    INFO(output);
    const std::size_t base =
        output.find("In file included from templates/page.html:2:\ntemplates/base.html:1:4: error");
    const std::size_t part =
        output.find("In file included from templates/page.html:3:\ntemplates/part.html:1:4: error");
    const std::size_t again = output.find("templates/base.html:1:37: error");
    // g++ writes "In function" between the two lines of the first error.
    CHECK((base != std::string::npos ||
           output.rfind("In file included from templates/page.html:2:\n", 0) == 0));
    CHECK(part != std::string::npos);
    CHECK(again != std::string::npos);
    CHECK(errors_in(output).size() == 3);
  }
}

TEST_CASE("template errors: a block that is rendered alone tells its template's place",
          "[codegen][compilers]") {
  TemporaryFolder folder;
  write_unit(
      folder,
      {{"page.html", "{% extends \"base.html\" %}{% block a %}\n<b>{{ user.nme }}</b>{% end %}"},
       {"base.html", "{% import \"models.h\" %}{% param User user %}{% block a %}{% end %}"}});
  folder.add("views/page.cpp", "#include \"views/page.blocks.h\"\n");
  for (const char* path : {BORA_TEST_GXX, BORA_TEST_CLANGXX}) {
    const std::string output = compile(folder, require_compiler(path, "g++ or clang++-19"));
    INFO(output);
    CHECK(output.find("templates/page.html:2:12: error: ") != std::string::npos);
    CHECK(errors_in(output).size() == 1);
  }
}

TEST_CASE("template errors: an older compiler's unit is refused with the remedy",
          "[codegen][compilers]") {
  TemporaryFolder folder;
  folder.add("views/page.cpp", "#define BORA_GENERATED_CONTRACT 0\n#include <bora/generated.h>\n");
  const std::string compiler = require_compiler(BORA_TEST_GXX, "g++");
  CHECK(compile(folder, compiler).find("made by another version of bora") != std::string::npos);
  folder.add("views/page.cpp", "#include <bora/generated.h>\n");
  CHECK(compile(folder, compiler).find("for code made by `bora compile` only") !=
        std::string::npos);
}

TEST_CASE("template errors: a forgotten parameter does not compile", "[codegen][compilers]") {
  TemporaryFolder folder;
  write_unit(folder, {{"page.html", "{% param int n %}{% param int m = 1 %}{{ n }}{{ m }}"}});
  const auto use = [&](const std::string& page, const std::string& compiler) {
    folder.add("views/page.cpp",
               "#include \"views/page.h\"\nvoid use(bora::render::Output& out) { " + page +
                   ".bora_render(out); }\n");
    return compile(folder, compiler, "-Wall -Wextra -Wpedantic -Werror");
  };
  for (const char* path : {BORA_TEST_GXX, BORA_TEST_CLANGXX}) {
    const std::string compiler = require_compiler(path, "g++ or clang++-19");
    CHECK(use("views::page{.n = 1}", compiler) == "");
    CHECK(use("views::page{.n = 1, .m = 2}", compiler) == "");
    CHECK(use("views::page{.m = 2}", compiler).find("error: ") != std::string::npos);
    CHECK(use("views::page{.n = 1, .oops = 2}", compiler).find("error: ") != std::string::npos);
    CHECK(
        use("auto page = views::page{.n = 1}; auto copy = page; copy", compiler).find("error: ") !=
        std::string::npos);
  }
}
