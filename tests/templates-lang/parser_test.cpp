#include "templates-lang/parser.h"

#include <ctime>
#include <string>

#include "tests/support/catch.h"
#include "tests/support/parse_text.h"

namespace bora::lang {
namespace {

using testing::parse_text;

std::string tree(const std::string& text) {
  const auto result = parse_text(text);
  CAPTURE(text);
  CHECK(result.codes() == "");
  return result.tree();
}

std::string codes(const std::string& text) {
  return parse_text(text).codes();
}
std::string first(const std::string& text) {
  return parse_text(text).first();
}

TEST_CASE("parser: text and output", "[lang]") {
  CHECK(tree("") == "");
  CHECK(tree("a{{ b }}c") == R"x((text "a")(output "b")(text "c"))x");
  CHECK(tree("{% raw a.b() %}") == R"x((raw "a.b()"))x");
  CHECK(tree("{{ /* a */ x /* b */ }}") == R"x((output "x"))x");
  CHECK(tree("{{ x // why }}") == R"x((output "x"))x");
  CHECK(tree("{{\n  f(a,\n    b)\n}}") == R"x((output "f(a,\n    b)"))x");
}

TEST_CASE("parser: an escape makes no node of its own", "[lang]") {
  CHECK(tree("a {{! b") == R"x((text "a {{ b"))x");
  CHECK(tree("{%! if %}") == R"x((text "{% if %}"))x");
}

TEST_CASE("parser: conditions", "[lang]") {
  CHECK(tree("{% if a %}1{% elif b %}2{% elif c %}{% else %}4{% end %}") ==
        R"x((if (case "a" (text "1"))(case "b" (text "2"))(case "c")(else (text "4"))))x");
  CHECK(tree("{% if a %}{% end %}") == R"x((if (case "a")))x");
  CHECK(tree("{%\tif\ta\t%}{%\nend\n%}") == R"x((if (case "a")))x");
  CHECK(tree("{% if (a) %}{% end if %}") == R"x((if (case "(a)")))x");
}

TEST_CASE("parser: loops", "[lang]") {
  CHECK(tree("{% for x in xs %}{{ x }}{% end %}") == R"x((for x "xs" (output "x")))x");
  CHECK(tree("{% for k, v in m.items() %}{% end for %}") == R"x((for k v "m.items()" ))x");
  CHECK(tree("{% for x in xs %}a{% else %}none{% end %}") ==
        R"x((for x "xs" (text "a")(else (text "none"))))x");
  CHECK(tree("{% while f() %}{% break %}{% continue %}{% else %}{% end %}") ==
        R"x((while "f()" (break)(continue)(else)))x");
  CHECK(tree("{% for x in f([in = 1]{ return in; }) %}{% end %}") ==
        R"x((for x "f([in = 1]{ return in; })" ))x");
}

TEST_CASE("parser: try with all its parts", "[lang]") {
  CHECK(tree("{% try %}a{% except std::exception& e %}b{% except %}c{% else %}d{% finally %}e{% "
             "end %}") ==
        R"x((try (text "a")(except "std::exception&" e (text "b"))(except (text "c")))x"
        R"x((else (text "d"))(finally (text "e"))))x");
  CHECK(tree("{% try %}{% finally %}{% end try %}") == "(try (finally))");
}

TEST_CASE("parser: set in all its forms", "[lang]") {
  CHECK(tree("{% set x = 1 %}") == R"x((set x "1"))x");
  CHECK(tree("{% set a, b = pair %}") == R"x((set a b "pair"))x");
  CHECK(tree("{% set int n = 0 %}") == R"x((set "int" n "0"))x");
  CHECK(tree("{% set const auto& x = y %}") == R"x((set "const auto&" x "y"))x");
  CHECK(tree("{% set std::map<int, int> m = {} %}") == R"x((set "std::map<int, int>" m "{}"))x");
  CHECK(tree("{% set decltype(a) b = a %}") == R"x((set "decltype(a)" b "a"))x");
  CHECK(tree("{% set total += x %}") == R"x((set "total += x"))x");
  CHECK(tree("{% set a.b = c %}") == R"x((set "a.b = c"))x");
  CHECK(tree("{% set xs[i] = c %}") == R"x((set "xs[i] = c"))x");
  CHECK(tree("{% set *p = c %}") == R"x((set "*p = c"))x");
  CHECK(tree("{% set p->q = c %}") == R"x((set "p->q = c"))x");
  CHECK(tree("{% set ns::x = c %}") == R"x((set "ns::x = c"))x");
  CHECK(tree("{% set xs.push_back(x) %}") == R"x((set "xs.push_back(x)"))x");
  CHECK(tree("{% set f = [](int a) { return a == 1; } %}") ==
        R"x((set f "[](int a) { return a == 1; }"))x");
}

TEST_CASE("parser: parameters", "[lang]") {
  CHECK(tree("{% param int n %}") == R"x((param "int" n))x");
  CHECK(tree("{% param std::string_view title = \"a = b\" %}") ==
        R"x((param "std::string_view" title="\"a = b\""))x");
  CHECK(tree("{% param std::map<int, std::vector<int>> m %}") ==
        R"x((param "std::map<int, std::vector<int>>" m))x");
  CHECK(tree("{% param const Post& post %}") == R"x((param "const Post&" post))x");
  CHECK(tree("{% param ::shop::Price p = {} %}") == R"x((param "::shop::Price" p="{}"))x");
}

TEST_CASE("parser: imports", "[lang]") {
  CHECK(tree("{% import \"models.h\" %}{% import <map> %}") ==
        R"x((import header="\"models.h\"")(import header="<map>"))x");
  CHECK(tree("{% from shop::text import shorten as cut, Price %}") ==
        R"x((import scope="shop::text" shorten->cut Price))x");
  CHECK(tree("{% from shop import * %}") == R"x((import scope="shop" *))x");
  CHECK(tree("{% from \"text.h\" import shop::shorten %}") ==
        R"x((import header="\"text.h\"" shop::shorten))x");
}

TEST_CASE("parser: files", "[lang]") {
  CHECK(tree("{% extends \"base.html\" %}") == R"x((extends "base.html"))x");
  CHECK(tree("{% extends 'base.html' %}") == R"x((extends "base.html"))x");
  CHECK(tree("{% extends a/base.html %}") == R"x((extends "a/base.html"))x");
  CHECK(tree("{% include row.html %}") == R"x((include "row.html"))x");
  CHECK(tree("{% include \"row.html\" with a=1, b=f<x, y>(2), c = \"d, e=f\" %}") ==
        R"x((include "row.html" a="1" b="f<x, y>(2)" c="\"d, e=f\""))x");
}

TEST_CASE("parser: what Bora adds and what is for later", "[lang]") {
  CHECK(tree("{% block a %}x{% block b %}{% end %}{% end block a %}") ==
        R"x((block a (text "x")(block b)))x");
  CHECK(tree("{% apply squeeze %}a{% end %}") == R"x((apply "squeeze" (text "a")))x");
  CHECK(tree("{% block a %}{% super() %}{% super %}{% end a %}") ==
        R"x((block a (super)(super)))x");
  CHECK(tree("{% module Entry(post) %}{% flush %}") == R"x((module "Entry(post)")(flush))x");
  CHECK(tree("{% module Template(\"a.html\", b=1, c=f(2)) %}") ==
        R"x((module-template "a.html" b="1" c="f(2)"))x");
}

TEST_CASE("parser: what a call holds outside of slots is a slot's content, too", "[lang]") {
  CHECK(tree("{% call card(x=1) %} {% slot a %}b{% end %} {% end %}") ==
        R"x((call "card.txt" x="1"(fill a (text "b"))))x");
  CHECK(tree("{% call ui/card %}a{% slot b %}{% end %}c{% end %}") ==
        R"x((call "ui/card.txt"(fill b)(fill (text "a")(text "c"))))x");
  CHECK(tree("{% call card() %}{% if x %}{% slot a %}{% end %}{% end %}{% end %}") ==
        R"x((call "card.txt"(fill (if (case "x" (slot a))))))x");
  CHECK(tree("{% slot %}a{% end %}{% slot body %}{% end slot %}") ==
        R"x((slot (text "a"))(slot body))x");
}

TEST_CASE("parser: the type and the name of an except", "[lang]") {
  const auto except = [](const std::string& operand) {
    return tree("{% try %}{% except " + operand + " %}{% end %}");
  };
  CHECK(except("") == "(try (except))");
  CHECK(except("std::exception") == R"x((try (except "std::exception")))x");
  CHECK(except("const std::exception& e") == R"x((try (except "const std::exception&" e)))x");
  CHECK(except("std::exception e") == R"x((try (except "std::exception" e)))x");
  CHECK(except("std::exception as e") == R"x((try (except "std::exception" e)))x");
  CHECK(except("int") == R"x((try (except "int")))x");
  CHECK(except("int e") == R"x((try (except "int" e)))x");
  CHECK(except("const Error") == R"x((try (except "const Error")))x");
  CHECK(except("a::B<c, d> e") == R"x((try (except "a::B<c, d>" e)))x");
}

TEST_CASE("parser: the last autoescape of a file counts", "[lang]") {
  CHECK(tree("{% autoescape None %}") == "(autoescape None)");
  CHECK(tree("{% autoescape %}") == "(autoescape None)");
  CHECK(tree("{% autoescape None %}{% autoescape xhtml_escape %}") == "");
  CHECK(tree("{% autoescape shop::latex %}") == R"x((autoescape "shop::latex"))x");
}

TEST_CASE("parser: white space follows the name and the directive", "[lang]") {
  CHECK(parse_text("a  \n b", "x.html").tree() == R"x((text "a\nb"))x");
  CHECK(parse_text("a  \n b", "x.js").tree() == R"x((text "a\nb"))x");
  CHECK(parse_text("a  \n b", "x.txt").tree() == R"x((text "a  \n b"))x");
  CHECK(parse_text("a  b{% whitespace all %}a  b{% whitespace oneline %}a\n\nb", "x.html").tree() ==
        R"x((text "a b")(text "a  b")(text "a b"))x");
}

TEST_CASE("parser: a stray end is reported once and skipped", "[lang]") {
  const auto result = parse_text("a{% end %}b");
  REQUIRE(result.diagnostics.size() == 1);
  CHECK(result.diagnostics[0].code == "T012");
  CHECK(result.tree() == R"x((text "a")(text "b"))x");
}

TEST_CASE("parser: each open directive is reported at its own place", "[lang]") {
  CHECK(first("a\n {% if x %}") == "T013@2:2");
  CHECK(codes("{% if x %}{% for y in z %}") == "T013 T013");
  CHECK(codes("{% block a %}{% if x %}{% end %}") == "T013");
}

TEST_CASE("parser: indentation shows where an end is missing", "[lang]") {
  const auto result =
      parse_text("{% block a %}\n  {% if x %}\n{% end %}\n{% block b %}\n{% end %}");
  REQUIRE(result.codes() == "T013");
  REQUIRE(result.diagnostics[0].notes.size() == 1);
  const Note& note = result.diagnostics[0].notes[0];
  CHECK(result.file->source->position(note.span.begin) == Position{3, 1});
  CHECK(codes("{% block a %}\n{% if x %}\n  {% end %}\n{% end %}\n") == "");
}

TEST_CASE("parser: an end that names something is held to it", "[lang]") {
  CHECK(codes("{% if a %}{% end for %}") == "T014");
  CHECK(codes("{% block a %}{% end block b %}") == "T014");
  CHECK(codes("{% block a %}{% end block a %}") == "");
  CHECK(codes("{% if a %}{% end of story %}") == "");
  SECTION("an outer directive's end leaves the inner one open") {
    const auto result = parse_text("{% if a %}{% for x in xs %}b{% end if %}c");
    CHECK(result.first() == "T013@1:11");
    CHECK(result.codes() == "T013");
    CHECK(result.tree() == R"x((if (case "a" (for x "xs" (text "b"))))(text "c"))x");
  }
}

TEST_CASE("parser: branches stand where they belong", "[lang]") {
  CHECK(codes("{% else %}") == "T015");
  CHECK(codes("{% block a %}{% else %}{% end %}") == "T015");
  CHECK(codes("{% if a %}{% else %}{% else %}{% end %}") == "T015");
  CHECK(codes("{% if a %}{% else %}{% elif b %}{% end %}") == "T015");
  CHECK(codes("{% for x in y %}{% elif b %}{% end %}") == "T015");
  CHECK(codes("{% if a %}{% except %}{% end %}") == "T015");
  CHECK(codes("{% try %}{% else %}{% finally %}{% end %}") == "T015");
  CHECK(codes("{% try %}{% finally %}{% except %}{% end %}") == "T015");
  CHECK(codes("{% try %}{% finally %}{% finally %}{% end %}") == "T015");
  CHECK(codes("{% try %}{% end %}") == "T039");
  CHECK(codes("{% if a %}{% apply f %}{% else %}{% end %}{% end %}") == "T015");
}

TEST_CASE("parser: one slip gives one message", "[lang]") {
  CHECK(codes("{% iff a %}{% else %}{% end %}") == "T011");
  CHECK(codes("{% fro x in xs %}{% end %}") == "T011");
  CHECK(codes("{% block a %}{% foo %}{% end %}") == "T011");
  CHECK(codes("{% macro f(x) %}{% end %}") == "T011");
  CHECK(codes("{% macro f(x) %}{% endmacro %}") == "T011");
  CHECK(codes("{% if a %}{% endif %}") == "T011");
  CHECK(codes("{% for x in xs %}{% endfor %}") == "T011");
  CHECK(codes("{% block a %}{% endblock a %}") == "T011");
  CHECK(codes("{% if a %}{% elseif b %}{% end %}") == "T011");
  CHECK(codes("{% if a %}{% else if b %}{% end %}") == "T011");
  CHECK(codes("{%- if a -%}{% else %}{% end %}") == "T011");
  CHECK(codes("{% if a }{% else %}{% end %}") == "T005");
  CHECK(codes("{{ a }{{ b }}") == "T005");
  CHECK(codes("{% if %}{% end %}") == "T018");
  CHECK(codes("{% for in xs %}{% end %}") == "T022");
  CHECK(codes("{% if f(a %}{% else %}{% end %}") == "T007");
  CHECK(codes("{% if a }}{% else %}{% end %}") == "T005");
  CHECK(codes("{% if \"a %}{% else %}{% end %}") == "T006");
  CHECK(codes("{% if a\n{% else %}{% end %}") == "T003");
  CHECK(codes("{% block %}{% end %}") == "T018");
  CHECK(codes("{% apply %}{% end %}") == "T018");
}

TEST_CASE("parser: several slips are all found", "[lang]") {
  CHECK(codes("{{ }}\n{% %}\n{% foo %}\n{{ f( }}\n{% set = 1 %}\n{{ ok }}") ==
        "T009 T010 T011 T007 T023");
}

TEST_CASE("parser: malformed operands", "[lang]") {
  CHECK(codes("{{}}") == "T009");
  CHECK(codes("{{ /* only */ }}") == "T009");
  CHECK(codes("{% %}") == "T010");
  CHECK(codes("{%- if x -%}{%- end -%}") == "T011 T011");
  CHECK(codes("{% raw %}") == "T018");
  CHECK(codes("{% while %}{% end %}") == "T018");
  CHECK(codes("{% module %}") == "T018");
  CHECK(codes("{% extends %}") == "T018");
  CHECK(codes("{% include \"\" %}") == "T026");
  CHECK(codes("{% include \"a\" + b %}") == "T027");
  CHECK(codes("{% include \"a\" with %}") == "T027");
  CHECK(codes("{% include \"a\" with x %}") == "T027");
  CHECK(codes("{% include \"a\" with x= %}") == "T027");
  CHECK(codes("{% include \"a\" with x=1, x=2 %}") == "T033");
  CHECK(codes("{% extends \"a\" if b %}") == "T026");
  CHECK(codes("{% for x %}{% end %}") == "T022");
  CHECK(codes("{% for x in %}{% end %}") == "T022");
  CHECK(codes("{% for (auto x : xs) %}{% end %}") == "T022");
  CHECK(codes("{% for auto& x in xs %}{% end %}") == "T022");
  CHECK(codes("{% for (a, b) in xs %}{% end %}") == "T022");
  CHECK(codes("{% for a, in xs %}{% end %}") == "T030");
  CHECK(codes("{% for a, a in xs %}{% end %}") == "T033");
  CHECK(codes("{% for 1x in xs %}{% end %}") == "T030");
  CHECK(codes("{% for class in xs %}{% end %}") == "T031");
  CHECK(codes("{% for bora_x in xs %}{% end %}") == "T032");
  CHECK(codes("{% set %}") == "T018");
  CHECK(codes("{% set x = %}") == "T023");
  CHECK(codes("{% set x = 1; y = 2 %}") == "T021");
  CHECK(codes("{% set a, b = 1, 2 %}") == "T023");
  CHECK(codes("{% set a, b = f<x, y>(1) %}") == "");
  CHECK(codes("{% set int = 2 %}") == "T031");
  CHECK(codes("{% set bora_out = 2 %}") == "T032");
  CHECK(codes("{{ x; }}") == "T021");
  CHECK(codes("{% param %}") == "T018");
  CHECK(codes("{% param title %}") == "T024");
  CHECK(codes("{% param int %}") == "T024");
  CHECK(codes("{% param int n = %}") == "T024");
  CHECK(codes("{% param int a, int b %}") == "T024");
  CHECK(codes("{% param int n{1} %}") == "T024");
  CHECK(codes("{% param int new %}") == "T031");
  CHECK(codes("{% param = 1 %}") == "T018");
  CHECK(codes("{% import %}") == "T018");
  CHECK(codes("{% import os %}") == "T025");
  CHECK(codes("{% import <a %}") == "T025");
  CHECK(codes("{% import \"a\", \"b\" %}") == "T025");
  CHECK(codes("{% from %}") == "T018");
  CHECK(codes("{% from a %}") == "T025");
  CHECK(codes("{% from a.b import c %}") == "T025");
  CHECK(codes("{% from a import %}") == "T025");
  CHECK(codes("{% from a import b c %}") == "T025");
  CHECK(codes("{% from \"a.h\" import * %}") == "T025");
  CHECK(codes("{% from a import b as %}") == "T030");
  CHECK(codes("{% from a import b as int %}") == "T031");
  CHECK(codes("{% block a-b %}{% end %}") == "T030");
  CHECK(codes("{% whitespace %}") == "T028");
  CHECK(codes("{% whitespace none %}") == "T028");
  CHECK(codes("{% autoescape \"html\" %}") == "T029");
  CHECK(codes("{% autoescape true %}") == "T029");
  CHECK(codes("{% break now %}") == "T019");
  CHECK(codes("{% flush() %}") == "T019");
  CHECK(codes("{% super(1) %}") == "T019");
  CHECK(codes("{% try x %}{% finally %}{% end %}") == "T019");
  CHECK(codes("{% if a %}{% else b %}{% end %}") == "T019");
}

TEST_CASE("parser: extends and param stand at the top level", "[lang]") {
  CHECK(codes("{% if a %}{% extends \"b\" %}{% end %}") == "T020");
  CHECK(codes("{% block a %}{% param int x %}{% end %}") == "T020");
  CHECK(codes("{% extends \"a\" %}{% extends \"b\" %}") == "T037");
  CHECK(codes("text{{ x }}{% param int x %}") == "");
}

TEST_CASE("parser: single quotes around a word are an error", "[lang]") {
  const auto result = parse_text("{{ f('home') }}");
  CHECK(result.codes() == "T052");
  CHECK(result.diagnostics[0].severity == Severity::error);
  CHECK(codes("{{ f('h', '\\n', '\\x41', '\\'', '\xC3\xA9', u8'x') }}") == "");
}

TEST_CASE("parser: nesting has a limit, and beyond it one message", "[lang]") {
  const auto nested = [](int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += "{% if a %}";
    for (int i = 0; i < depth; ++i) text += "{% end %}";
    return text;
  };
  CHECK(codes(nested(kMaxNesting)) == "");
  CHECK(codes(nested(kMaxNesting + 1)) == "T016");
  CHECK(codes(nested(100'000)) == "T016");
}

TEST_CASE("parser: a large page takes linear time", "[lang]") {
  std::string text;
  while (text.size() < 2'000'000) {
    text += "<li class=\"{{ x.role }}\">{% if x.ok %}yes{% else %}no{% end %}</li>\n";
  }
  const std::clock_t begin = std::clock();
  CHECK(parse_text(text, "big.html").codes() == "");
  CHECK(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC < 30);
}

}  // namespace
}  // namespace bora::lang
