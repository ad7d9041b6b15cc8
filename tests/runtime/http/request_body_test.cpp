#include <chrono>
#include <string>
#include <vector>

#include "tests/runtime/http/http_fixture.h"
#include "tests/runtime/http/scripted_delegate.h"
#include "tests/support/log_capture.h"

using namespace bora::test;
using namespace std::chrono_literals;
using bora::testing::LogCapture;

namespace {

std::string post(std::string_view body) {
  return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kChunkedHead =
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view kExpectHead =
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

struct BodyFixture {
  explicit BodyFixture(bora::http::HTTPServerOptions options = {})
      : server(delegate, options), client(server) {}
  ~BodyFixture() {
    server.close_all_connections();
    CHECK(ServerFixture::busy_exchanges() == 0);
  }

  ScriptedDelegate delegate;
  bora::http::HTTPServer server;
  Client client;
};

bora::http::HTTPServerOptions with_chunk_size(std::size_t size) {
  bora::http::HTTPServerOptions options;
  options.chunk_size = size;
  return options;
}

}  // namespace

TEST_CASE("pieces: none is longer than chunk_size (HSV-12, H1C-24)", "[http]") {
  BodyFixture fixture(with_chunk_size(16));
  fixture.client.send(post("01234567890123456789"));
  CHECK(status_of(fixture.client.receive()) == 200);
  CHECK(fixture.delegate.pieces == std::vector<std::string>{"0123456789012345", "6789"});

  fixture.delegate.pieces.clear();
  fixture.client.send(std::string(kChunkedHead) +
                      "14\r\n01234567890123456789\r\n1\r\n!\r\n0\r\n\r\n");
  CHECK(status_of(fixture.client.receive()) == 200);
  CHECK(fixture.delegate.pieces == std::vector<std::string>{"0123456789012345", "6789", "!"});
}

TEST_CASE("pieces: a chunk_size of 0 is taken as 1", "[http]") {
  BodyFixture fixture(with_chunk_size(0));
  fixture.client.send(post("abc"));
  CHECK(status_of(fixture.client.receive()) == 200);
  CHECK(fixture.delegate.pieces == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("pause: nothing is read from the socket, and nothing is lost (H1C-02)", "[http]") {
  const bool is_chunked = GENERATE(false, true);
  BodyFixture fixture;
  fixture.delegate.on_data = [&] { fixture.delegate.connection->pause_reading(); };
  std::string body;
  for (int i = 0; i < 1'500'000; ++i) body += static_cast<char>('a' + i % 23);
  const std::string request =
      is_chunked ? std::string(kChunkedHead) + "16e360\r\n" + body + "\r\n0\r\n\r\n" : post(body);
  std::string_view rest = request;
  while (fixture.delegate.finished == 0) {
    const std::size_t before = fixture.delegate.pieces.size();
    while (!rest.empty()) {
      const ssize_t sent =
          ::send(fixture.client.fd(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent <= 0) break;
      rest.remove_prefix(static_cast<std::size_t>(sent));
      run_until_idle();
    }
    REQUIRE(fixture.delegate.pieces.size() == std::max<std::size_t>(before, 1));
    fixture.delegate.connection->resume_reading();
    REQUIRE(fixture.delegate.pieces.size() == std::max<std::size_t>(before, 1));  // not from within
    run_until_idle();
  }
  CHECK(rest.empty());
  CHECK(fixture.delegate.body() == body);
  CHECK(status_of(fixture.client.receive()) == 200);
}

TEST_CASE("pause: after the last piece finish() waits", "[http]") {
  BodyFixture fixture;
  fixture.delegate.on_data = [&] { fixture.delegate.connection->pause_reading(); };
  fixture.client.send(post("abc") + std::string(kGet));
  CHECK(fixture.delegate.body() == "abc");
  CHECK(fixture.delegate.finished == 0);
  fixture.delegate.connection->resume_reading();
  CHECK(fixture.delegate.finished == 0);
  CHECK(statuses_of(fixture.client.receive()) == std::vector<int>{200, 200});
  CHECK(fixture.delegate.finished == 2);
}

TEST_CASE("pause: one that ends within the call is none", "[http]") {
  BodyFixture fixture(with_chunk_size(2));
  const auto both = [&] {
    fixture.delegate.connection->pause_reading();
    fixture.delegate.connection->resume_reading();
  };
  fixture.delegate.on_start = both;
  fixture.delegate.on_data = both;
  fixture.client.send(post("abcde") + std::string(kGet));
  CHECK(statuses_of(fixture.client.receive()) == std::vector<int>{200, 200});
  CHECK(fixture.delegate.pieces == std::vector<std::string>{"ab", "cd", "e"});
}

TEST_CASE("pause: in start_request() body, 100 Continue and finish() wait", "[http]") {
  BodyFixture fixture;
  fixture.delegate.on_start = [&] { fixture.delegate.connection->pause_reading(); };
  SECTION("a request without body") {
    fixture.client.send(kGet);
    CHECK(fixture.delegate.finished == 0);
    fixture.delegate.connection->resume_reading();
    CHECK(status_of(fixture.client.receive()) == 200);
  }
  SECTION("a client that waits for the consent (HSV-19)") {
    fixture.client.send(kExpectHead);
    CHECK(fixture.client.receive().empty());
    fixture.delegate.connection->resume_reading();
    CHECK(fixture.client.receive() == kContinue);
    fixture.client.send("abcde");
    CHECK(fixture.client.receive().ends_with("\r\n\r\nabcde"));
  }
  SECTION("the body came already") {
    fixture.client.send(std::string(kExpectHead) + "abcde");
    CHECK(fixture.delegate.pieces.empty());
    fixture.delegate.connection->resume_reading();
    CHECK(fixture.client.receive().ends_with("\r\n\r\nabcde"));
  }
  SECTION("an answer instead of the consent ends the connection") {
    fixture.client.send(kExpectHead);
    fixture.delegate.answer(417, "no");
    CHECK(statuses_of(fixture.client.receive()) == std::vector<int>{417});
    CHECK(fixture.client.has_ended());
    CHECK(fixture.delegate.pieces.empty());
    CHECK(fixture.delegate.finished == 0);
  }
}

TEST_CASE("pause: an answer ends it, and the rest of a small body is skipped (H1C-22)", "[http]") {
  BodyFixture fixture(with_chunk_size(2));
  fixture.delegate.on_data = [&] { fixture.delegate.connection->pause_reading(); };
  fixture.client.send(post("abcdefgh"));
  fixture.delegate.answer(403, "no");
  fixture.delegate.on_data = nullptr;
  CHECK(statuses_of(fixture.client.receive()) == std::vector<int>{403});
  CHECK_FALSE(fixture.client.has_ended());
  CHECK(fixture.delegate.pieces == std::vector<std::string>{"ab"});
  CHECK(fixture.delegate.finished == 0);
  fixture.client.send(kGet);
  CHECK(statuses_of(fixture.client.receive()) == std::vector<int>{200});
}

TEST_CASE("pause: an answer before the end of a large body closes the connection (H1C-11)",
          "[http]") {
  BodyFixture fixture;
  fixture.delegate.on_data = [&] { fixture.delegate.connection->pause_reading(); };
  fixture.client.send_all(post(std::string(1'000'000, 'x')));
  fixture.delegate.answer(403, "no");
  CHECK(statuses_of(fixture.client.receive()) == std::vector<int>{403});
  CHECK(fixture.client.has_ended());
  CHECK(fixture.delegate.pieces.size() == 1);
}

TEST_CASE("pause: no time limit of the body runs, however long it takes", "[http]") {
  ForwardClock clock;
  BodyFixture fixture;
  fixture.delegate.on_data = [&] { fixture.delegate.connection->pause_reading(); };
  fixture.client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na");
  clock.advance(298s);  // handler_timeout is another matter
  CHECK(fixture.client.receive().empty());
  CHECK_FALSE(fixture.client.has_ended());
  fixture.delegate.on_data = nullptr;
  fixture.delegate.connection->resume_reading();
  fixture.client.send("b");
  CHECK(fixture.client.receive().ends_with("\r\n\r\nab"));
}

TEST_CASE("pause: a client that leaves meanwhile is reported once", "[http]") {
  BodyFixture fixture(with_chunk_size(2));
  bora::http::HTTPConnection* connection = nullptr;
  fixture.delegate.on_data = [&] {
    connection = fixture.delegate.connection;
    connection->pause_reading();
  };
  fixture.delegate.on_close = [] {};  // released later
  fixture.client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabcd");
  SECTION("noticed when the reading goes on") {
    fixture.client.close();
    fixture.delegate.on_data = nullptr;
    connection->resume_reading();
    run_until_idle();
    CHECK(fixture.delegate.closed == 1);
    CHECK(connection->is_closed());
  }
  SECTION("the server gives it up") {
    fixture.server.close_all_connections();
    CHECK(fixture.delegate.closed == 1);
    connection->resume_reading();
    run_until_idle();
  }
  CHECK(fixture.server.connection_count() == 0);
  CHECK(fixture.delegate.finished == 0);
  CHECK(fixture.delegate.closed == 1);
  connection->release();
}

TEST_CASE("set_max_body_size: a request's own limit, in start_request() or after it (H1C-09)",
          "[http]") {
  const LogCapture quiet;
  bora::http::HTTPServerOptions options;
  options.max_body_size = 10;
  BodyFixture fixture(options);
  ScriptedDelegate& delegate = fixture.delegate;
  delegate.on_start = [&] {
    CHECK(delegate.connection->max_body_size() == 10);
    delegate.connection->set_max_body_size(12);
    CHECK(delegate.connection->max_body_size() == 12);
  };
  SECTION("Content-Length at the limit and one beyond") {
    fixture.client.send(post("0123456789ab"));
    CHECK(status_of(fixture.client.receive()) == 200);
    fixture.client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 13\r\n\r\n");
    CHECK(status_of(fixture.client.receive()) == 413);
    CHECK(delegate.closed == 1);
  }
  SECTION("chunked at the limit and one beyond") {
    fixture.client.send(std::string(kChunkedHead) + "a\r\n0123456789\r\n2\r\nab\r\n0\r\n\r\n");
    CHECK(status_of(fixture.client.receive()) == 200);
    fixture.client.send(std::string(kChunkedHead) + "a\r\n0123456789\r\n3\r\n");
    CHECK(status_of(fixture.client.receive()) == 413);
    CHECK(delegate.closed == 1);
  }
  SECTION("chunked, lowered while it is read") {
    delegate.on_data = [&] { delegate.connection->set_max_body_size(2); };
    fixture.client.send(std::string(kChunkedHead) + "5\r\n01234\r\n1\r\n");
    CHECK(status_of(fixture.client.receive()) == 413);
  }
  SECTION("raised while the reading is paused; no consent before") {
    delegate.on_start = [&] { delegate.connection->pause_reading(); };
    fixture.client.send(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 13\r\nExpect: 100-continue\r\n\r\n");
    CHECK(fixture.client.receive().empty());
    delegate.connection->set_max_body_size(13);
    delegate.connection->resume_reading();
    CHECK(fixture.client.receive() == kContinue);
    fixture.client.send("0123456789abc");
    CHECK(status_of(fixture.client.receive()) == 200);
  }
  SECTION("the consent is not given for a body that is too long") {
    fixture.client.send(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 13\r\nExpect: 100-continue\r\n\r\n");
    CHECK(statuses_of(fixture.client.receive()) == std::vector<int>{413});
  }
}
