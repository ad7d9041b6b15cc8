#include "templates-lang/inheritance.h"

#include <map>
#include <memory>
#include <string>

#include "templates-lang/checker.h"
#include "tests/support/catch.h"
#include "tests/support/memory_templates.h"

namespace bora::lang {
namespace {

using testing::MemoryTemplates;
using Files = std::map<std::string, std::string, std::less<>>;

struct Resolved {
  std::unique_ptr<Page> page;
  std::vector<Diagnostic> diagnostics;

  [[nodiscard]] std::string codes() const {
    std::string list;
    for (const Diagnostic& d : diagnostics) list += (list.empty() ? "" : " ") + d.code;
    return list;
  }
};

Resolved resolved(MemoryTemplates& templates, const std::string& name) {
  DiagnosticSink sink;
  Resolved result;
  result.page = resolve_page(name, templates, sink);
  if (result.page) check_page(*result.page, sink);
  result.diagnostics = sink.diagnostics();
  return result;
}

Resolved resolved(const Files& files, const std::string& name = "page.html") {
  MemoryTemplates templates(files);
  return resolved(templates, name);
}

/// Returns what the page writes, with its expressions unchanged, by the walk that inheritance.h
/// describes.
std::string rendered(const Page& page, const Body& body, const Template& file) {
  std::string out;
  for (const Node& node : body) {
    if (const auto* text = std::get_if<Text>(&node.value)) out += text->text;
    if (const auto* output = std::get_if<Output>(&node.value)) {
      out += "<" + std::string(file.source->text(output->value.span)) + ">";
    }
    if (const auto* block = std::get_if<Block>(&node.value)) {
      const BlockBody& body_of = page.blocks.at(block->name.text);
      out += rendered(page, body_of.block->body, *body_of.file);
    }
    if (const auto* include = std::get_if<Include>(&node.value)) {
      const Template* included = page.includes.at(include);
      out += rendered(page, included->body, *included);
    }
  }
  return out;
}

std::string rendered(const Files& files, const std::string& name = "page.html") {
  const Resolved result = resolved(files, name);
  CHECK(result.codes() == "");
  REQUIRE(result.page);
  return rendered(*result.page, result.page->root()->body, *result.page->root());
}

std::string params(const Page& page) {
  std::string list;
  for (const PageParam& p : page.params) {
    list += (list.empty() ? "" : " ") + p.param->name.text + "@" + p.file->name;
  }
  return list;
}

TEST_CASE("names: relative to the folder of the file, or to the root", "[lang]") {
  CHECK(resolve_template_name("base.html", "page.html") == "base.html");
  CHECK(resolve_template_name("base.html", "blog/page.html") == "blog/base.html");
  CHECK(resolve_template_name("../base.html", "blog/page.html") == "base.html");
  CHECK(resolve_template_name("/base.html", "blog/page.html") == "base.html");
  CHECK(resolve_template_name("./a/../b.html", "blog/page.html") == "blog/b.html");
  CHECK(resolve_template_name("a//b.html", "page.html") == "a/b.html");
  CHECK_FALSE(resolve_template_name("../base.html", "page.html"));
  CHECK_FALSE(resolve_template_name("../../base.html", "blog/page.html"));
  CHECK_FALSE(resolve_template_name("/../base.html", "blog/page.html"));
  CHECK_FALSE(resolve_template_name("..", "blog/page.html"));
  CHECK_FALSE(resolve_template_name("a/", "page.html"));
  CHECK_FALSE(resolve_template_name("", "page.html"));
  CHECK_FALSE(resolve_template_name("/", "page.html"));
}

TEST_CASE("pages: the most derived block wins over any depth", "[lang]") {
  const Files files{
      {"base.html", "<{% block a %}A{% end %}|{% block b %}B{% end %}|{% block c %}C{% end %}>"},
      {"mid.html", "{% extends \"base.html\" %}{% block b %}mB{% end %}{% block c %}mC{% end %}"},
      {"page.html", "{% extends \"mid.html\" %}{% block c %}pC{% end %}"}};
  CHECK(rendered(files) == "<A|mB|pC>");
  CHECK(rendered(files, "mid.html") == "<A|mB|mC>");
  CHECK(rendered(files, "base.html") == "<A|B|C>");
}

TEST_CASE("pages: blocks nest and are overridden one by one", "[lang]") {
  const std::string base = "{% block a %}[{% block b %}B{% end %}]{% end %}";
  CHECK(rendered({{"base.html", base},
                  {"page.html", "{% extends \"base.html\" %}{% block b %}x{% end %}"}}) == "[x]");
  CHECK(
      rendered({{"base.html", base},
                {"page.html",
                 "{% extends \"base.html\" %}{% block a %}({% block b %}y{% end %}){% end %}"}}) ==
      "(y)");
}

TEST_CASE("pages: an included file is inlined and its blocks can be overridden", "[lang]") {
  const Files files{{"base.html", "{% include \"nav.html\" %}{% block body %}{% end %}"},
                    {"nav.html", "nav:{% block nav %}N{% end %};"},
                    {"page.html", "{% extends \"base.html\" %}{% block nav %}mine{% end %}"}};
  CHECK(rendered(files, "base.html") == "nav:N;");
  CHECK(rendered(files) == "nav:mine;");
}

TEST_CASE("pages: a child's own block goes before that of a file it includes", "[lang]") {
  CHECK(rendered({{"base.html", "{% include \"nav.html\" %}|{% block body %}{% end %}"},
                  {"nav.html", "{% block nav %}N{% end %}"},
                  {"page.html",
                   "{% extends \"base.html\" %}{% block nav %}mine{% end %}"
                   "{% block body %}{% include \"nav.html\" %}{% end %}"}}) == "mine|mine");
}

TEST_CASE("pages: a block's file is the one it is written in", "[lang]") {
  const Resolved result =
      resolved({{"base.html", "{% autoescape None %}{% block a %}{{ x }}{% end %}{{ y }}"},
                {"page.html", "{% extends \"base.html\" %}{% block a %}{{ x }}{% end %}"}});
  CHECK(result.codes() == "");
  CHECK(result.page->blocks.at("a").file == result.page->leaf());
  CHECK(result.page->leaf()->autoescape.kind == Autoescape::Kind::xhtml_escape);
  CHECK(result.page->root()->autoescape.kind == Autoescape::Kind::none);
}

TEST_CASE("pages: each file is loaded once", "[lang]") {
  MemoryTemplates templates(
      {{"a.html", "x"},
       {"page.html", "{% include \"a.html\" %}{% include \"b.html\" %}{% include \"a.html\" %}"},
       {"b.html", "{% include \"/a.html\" %}"}});
  const Resolved result = resolved(templates, "page.html");
  CHECK(result.codes() == "");
  CHECK(result.page->files.size() == 3);
  CHECK(templates.loads["a.html"] == 1);
  CHECK(result.page->includes.size() == 4);
}

TEST_CASE("pages: parameters of all files, the root's first", "[lang]") {
  const Files files{
      {"base.html",
       "{% param std::string_view title = \"x\" %}{% include \"nav.html\" %}"
       "{% block a %}{% include \"dead.html\" %}{% end %}"},
      {"nav.html", "{% param std::vector<Link> links %}{% param std::string_view title %}"},
      {"dead.html", "{% param int dead %}"},
      {"page.html",
       "{% extends \"base.html\" %}{% param int n %}"
       "{% param std :: string_view title %}{% block a %}{% end %}"}};
  const Resolved result = resolved(files);
  CHECK(result.codes() == "");
  CHECK(params(*result.page) == "title@page.html n@page.html links@nav.html");
  CHECK(params(*resolved(files, "base.html").page) ==
        "title@base.html links@nav.html dead@dead.html");
}

TEST_CASE("pages: an include with arguments keeps its parameters to itself", "[lang]") {
  const Resolved result = resolved(
      {{"page.html", "{% include \"row.html\" with n=1 %}"}, {"row.html", "{% param int n %}"}});
  CHECK(params(*result.page) == "");
}

TEST_CASE("pages: parameters that disagree", "[lang]") {
  CHECK(resolved({{"page.html", "{% param int n %}{% param int n %}"}}).codes() == "T035");
  CHECK(resolved({{"base.html", "{% param int n %}"},
                  {"page.html", "{% extends \"base.html\" %}{% param long n %}"}})
            .codes() == "T036");
  CHECK(resolved({{"nav.html", "{% param int n %}"},
                  {"page.html", "{% include \"nav.html\" %}{% param long n %}"}})
            .codes() == "T036");
}

TEST_CASE("pages: files that can't be had", "[lang]") {
  CHECK(resolved({{"page.html", "{% extends \"bse.html\" %}"}, {"base.html", ""}}).codes() ==
        "T040");
  CHECK(resolved({{"page.html", "{% include \"../x.html\" %}"}}).codes() == "T042");
  const Resolved missing = resolved({{"page.html", ""}}, "pgae.html");
  CHECK(missing.codes() == "T040");
  CHECK(missing.page == nullptr);
  CHECK(missing.diagnostics[0].help == "did you mean 'page.html'?");
  CHECK(missing.diagnostics[0].file == "pgae.html");
  CHECK(resolved({{"page.html", ""}}, "../page.html").codes() == "T042");
  MemoryTemplates broken(Files{{"page.html", "{% extends \"base.html\" %}"}});
  broken.break_file("base.html", "Permission denied");
  CHECK(resolved(broken, "page.html").codes() == "T041");
}

TEST_CASE("pages: a missing file's nearest name is spelled as it must be written", "[lang]") {
  const auto help = [](const std::string& tag) {
    return resolved({{"base.html", ""}, {"blog/row.html", ""}, {"blog/page.html", tag}},
                    "blog/page.html")
        .diagnostics.at(0)
        .help;
  };
  CHECK(help("{% extends \"base.html\" %}") == "did you mean '/base.html'?");
  CHECK(help("{% include \"rwo.html\" %}") == "did you mean 'row.html'?");
  CHECK(help("{% include \"nothing.html\" %}") == "");
}

TEST_CASE("pages: circles of extends", "[lang]") {
  CHECK(resolved({{"page.html", "{% extends \"page.html\" %}"}}).codes() == "T043");
  const Resolved result = resolved({{"page.html", "{% extends \"a.html\" %}"},
                                    {"a.html", "{% extends \"b.html\" %}"},
                                    {"b.html", "{% extends \"a.html\" %}"}});
  CHECK(result.codes() == "T043");
  CHECK(result.diagnostics[0].source->name() == "b.html");
  REQUIRE(result.diagnostics[0].notes.size() == 1);
  CHECK(result.diagnostics[0].notes[0].message == "'a.html' extends 'b.html'");
}

TEST_CASE("pages: circles of includes", "[lang]") {
  CHECK(resolved({{"page.html", "{% include \"page.html\" %}"}}).codes() == "T044");
  CHECK(resolved({{"page.html", "{% if x %}{% include \"a.html\" %}{% end %}"},
                  {"a.html", "{% include \"b.html\" %}"},
                  {"b.html", "{% include \"a.html\" %}"}})
            .codes() == "T044");
  SECTION("a block that includes its own base leads around too") {
    const Resolved result = resolved(
        {{"base.html", "{% block a %}{% end %}"},
         {"page.html",
          "{% extends \"base.html\" %}{% block a %}{% include \"base.html\" %}{% end %}"}});
    CHECK(result.codes() == "T044");
    CHECK(result.diagnostics[0].notes.size() == 1);
  }
}

TEST_CASE("pages: an included file can't extend another", "[lang]") {
  CHECK(resolved({{"base.html", ""},
                  {"child.html", "{% extends \"base.html\" %}"},
                  {"page.html", "{% include \"child.html\" %}"}})
            .codes() == "T046");
}

TEST_CASE("pages: includes that grow without end are refused quickly", "[lang]") {
  Files chain{{"page.html", "{% include \"0.html\" %}"}};
  for (int i = 0; i < 2000; ++i) {
    chain[std::to_string(i) + ".html"] = "{% include \"" + std::to_string(i + 1) + ".html\" %}";
  }
  chain["2000.html"] = "end";
  CHECK(resolved(chain).codes() == "T045");

  Files doubling{{"page.html", "{% include \"0.html\" %}"}};
  for (int i = 0; i < 25; ++i) {
    const std::string next = "{% include \"" + std::to_string(i + 1) + ".html\" %}";
    doubling[std::to_string(i) + ".html"] = next + next;
  }
  doubling["25.html"] = "end";
  CHECK(resolved(doubling).codes() == "T045");
}

TEST_CASE("pages: a block defined twice", "[lang]") {
  CHECK(resolved({{"page.html", "{% block a %}{% end %}{% block a %}{% end %}"}}).codes() ==
        "T034");
  CHECK(resolved({{"page.html", "{% block a %}{% include \"x.html\" %}{% end %}"},
                  {"x.html", "{% block a %}{% end %}"}})
            .codes() == "T034");
  CHECK(resolved({{"page.html", "{% include \"x.html\" %}{% include \"y.html\" %}"},
                  {"x.html", "{% block a %}{% end %}"},
                  {"y.html", "{% block a %}{% end %}"}})
            .codes() == "T034");
  CHECK(resolved({{"page.html", "{% include \"x.html\" %}{% include \"x.html\" %}"},
                  {"x.html", "{% block a %}{% end %}"}})
            .codes() == "");
}

TEST_CASE("pages: errors of every file of the page are found", "[lang]") {
  CHECK(resolved({{"base.html", "{% end %}{% include \"nav.html\" %}"},
                  {"nav.html", "{{ }}"},
                  {"page.html", "{% extends \"base.html\" %}{% foo %}"}})
            .codes() == "T011 T012 T009");
}

TEST_CASE("checker: break and continue stand in a loop", "[lang]") {
  const auto codes = [](const std::string& text) {
    return resolved({{"page.html", text}}).codes();
  };
  CHECK(codes("{% break %}") == "T017");
  CHECK(codes("{% if a %}{% continue %}{% end %}") == "T017");
  CHECK(codes("{% for x in y %}{% if a %}{% break %}{% end %}{% end %}") == "");
  CHECK(codes("{% for x in y %}{% block a %}{% continue %}{% end %}{% end %}") == "");
  CHECK(codes("{% while a %}{% try %}{% break %}{% except %}{% end %}{% end %}") == "");
  CHECK(codes("{% for x in y %}{% apply f %}{% break %}{% end %}{% end %}") == "T017");
  CHECK(codes("{% apply f %}{% for x in y %}{% break %}{% end %}{% end %}") == "");
  CHECK(codes("{% for x in y %}{% call f %}{% break %}{% end %}{% end %}") == "T017 T040");
  CHECK(codes("{% for x in y %}{% else %}{% break %}{% end %}") == "T017");
  CHECK(codes("{% for x in y %}{% for z in x %}{% else %}{% break %}{% end %}{% end %}") == "");
}

TEST_CASE("checker: super stands in a block", "[lang]") {
  CHECK(resolved({{"page.html", "{% super() %}"}}).codes() == "T038");
  CHECK(
      resolved({{"base.html", "{% block a %}{% end %}"},
                {"page.html",
                 "{% extends base.html %}{% block a %}{% if x %}{% super() %}{% end %}{% end %}"}})
          .codes() == "");
}

TEST_CASE("checker: what a child has outside blocks is never rendered", "[lang]") {
  const auto found = [](const std::string& text) {
    return resolved({{"base.html", "{% block a %}{% end %}"},
                     {"page.html", "{% extends \"base.html\" %}" + text}});
  };
  CHECK(found("\n  {# note #}\n{% import <map> %}{% block a %}{% end %}\n").codes() == "");
  CHECK(found("\n  hello\n").codes() == "T050");
  CHECK(found("{{ x }}").codes() == "T050");
  CHECK(found("{% set x = 1 %}").codes() == "T050");
  CHECK(found("{% if x %}{% block a %}{% end %}{% end %}").codes() == "T050");
  CHECK(found("\n  hello\n").diagnostics[0].severity == Severity::warning);
}

std::string fixed_names(const Page& page) {
  std::string names;
  for (const FixedParam& fixed : page.fixed) {
    names += fixed.param.param->name.text + "@" + fixed.file->name + " ";
  }
  return names;
}

TEST_CASE("inheritance: a child gives a base's parameter its value", "[lang]") {
  const Files files{{"base.html", "{% param int n %}{% param int m %}{{ n }}{{ m }}"},
                    {"mid.html", "{% extends \"base.html\" %}{% set n = 1 %}"},
                    {"page.html", "{% extends \"mid.html\" %}{% set m = n %}"}};
  const Resolved result = resolved(files);
  CHECK(result.codes() == "");
  CHECK(result.page->params.empty());
  CHECK(fixed_names(*result.page) == "m@page.html n@mid.html ");

  SECTION("the most derived one counts") {
    Files twice = files;
    twice["page.html"] += "{% set n = 2 %}";
    CHECK(fixed_names(*resolved(twice).page) == "m@page.html n@page.html ");
  }
  SECTION("one that declares it again takes it from the handler again") {
    Files again = files;
    again["page.html"] += "{% param int n %}";
    const Resolved open = resolved(again);
    CHECK(open.page->params.size() == 1);
    CHECK(fixed_names(*open.page) == "m@page.html ");
  }
  SECTION("what no base has as a parameter is never rendered") {
    CHECK(resolved({{"base.html", "{% set n = 1 %}{{ n }}"},
                    {"page.html", "{% extends \"base.html\" %}{% set n = 2 %}"}})
              .codes() == "T050");
  }
}

TEST_CASE("inheritance: super is the body that the block overrides", "[lang]") {
  const Resolved result = resolved(
      {{"base.html", "{% block a %}base{% end %}"},
       {"mid.html", "{% extends \"base.html\" %}{% block a %}mid {% super() %}{% end %}"},
       {"page.html",
        "{% extends \"mid.html\" %}{% block a %}{% if x %}{% super() %}{% end %}{% end %}"}});
  CHECK(result.codes() == "");
  REQUIRE(result.page->supers.size() == 2);
  std::string files;
  for (const auto& [super, body] : result.page->supers) files += body.file->name + " ";
  CHECK((files == "base.html mid.html " || files == "mid.html base.html "));

  CHECK(resolved({{"page.html", "{% block a %}{% super() %}{% end %}"}}).codes() == "T085");
  SECTION("a chain that doubles at each step is refused") {
    Files files{{"0.html", "{% block a %}x{% end %}"}};
    for (int i = 1; i <= 20; ++i) {
      files[std::to_string(i) + ".html"] =
          "{% extends \"" + std::to_string(i - 1) +
          ".html\" %}{% block a %}{% super() %}{% super() %}{% end %}";
    }
    CHECK(resolved(files, "20.html").codes() == "T045");
  }
}

TEST_CASE("inheritance: parameters of files with arguments are not the page's", "[lang]") {
  const Files files{
      {"page.html", "{% include \"card.html\" with title=1 %}{% include \"foot.html\" %}"},
      {"card.html", "{% param int title %}{% include \"head.html\" %}"},
      {"head.html", "{% param int title %}{% param int level %}"},
      {"foot.html", "{% param int year %}"}};
  const Resolved result = resolved(files);
  CHECK(result.codes() == "");
  std::string names;
  for (const PageParam& param : result.page->params) names += param.param->name.text + " ";
  CHECK(names == "level year ");
}

TEST_CASE("inheritance: a component that calls itself is a circle", "[lang]") {
  CHECK(resolved({{"page.html", "{% call tree() %}{% end %}"},
                  {"tree.html", "{% call tree() %}{% end %}"}})
            .codes() == "T044");
}

TEST_CASE("inheritance: slots of a component are those of its includes and blocks, too", "[lang]") {
  CHECK(resolved(
            {{"page.html",
              "{% call card() %}a{% slot foot %}b{% end %}{% slot c %}{% end %}{% end %}"},
             {"card.html", "{% block x %}{% slot %}{% end %}{% end %}{% include \"foot.html\" %}"},
             {"foot.html", "{% slot foot %}{% slot c %}{% end %}{% end %}"}})
            .codes() == "");
}

TEST_CASE("checker: a block that overrides nothing", "[lang]") {
  const Resolved result = resolved(
      {{"base.html", "{% block content %}{% end %}"},
       {"page.html",
        "{% extends \"base.html\" %}{% block contents %}{% block inner %}{% end %}{% end %}"}});
  CHECK(result.codes() == "T051");
  CHECK(result.diagnostics[0].help == "did you mean 'content'?");
  SECTION("one whose surroundings the child replaced") {
    CHECK(resolved({{"base.html", "{% block a %}{% block b %}{% end %}{% end %}"},
                    {"page.html",
                     "{% extends \"base.html\" %}{% block a %}{% end %}{% block b %}{% end %}"}})
              .codes() == "T051");
  }
  SECTION("one that is new inside an overriding block is fine") {
    CHECK(resolved({{"base.html", "{% block a %}{% end %}"},
                    {"page.html",
                     "{% extends \"base.html\" %}{% block a %}{% block b %}{% end %}{% end %}"}})
              .codes() == "");
  }
}

}  // namespace
}  // namespace bora::lang
