#include "templates-lang/whitespace.h"

#include "tests/support/catch.h"

namespace bora::lang {
namespace {

std::string reduced(WhitespaceMode mode, std::string_view text) {
  return WhitespaceReducer(mode).reduce(text);
}

TEST_CASE("white space: single keeps line ends and one blank", "[lang]") {
  const auto single = [](std::string_view text) { return reduced(WhitespaceMode::single, text); };
  CHECK(single("a  b\t\tc") == "a b c");
  CHECK(single("a \n\n  b") == "a\nb");
  CHECK(single("\n  a\n") == "\na\n");
  CHECK(single("a\r\nb\r\n") == "a\nb\n");
  CHECK(single("a \r b") == "a \r b");
  CHECK(single("a\f\n\vb") == "a\nb");
  CHECK(single("  ") == " ");
  CHECK(single("") == "");
  CHECK(single("a\xC2\xA0 \xC2\xA0\n") == "a\xC2\xA0 \xC2\xA0\n");
}

TEST_CASE("white space: oneline keeps one blank", "[lang]") {
  CHECK(reduced(WhitespaceMode::oneline, " a \n\n b\tc\r\n") == " a b c ");
}

TEST_CASE("white space: all keeps everything", "[lang]") {
  CHECK(reduced(WhitespaceMode::all, " a \r\n b") == " a \r\n b");
}

TEST_CASE("white space: pre and textarea are kept", "[lang]") {
  const auto oneline = [](std::string_view text) { return reduced(WhitespaceMode::oneline, text); };
  CHECK(oneline("a  b<pre>c  d\n</pre>e  f") == "a b<pre>c  d\n</pre>e f");
  CHECK(oneline("<TextArea  rows=2>\n a  </TEXTAREA>  b") ==
        "<TextArea  rows=2>\n a  </TEXTAREA> b");
  CHECK(oneline("<pre>a  </textarea>  </pre>  ") == "<pre>a  </textarea>  </pre> ");
  CHECK(oneline("<pretty>a  b") == "<pretty>a b");
  CHECK(oneline("<pre\n>a  b") == "<pre\n>a  b");
  CHECK(oneline("a < b  <") == "a < b <");
}

TEST_CASE("white space: an element is followed over the tags inside it", "[lang]") {
  WhitespaceReducer reducer(WhitespaceMode::single);
  CHECK(reducer.reduce("  <pre class=\"") == " <pre class=\"");
  CHECK(reducer.reduce("\">  a\n\n") == "\">  a\n\n");
  CHECK(reducer.reduce("  b  </pre>  c") == "  b  </pre> c");
  CHECK(reducer.reduce("d  e") == "d e");
}

TEST_CASE("white space: modes by name and by file", "[lang]") {
  CHECK(parse_whitespace_mode("single") == WhitespaceMode::single);
  CHECK_FALSE(parse_whitespace_mode("Single"));
  CHECK_FALSE(parse_whitespace_mode(""));
  CHECK(default_whitespace_mode("a/b.html") == WhitespaceMode::single);
  CHECK(default_whitespace_mode("b.js") == WhitespaceMode::single);
  CHECK(default_whitespace_mode("b.txt") == WhitespaceMode::all);
  CHECK(default_whitespace_mode("html") == WhitespaceMode::all);
}

}  // namespace
}  // namespace bora::lang
