// Runs cases/*.http: see README.md.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "tests/conformance/http/case_file.h"
#include "tests/conformance/http/wire_server.h"
#include "tests/runtime/http/http_fixture.h"
#include "tests/support/log_capture.h"

using namespace bora::test;

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProbe = "GET /probe HTTP/1.1\r\nHost: probe\r\n\r\n";

// Longer cases are not cut at every place, and very long ones are not sent byte by byte.
constexpr std::size_t kMaxCuts = 240;
constexpr std::size_t kMaxBytewise = 20'000;

std::vector<WireCase> read_cases() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator("tests/conformance/http/cases")) {
    if (entry.path().extension() == ".http") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<WireCase> cases;
  for (const fs::path& path : files) {
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    for (WireCase& each : parse_cases(path.filename().string(), text)) {
      cases.push_back(std::move(each));
    }
  }
  return cases;
}

// The cases are read only once, although Catch runs a test again for each of its sections.
const std::vector<WireCase>& all_cases() {
  static const std::vector<WireCase> cases = read_cases();
  return cases;
}

/// The places at which the bytes are cut. The server reads each piece before the next one is sent.
using Cuts = std::vector<std::size_t>;

Cuts every(std::size_t step, std::size_t size) {
  Cuts cuts;
  for (std::size_t at = step; at < size; at += step) cuts.push_back(at);
  return cuts;
}

void send_in_pieces(Client& client, std::string_view bytes, const Cuts& cuts) {
  std::size_t begin = 0;
  for (const std::size_t cut : cuts) {
    client.send_all(bytes.substr(begin, cut - begin));
    begin = cut;
  }
  client.send_all(bytes.substr(begin));
}

// Answers to HEAD have no body, even those of the server itself.
std::vector<bool> without_body(const std::vector<ExpectedAnswer>& expected) {
  std::vector<bool> result;
  for (const ExpectedAnswer& answer : expected) {
    if (answer.status < 200) continue;
    result.push_back(answer.request ? answer.request->method == "HEAD" : answer.body == "");
  }
  return result;
}

void check_request(const SeenRequest& seen, const SeenRequest& expected) {
  CHECK(seen.method == expected.method);
  CHECK(seen.uri == expected.uri);
  CHECK(seen.body == expected.body);
}

void check_answer(const Answer& answer, const ExpectedAnswer& expected) {
  CHECK(answer.status == expected.status);
  for (const auto& [name, value] : expected.has) {
    CAPTURE(name);
    const std::string* const found = answer.field(name);
    REQUIRE(found != nullptr);
    CHECK(*found == value);
  }
  for (const std::string& name : expected.lacks) {
    CAPTURE(name);
    CHECK(answer.field(name) == nullptr);
  }
  if (expected.body) CHECK(answer.body == *expected.body);
  for (const std::string& piece : expected.holds) {
    CAPTURE(piece);
    CHECK(answer.body.find(piece) != std::string::npos);
  }
}

void check_fields(const WireCase& the_case, const SeenRequest& seen) {
  for (const Field& field : the_case.saw) {
    CAPTURE(field);
    CHECK(std::find(seen.headers.begin(), seen.headers.end(), field) != seen.headers.end());
  }
  for (const std::string& name : the_case.unseen) {
    CAPTURE(name);
    CHECK(std::none_of(seen.headers.begin(), seen.headers.end(), [&](const Field& field) {
      return bora::http::equals_ignoring_case(field.first, name);
    }));
  }
  if (the_case.host) CHECK(seen.host == *the_case.host);
}

void run(const WireCase& the_case, const Cuts& cuts, bool is_over_tcp) {
  WireDelegate delegate;
  bora::http::HTTPServer server(delegate, the_case.options);
  if (is_over_tcp) server.listen(0, "127.0.0.1");
  Client client = is_over_tcp ? Client(server, server.port()) : Client(server);

  const End end = the_case.expected_end();
  std::string bytes = the_case.bytes;
  std::vector<ExpectedAnswer> expected = the_case.answers;
  if (end != End::waiting) bytes += kProbe;
  if (end == End::open) {
    ExpectedAnswer probe;
    probe.status = 200;
    probe.request = SeenRequest{"GET", "/probe", "", "probe", {}};
    expected.push_back(std::move(probe));
  }
  send_in_pieces(client, bytes, cuts);
  const std::string received = client.receive();
  CAPTURE(received);
  CHECK(client.has_ended() == (end == End::closed));

  std::vector<Answer> answers;
  REQUIRE_NOTHROW(answers = read_answers(received, without_body(expected), client.has_ended()));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const bool has_come = i < answers.size() && answers[i].status == expected[i].status;
    if (expected[i].is_optional && !has_come) {
      expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(i--));
    }
  }
  REQUIRE(answers.size() == expected.size());
  std::size_t reached = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    check_answer(answers[i], expected[i]);
    if (!expected[i].request) continue;
    REQUIRE(reached < delegate.seen.size());
    check_request(delegate.seen[reached++], *expected[i].request);
  }
  CHECK(reached == delegate.seen.size());
  if (end == End::open) delegate.seen.pop_back();
  if (!delegate.seen.empty()) check_fields(the_case, delegate.seen.back());
}

std::vector<Cuts> ways_to_send(const WireCase& the_case) {
  const std::size_t own = the_case.bytes.size();
  const std::size_t size = the_case.expected_end() == End::waiting ? own : own + kProbe.size();
  std::vector<Cuts> ways{every(7, size), every(1021, size)};
  if (size <= kMaxBytewise) ways.push_back(every(1, size));
  for (std::size_t cut = 1; cut <= own && own <= kMaxCuts; ++cut) {
    if (cut < size) ways.push_back({cut});
  }
  return ways;
}

void run_all_ways(const WireCase& the_case) {
  run(the_case, {}, true);
  for (const Cuts& cuts : ways_to_send(the_case)) {
    CAPTURE(cuts);
    run(the_case, cuts, false);
  }
}

}  // namespace

TEST_CASE("rules: each message gets the answer that the RFCs ask for, however it is cut",
          "[conformance]") {
  const bora::testing::LogCapture quiet;
  WireDelegate unused;
  const bora::http::HTTPServer keeps_the_workspace(unused);
  for (const WireCase& each : all_cases()) {
    DYNAMIC_SECTION(each.place << ": " << each.claim << " (" << each.rule << ")") {
      run_all_ways(each);
    }
  }
}

TEST_CASE("rules: the table has 250 cases or more, each with a claim of its own", "[conformance]") {
  const std::vector<WireCase>& cases = all_cases();
  CHECK(cases.size() >= 250);
  std::set<std::string_view> claims;
  for (const WireCase& each : cases) {
    CAPTURE(each.place);
    CHECK(claims.insert(each.claim).second);
    CHECK(each.rule.find_first_of("0123456789") != std::string::npos);
  }
}
