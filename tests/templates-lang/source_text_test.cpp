#include "templates-lang/source_text.h"

#include "tests/support/catch.h"

namespace bora::lang {
namespace {

TEST_CASE("source text: lines and columns count from one, in bytes", "[lang]") {
  const SourceText text("a.html", "ab\n\nZo\xC3\xAB x\n");
  CHECK(text.position(0) == Position{1, 1});
  CHECK(text.position(2) == Position{1, 3});
  CHECK(text.position(3) == Position{2, 1});
  CHECK(text.position(9) == Position{3, 6});
  CHECK(text.position(11) == Position{4, 1});
  CHECK(text.line_count() == 4);
}

TEST_CASE("source text: a line comes without its ending", "[lang]") {
  const SourceText text("a.html", "one\r\ntwo\n\rthree");
  CHECK(text.line(1) == "one");
  CHECK(text.line(2) == "two");
  CHECK(text.line(3) == "\rthree");
  CHECK(text.line(0).empty());
  CHECK(text.line(4).empty());
}

TEST_CASE("source text: a byte order mark is no column and no part of its line", "[lang]") {
  const SourceText text("a.html", "\xEF\xBB\xBFx\ny");
  CHECK(text.line(1) == "x");
  CHECK(text.position(0) == Position{1, 1});
  CHECK(text.position(3) == Position{1, 1});
  CHECK(text.position(4) == Position{1, 2});
  CHECK(text.position(5) == Position{2, 1});
}

TEST_CASE("source text: an empty file has one empty line", "[lang]") {
  const SourceText text("a.html", "");
  CHECK(text.line_count() == 1);
  CHECK(text.position(0) == Position{1, 1});
  CHECK(text.line(1).empty());
}

}  // namespace
}  // namespace bora::lang
