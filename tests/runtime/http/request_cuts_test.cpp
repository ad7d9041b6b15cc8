// A NUL and a cut at each place of a request. What the RFCs say of each form of request is in
// tests/conformance/http.

#include <string>
#include <string_view>

#include "tests/runtime/http/http_fixture.h"
#include "tests/support/log_capture.h"

using namespace bora::test;

namespace {

constexpr std::string_view kNext = "GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/// How many requests reached the handler.
std::size_t requests_of(const std::string& bytes, bool is_bytewise) {
  ServerFixture fixture;
  Client client(fixture.server);
  if (is_bytewise) {
    client.send_bytewise(bytes);
  } else {
    client.send(bytes);
  }
  return fixture.delegate.seen.size();
}

}  // namespace

TEST_CASE("requests: NUL is refused wherever it stands", "[http]") {
  const bora::testing::LogCapture quiet;
  const std::string good = "GET /abc HTTP/1.1\r\nHost: a\r\nX: yz\r\n\r\n";
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const bool is_insertion : {false, true}) {
      std::string bad = good;
      if (is_insertion) {
        bad.insert(i, 1, '\0');
      } else {
        bad[i] = '\0';
      }
      CAPTURE(i, is_insertion);
      bad += kNext;
      CHECK(requests_of(bad, false) == 0);
      CHECK(requests_of(bad, true) == 0);
    }
  }
}

TEST_CASE("requests: a pipeline gives the same answers wherever it is cut", "[http]") {
  const std::string pipeline =
      "GET /one HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4;x\r\nwiki\r\n0\r\nT: "
      "u\r\n\r\n"
      "\r\nHEAD /h HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /last?x=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  const auto run = [&](std::size_t cut) {
    ServerFixture fixture;
    Client client(fixture.server);
    client.send(std::string_view(pipeline).substr(0, cut));
    client.send(std::string_view(pipeline).substr(cut));
    std::string answer = client.receive();
    CHECK(client.has_ended());
    REQUIRE(fixture.delegate.seen.size() == 5);
    CHECK(fixture.delegate.seen[1].body == "hello");
    CHECK(fixture.delegate.seen[2].body == "wiki");
    CHECK(fixture.delegate.seen[4].uri == "/last?x=1");
    // The second may turn between the two sends.
    for (std::size_t at = answer.find("Date: "); at != std::string::npos;
         at = answer.find("Date: ")) {
      answer.erase(at, answer.find('\n', at) + 1 - at);
    }
    return answer;
  };
  const std::string expected = run(0);
  CHECK(expected.find("\r\n\r\n/oneHTTP/1.1 200 OK\r\n") != std::string::npos);
  for (std::size_t cut = 1; cut < pipeline.size(); ++cut) {
    CAPTURE(cut);
    CHECK(run(cut) == expected);
  }
}
