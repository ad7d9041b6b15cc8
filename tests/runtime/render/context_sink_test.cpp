#include <bora/render/context_sink.h>

#include <optional>
#include <string>
#include <string_view>

#include <bora/render/json.h>
#include <bora/render/markup.h>
#include <bora/render/refused_values.h>
#include <bora/render/script_sink.h>
#include <bora/render/trusted_css.h>
#include <bora/render/trusted_url.h>

#include "tests/support/catch.h"
#include "tests/support/log_recorder.h"

using namespace bora::render;

namespace {

template <class Sink, class T>
std::string by(const T& value) {
  Output out;
  PageWriter writer(out, 0);
  Sink{writer}(value);
  writer.finish();
  return std::string(out.text());
}

const std::string kInert(kInertURL);

}  // namespace

TEST_CASE("url sink: http, https, mailto, tel and relative addresses", "[render]") {
  for (const char* url : {"http://a.example/b?c=d#e", "HTTPS://a.example:80/", "mailto:a@b.example",
                          "tel:+1", "/a/b", "a/b:c", "//a.example/", "?a:b", "#a:b", "", "../a"}) {
    CHECK(by<URLSink>(url) == url);
  }
  CHECK(by<URLSink>("a b\"'<>&\\`\n\x7fé%20%zz%") ==
        "a%20b%22%27%3C%3E&amp;%5C%60%0A%7F%C3%A9%20%25zz%25");
  CHECK(by<URLSink>(" \t/a \n") == "/a");
  CHECK(by<URLSink>(std::string("a\0b", 3)) == "a%00b");
}

TEST_CASE("url sink: other schemes become inert", "[render]") {
  for (const char* url : {"javascript:a", "JaVaScRiPt:a", " javascript:a", "java\tscript:a",
                          "\x01javascript:a", "data:text/html,a", "vbscript:a", "blob:a",
                          "javascript\n:a", ":a", "a:b", "http :a", "&#106;avascript:a"}) {
    CAPTURE(url);
    const std::string written = by<URLSink>(url);
    CHECK((written == kInert || written.find(':') == std::string::npos ||
           written.find('#') < written.find(':')));
  }
  CHECK(by<URLSink>("javascript:a") == kInert);
  CHECK(by<URLSink>(TrustedURL("data:image/png,\"a b\"")) == "data:image/png,%22a%20b%22");
  CHECK(by<URLSink>(7) == "7");
}

TEST_CASE("url sink: code comes from this host", "[render]") {
  CHECK(by<ResourceURLSink>("/a.js?v=1") == "/a.js?v=1");
  CHECK(by<ResourceURLSink>("a.js") == "a.js");
  for (const char* url : {"//a.example/b.js", "/\\a.example", "\\\\a.example", "\\/a.example",
                          "https://a.example/b.js", "http:b.js", "data:,a", " //a.example"}) {
    CAPTURE(url);
    CHECK(by<ResourceURLSink>(url) == kInert);
  }
  CHECK(by<ResourceURLSink>("/\t/a.example") == "/%09/a.example");
  CHECK(by<ResourceURLSink>(TrustedURL("https://cdn.example/a.js")) == "https://cdn.example/a.js");
}

TEST_CASE("url sink: no join of values names a host for code", "[render]") {
  CHECK(by<ResourceURLSink>("") == "");
  CHECK(by<ResourceURLSink>("/") == "/./");
  CHECK(by<ResourceURLSink>("/a/") == "/a/");
  CHECK(by<ResourceMoreSink>("/evil.example/x.js") == "/./evil.example/x.js");
  CHECK(by<ResourceMoreSink>("//evil.example/x.js") == "/.//evil.example/x.js");
  CHECK(by<ResourceMoreSink>("evil:x/y?z") == "evil%3Ax/y?z");
  CHECK(by<ResourceMoreSink>("\\\\evil.example") == "%5C%5Cevil.example");
  CHECK(by<ResourceMoreSink>("") == "");
  CHECK(by<ResourceFirstPartSink>("") == "./");
  CHECK(by<ResourceFirstPartSink>("/") == "./");
  CHECK(by<ResourceFirstPartSink>("//evil.example/x.js") == "evil.example/x.js");
  CHECK(by<ResourceFirstPartSink>("\\evil.example") == "%5Cevil.example");
  CHECK(by<ResourceFirstPartSink>("a/b") == "a/b");
  CHECK(by<ModuleURLSink>("/a.js?b&c=\"'<\\") == "/a.js?b&c=%22%27%3C%5C");
  CHECK(by<ModuleURLSink>("data:text/javascript,pwn()") == kInert);
  CHECK(by<ModuleURLSink>("//evil.example/x.js") == kInert);
  CHECK(by<ModuleURLSink>(TrustedURL("https://cdn.example/a?b&c")) == "https://cdn.example/a?b&c");
}

TEST_CASE("url sink: schemes of the project's own", "[render]") {
  constexpr std::string_view schemes[] = {"sms", "geo"};
  const auto by_own = [&](const auto& value) {
    Output out;
    PageWriter writer(out, 0);
    OwnSchemesURLSink(writer, schemes)(value);
    writer.finish();
    return std::string(out.text());
  };
  CHECK(by_own("sms:+1?body=a b") == "sms:+1?body=a%20b");
  CHECK(by_own(std::string(" GEO:1,2")) == "GEO:1,2");
  CHECK(by_own("webcal:a") == kInert);
  CHECK(by_own("javascript:a") == kInert);
  CHECK(by_own("/a\"b") == "/a%22b");
  CHECK(by_own(7) == "7");
  CHECK(by_own(TrustedURL("data:,a")) == "data:,a");
}

TEST_CASE("url sinks: parts can't become others", "[render]") {
  CHECK(by<URLPartSink>("a/b?c#d&e:f,\"'") == "a/b%3Fc%23d&amp;e:f%2C%22%27");
  CHECK(by<URLPartSink>("%2F%zz") == "%2F%25zz");
  CHECK(by<URLComponentSink>("a/b?c#d&e=f +é") == "a%2Fb%3Fc%23d%26e%3Df%20%2B%C3%A9");
  CHECK(by<URLComponentSink>("%20") == "%2520");
  CHECK(by<URLEncodedSink>("a+b%20c") == "a+b%20c");
  CHECK(by<URLMoreSink>("script:a/b:c?d") == "script%3Aa/b:c?d");
  CHECK(by<URLFirstPartSink>("/evil.example/a:b") == "%2Fevil.example/a:b");
  CHECK(by<URLFirstPartSink>("a:b/c") == "a%3Ab/c");
  CHECK(by<URLComponentSink>(1.5e20) == "1.5e%2B20");
}

TEST_CASE("srcset sink: each candidate by itself", "[render]") {
  CHECK(by<SrcsetSink>("a.png 1x, /b.png 300w") == "a.png 1x, /b.png 300w");
  CHECK(by<SrcsetSink>("a.png, javascript:b 2x") == "a.png, " + kInert);
  CHECK(by<SrcsetSink>("a.png,javascript:b 2x") == kInert);
  CHECK(by<SrcsetSink>("https://a.example/c_fill,w_400/x.jpg 1x, /b,c 2x,/d") ==
        "https://a.example/c_fill,w_400/x.jpg 1x, /b,c 2x, /d");
  CHECK(by<SrcsetSink>(",, a.png,, b.png (1,2) 2x") == "a.png, " + kInert);
  CHECK(by<SrcsetSink>("a.png 1x\" onload=b") == kInert);
  CHECK(by<SrcsetSink>(", ,") == "");
}

TEST_CASE("script sinks: values are JSON that ends nothing", "[render]") {
  CHECK(by<JSValueSink>("a\"b\\c\n") == "\"a\\\"b\\\\c\\n\"");
  CHECK(by<JSValueSink>("</script><!--&'") ==
        "\"\\u003C\\/script\\u003E\\u003C!--\\u0026\\u0027\"");
  CHECK(by<JSValueSink>("\u2028\u2029") == "\"\\u2028\\u2029\"");
  CHECK(by<JSAttributeSink>("a\"b'") == "&quot;a\\&quot;b\\u0027&quot;");
  CHECK(by<JSValueSink>(-5) == " -5");
  CHECK(by<JSValueSink>(true) == "true");
  CHECK(by<JSValueSink>(nullptr) == "null");
  CHECK(by<JSValueSink>(Markup("<b>")) == "\"\\u003Cb\\u003E\"");
  CHECK(by<JSValueSink>(json_encode("a'b")) == "\"a\\u0027b\"");
  CHECK(by<JSValueSink>(std::optional<int>()) == "null");
}

TEST_CASE("script sinks: strings end neither by quotes nor by tags", "[render]") {
  CHECK(by<JSStringSink>("\"'`\\</script>&\n\r\u2028") ==
        "\\u0022\\u0027\\u0060\\u005C\\u003C\\u002Fscript\\u003E\\u0026\\n\\u000D\\u2028");
  CHECK(by<JSStringSink>("é€ \xe2\x80") == "é€ \xe2\x80");
  CHECK(by<JSStringSink>(std::string(1, '\0')) == "\\u0000");
  CHECK(by<JSStringSink>(7) == "7");
  CHECK(by<JSStringSink>("a@b $c") == "a@b $c");
  CHECK(by<JSAttributeStringSink>("a@b $c\"") == "a\\u0040b \\u0024c\\u0022");
  CHECK(by<JSAttributeSink>("a@b $c") == "&quot;a\\u0040b \\u0024c&quot;");
}

TEST_CASE("style sinks: what is known to be harmless", "[render]") {
  for (const char* value : {"red",
                            "#fff",
                            "10px",
                            "-1.5em",
                            "50%",
                            "a, b",
                            "bold !important",
                            "rgb(1, 2, 3)",
                            "calc(1px + 2px)",
                            "var(--a)",
                            "",
                            "calc(100% / 3)",
                            "calc((1px + 2%) * -3 - var(--b, 1e+3px))",
                            "rgb(1 2 3 / 50%)",
                            "RGB(0 0 0)",
                            "rotate(45deg) translateX(-1.5em)",
                            "oklch(0.7 0.1 200)",
                            "color-mix(in oklab, red 10%, #fff)",
                            "repeat(3, 1fr)",
                            "repeat(auto-fit, minmax(10px, 1fr))",
                            "16 / 9",
                            "linear-gradient(45deg, red, rgb(0 0 0 / 0.5) 30%)",
                            "conic-gradient(from 0.25turn, red, blue)",
                            "[full-start] 1fr [end]",
                            "1 / span 2",
                            "cubic-bezier(0.1, 0.7, 1, 0.1)",
                            "red ! important",
                            "drop-shadow(0 0 2px black)"}) {
    CAPTURE(value);
    CHECK(by<CSSValueSink>(value) == value);
    CHECK(by<CSSAttributeValueSink>(value) == value);
  }
  CHECK(by<CSSValueSink>("'Open Sans', \"Helvetica & Co\", serif") ==
        "\"Open Sans\", \"Helvetica \\26  Co\", serif");
  CHECK(by<CSSAttributeValueSink>("'</style>'") == "&quot;\\3C \\2F style\\3E &quot;");
  for (const char* value : {"url(a)",
                            "expression(a)",
                            "a;b",
                            "a{",
                            "}",
                            "'",
                            "\\75rl",
                            "/* */",
                            "@import",
                            "<",
                            "a:b",
                            "rgb(1",
                            "rgb)",
                            "rgb(url(a))",
                            "image-set(a)",
                            "a\nb",
                            "(a)",
                            "calc(1 /* 2)",
                            "1 / * 2",
                            "1 */ 2",
                            "/ 2",
                            "2 /",
                            "* 2",
                            "2 * 3",
                            "calc(2 *)",
                            "calc(* 2)",
                            "calc(1 / / 2)",
                            "src(\"//evil.example\")",
                            "image-set(\"//evil.example\" 1x)",
                            "image(\"a\")",
                            "attr(a)",
                            "element(#a)",
                            "paint(a)",
                            "URL(a)",
                            "-moz-element(#a)",
                            "cross-fade(a)",
                            "'a\\'",
                            "'a\nb'",
                            "\"a",
                            "[a;b]",
                            "[a",
                            "a]",
                            "calc(1px + url(a))",
                            "a/**/b",
                            "1 //2",
                            "linear-gradient(red, src(a))",
                            "#(a)",
                            "calc(\\75rl(a))",
                            "a !b(c)"}) {
    CAPTURE(value);
    CHECK(by<CSSValueSink>(value) == kInertCSS);
    CHECK(by<CSSAttributeValueSink>(value) == kInertCSS);
  }
  CHECK(by<CSSValueSink>(std::string(200, '(') + std::string(200, ')')) == kInertCSS);
  CHECK(by<CSSValueSink>("calc" + std::string(200, '(') + std::string(200, ')')) == kInertCSS);
  CHECK(by<CSSValueSink>(TrustedCSS("url('a</style>')")) == "url('a\\3C /style>')");
  CHECK(by<CSSAttributeValueSink>(TrustedCSS("url('a')")) == "url(&#x27;a&#x27;)");
  CHECK(by<CSSStringSink>("a\"'\\<&\n(") == "a\\22 \\27 \\5C \\3C \\26 \\0A \\28 ");
  CHECK(by<CSSURLSink>("a(b)'\"&\\ ") == "a%28b%29%27%22\\26 %5C");
  CHECK(by<CSSURLSink>("/a?b=1&c=2") == "/a?b=1\\26 c=2");
  CHECK(by<CSSURLSink>("javascript:a") == kInert);
  CHECK(by<CSSURLPartSink>("a/b)?") == "a/b%29%3F");
}

TEST_CASE("library sinks: words, and texts that are no code", "[render]") {
  CHECK(by<WordSink>("load-1.a:b_c") == "load-1.a:b_c");
  for (const char* value : {"a b", "a[b]", "a\"", "a,b", "a(b)"}) {
    CHECK(by<WordSink>(value) == kInertCSS);
  }
  CHECK(by<NotJSSink>("js:alert(1)\"") == " js:alert(1)&quot;");
  CHECK(by<NotJSSink>("javascript:a") == " javascript:a");
  CHECK(by<NotJSSink>("Really?") == "Really?");
}

TEST_CASE("first line sinks: one more line end where the first is dropped", "[render]") {
  CHECK(by<EscapedFirst>("\n<a") == "\n\n&lt;a");
  CHECK(by<EscapedTextFirst>("\r\na") == "\n\r\na");
  CHECK(by<EscapedTextFirst>("a\nb") == "a\nb");
  CHECK(by<EscapedTextFirst>("") == "");
  CHECK(by<EscapedFirst>(7) == "7");
  CHECK(by<EscapedFirst>(Markup("\n<b>")) == "\n<b>");
}

TEST_CASE("refused values: a line of the log names the place", "[render]") {
  bora::test::LogRecorder logs;
  CHECK(by<URLSink>("javascript:a") == kInert);
  CHECK(logs.lines.empty());
  log_refused_values(true);
  by<URLSink>("javascript:a");
  by<CSSValueSink>("expression(b)");
  by<SrcsetSink>("/a, data:c 2x");
  by<URLSink>("/fine");
  log_refused_values(false);
  std::string text;
  for (const std::string& line : logs.lines) text += line + '\n';
  CHECK(text.find("context_sink_test.cpp:") != std::string::npos);
  CHECK(text.find("javascript:a") != std::string::npos);
  CHECK(text.find("expression(b)") != std::string::npos);
  CHECK(text.find("data:c 2x") != std::string::npos);
  CHECK(text.find("/fine") == std::string::npos);
}

TEST_CASE("srcdoc sink: a text in a page in an attribute", "[render]") {
  CHECK(by<SrcdocSink>("<b>") == "&amp;lt;b&amp;gt;");
  CHECK(by<SrcdocSink>(Markup("<b>\"")) == "&lt;b&gt;&quot;");
}

TEST_CASE("context sinks: append where the page is, however often the memory moves", "[render]") {
  Output out;
  out.append("begin ");
  PageWriter writer(out, 0);
  std::string expected = "begin ";
  for (int i = 0; i < 200; ++i) {
    URLSink{writer}("/a b");
    JSValueSink{writer}("x");
    expected += "/a%20b\"x\"";
  }
  CHECK(out.text() == "begin ");
  writer.finish();
  CHECK(out.text() == expected);
}
