// This is compiled with optimisation in every preset, since only then are literals copied in place.

#include <bora/render/page_writer.h>

#include <stdexcept>
#include <string>

#include "tests/support/catch.h"

using namespace bora::render;

namespace {

constexpr char kSixtyFour[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
constexpr Literal kLiterals[] = {{kSixtyFour, 64}, {"<td>", 4}, {"", 0}, {kSixtyFour, 17}};

}  // namespace

TEST_CASE("page writer: what it appends reaches the output with finish()", "[render]") {
  Output out;
  out.append("before ");
  PageWriter writer(out, 4);
  writer.append(kLiterals[1]);
  writer.append_escaped("<&>");
  writer.append_unchecked(kLiterals[1]);
  writer.append_integer(-7);
  writer.append_unsigned(8);
  writer.append_float(1.5);
  writer.append_float(0.1F);
  writer.append("<b>");
  writer.append(kLiterals[2]);
  CHECK(out.text() == "before ");
  writer.finish();
  CHECK(out.text() == "before <td>&lt;&amp;&gt;<td>-781.50.1<b>");
}

TEST_CASE("page writer: without finish() the output is as it was, grown or not", "[render]") {
  Output out;
  out.append("before");
  PageWriter writer(out, 0);
  for (int i = 0; i < 1000; ++i) writer.append(kLiterals[0]);
  CHECK(out.text() == "before");
  out.append(" and after");
  CHECK(out.text() == "before and after");
}

TEST_CASE("page writer: others may append while it is released, also if they throw", "[render]") {
  Output out;
  PageWriter writer(out, 0);
  writer.append("a");
  try {
    const PageWriter::Released released(writer);
    out.append(std::string(5000, 'b'));
    throw std::runtime_error("in the middle");
  } catch (const std::runtime_error&) {
    writer.append(kLiterals[1]);
  }
  {
    const PageWriter::Released released(writer);
    CHECK(out.text() == "a" + std::string(5000, 'b') + "<td>");
    out.clear();
  }
  writer.append(kLiterals[1]);
  writer.finish();
  CHECK(out.text() == "<td>");
}

TEST_CASE("page writer: literals fill the memory to its edge and grow it", "[render]") {
  for (std::size_t filled = 700; filled < 1100; ++filled) {
    Output out;
    std::string expected(filled, 'x');
    PageWriter writer(out, 0);
    writer.append(expected);
    // As far as generated code goes: a checked literal, and 192 unchecked bytes after it.
    for (int pass = 0; pass < 3; ++pass) {
      writer.append(kLiterals[0]);
      writer.append_unchecked(kLiterals[0]);
      writer.append_unchecked(kLiterals[0]);
      writer.append_unchecked(kLiterals[0]);
      for (int i = 0; i < 4; ++i) expected += kSixtyFour;
    }
    writer.append_escaped("'");
    writer.finish();
    REQUIRE(out.text() == expected + "&#x27;");
  }
}
