#include "templates-lang/context_flow.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "templates-lang/checker.h"
#include "templates-lang/inheritance.h"
#include "tests/support/catch.h"
#include "tests/support/memory_templates.h"

namespace bora::lang {
namespace {

using Texts = std::map<std::string, std::string, std::less<>>;

/// Returns the codes of the errors in a page.
std::string codes(Texts texts, std::string_view name = "page.html") {
  testing::MemoryTemplates templates(std::move(texts));
  DiagnosticSink sink;
  const auto page = resolve_page(name, templates, sink);
  REQUIRE(page != nullptr);
  check_page(*page, sink);
  std::string codes;
  for (const Diagnostic& d : sink.diagnostics()) {
    if (d.severity == Severity::error) codes += (codes.empty() ? "" : " ") + d.code;
  }
  return codes;
}
std::string codes(std::string_view text) {
  return codes(Texts{{"page.html", std::string(text)}});
}

}  // namespace

TEST_CASE("contexts: branches end alike", "[lang]") {
  CHECK(codes("{% if a %}<b>{% else %}<i>{% end %}{{ x }}") == "");
  CHECK(codes("<p{% if a %} class=\"x\"{% elif b %} id=\"{{ y }}\"{% end %}>{{ x }}</p>") == "");
  CHECK(codes("<p class=\"a{% if b %} {{ x }}{% end %}\">") == "");
  CHECK(codes("<a href=\"/a{% if b %}?q={{ x }}{% end %}\">") == "");
  CHECK(codes("<a href=\"{% if a %}https{% else %}http{% end %}://{{ host }}/\">") == "");
  CHECK(codes("<script>x = {% if a %}true{% else %}false{% end %}; y = {{ z }}</script>") == "");
  CHECK(codes("<p title=\"{% if a %}b\">{% else %}c\" >{% end %}{{ x }}") == "");
  CHECK(codes("<p title={% if a %}\"b{% else %}'c{% end %}\">") == "T216");
  CHECK(
      codes("<script src=\"{% if cdn %}https://cdn.example.com{% end %}/{{ f }}.js\"></script>") ==
      "");
  CHECK(
      codes(
          "<script type=\"{% if m %}module{% else %}text/javascript{% end %}\">{{ x }}</script>") ==
      "");
  CHECK(codes("{% if a %}<!--{% end %}{{ x }}-->") == "T216 T203");
  CHECK(codes("{% if a %}<script>{% else %}<style>{% end %}{{ x }}</style>").starts_with("T216"));
}

TEST_CASE("contexts: loops end where they begin", "[lang]") {
  CHECK(codes("<ul>{% for x in y %}<li>{{ x }}</li>{% end %}</ul>") == "");
  CHECK(codes("<p{% for x in y %} data-{% end %}>") == "");
  CHECK(codes("<p{% for x in y %} title=\"{{ x }}\"{% end %}>") == "");
  CHECK(codes("<script>[{% for x in y %}{{ x }}, {% end %}]</script>") == "");
  CHECK(
      codes("<script>[{% for x in y %}{% if !loop.first %},{% end %}{{ x }}{% end %}]</script>") ==
      "");
  CHECK(codes("<a href=\"/{% for x in y %}{{ x }}/{% end %}\">") == "");
  CHECK(codes("{% while a %}<p{% end %}>") == "T217");
  CHECK(codes("{% for x in y %}<!--{% break %}-->{% end %}{{ x }}-->") == "T217");
  CHECK(codes("{% for x in y %}{% if x %}<b>{% break %}{% end %}<i>{% end %}{{ x }}") == "");
  CHECK(codes("{% for x in y %}<p{% if x %}{% continue %}{% end %}>{% end %}") == "T217");
  CHECK(codes("{% for x in y %}a{% else %}<p {% end %}>").starts_with("T216"));
}

TEST_CASE("contexts: nested loops do not multiply the work", "[lang]") {
  std::string text = "<script>[";
  for (int i = 0; i < 40; ++i) text += "{% for a" + std::to_string(i) + " in b %}";
  text += "{{ x }},";
  for (int i = 0; i < 40; ++i) text += "{% end %}";
  CHECK(codes(text + "]</script>") == "");
}

TEST_CASE("contexts: blocks and includes are read where they stand", "[lang]") {
  CHECK(codes({{"page.html", "<script>{% include \"a.html\" %}</script>{% include \"a.html\" %}"},
               {"a.html", "{{ x }}"}}) == "");
  CHECK(codes({{"page.html", "<p {% include \"a.html\" %}>"}, {"a.html", "{{ x }}"}}) == "T202");
  CHECK(codes({{"base.html", "<script>`{% block a %}{% end %}`</script>"},
               {"page.html", "{% extends \"base.html\" %}{% block a %}{{ x }}{% end %}"}}) ==
        "T206");
  CHECK(codes({{"page.html", "<p title=\"{% include \"a.html\" %}\">"}, {"a.html", "\"{{ x }}"}}) ==
        "T202");
}

TEST_CASE("contexts: where something may throw", "[lang]") {
  CHECK(codes("{% try %}<p>{{ f() }}</p>{% except %}x{% end %}") == "");
  CHECK(codes("<p title=\"{% try %}{{ f() }}{% except %}x{% end %}\">") == "");
  CHECK(codes("{% try %}<a href=\"{{ f() }}\">{% except %}x{% end %}") == "T219");
  CHECK(codes("{% try %}<a {% if f() %}b{% end %}>{% except %}x{% end %}") == "T219");
  CHECK(codes("{% try %}x{% except %}<!-- {% end %}").starts_with("T216"));
}

TEST_CASE("contexts: what writes HTML stands between tags", "[lang]") {
  CHECK(codes("<p>{% module M() %}</p>") == "");
  CHECK(codes("<p title=\"{% module M() %}\">") == "T224");
  CHECK(codes("<script>{% module M() %}</script>") == "T224");
  CHECK(codes("{% apply f %}<b>{{ x }}</b>{% end %}") == "");
  CHECK(codes("<p title=\"{% apply f %}{{ x }}{% end %}\">") == "");
  CHECK(codes("{% apply f %}<b {% end %}>") == "T217");
}

TEST_CASE("contexts: raw and a file's own escaping are the author's word", "[lang]") {
  CHECK(codes("<!-- {% raw x %} --><h{% raw 1 %}><p a={% raw x %}>") == "");
  CHECK(codes("{% autoescape None %}<p {{ x }}>") == "");
  CHECK(codes("{% autoescape f %}<p {{ x }}>") == "");
  CHECK(codes("{% autoescape xhtml_escape %}<p {{ x }}>") == "");
  CHECK(codes("{% autoescape None %}<p title={% if a %}\"b{% else %}'c{% end %}\">") == "");
  CHECK(codes("{% autoescape None %}{% for x in y %}<p {% end %}>") == "");
  CHECK(codes("{% autoescape None %}{{ a }}<p title=\"") == "");
  CHECK(codes("{% autoescape None %}{% try %}<a href=\"{{ f() }}\">{% except %}x{% end %}") == "");
  CHECK(codes("{% autoescape None %}<a href=\"{{ a }}:\"><p title=\"{% module M() %}\">") == "");
  CHECK(codes("{% autoescape None %}{% apply f %}<b {% end %}>") == "");
  CHECK(
      codes({{"page.html", "{% autoescape None %}{% if a %}<!--{% end %}{% include \"a.html\" %}"},
             {"a.html", "{{ x }}"}}) == "T215");
  CHECK(codes("{% autoescape xhtml_escpae %}{{ x }}") == "T230");
  CHECK(codes("{% autoescape my_escape %}{{ x }}") == "");
  CHECK(codes({{"page.html", "{% autoescape None %}<p {% include \"a.html\" %}>"},
               {"a.html", "{{ x }}"}}) == "T202");
}

TEST_CASE("contexts: pages of other kinds", "[lang]") {
  CHECK(codes({{"a.txt", "<p {{ x }}"}}, "a.txt") == "");
  CHECK(codes({{"a.xml", "<p a={{ x }}"}}, "a.xml") == "");
  CHECK(codes({{"a.js", "f(`{{ x }}`)"}}, "a.js") == "T206");
  CHECK(codes({{"a.css", "/* {{ x }} */"}}, "a.css") == "T203");
  CHECK(codes({{"a.svg", "<svg {{ x }}/>"}}, "a.svg") == "T202");
}

TEST_CASE("contexts: a place in reduced text is found in the file", "[lang]") {
  testing::MemoryTemplates templates(
      Texts{{"page.html", "{% if a %}  \n\n \t <!--   {{! x   -->\n\n <p\n\n  title='y{% end %}"}});
  DiagnosticSink sink;
  const auto page = resolve_page("page.html", templates, sink);
  check_contexts(*page, sink);
  REQUIRE(!sink.diagnostics().empty());
  const Diagnostic& found = sink.diagnostics()[0];
  CHECK(found.code == "T216");
  REQUIRE(found.notes.size() == 2);
  CHECK(found.notes[1].source->text(found.notes[1].span) == "'");
}

}  // namespace bora::lang
