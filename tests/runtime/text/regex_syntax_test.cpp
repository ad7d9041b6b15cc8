#include "runtime/text/regex_syntax.h"

#include <string>

#include "tests/support/catch.h"

using bora::text::parse_regex;
using bora::text::RegexDialect;
using bora::text::RegexFault;
using bora::text::RegexNode;

namespace {

/// The tree in brackets: "(a|bc{2,})" as "<a|b[c]2->"; a node that takes one of several bytes as
/// their number.
std::string shown(const RegexNode& node) {
  std::string text;
  switch (node.kind) {
    case RegexNode::Kind::nothing:
      break;
    case RegexNode::Kind::byte:
      if (node.bytes.count() != 1) return "#" + std::to_string(node.bytes.count());
      for (std::size_t i = 0; i < 256; ++i) {
        if (node.bytes.test(i)) text += static_cast<char>(i);
      }
      break;
    case RegexNode::Kind::sequence:
      for (const RegexNode& part : node.nodes) text += shown(part);
      break;
    case RegexNode::Kind::choice:
      if (node.nodes.size() == 1) return shown(node.nodes.front());
      for (const RegexNode& part : node.nodes) text += (text.empty() ? "<" : "|") + shown(part);
      text += '>';
      break;
    case RegexNode::Kind::repeat:
      text = '[' + shown(node.nodes.front()) + ']' + std::to_string(node.min) + '-';
      if (node.max != RegexNode::kNoLimit) text += std::to_string(node.max);
      break;
  }
  return text;
}

std::string parsed(std::string_view regex, RegexDialect dialect) {
  RegexFault fault;
  const auto tree = parse_regex(regex, dialect, fault);
  if (!tree) {
    return std::to_string(fault.begin) + '-' + std::to_string(fault.end) + ' ' + fault.message;
  }
  return (tree->is_anchored ? "^" : "") + shown(tree->root);
}
std::string in_segment(std::string_view regex) {
  return parsed(regex, RegexDialect::segment);
}
std::string in_stream(std::string_view regex) {
  return parsed(regex, RegexDialect::stream);
}

}  // namespace

TEST_CASE("regex syntax: what both dialects say alike", "[text]") {
  for (const auto read : {in_segment, in_stream}) {
    CHECK(read("a|bc{2,}") == "<a|b[c]2->");
    CHECK(read("(a|(?:b)c)?x") == "[<a|bc>]0-1x");
    CHECK(read("a{3}b+c*") == "[a]3-3[b]1-[c]0-");
    CHECK(read("\\d\\w\\.") == "#10#63.");
    CHECK(read("[a-f0-9_]") == "#17");
    CHECK(read("\xc3\xa4+") == "[\xc3\xa4]1-");
    CHECK(read("a)") == "1-2 ')' closes nothing");
    CHECK(read("(a") == "0-2 '(' is never closed");
    CHECK(read("[a") == "0-2 '[' is never closed");
    CHECK(read("a**") == "2-3 '*' repeats what is repeated already");
    CHECK(read("+a") == "0-1 there is nothing for '+' to repeat");
    CHECK(read("a{3,2}") == "1-6 the count's second number is less than the first");
    CHECK(read("\\1") == "0-2 back-references are not supported");
    CHECK(read("\\") == "0-1 nothing follows '\\'");
    CHECK(read("(?=a)") == "0-3 look-around is not supported");
    CHECK(read("[z-a]") == "1-4 the range's second character comes before the first");
    CHECK(read("[\\d-z]") == "1-5 a range is between two characters");
  }
}

TEST_CASE("regex syntax: nothing takes the slash of a path", "[text]") {
  CHECK(in_segment(".") == "#255");
  CHECK(in_segment("[^a]") == "#254");
  CHECK(in_segment("\\D") == "#245");
  CHECK(in_segment("a/b") == "1-2 a segment has no '/'");
  CHECK(in_segment("\\/") == "0-2 a segment has no '/'");
  CHECK(in_segment("a\n") == "1-2 a control character");
  CHECK(in_segment("^a") == "0-1 anchors are not supported");
  CHECK(in_segment("a+?") == "2-3 lazy repetition is not supported");
  CHECK(in_segment("[\xc3\xa4]") == "1-3 classes hold ASCII characters only");
  CHECK(in_segment("[[:alpha:]]") == "1-2 '[' in a class");
  CHECK(in_segment("a{64}") == "1-4 a count goes to 63");
  CHECK(in_segment("\\n") == "0-2 there is no '\\n'");
  CHECK(in_segment("]") == "0-1 ']' closes nothing");
}

TEST_CASE("regex syntax: a stream's expressions know every byte", "[text]") {
  CHECK(in_stream(".") == "#255");
  CHECK(in_stream("[^,]") == "#255");
  CHECK(in_stream("a/b") == "a/b");
  CHECK(in_stream("^a") == "^a");
  CHECK(in_stream("\\r\\n\\x41\\t") == "\r\nA\t");
  CHECK(in_stream("[]x]}") == "#2}");
  CHECK(in_stream("a+?b") == "[a]1-b");
  CHECK(in_stream("a^") == "1-2 but for '^' at the beginning, anchors are not supported");
  CHECK(in_stream("\\x4") == "0-2 \\x takes two hexadecimal digits");
  CHECK(in_stream("a{1025}") == "1-6 a count goes to 1024");
}
