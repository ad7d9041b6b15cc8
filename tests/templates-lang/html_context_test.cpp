#include "templates-lang/html_context.h"

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/escape_rules.h"
#include "tests/support/catch.h"

namespace bora::lang {
namespace {

const std::map<Escape, std::string_view> kEscapes{{Escape::html, "html"},
                                                  {Escape::text, "text"},
                                                  {Escape::url, "url"},
                                                  {Escape::resource_url, "resource"},
                                                  {Escape::html_first, "html_first"},
                                                  {Escape::text_first, "text_first"},
                                                  {Escape::text_not_js, "not_js"},
                                                  {Escape::word, "word"},
                                                  {Escape::resource_more, "resource_more"},
                                                  {Escape::resource_first_part, "resource_first"},
                                                  {Escape::module_url, "module"},
                                                  {Escape::js_attribute_string, "attribute_string"},
                                                  {Escape::css_attribute_value, "css_attribute"},
                                                  {Escape::url_more, "more"},
                                                  {Escape::url_first_part, "first"},
                                                  {Escape::url_part, "part"},
                                                  {Escape::url_component, "component"},
                                                  {Escape::srcset, "srcset"},
                                                  {Escape::js_value, "js"},
                                                  {Escape::js_attribute, "js_attribute"},
                                                  {Escape::js_string, "js_string"},
                                                  {Escape::css_value, "css"},
                                                  {Escape::css_string, "css_string"},
                                                  {Escape::css_url, "css_url"},
                                                  {Escape::css_url_part, "css_part"},
                                                  {Escape::css_url_component, "css_component"},
                                                  {Escape::srcdoc, "srcdoc"}};

const std::map<Refusal, std::string_view> kRefusals{
    {Refusal::unquoted, "!unquoted"},
    {Refusal::tag_name, "!tag_name"},
    {Refusal::attribute_name, "!attribute_name"},
    {Refusal::comment, "!comment"},
    {Refusal::raw_element, "!raw_element"},
    {Refusal::script_type, "!script_type"},
    {Refusal::template_literal, "!template_literal"},
    {Refusal::regex, "!regex"},
    {Refusal::glued_name, "!glued"},
    {Refusal::code_url, "!code_url"},
    {Refusal::css_import, "!import"},
    {Refusal::deciding_attribute, "!deciding"},
    {Refusal::animation, "!animation"},
    {Refusal::srcdoc_markup, "!srcdoc"},
    {Refusal::open_reference, "!reference"},
    {Refusal::module_address, "!module"},
    {Refusal::authority, "!authority"},
    {Refusal::bound_markup, "!markup"},
    {Refusal::bound_attribute, "!bound"},
    {Refusal::other_language, "!language"},
    {Refusal::lost, "!lost"}};

std::string_view name_of(const Placement& placement) {
  return placement.refusal ? kRefusals.at(*placement.refusal) : kEscapes.at(placement.escape);
}

/// Returns how a value is written at each '~' of a page, in order, up to the first problem of the
/// text. The text is also read byte by byte, which must change nothing.
std::string means(std::string_view page, const HTMLContext& start = {}) {
  std::string result;
  HTMLContext whole = start;
  HTMLContext bytes = start;
  while (true) {
    const std::size_t end = std::min(page.find('~'), page.size());
    const Advance advanced = advance_over(whole, page.substr(0, end));
    for (const char c : page.substr(0, end)) bytes = advance_over(bytes, {&c, 1}).context;
    whole = advanced.context;
    if (page.find('&') == std::string_view::npos) CHECK(whole == bytes);
    bytes = whole;
    if (advanced.problem) return result + "problem";
    if (end == page.size()) return result + (is_complete(whole) ? "" : "…");
    if (!result.empty()) result += ' ';
    result += name_of(placement(whole));
    whole = after_output(whole);
    bytes = whole;
    page.remove_prefix(end + 1);
  }
}

HTMLContext behind(std::string_view page) {
  HTMLContext context;
  while (true) {
    const std::size_t end = std::min(page.find('~'), page.size());
    context = advance_over(context, page.substr(0, end)).context;
    if (end == page.size()) return context;
    context = after_output(context);
    page.remove_prefix(end + 1);
  }
}

struct Case {
  std::string_view page;
  std::string_view meaning;
};

void check(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    CAPTURE(one.page);
    CHECK(means(one.page) == one.meaning);
  }
}

}  // namespace

TEST_CASE("context: text, tags and comments", "[lang]") {
  check({{"~", "html"},
         {"<p>~</p>~", "html html"},
         {"a < ~ <b>", "html"},
         {"1<2 ~", "html"},
         {"<~", "!tag_name…"},
         {"<p~>", "!tag_name"},
         {"</~>", "!tag_name"},
         {"<p ~>", "!attribute_name"},
         {"<p a~>", "!attribute_name"},
         {"<p a ~>", "!attribute_name"},
         {"<p a=\"\"~>", "!attribute_name"},
         {"<p a=~>", "!unquoted"},
         {"<p a= ~>", "!unquoted"},
         {"<p a=b~>", "!unquoted"},
         {"<p a=b>~", "html"},
         {"<p a=\"~\">~", "text html"},
         {"<p a='~\"~'>~", "text text html"},
         {"<p a = \"~\" b>~", "text html"},
         {"<p a=\"x\"b='~'>~", "text html"},
         {"<p/~>", "!attribute_name"},
         {"<br/>~", "html"},
         {"<p =a>~", "html"},
         {"<p =\"~\">", "!attribute_name"},
         {"<!-- ~ -->~", "!comment html"},
         {"<!-->~", "html"},
         {"<!--->~", "html"},
         {"<!--!>~-->", "!comment"},
         {"<!-- --!>~", "html"},
         {"<!-- -- > ~-->", "!comment"},
         {"<!-- --!-~", "!comment…"},
         {"<!-- -->~", "html"},
         {"<!doctype html>~", "html"},
         {"<!DOCTYPE ~>", "!comment"},
         {"<!>~", "html"},
         {"<!x ~>~", "!comment html"},
         {"<![CDATA[ ~ > ~", "!comment html"},
         {"<?xml ~?>~", "!comment html"},
         {"</ ~>~", "!comment html"},
         {"</>~", "html"},
         {"</p a=\"~\">~", "text html"}});
}

TEST_CASE("context: elements that hold text only", "[lang]") {
  check({{"<title>~</title>~", "text html"},
         {"<TEXTAREA><b>~</textarea >~", "text html"},
         {"<textarea>~~</textarea><textarea>\n~</textarea>", "text_first text text"},
         {"<pre>~~</pre><pre class=\"a\">~</pre><pre>\n~", "html_first html html_first html"},
         {"<svg><pre>~</pre></svg></pre>~", "html html"},
         {"<title></titles>~</title>", "text"},
         {"<title><~", "!tag_name…"},
         {"<textarea></~", "!tag_name…"},
         {"<textarea></textarea~", "!tag_name…"},
         {"<xmp>~</xmp>~", "!raw_element html"},
         {"<iframe>~</iframe>~", "!raw_element html"},
         {"<plaintext></plaintext>~", "!raw_element…"},
         {"<noscript>~<p a=\"~\"></noscript>~", "html text html"}});
}

TEST_CASE("context: URLs", "[lang]") {
  check({{"<a href=\"~\">", "url"},
         {"<a HREF='~'>", "url"},
         {"<a href=\" ~\">", "url"},
         {"<a href=\"/~\">", "first"},
         {"<a href=\"/a/~\">", "part"},
         {"<a href=\"//~/\">", "part"},
         {"<a href=\"a~\">", "more"},
         {"<a href=\"~~\">", "url more"},
         {"<a href=\"~/~\">", "url part"},
         {"<a href=\"https://~/~?a=~&b=~#~\">", "part part component component component"},
         {"<a href=\"?~\">", "component"},
         {"<a href=\"#~\">", "component"},
         {"<a href=\"javascript:~\">", "!code_url"},
         {"<a href=\" Java\tScript&colon;~\">", "!code_url"},
         {"<a href=\"&#x6a;avascript:~\">", "!code_url"},
         {"<a href=\"&#106avascript:~\">", "!code_url"},
         {"<a href=\"data:~\">", "!code_url"},
         {"<a href=\"mailto:~\">", "part"},
         {"<a href=\"~:80\">", "urlproblem"},
         {"<a href=\"~://~/\">", "urlproblem"},
         {"<a href=\"~/:\">", "url"},
         {"<a href=\"&amp~\">", "!reference"},
         {"<a href=\"&#~\">", "!reference"},
         {"<a title=\"&#~\">", "text"},
         {"<form action=\"~\"><button formaction='~'>", "url url"},
         {"<svg><a xlink:href=\"~\">", "url"},
         {"<img src=\"~\" alt=\"~\">", "url text"},
         {"<p data-href=\"~\" data-x=\"~\">", "url text"},
         {"<b hx-get=\"~\" hx-target=\"~\">", "resource text"},
         {"<script src=\"~\"></script>", "resource"},
         {"<script src=\"/js/~\"></script>", "part"},
         {"<script src=\"~~\"></script>", "resource resource_more"},
         {"<base href=\"~\">", "resource"},
         {"<object data=\"~\">", "resource"},
         {"<embed src=\"~\">", "resource"},
         {"<link rel=\"stylesheet\" href=\"~\">", "resource"},
         {"<link rel=\"preload icon\" href=\"~\">", "resource"},
         {"<link rel=\"canonical\" href=\"~\">", "url"},
         {"<link href=\"~\" rel=\"icon\">", "url"},
         {"<link href=\"~\" rel=stylesheet>", "urlproblem"},
         {"<link rel=\"~\">", "!deciding"},
         {"<meta name=\"a\" content=\"~\">", "text"},
         {"<meta http-equiv=\"refresh\" content=\"~; url=~\">", "component url"},
         {"<meta http-equiv=refresh content=\"0;URL='/~'\">", "first"},
         {"<meta content=\"~\" http-equiv=\"Refresh\">", "textproblem"},
         {"<meta http-equiv=\"~\">", "!deciding"},
         {"<img srcset=\"~\">", "srcset"},
         {"<img srcset=\"~ 1x, ~ ~x, /a/~ 2x\">", "srcset srcset component part"},
         {"<svg><set attributeName=\"~\" to=\"~\" values=\"~\">", "!animation url !animation"},
         {"<svg><set attributeName=fill to=\"~\" values=\"~\">", "text text"},
         {"<svg><set attributeName=href to=\"~\" values=\"~\">", "url !animation"},
         {"<svg><set attributeName=fill attributeName=xlink:href to=\"~\">", "url"},
         {"<svg><set values=0 to=\"~\" attributeName=href>", "url"},
         {"<svg><animateTransform to=\"~ 50 50\" by=\"~\">", "text text"},
         {"<iframe srcdoc=\"~\"></iframe>", "srcdoc"},
         {"<iframe srcdoc=\"<p>~\"></iframe>", "!srcdoc"}});
}

TEST_CASE("context: JavaScript", "[lang]") {
  check({{"<script>~</script>~", "js html"},
         {"<script>a = ~; b = \"~\" + '~';</script>", "js js_string js_string"},
         {"<script>\"\\\"~\"</script>", "js_string"},
         {"<script>'\\~'</script>", "!lost"},
         {"<script>`~`</script>", "!template_literal"},
         {"<script>`${~}`; ~</script>", "!template_literal js"},
         {"<script>`${ {a: '}'}[`x`] }`; ~</script>", "js"},
         {"<script>`\\`~`</script>", "!template_literal"},
         {"<script>/~/</script>", "!regex"},
         {"<script>a / ~ / b</script>", "js"},
         {"<script>x = /[/\"]/; ~</script>", "js"},
         {"<script>return /\"/.test(~)</script>", "js"},
         {"<script>if (a) /\"/.test(~)</script>", "js"},
         {"<script>(a) / 2 / \"~\"</script>", "js_string"},
         {"<script>a[0] / 2; \"~\"</script>", "js_string"},
         {"<script>if /* c */ (1) /\"/.test(\"~\")</script>", "js_string"},
         {"<script>if // c\n (1) /\"/.test(\"~\")</script>", "js_string"},
         {"<script>export default /\"/.test(\"~\")</script>", "js_string"},
         {"<script>for await (const x of [1]) /\"/.test(\"~\")</script>", "js_string"},
         {"<script>for /**/ await /**/ (const x of [1]) /\"/.test(\"~\")</script>", "js_string"},
         {"<script>await (x) / 2; \"~\"</script>", "js_string"},
         {"<script>var of = 4, t = of / \"/px\" + ~</script>", "!lost"},
         {"<script>t = yield / \"/px\" + ~</script>", "!lost"},
         {"<script>t = await / \"/px\" + ~</script>", "!lost"},
         {"<script>t = this.#in / 2; \"~\"</script>", "js_string"},
         {"<script>t = a.b.in / 2; \"~\"</script>", "js_string"},
         {"<script>t = a. in / 2; \"~\"</script>", "js_string"},
         {"<script>t = a./* c */of / 2; \"~\"</script>", "js_string"},
         {"<script>t = a\n++/\"/.lastIndex; \"~\"</script>", "js_string"},
         {"<script>t = ++/\"/.lastIndex; \"~\"</script>", "js_string"},
         {"<script>\\u0069f (1) /\"/; ~</script>", "!lost"},
         {"<script>a /*\n*/ --> '\n~</script>", "js"},
         {"<script>a <!-- '\n~</script>", "!lost"},
         {"<script>if\n<!-- c\n(1) /\"/; ~</script>", "!lost"},
         {"<script>(1)\n<!-- c\n/ 2 / ~</script>", "!lost"},
         {"<script>import x from \"~\"</script>", "!module"},
         {"<script>import /* c */ '~'</script>", "!module"},
         {"<script>export * from /* c */ \"/js/~\"</script>", "!module"},
         {"<script>import(\"~\"); \"~\"</script>", "!module js_string"},
         {"<script>import (/* c */ f(~)); ~</script>", "!module js"},
         {"<script>import.defer('~')</script>", "!module"},
         {"<script>import ~</script>", "!module"},
         {"<script>import x from ~</script>", "!module"},
         {"<script>a.import('~'); Array.from('~'); import.meta.resolve('~')</script>",
          "js_string js_string js_string"},
         {"<script type=importmap>{\"imports\": {\"a\": \"~\", \"b\": \"/js/~?v=~\"}}</script>",
          "module component component"},
         {"<script type=importmap>{\"imports\": {\"a\": ~, \"b\": \"//~\"}}</script>",
          "!module !authority"},
         {"<script type=importmap>{\"a\": \"~~\", \"b\": \"data:~\"}</script>",
          "module !authority !code_url"},
         {"<script>x++ / 2; '~'</script>", "js_string"},
         {"<script>} /\"~\"/ </script>", "!lost"},
         {"<script>{}\n// '\n~</script>", "js"},
         {"<script>// ~\n~</script>", "!comment js"},
         {"<script>/* ~ ** */~</script>", "!comment js"},
         {"<script>a /* */ / ~</script>", "js"},
         {"<script>a\n<!-- '~\n~</script>", "!comment js"},
         {"<script>\n --> '~\n~</script>", "!comment js"},
         {"<script>while (n --> 0) '~'</script>", "!lost"},
         {"<script>a~</script>", "!glued"},
         {"<script>a.~</script>", "!glued"},
         {"<script>[...~]</script>", "js"},
         {"<script>return ~</script>", "js"},
         {"<script>x = 1./~</script>", "js"},
         {"<script>'a\nb' + ~</script>", "!lost"},
         {"<script>'a\\\nb~'</script>", "js_string"},
         {"<script>if (a <~) b</script>", "js"},
         {"<script>'</script>'~", "html"},
         {"<script>'<\\/script>' + ~</script>", "js"},
         {"<script><!-- <script> '</script>' + ~ --></script>~", "!comment html"},
         {"<script><!--\n'<script>'; '</script>';\n~ //-->\n</script>~", "js html"},
         {"<script><!--\n//-->\n'</script>~", "html"},
         {"<script><!--\n'--~>'</script>", "!lost"},
         {"<script type=\"module\">~</script>", "js"},
         {"<script type=text/javascript>~</script>", "js"},
         {"<script type=\"application/json\">{\"a\": ~, \"b\": \"~\"}</script>", "js js_string"},
         {"<script type=\"application/ld+json\">{\"a\": \"it's ~\"}</script>", "js_string"},
         {"<script type=\"text/template\">~</script>", "!script_type"},
         {"<script type=\"a-type-that-is-far-too-long-to-be-one\">~</script>", "!script_type"},
         {"<script type=\"~\">", "!deciding…"},
         {"<p onclick=\"f(~, '~')\">", "js_attribute attribute_string"},
         {"<p onclick=\"f(&quot;~&quot;, ~)\">", "attribute_string js_attribute"},
         {"<p onclick=\"f(&#39;~&apos;, ~)\">", "attribute_string js_attribute"},
         {"<p ONERROR='// ~'>", "!comment"},
         {"<p hx-on:click=\"f(~)\" @click=\"g(~)\">", "js_attribute js_attribute"},
         {"<p x-on:click=\"f(~)\">", "js_attribute"},
         {"<p hx-vals='{\"a\": ~}'>", "js_attribute"}});
}

TEST_CASE("context: values never change the host from which code comes", "[lang]") {
  check({{"<script src=\"~/~\"></script>", "resource resource_first"},
         {"<script src=\"~/~/~\"></script>", "resource resource_first part"},
         {"<script src=\"/~/~\"></script>", "resource_first part"},
         {"<script src=\"/~~\"></script>", "resource_first part"},
         {"<script src=\"/a~\"></script>", "part"},
         {"<script src=\"~//~\"></script>", "resource !authority"},
         {"<script src=\"https://cdn.example.com~\"></script>", "!authority"},
         {"<script src=\"https://cdn.example.com/~\"></script>", "part"},
         {"<script src=\"https:~\"></script>", "!authority"},
         {"<script src=\"https:/~\"></script>", "!authority"},
         {"<script src=\"https:///~\"></script>", "!authority"},
         {"<script src=\"https:\\\\~\"></script>", "!authority"},
         {"<script src=\"https://~/a.js\"></script>", "!authority"},
         {"<script src=\"//~\"></script>", "!authority"},
         {"<script src=\"/\t/~\"></script>", "!authority"},
         {"<script src=\"https://a.example?~\"></script>", "component"},
         {"<script src=\"https~\"></script>", "resource_more"},
         {"<script src=\"https~:\"></script>", "resource_moreproblem"},
         {"<script src=\"~:\"></script>", "resourceproblem"},
         {"<base href=\"https://a.example~\">", "!authority"},
         {"<base href=\"~/~\">", "resource resource_first"},
         {"<object data=\"//~\"></object>", "!authority"},
         {"<link rel=stylesheet href=\"https://a.example~\">", "!authority"},
         {"<link rel=icon href=\"https://a.example~\">", "part"},
         {"<svg><script href=\"//~\"></script></svg>", "!authority"},
         {"<svg><script xlink:href=\"//~\"></script></svg>", "!authority"},
         {"<b hx-get=\"//~\" data-hx-post=\"https://~\" sse-connect=\"~\">",
          "!authority !authority resource"},
         {"<a href=\"https://~\">", "part"}});
}

TEST_CASE("context: attributes that libraries read", "[lang]") {
  for (const std::string_view name : {"x-text",
                                      "x-show",
                                      "x-data",
                                      "x-init",
                                      "x-effect",
                                      "x-model",
                                      "x-id",
                                      "x-if",
                                      "x-for",
                                      "x-bind:class",
                                      ":class",
                                      ":style",
                                      ":title",
                                      "x-on:click",
                                      "@click",
                                      "data-x-text",
                                      "x-intersect:enter.once",
                                      "v-text",
                                      "v-show",
                                      "v-if",
                                      "v-for",
                                      "v-model",
                                      "v-bind:title",
                                      "v-on:click",
                                      "v-anything",
                                      "#default",
                                      ".title",
                                      "hx-on:click",
                                      "data-hx-on:click",
                                      "hx-vars",
                                      "data-hx-vars",
                                      "hx-live",
                                      "data-on-click",
                                      "data-on:click",
                                      "data-on-click__window",
                                      "data-signals",
                                      "data-signals-a",
                                      "data-text",
                                      "data-show",
                                      "data-class",
                                      "data-class-a",
                                      "data-attr-title",
                                      "data-effect",
                                      "data-computed-a",
                                      "data-star-text",
                                      "onclick",
                                      "onanything"}) {
    CAPTURE(name);
    const std::string attribute = "<p " + std::string(name) + "=\"";
    CHECK(means(attribute + "f(~, '~')\">") == "js_attribute attribute_string");
    CHECK(means(attribute + "~\">") == "js_attribute");
  }
  for (const std::string_view name : {"x-html", "data-x-html", "v-html", ":innerhtml", ".innerHTML",
                                      "v-bind:innerHTML.prop", ":srcdoc", "x-bind:srcdoc"}) {
    CAPTURE(name);
    CHECK(means("<p " + std::string(name) + "=\"~\">") == "!markup");
  }
  for (const std::string_view name :
       {":href", "x-bind:href", "v-bind:href", "data-attr-href", "data-attr", "x-bind", "v-bind",
        ":[key]", "v-bind:onclick", ":is", "x-bind:src.camel"}) {
    CAPTURE(name);
    CHECK(means("<p " + std::string(name) + "=\"~\">") == "!bound");
  }
  check({{"<p _=\"on click ~\">", "!language"},
         {"<p script=\"~\" data-script=\"~\">", "!language !language"},
         {"<p hx-trigger=\"every ~s, click[~]\">", "word !language"},
         {"<p data-hx-trigger=\"click[a[0]] delay:~ms\">", "word"},
         {"<p hx-vals='{\"a\": ~, \"b\": \"~\"}'>", "js_attribute attribute_string"},
         {"<p hx-vals='~' data-hx-headers='~'>", "js_attribute js_attribute"},
         {"<p hx-vals='js:{a: \"~\", b: `~`}'>", "attribute_string !template_literal"},
         {"<p hx-vals=' javascript:{a: /~/}'>", "!regex"},
         {"<p hx-vals='j~'>", "!lost"},
         {"<p hx-confirm=\"~\">", "not_js"},
         {"<p hx-confirm=\"Delete ~?\">", "text"},
         {"<p hx-confirm=\"js:f('~')\">", "attribute_string"},
         {"<p hx-confirm=\"j~\">", "!lost"},
         {"<p hx-target=\"~\" hx-swap=\"~\" x-ref=\"~\" x-transition:enter=\"~\">",
          "text text text text"},
         {"<p data-x=\"~\" data-bind=\"~\" data-on=\"~\" data-texture=\"~\" x-y=\"~\">",
          "text text text text text"}});
}

TEST_CASE("context: only what is defined is a URL or a program", "[lang]") {
  check(
      {{"<p data-icon=\"~\" data-action=\"~\" data-profile=\"~\" data-curl=\"~\">",
        "text text text text"},
       {"<my-card icon=\"~\" profile=\"~\" data=\"~\" poster=\"~\" action=\"~\">",
        "text text text text text"},
       {"<my-card href=\"~\" src=\"~\" srcset=\"~\" onclick=\"~\">", "url url srcset js_attribute"},
       {"<p one=\"~\" once=\"~\" online=\"~\" ononline=\"~\">", "text text text js_attribute"},
       {"<p data-src=\"~\" data-photo-url=\"~\" data-href=\"~\">", "url url url"},
       {"<object codebase=\"~\" classid=\"~\"></object><p data=\"~\">", "url url text"}});
}

TEST_CASE("context: what a project says of its attributes", "[lang]") {
  EscapeRules rules;
  rules.is_unused[static_cast<std::size_t>(Library::datastar)] = true;
  rules.is_unused[static_cast<std::size_t>(Library::hyperscript)] = true;
  rules.attributes = {
      {"data-bind", HTMLContext::Language::js},       {"up-on-*", HTMLContext::Language::js},
      {"up-on-text-*", HTMLContext::Language::plain}, {"poster-of", HTMLContext::Language::url},
      {"onclick", HTMLContext::Language::plain},      {"x-text", HTMLContext::Language::plain}};
  const auto one = [&](std::string_view name) {
    const std::string text = "<p " + std::string(name) + "=\"";
    return name_of(placement(advance_over({}, text, rules).context));
  };
  CHECK(one("data-text") == "text");
  CHECK(one("_") == "text");
  CHECK(one("data-bind") == "js_attribute");
  CHECK(one("up-on-loaded") == "js_attribute");
  CHECK(one("up-on-text-loaded") == "text");
  CHECK(one("poster-of") == "url");
  CHECK(one("onclick") == "js_attribute");
  CHECK(one("x-text") == "text");
}

TEST_CASE("context: a list of URLs is split as HTML does", "[lang]") {
  check({{"<img srcset=\"https://a.example/c,w_1/~ 1x, ~ 2x\">", "part srcset"},
         {"<img srcset=\"/a,b/~, ~\">", "part srcset"},
         {"<img srcset=\"~,~\">", "srcset srcset"},
         {"<img srcset=\"/a ~x(,), ~\">", "component srcset"}});
}

TEST_CASE("context: style sheets", "[lang]") {
  check({{"<style>p { color: ~ }</style>~", "css html"},
         {"<style>p::before { content: \"~\" '~' }</style>", "css_string css_string"},
         {"<style>/* ~ */ ~</style>", "!comment css"},
         {"<style>p { background: url(~) url(\"~\") url( '/~' ) }</style>",
          "css_url css_url css_component"},
         {"<style>p { background: URL(/a/~?~) }</style>", "css_part css_component"},
         {"<style>p { background: url(javascript:~) }</style>", "!code_url"},
         {"<style>@import url(~);</style>", "!import"},
         {"<style>a { b: c\\\"~ }</style>", "css"},
         {"<style>\"a\n~</style>", "!lost"},
         {"<style>p { a: ~(\"~\") }</style>", "css !lost"},
         {"<style>a { b: 1/~*2 }</style>", "css"},
         {"<style>a { b: 1/~*2; c: ~ }</style>", "css !lost"},
         {"<style>@\\69mport \"~\";</style>", "!import"},
         {"<style>a { b: u\\72l(\"~\") }</style>", "!lost"},
         {"<p style=\"color: ~; width: ~px\">", "css_attribute css_attribute"},
         {"<p style='background: url(\"~\")'>", "css_url"},
         {"<p style=\"background: url(&quot;~&quot;) ~\">", "css_url css_attribute"}});
}

TEST_CASE("context: SVG and MathML", "[lang]") {
  check({{"<svg><title>~</title></svg><title>~</title>", "html text"},
         {"<svg/><title>~</title>", "text"},
         {"<svg><style>p{color:~}</style></svg>", "css"},
         {"<svg><style>p<b></style></svg>", "problem"},
         {"<svg><script/>~", "problem"},
         {"<svg><![CDATA[ > ~ ]]>~</svg>", "!comment html"},
         {"<svg><script>a = ~</script></svg>", "js"}});
}

TEST_CASE("context: files of other kinds", "[lang]") {
  CHECK(means("a = ~; '~'", initial_context("a.js")) == "js js_string");
  CHECK(means("'</script>' + ~", initial_context("a.js")) == "js");
  CHECK(means("a { b: ~ }", initial_context("a.css")) == "css");
  CHECK(means("{\"a\": ~}", initial_context("a.json")) == "js");
  CHECK(means("<a href=~>", initial_context("a.txt")) == "html");
  CHECK(means("`", initial_context("a.js")) == "…");
}

TEST_CASE("context: branches meet where it makes no difference", "[lang]") {
  const auto joined = [](std::string_view a, std::string_view b, std::string_view rest) {
    const auto both = join(behind(a), behind(b));
    CAPTURE(a, b);
    CHECK((both == join(behind(b), behind(a))));
    return both ? means(rest, *both) : "differ";
  };
  CHECK(joined("<p>", "", "~") == "html");
  CHECK(joined("<p", "<p class=\"a\"", ">~") == "html");
  CHECK(joined("<p", "<p class=\"a\"", " a=\"~\">") == "text");
  CHECK(joined("<p", "<p class=\"a\"", "a") == "problem");
  CHECK(joined("<p a", "<p b c", "=\"~\">") == "problem");
  CHECK(joined("<p", "<b", ">~") == "html");
  CHECK(joined("<script", "<p", ">") == "differ");
  CHECK(joined("<script", "<script type=module", ">~") == "differ");
  CHECK(joined("<script", "<script type=\"module\"", ">~</script>") == "js");
  CHECK(joined("<script", "<script type=\"application/json\"", ">~") == "differ");
  CHECK(joined("<p title=\"", "<p title='", "~") == "differ");
  CHECK(joined("<p title=\"", "<p href=\"", "~") == "differ");
  CHECK(joined("<p title=\"", "<p", "~") == "differ");
  CHECK(joined("<a href=\"", "<a href=\"/a", "~\">") == "url");
  CHECK(joined("<a href=\"", "<a href=\"/a", ":\">") == "problem");
  CHECK(joined("<a href=\"/a", "<a href=\"/a?b=~", "~#~\">") == "component component");
  CHECK(joined("<a href=\"http", "<a href=\"https", "://~/\">") == "part");
  CHECK(joined("<a href=\"a", "<a href=\"b", ":~\">") == "problem");
  CHECK(joined("<a href=\"javascript:", "<a href=\"", "~") == "differ");
  CHECK(joined("<script src=\"/", "<script src=\"", "/~") == "differ");
  CHECK(joined("<script src=\"https://cdn.example", "<script src=\"", "/~.js\"></script>") ==
        "resource_first");
  CHECK(joined("<script src=\"https://cdn.example", "<script src=\"", "~") == "!authority…");
  CHECK(joined("<script src=\"https://cdn.example", "<script src=\"", "//~") == "!authority…");
  CHECK(joined("<script src=\"//", "<script src=\"", "/~") == "differ");
  CHECK(joined("<script src=\"/a", "<script src=\"", "/~/~\"></script>") == "resource_first part");
  CHECK(joined("<script src=\"/a", "<script src=\"/a?b", "~\"></script>") == "component");
  CHECK(joined("<script src=\"", "<script src=\"?", "~") == "differ");
  CHECK(joined("<script type=\"module", "<script type=\"text/javascript", "\">~</script>") == "js");
  CHECK(joined("<script type=\"module", "<script type=\"text/javascript", "x\">~</script>") ==
        "!script_type");
  CHECK(joined("<script type=\"module", "<script type=\"text/html", "\">~") == "differ");
  CHECK(joined("<link rel=\"icon", "<link rel=\"stylesheet", "\" href=\"~\">") == "resource");
  CHECK(joined("<link rel=\"icon", "<link rel=\"help", "\" href=\"~\">") == "url");
  CHECK(joined("<link rel=\"icon", "<link rel=\"help", " x\" href=\"~\">") == "resource");
  CHECK(joined("<script>if ", "<script>f ", "(1) /\"/; ~") == "differ");
  CHECK(joined("<script>for await ", "<script>g await ", "(1) /\"/; ~") == "differ");
  CHECK(joined("<script>import ", "<script>f ", "(~)") == "differ");
  CHECK(joined("<b hx-confirm=\"Really", "<b hx-confirm=\"", "~\">") == "not_js");
  CHECK(joined("<script>[", "<script>[1,", "~") == "js…");
  CHECK(joined("<script>[", "<script>[~", "~, '~'</script>") == "js js_string");
  CHECK(joined("<script>x = a", "<script>x = b", "; ~</script>") == "js");
  CHECK(joined("<script>x = a", "<script>x = b", "~</script>") == "!glued");
  CHECK(joined("<script>x = a", "<script>x = ", "/ '~'</script>") == "!lost");
  CHECK(joined("<script>f(", "<script>f", "~</script>") == "!glued");
  CHECK(joined("<script>'", "<script>\"", "~") == "differ");
  CHECK(joined("<style>a", "<style>b", "{ c: ~ }</style>") == "css");
  CHECK(joined("<style>@import", "<style>b", " \"~\"") == "!import…");
}

TEST_CASE("context: a megabyte is read in linear time", "[lang]") {
  const std::vector<std::string> pieces{"<p class=\"a\">text &amp; more</p>\n",
                                        "<",
                                        "<!--",
                                        "<a href=\"&amp;",
                                        "<script>'a' + /b/;",
                                        "<script><!-- <script",
                                        "<style>a{b:url(",
                                        "<p title=\"&",
                                        "<title></titl"};
  for (const std::string& piece : pieces) {
    CAPTURE(piece);
    std::string text = piece;
    while (text.size() < 1'000'000) text += piece;
    const auto begin = std::chrono::steady_clock::now();
    (void)advance_over({}, text);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(4));
  }
}

}  // namespace bora::lang
