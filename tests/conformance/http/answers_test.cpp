// Runs answers/*.answers, which are bytes of servers, through the client's parser: see README.md.

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/http/response_parser.h"
#include "tests/conformance/http/case_file.h"
#include "tests/support/catch.h"

using namespace bora::test;
using bora::http::ResponseFault;
using bora::http::ResponseParser;

namespace {

namespace fs = std::filesystem;

/// The outcome of some bytes.
struct Answer {
  std::vector<int> interims;
  int code = 0;
  std::string reason;
  std::string fields;
  std::string body;
  std::string left;
  bool is_open = false;
  ResponseFault fault = ResponseFault::none;
  bool operator==(const Answer&) const = default;
};

struct AnswerCase {
  std::string claim;
  std::string place;
  std::string rule;
  std::string bytes;
  bool is_ended = false;
  ResponseParser::For kind = ResponseParser::For::request;
  ResponseParser::Limits limits;
  Answer expected;
  std::optional<std::string> body;
  std::vector<Field> has;
  std::vector<std::string> lacks;
};

constexpr std::pair<std::string_view, ResponseFault> kFaults[] = {
    {"not_http", ResponseFault::not_http},
    {"unsupported_version", ResponseFault::unsupported_version},
    {"bad_status_line", ResponseFault::bad_status_line},
    {"bad_header", ResponseFault::bad_header},
    {"headers_too_large", ResponseFault::headers_too_large},
    {"too_many_interim", ResponseFault::too_many_interim},
    {"bad_content_length", ResponseFault::bad_content_length},
    {"bad_transfer_encoding", ResponseFault::bad_transfer_encoding},
    {"unexpected_body", ResponseFault::unexpected_body},
    {"bad_chunk", ResponseFault::bad_chunk},
    {"body_too_large", ResponseFault::body_too_large},
    {"incomplete", ResponseFault::incomplete},
};

ResponseFault fault_named(std::string_view name) {
  for (const auto& [known, fault] : kFaults) {
    if (known == name) return fault;
  }
  throw std::runtime_error("no fault " + std::string(name));
}

std::size_t number(std::string_view text) {
  std::size_t value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc())
    throw std::runtime_error("no number: " + std::string(text));
  return value;
}

void read_line(AnswerCase& test, std::string_view kind, std::string_view line) {
  if (kind == "rule") {
    test.rule = line;
  } else if (kind == "for") {
    test.kind = line == "head" ? ResponseParser::For::head : ResponseParser::For::connect;
  } else if (kind == "set") {
    const std::size_t blank = line.find(' ');
    const std::size_t value = number(line.substr(blank + 1));
    const std::string_view name = line.substr(0, blank);
    if (name == "max_header_size") test.limits.max_header_size = value;
    if (name == "max_header_count") test.limits.max_header_count = value;
    if (name == "max_body_size") test.limits.max_body_size = value;
  } else if (kind == ">") {
    test.bytes += unescape_case_text(line) + "\r\n";
  } else if (kind == "|") {
    test.bytes += unescape_case_text(line);
  } else if (kind == "eof") {
    test.is_ended = true;
  } else if (kind == "interim") {
    test.expected.interims.push_back(static_cast<int>(number(line)));
  } else if (kind == "<") {
    test.expected.code = static_cast<int>(number(line.substr(0, 3)));
    test.expected.reason = unescape_case_text(line.substr(std::min<std::size_t>(4, line.size())));
  } else if (kind == "=") {
    test.body = unescape_case_text(line);
  } else if (kind == "+") {
    const std::size_t colon = line.find(": ");
    test.has.emplace_back(line.substr(0, colon), unescape_case_text(line.substr(colon + 2)));
  } else if (kind == "-") {
    test.lacks.emplace_back(line);
  } else if (kind == "left") {
    test.expected.left = unescape_case_text(line);
  } else if (kind == "end") {
    test.expected.is_open = line == "open";
  } else if (kind == "fail") {
    test.expected.fault = fault_named(line);
  } else {
    throw std::runtime_error(test.place + ": '" + std::string(kind) + "' begins no line");
  }
}

std::vector<AnswerCase> read_cases() {
  std::vector<AnswerCase> cases;
  for (const auto& entry : fs::directory_iterator("tests/conformance/http/answers")) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::string line;
    for (int count = 1; std::getline(file, line); ++count) {
      if (line.empty() || line[0] == '#') continue;
      const std::size_t blank = std::min(line.find(' '), line.size());
      const std::string kind = line.substr(0, blank);
      const std::string rest = line.substr(std::min(blank + 1, line.size()));
      if (kind == "==") {
        cases.emplace_back();
        cases.back().claim = rest;
        cases.back().place = entry.path().filename().string() + ":" + std::to_string(count);
      } else {
        read_line(cases.at(cases.size() - 1), kind, rest);
      }
    }
  }
  return cases;
}

const std::vector<AnswerCase>& all_cases() {
  static const std::vector<AnswerCase> cases = read_cases();
  return cases;
}

Answer refused(const Answer& so_far, ResponseFault fault) {
  Answer answer;
  answer.interims = so_far.interims;
  answer.fault = fault;
  return answer;
}

/// Returns the outcome if the bytes arrive in pieces, cut at these places.
Answer outcome(const AnswerCase& test, const std::vector<std::size_t>& cuts) {
  using Step = ResponseParser::Step;
  ResponseParser parser;
  parser.begin(test.kind, test.limits);
  Answer result;
  std::string_view all = test.bytes;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= cuts.size() && !parser.is_complete(); ++i) {
    const std::size_t end = i == cuts.size() ? all.size() : cuts[i];
    std::string_view piece = all.substr(begin, end - begin);
    while (!piece.empty() && !parser.is_complete()) {
      std::size_t taken = 0;
      const Step step = parser.feed(piece, taken);
      if (step == Step::failed) return refused(result, parser.fault());
      REQUIRE((taken > 0 && taken <= piece.size()));
      piece.remove_prefix(taken);
      begin += taken;
      if (step == Step::interim) result.interims.push_back(parser.head().code);
      if (step == Step::data) result.body += parser.data();
      if (step != Step::head) continue;
      result.code = parser.head().code;
      result.reason = parser.head().reason;
      result.fields = parser.head().headers.to_string();
    }
  }
  if (!parser.is_complete() && test.is_ended && parser.finish() == Step::failed)
    return refused(result, parser.fault());
  if (!parser.is_complete()) {
    result.reason = "not complete";
    return result;
  }
  result.is_open = parser.may_keep_alive();
  result.left = all.substr(begin);
  return result;
}

void check(const AnswerCase& test, const Answer& answer) {
  CHECK(answer.fault == test.expected.fault);
  if (test.expected.fault != ResponseFault::none) return;
  CHECK(answer.interims == test.expected.interims);
  CHECK(answer.code == test.expected.code);
  CHECK(answer.reason == test.expected.reason);
  CHECK(answer.left == test.expected.left);
  CHECK(answer.is_open == test.expected.is_open);
  if (test.body) CHECK(answer.body == *test.body);
  const auto headers = bora::http::HTTPHeaders::parse(answer.fields);
  for (const auto& [name, value] : test.has) {
    REQUIRE(headers.contains(name));
    CHECK(headers.get(name) == value);
  }
  for (const std::string& name : test.lacks) CHECK_FALSE(headers.contains(name));
}

}  // namespace

TEST_CASE("answers: each is read as the RFCs ask for, however it is cut", "[conformance]") {
  for (const AnswerCase& test : all_cases()) {
    INFO(test.place << ": " << test.claim << " (" << test.rule << ")");
    const Answer whole = outcome(test, {});
    check(test, whole);
    std::vector<std::size_t> bytewise;
    for (std::size_t at = 1; at < test.bytes.size(); ++at) {
      bytewise.push_back(at);
      const bool is_same = outcome(test, {at}) == whole;
      if (!is_same) FAIL_CHECK("another outcome when it is cut at " << at);
    }
    CHECK(outcome(test, bytewise) == whole);
  }
}

TEST_CASE("answers: the table has 150 cases or more, each with a claim and a rule",
          "[conformance]") {
  std::set<std::string> claims;
  for (const AnswerCase& test : all_cases()) {
    INFO(test.place);
    CHECK(test.rule.starts_with("RFC "));
    CHECK(claims.insert(test.claim).second);
  }
  CHECK(all_cases().size() >= 150);
}

TEST_CASE("answers: how long a server keeps its connection", "[conformance]") {
  const auto timeout_of = [](std::string_view value) {
    ResponseParser parser;
    parser.begin(ResponseParser::For::request, {});
    const std::string text =
        "HTTP/1.1 204 No Content\r\nKeep-Alive: " + std::string(value) + "\r\n\r\n";
    std::size_t taken = 0;
    REQUIRE(parser.feed(text, taken) == ResponseParser::Step::head);
    return parser.keep_alive_timeout();
  };
  CHECK(timeout_of("timeout=5") == std::chrono::seconds(5));
  CHECK(timeout_of("max=100, Timeout=15") == std::chrono::seconds(15));
  CHECK(timeout_of("timeout=99999999") == std::chrono::seconds(86400));
  for (const char* const none : {"", "timeout", "timeout=", "timeout=-1", "timeout=5s", "x=5"}) {
    INFO(none);
    CHECK_FALSE(timeout_of(none));
  }
}
