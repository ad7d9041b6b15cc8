#include "templates-lang/lexer.h"

#include <ctime>
#include <memory>
#include <string>

#include "tests/support/catch.h"

namespace bora::lang {
namespace {

struct Lexed {
  std::string tokens;  // `"text"`, `{content}`, `%name content%`; damaged ones with a `?`.
  std::string found;   // "T003@1:5 …"
};

Lexed lexed(const std::string& text) {
  DiagnosticSink sink;
  const auto source = std::make_shared<const SourceText>("page.html", text);
  Lexed result;
  for (const Token& token : lex(source, sink)) {
    const std::string content(source->text(token.content));
    if (token.is_damaged) result.tokens += '?';
    if (token.kind == Token::Kind::text) {
      result.tokens += "\"" + std::string(source->text(token.span)) + "\"";
    } else if (token.kind == Token::Kind::expression) {
      result.tokens += "{" + content + "}";
    } else if (token.kind == Token::Kind::directive) {
      result.tokens += "%" + std::string(source->text(token.name)) + " " + content + "%";
    }
  }
  for (const Diagnostic& d : sink.diagnostics()) {
    const Position at = source->position(d.span.begin);
    result.found += (result.found.empty() ? "" : " ") + d.code + "@" + std::to_string(at.line) +
                    ":" + std::to_string(at.column);
  }
  return result;
}

std::string tokens(const std::string& text) {
  const Lexed result = lexed(text);
  CAPTURE(text);
  CHECK(result.found == "");
  return result.tokens;
}

std::string found(const std::string& text) {
  return lexed(text).found;
}

TEST_CASE("lexer: text, expressions, directives and comments", "[lang]") {
  CHECK(tokens("") == "");
  CHECK(tokens("plain") == "\"plain\"");
  CHECK(tokens("a{{ b }}c") == "\"a\"{b}\"c\"");
  CHECK(tokens("{% if x > 1 %}y{%end%}") == "%if x > 1%\"y\"%end %");
  CHECK(tokens("{%\n\tif\tx\n%}") == "%if x%");
  CHECK(tokens("{% if(x) %}") == "%if (x)%");
  CHECK(tokens("a{# no {{ x }} #}b") == "\"a\"\"b\"");
  CHECK(tokens("a{% comment don't {{ ' %}b") == "\"a\"\"b\"");
}

TEST_CASE("lexer: single braces and the ends of rows of them are text", "[lang]") {
  CHECK(tokens("a { b } c") == "\"a { b } c\"");
  CHECK(tokens("a {") == "\"a {\"");
  CHECK(tokens("{{{ x }}}") == "\"{\"{x}\"}\"");
  CHECK(tokens("{{{{ x }}}}") == "\"{{\"{x}\"}}\"");
  CHECK(tokens("body{{{ x }};}") == "\"body{\"{x}\";}\"");
  CHECK(tokens("}} %} #}") == "\"}} %} #}\"");
  CHECK(tokens("{ {x} }") == "\"{ {x} }\"");
}

TEST_CASE("lexer: escapes give the two characters", "[lang]") {
  CHECK(tokens("{{!x}}") == "\"{{\"\"x}}\"");
  CHECK(tokens("a{%!b%}") == "\"a\"\"{%\"\"b%}\"");
  CHECK(tokens("{#!") == "\"{#\"");
  CHECK(tokens("{{ !x }}") == "{!x}");
}

TEST_CASE("lexer: a closer inside C++ does not end the tag", "[lang]") {
  CHECK(tokens("{{ f(\"}}\") }}.") == "{f(\"}}\")}\".\"");
  CHECK(tokens("{{ T{{1}} }}.") == "{T{{1}}}\".\"");
  CHECK(tokens("{{ T{{1}}}}.") == "{T{{1}}}\".\"");
  CHECK(tokens("{{ T{1}}}.") == "{T{1}}\".\"");
  CHECK(tokens("{{ [&]{ return 1; }() }}") == "{[&]{ return 1; }()}");
  CHECK(tokens("{{ [&]{ if (a) { return b; }}() }}") == "{[&]{ if (a) { return b; }}()}");
  CHECK(tokens("{{ '}' }}") == "{'}'}");
  CHECK(tokens("{{ '\\'' }}") == "{'\\''}");
  CHECK(tokens("{{ \"\\\"}}\" }}") == "{\"\\\"}}\"}");
  CHECK(tokens("{% if s == \"%}\" %}") == "%if s == \"%}\"%");
  CHECK(tokens("{% set x = T{{1}} %}") == "%set x = T{{1}}%");
  CHECK(tokens("{{ a % b }}") == "{a % b}");
  CHECK(tokens("{{ u8\"}}\" }}") == "{u8\"}}\"}");
}

TEST_CASE("lexer: digit separators are no quotes", "[lang]") {
  CHECK(tokens("{{ 1'000'000 }}{{ x }}") == "{1'000'000}{x}");
  CHECK(tokens("{{ 0xAB'CD }}'") == "{0xAB'CD}\"'\"");
  CHECK(tokens("{{ 1e+5 + 0x1p-3 }}") == "{1e+5 + 0x1p-3}");
}

TEST_CASE("lexer: raw strings end at their own delimiter", "[lang]") {
  CHECK(tokens("{{ R\"(}})\" }}") == "{R\"(}})\"}");
  CHECK(tokens("{{ u8R\"x(a)\" }} )y\" )x\" }}") == "{u8R\"x(a)\" }} )y\" )x\"}");
  CHECK(tokens("{{ R\"(two\nlines \"}})\" }}") == "{R\"(two\nlines \"}})\"}");
  CHECK(tokens("{{ LR\"--(\\)--\" }}") == "{LR\"--(\\)--\"}");
  CHECK(tokens("{{ xR\"}}\" }}") == "{xR\"}}\"}");
}

TEST_CASE("lexer: comments inside a tag", "[lang]") {
  CHECK(tokens("{{ x /* }} */ }}.") == "{x /* }} */}\".\"");
  CHECK(tokens("{{ x // why }}.") == "{x // why}\".\"");
  CHECK(tokens("{{ x // why\n }}.") == "{x // why}\".\"");
  CHECK(tokens("{{ f(a, // }} is text here\n b) }}.") == "{f(a, // }} is text here\n b)}\".\"");
  CHECK(tokens("{% if x // don't %}.") == "%if x // don't%\".\"");
  CHECK(tokens("{{ f(a // goes on \\\n }}\n) }}.") == "{f(a // goes on \\\n }}\n)}\".\"");
}

TEST_CASE("lexer: file names are no C++", "[lang]") {
  CHECK(tokens("{% extends a//b.html %}.") == "%extends a//b.html%\".\"");
  CHECK(tokens("{% include 'it is/b.html' %}.") == "%include 'it is/b.html'%\".\"");
  CHECK(tokens("{% import <a//b> %}.") == "%import <a//b>%\".\"");
  CHECK(tokens("{% include \"%}.html\" with a=\"%}\" %}.") ==
        "%include \"%}.html\" with a=\"%}\"%\".\"");
  CHECK(tokens("{% include x%}.") == "%include x%\".\"");
}

TEST_CASE("lexer: an end may carry any remark", "[lang]") {
  CHECK(tokens("{% end of the user's list %}") == "%end of the user's list%");
}

TEST_CASE("lexer: a byte order mark is skipped, CR LF stays", "[lang]") {
  CHECK(tokens("\xEF\xBB\xBF"
               "a{{ b }}") == "\"a\"{b}");
  CHECK(found("\xEF\xBB\xBF{{ b") == "T003@1:1");
  CHECK(tokens("a\r\n{{ b }}\r\n") == "\"a\r\n\"{b}\"\r\n\"");
}

TEST_CASE("lexer: a tag without end is reported where it begins", "[lang]") {
  CHECK(found("ab\n c {{ x") == "T003@2:4");
  CHECK(found("{{ x {% if y %}{% end %}") == "T003@1:1");
  CHECK(found("{% if x\n{{ y }}") == "T003@1:1");
  CHECK(found("{{ f(x\n<p>text</p>\n") == "T003@1:1");
  CHECK(found("{% if x\n{% end %}") == "T003@1:1");
  CHECK(found("{#  ") == "T004@1:1");
  CHECK(found("{{") == "T003@1:1");
  CHECK(found("{%") == "T003@1:1");
  CHECK(found("{% comment x") == "T003@1:1");
}

TEST_CASE("lexer: what follows an unclosed tag's line is read", "[lang]") {
  CHECK(lexed("{{ x\n{{ y }}").tokens == "?{x}\"\n\"{y}");
  CHECK(lexed("{{ x\n{{ y }}{% if z %}").tokens == "?{x}\"\n\"{y}%if z%");
  CHECK(lexed("{# x\n{{ y }}").tokens == "\"\n\"{y}");
}

TEST_CASE("lexer: the other kind's closer is reported and closes", "[lang]") {
  CHECK(lexed("{{ x %}a").tokens == "?{x}\"a\"");
  CHECK(found("{{ x %}a") == "T005@1:6");
  CHECK(lexed("{% if x }}a").tokens == "?%if x%\"a\"");
  CHECK(found("{% if x }}a") == "T005@1:9");
}

TEST_CASE("lexer: half a closer is reported and closes", "[lang]") {
  CHECK(lexed("{{ x } and {{ y }}").tokens == "?{x}\" and \"{y}");
  CHECK(found("{{ x } and {{ y }}") == "T005@1:6");
  CHECK(lexed("{% if x }\ntext{% end %}").tokens == "?%if x%\"\ntext\"%end %");
  CHECK(found("{% if x }\n") == "T005@1:9");
  CHECK(found("{{ x }") == "T005@1:6");
}

TEST_CASE("lexer: literals without end are reported once, where they begin", "[lang]") {
  CHECK(found("{{ f(\"abc) }} {{ y }}") == "T006@1:6");
  CHECK(lexed("{{ f(\"abc) }} {{ y }}").tokens == "?{f(\"abc)}\" \"{y}");
  CHECK(found("{{ don't }}") == "T006@1:7");
  CHECK(found("{{ /* x }}") == "T006@1:4");
  CHECK(found("{{ R\"x(a)y\" }}") == "T006@1:4");
  CHECK(found("{{ R\"a b(c)a b\" }}") == "T006@1:4");
  CHECK(found("{{ \"abc\n\" }}") == "T006@1:4");
}

TEST_CASE("lexer: a string that swallowed the closer is the culprit", "[lang]") {
  const Lexed link = lexed("<a href=\"{{ url(\"home) }}\">{{ name }}</a>\n{{ don }}");
  CHECK(link.found == "T006@1:17");
  CHECK(link.tokens == "\"<a href=\"\"?{url(\"home)}\"\">\"{name}\"</a>\n\"{don}");
  CHECK(found("{{ f(\"a) }} \"\n{{ x") == "T006@1:6 T003@2:1");
  CHECK(found("{% if x == \"a %} \" {% end %}") == "T006@1:12");
  CHECK(found("{{ f(\"}}\") }}") == "");
}

TEST_CASE("lexer: brackets that do not match are reported once", "[lang]") {
  CHECK(found("{{ f(x }} {{ y }}") == "T007@1:5");
  CHECK(lexed("{{ f(x }} {{ y }}").tokens == "?{f(x}\" \"{y}");
  CHECK(found("{{ a[1 }}") == "T007@1:5");
  CHECK(found("{{ T{1 }}") == "T007@1:5");
  CHECK(found("{% if (x %}") == "T007@1:7");
  CHECK(found("{% set x = T{{1} %}") == "T007@1:13");
  CHECK(found("{{ f(x)) }}") == "T008@1:8");
  CHECK(found("{{ f(x] }}") == "T008@1:7");
  CHECK(found("{{ x } }}") == "T008@1:6");
  CHECK(lexed("{{ T{1}} }}.").tokens == "?{T{1}}}\".\"");
  CHECK(found("{{ T{1}} }}.") == "T008@1:8");
  CHECK(found("{% if x) %}") == "T008@1:8");
  CHECK(found("{% set x = T{1}} %}") == "T008@1:16");
}

TEST_CASE("lexer: bytes that are no text", "[lang]") {
  CHECK(found(std::string("a\n\0{{", 5)) == "T001@2:1");
  CHECK(found("a\nb\xFF{{ x }}") == "T002@2:2");
  CHECK(lexed("b\xFF{{ x }}").tokens == "\"b\xFF\"{x}");
  CHECK(found("\xC0\x80") == "T002@1:1");          // overlong
  CHECK(found("\xED\xA0\x80") == "T002@1:1");      // a surrogate
  CHECK(found("\xF4\x90\x80\x80") == "T002@1:1");  // beyond U+10FFFF
  CHECK(found("caf\xC3") == "T002@1:4");           // cut off
  CHECK(found(std::string("\xFF\xFE<\0", 4)) == "T002@1:1");
  CHECK(tokens("\xF0\x9F\xA6\xA9 Zo\xC3\xAB") == "\"\xF0\x9F\xA6\xA9 Zo\xC3\xAB\"");
}

TEST_CASE("lexer: hostile files take linear time", "[lang]") {
  const auto seconds_to_lex = [](const std::string& piece) {
    std::string text;
    while (text.size() < 100'000) text += piece;
    const std::clock_t begin = std::clock();
    (void)lexed(text);
    return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  };
  // In quadratic time, each of these would take minutes.
  for (const char* piece :
       {"{{ (\n",     "{{ R\"x(\n", "{{ /*\n",   "{% if \"\n",      "{#\n",
        "{{ x }",     "{{{",        "{% f ( %}", "{{ /* }}",        "{{ R\"x( }}",
        "{{ x // }}", "{% if x }}", "{{ x }",    "{% import <x %}", "{% include \"x %}",
        "{{ ) ",      "{{ '\n}}",   "{{ T{",     "{{ // \n",        "\xFF",
        "{"}) {
    CAPTURE(piece);
    CHECK(seconds_to_lex(piece) < 10);
  }
}

}  // namespace
}  // namespace bora::lang
