#include <string>

#include <bora/core/escape.h>

#include "tests/support/catch.h"

using bora::squeeze;
using bora::xhtml_escape;
using bora::xhtml_unescape;

TEST_CASE("xhtml_unescape: names, with and without ';' (ESC-02)", "[core]") {
  CHECK(xhtml_unescape("&lt;&gt;&amp;&quot;&#x27;&apos;") == "<>&\"''");
  CHECK(xhtml_unescape("&eacute;&eacute &copy 2026 &notin; &notit;") ==
        "\u00e9\u00e9 \u00a9 2026 \u2209 \u00acit;");
  CHECK(xhtml_unescape("&CounterClockwiseContourIntegral;") == "\u2233");
  CHECK(xhtml_unescape("&amplt;") == "&lt;");
  CHECK(xhtml_unescape("&amp;lt;") == "&lt;");
  CHECK(xhtml_unescape("&NotEqualTilde;") == "\u2242\u0338");
}

TEST_CASE("xhtml_unescape: what is no reference stays (ESC-02)", "[core]") {
  for (const char* text : {"", "&", "&;", "& amp;", "&nosuchname;", "&#", "&#;", "&#x;", "&#xg;",
                           "&&", "a & b", "&l", "&\n", "&LTX"}) {
    CAPTURE(text);
    if (std::string(text) == "&LTX") {
      CHECK(xhtml_unescape(text) == "<X");
    } else {
      CHECK(xhtml_unescape(text) == text);
    }
  }
}

TEST_CASE("xhtml_unescape: numbers (ESC-02)", "[core]") {
  CHECK(xhtml_unescape("&#65;&#x41;&#X41;&#65x&#x4a") == "AAAAxJ");
  CHECK(xhtml_unescape("&#8364;&#x20ac;&#128;&#x1f600;") == "\u20ac\u20ac\u20ac\U0001f600");
  CHECK(xhtml_unescape("&#0;&#xd800;&#x110000;&#99999999999999999999;") ==
        "\ufffd\ufffd\ufffd\ufffd");
  CHECK(xhtml_unescape("[&#1;&#11;&#xfffe;&#x1ffff;]") == "[]");
  CHECK(xhtml_unescape("&#10;&#13;&#x80;") == "\n\r\u20ac");
}

TEST_CASE("xhtml_unescape: undoes xhtml_escape, whatever the bytes", "[core]") {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  CHECK(xhtml_unescape(xhtml_escape(all)) == all);
}

TEST_CASE("squeeze: runs of blanks and control characters (ESC-04)", "[core]") {
  CHECK(squeeze("sequences     of    whitespace   chars") == "sequences of whitespace chars");
  CHECK(squeeze(std::string(" \t\0a\r\n\x1f"
                            "b ",
                            9)) == "a b");
  CHECK(squeeze("").empty());
  CHECK(squeeze(" \n ").empty());
  CHECK(squeeze("\u00a0") == "\u00a0");
}
