#include "templates-lang/html_context.h"

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/catch.h"

namespace bora::lang {
namespace {

const std::map<Escape, std::string_view> kEscapes{{Escape::html, "html"},
                                                  {Escape::text, "text"},
                                                  {Escape::url, "url"},
                                                  {Escape::resource_url, "resource"},
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
    {Refusal::lost, "!lost"}};

std::string_view name_of(const Placement& placement) {
  return placement.refusal ? kRefusals.at(*placement.refusal) : kEscapes.at(placement.escape);
}

/// What each '~' of a page means, one after the other; a problem of the text ends it. The text is
/// also given byte by byte, which must change nothing.
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
         {"<b hx-get=\"~\" hx-target=\"~\">", "url text"},
         {"<script src=\"~\"></script>", "resource"},
         {"<script src=\"/js/~\"></script>", "part"},
         {"<script src=\"~~\"></script>", "resource first"},
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
         {"<p onclick=\"f(~, '~')\">", "js_attribute js_string"},
         {"<p onclick=\"f(&quot;~&quot;, ~)\">", "js_string js_attribute"},
         {"<p onclick=\"f(&#39;~&apos;, ~)\">", "js_string js_attribute"},
         {"<p ONERROR='// ~'>", "!comment"},
         {"<p hx-on:click=\"f(~)\" @click=\"g(~)\">", "js_attribute js_attribute"},
         {"<p x-on:click=\"f(~)\">", "js_attribute"},
         {"<p hx-vals='{\"a\": ~}'>", "js_attribute"}});
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
         {"<p style=\"color: ~; width: ~px\">", "css css"},
         {"<p style='background: url(\"~\")'>", "css_url"},
         {"<p style=\"background: url(&quot;~&quot;) ~\">", "css_url css"}});
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
  CHECK(joined("<script src=\"/", "<script src=\"", "~") == "differ");
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
