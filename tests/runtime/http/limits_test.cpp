#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/http/body_pace.h"
#include "runtime/http/peer_address.h"
#include "tests/runtime/http/http_fixture.h"
#include "tests/runtime/http/scripted_delegate.h"
#include "tests/support/log_capture.h"

// Each limit and timeout of HTTPServerOptions, with its default, over TCP: one below, at, and one
// beyond it. The clock counts whole seconds, so a timeout may come up to two seconds late.

using namespace bora::test;
using namespace std::chrono_literals;
using bora::http::HTTPServerOptions;
using bora::testing::LogCapture;

namespace {

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kRest = " HTTP/1.1\r\nHost: a\r\n";
constexpr std::string_view kChunkedHead =
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string text(std::size_t size) {
  return std::string(size, 'x');
}

struct LimitFixture {
  explicit LimitFixture(HTTPServerOptions options = {}) : server(delegate, options) {
    server.listen(0, "127.0.0.1");
  }
  ~LimitFixture() {
    server.close_all_connections();
    CHECK(ServerFixture::busy_exchanges() == 0);
  }

  [[nodiscard]] Client client() { return Client(server.port()); }

  /// The status of the answer to `request` on a new connection; 0 if there is none.
  int status(const std::string& request) {
    delegate.pieces.clear();
    Client one = client();
    one.send_all(request);
    return status_of(one.receive());
  }

  ScriptedDelegate delegate;
  bora::http::HTTPServer server;
};

std::string with_length(std::size_t length) {
  return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

std::string chunk(std::size_t size) {
  char line[32];
  std::snprintf(line, sizeof(line), "%zx\r\n", size);
  return line + text(size) + "\r\n";
}

/// The status of the answer to a form in the body, or to arguments in the query, that the delegate
/// parses.
int status_of_form(const HTTPServerOptions& options, const std::string& request) {
  struct FormDelegate final : bora::http::HTTPServerConnectionDelegate,
                              bora::http::HTTPMessageDelegate {
    bora::http::HTTPMessageDelegate* start_request(
        bora::http::HTTPServerRequest& the_request) override {
      request = &the_request;
      return this;
    }
    void data_received(std::string_view piece) override { request->append_body(piece); }
    void finish() override {
      bora::http::ResponseHead head;
      head.status =
          request->parse_query() == nullptr && request->parse_body() == nullptr ? 200 : 400;
      head.content_length = 0;
      bora::http::HTTPConnection& connection = request->connection();
      connection.write_headers(head, {});
      connection.finish();
      connection.release();
    }
    void on_connection_close() override { request->connection().release(); }
    bora::http::HTTPServerRequest* request = nullptr;
  };
  FormDelegate delegate;
  bora::http::HTTPServer server(delegate, options);
  server.listen(0, "127.0.0.1");
  Client client(server.port());
  client.send_all(request);
  return status_of(client.receive());
}

std::string arguments(int count) {
  std::string all = "a=1";
  for (int i = 1; i < count; ++i) all += "&a=1";
  return all;
}

std::string form(std::string_view type, const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: " + std::string(type) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string multipart(int parts) {
  std::string body;
  for (int i = 0; i < parts; ++i) {
    body += "--b\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\nv\r\n";
  }
  return form("multipart/form-data; boundary=b", body + "--b--\r\n");
}

}  // namespace

TEST_CASE("limits: the head is 32 KiB at most: else 431 (HSV-07)", "[http]") {
  const LogCapture quiet;
  LimitFixture fixture;
  const std::string begin = "GET /" + std::string(kRest) + "X: ";
  const auto head = [&](std::size_t size) {
    return begin + text(size - begin.size() - 4) + "\r\n\r\n";
  };
  CHECK(fixture.status(head(32 * 1024 - 1)) == 200);
  CHECK(fixture.status(head(32 * 1024)) == 200);
  CHECK(fixture.status(head(32 * 1024 + 1)) == 431);
  CHECK(fixture.status(begin + text(32 * 1024)) == 431);  // without waiting for an end
  CHECK(fixture.delegate.started == 2);
}

TEST_CASE("limits: 100 fields at most: else 431", "[http]") {
  const LogCapture quiet;
  LimitFixture fixture;
  const auto head = [](int fields) {
    std::string all = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 1; i < fields; ++i) all += "X: 1\r\n";
    return all + "\r\n";
  };
  CHECK(fixture.status(head(99)) == 200);
  CHECK(fixture.status(head(100)) == 200);
  CHECK(fixture.status(head(101)) == 431);
}

TEST_CASE("limits: the target is 8 KiB at most: else 414", "[http]") {
  const LogCapture quiet;
  LimitFixture fixture;
  const auto request = [](std::size_t size) {
    return "GET /" + text(size - 1) + std::string(kRest) + "\r\n";
  };
  CHECK(fixture.status(request(8 * 1024 - 1)) == 200);
  CHECK(fixture.status(request(8 * 1024)) == 200);
  CHECK(fixture.status(request(8 * 1024 + 1)) == 414);
  CHECK(fixture.status("GET /" + text(8 * 1024)) == 414);
}

TEST_CASE("limits: a head that comes byte by byte meets the same ones", "[http]") {
  const LogCapture quiet;
  HTTPServerOptions options;
  options.max_uri_size = 100;
  options.max_header_size = 1000;
  options.max_header_count = 5;
  options.max_chunk_extras = 50;
  LimitFixture fixture(options);
  const auto status = [&](const std::string& request) {
    Client client = fixture.client();
    client.send_bytewise(request);
    return status_of(client.receive());
  };
  const std::string rest(kRest);
  const std::string begin = "GET /" + rest + "X: ";
  const std::string chunked(kChunkedHead);
  CHECK(status("GET /" + text(99) + rest + "\r\n") == 200);
  CHECK(status("GET /" + text(100) + rest + "\r\n") == 414);
  CHECK(status(begin + text(1000 - begin.size() - 4) + "\r\n\r\n") == 200);
  CHECK(status(begin + text(1001 - begin.size() - 4) + "\r\n\r\n") == 431);
  CHECK(status("GET /" + rest + "A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n") == 200);
  CHECK(status("GET /" + rest + "A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\n\r\n") == 431);
  CHECK(status(chunked + "0;" + text(49) + "\r\n\r\n") == 200);
  CHECK(status(chunked + "0;" + text(50) + "\r\n\r\n") == 431);
}

TEST_CASE("limits: chunk extensions and trailers are 16 KiB at most: else 431", "[http]") {
  const LogCapture quiet;
  LimitFixture fixture;
  const std::string chunked(kChunkedHead);
  const auto extension = [&](std::size_t size) {
    return chunked + "0;" + text(size - 1) + "\r\n\r\n";
  };
  const auto trailer = [&](std::size_t size) {
    return chunked + "0\r\nX:" + text(size - 4) + "\r\n\r\n";
  };
  const auto both = [&](std::size_t size) {
    return chunked + "1;" + text(999) + "\r\n.\r\n0\r\nX:" + text(size - 1004) + "\r\n\r\n";
  };
  constexpr std::size_t kLimit = 16 * 1024;
  CHECK(fixture.status(extension(kLimit - 1)) == 200);
  CHECK(fixture.status(extension(kLimit)) == 200);
  CHECK(fixture.status(extension(kLimit + 1)) == 431);
  CHECK(fixture.status(trailer(kLimit - 1)) == 200);
  CHECK(fixture.status(trailer(kLimit)) == 200);
  CHECK(fixture.status(trailer(kLimit + 1)) == 431);
  CHECK(fixture.status(both(kLimit)) == 200);
  CHECK(fixture.status(both(kLimit + 1)) == 431);
}

TEST_CASE("limits: a body is 10 MiB at most: else 413 before it is read (HSV-08, H1C-09)",
          "[http]") {
  const LogCapture quiet;
  LimitFixture fixture;
  constexpr std::size_t kLimit = 10 * 1024 * 1024;
  CHECK(fixture.status(with_length(kLimit - 1) + text(kLimit - 1)) == 200);
  CHECK(fixture.status(with_length(kLimit) + text(kLimit)) == 200);
  CHECK(fixture.delegate.body().size() == kLimit);
  CHECK(fixture.status(with_length(kLimit + 1)) == 413);
  CHECK(fixture.status(with_length(9'999'999'999'999'999)) == 413);
  CHECK(fixture.delegate.pieces.empty());

  const std::string head(kChunkedHead);
  CHECK(fixture.status(head + chunk(kLimit - 1) + "0\r\n\r\n") == 200);
  CHECK(fixture.status(head + chunk(kLimit - 1) + chunk(1) + "0\r\n\r\n") == 200);
  CHECK(fixture.delegate.body().size() == kLimit);
  CHECK(fixture.status(head + chunk(kLimit - 1) + "2\r\n") == 413);
  CHECK(fixture.delegate.body().size() == kLimit - 1);
  CHECK(fixture.status(head + "ffffffffffffffff\r\n") == 413);
  CHECK(fixture.delegate.pieces.empty());
  CHECK(fixture.delegate.finished == 4);
  CHECK(fixture.delegate.closed == 4);
}

TEST_CASE("limits: the limit of 0 bytes lets a request without body pass", "[http]") {
  const LogCapture quiet;
  HTTPServerOptions options;
  options.max_body_size = 0;
  LimitFixture fixture(options);
  CHECK(fixture.status(std::string(kGet)) == 200);
  CHECK(fixture.status(with_length(0)) == 200);
  CHECK(fixture.status(std::string(kChunkedHead) + "0\r\n\r\n") == 200);
  CHECK(fixture.status(with_length(1) + "x") == 413);
  CHECK(fixture.status(std::string(kChunkedHead) + "1\r\n") == 413);
}

TEST_CASE("limits: a client that sends all of a refused body gets to read the 413 (D-01)",
          "[http]") {
  const LogCapture quiet;
  LimitFixture fixture;
  Client client = fixture.client();
  client.send_all(with_length(12'000'000) + text(12'000'000));
  const std::string answer = client.receive();
  CHECK(status_of(answer) == 413);
  CHECK(answer.find("\r\nConnection: close\r\n") != std::string::npos);
  CHECK(answer.find("<html>") != std::string::npos);
  CHECK(client.has_ended());
}

TEST_CASE("limits: 1,000 arguments, 100 parts, 10 KiB for a part's head: else 400", "[http]") {
  const HTTPServerOptions options;
  const auto query = [&](int count) {
    HTTPServerOptions roomy;
    roomy.max_uri_size = 16 * 1024;
    return status_of_form(roomy, "GET /?" + arguments(count) + std::string(kRest) + "\r\n");
  };
  CHECK(query(999) == 200);
  CHECK(query(1000) == 200);
  CHECK(query(1001) == 400);
  const auto body = [&](int count) {
    return status_of_form(options, form("application/x-www-form-urlencoded", arguments(count)));
  };
  CHECK(body(999) == 200);
  CHECK(body(1000) == 200);
  CHECK(body(1001) == 400);
  CHECK(status_of_form(options, multipart(99)) == 200);
  CHECK(status_of_form(options, multipart(100)) == 200);
  CHECK(status_of_form(options, multipart(101)) == 400);
}

TEST_CASE("timeouts: a head takes 10 s at most, however it trickles: else 408", "[http]") {
  const LogCapture log;
  ForwardClock clock;
  LimitFixture fixture;
  Client client = fixture.client();
  client.send("GET /");
  for (int i = 0; i < 9; ++i) {
    clock.advance(1s);
    client.send("x");
  }
  CHECK(client.receive().empty());
  SECTION("in time") {
    client.send(kRest);
    client.send("\r\n");
    CHECK(status_of(client.receive()) == 200);
  }
  SECTION("late") {
    clock.advance(3s);
    CHECK(status_of(client.receive()) == 408);
    CHECK(client.has_ended());
    CHECK(log.count(bora::gen_log, "timed out waiting for the request's head") == 1);
  }
}

TEST_CASE("timeouts: between requests 75 s, and silently (HSV-10)", "[http]") {
  ForwardClock clock;
  LimitFixture fixture;
  Client client = fixture.client();
  clock.advance(74s);
  client.send(kGet);
  CHECK(status_of(client.receive()) == 200);
  clock.advance(74s);
  CHECK(client.receive().empty());
  CHECK_FALSE(client.has_ended());
  SECTION("a request in time") {
    client.send(kGet);
    CHECK(status_of(client.receive()) == 200);
  }
  SECTION("none") {
    clock.advance(3s);
    CHECK(client.receive().empty());
    CHECK(client.has_ended());
  }
  SECTION("a blank line alone is none") {
    client.send("\r\n");
    clock.advance(20s);
    CHECK(client.receive().empty());
    CHECK_FALSE(client.has_ended());
    client.send(kGet);
    CHECK(status_of(client.receive()) == 200);
  }
}

TEST_CASE("timeouts: a request that came while the loop was late is served", "[http]") {
  ForwardClock clock;
  LimitFixture fixture;
  Client client = fixture.client();
  client.send(kGet);
  CHECK(status_of(client.receive()) == 200);
  // The bytes are in the socket, the loop has not looked, and its clock jumps.
  REQUIRE(::send(client.fd(), kGet.data(), kGet.size(), 0) == static_cast<ssize_t>(kGet.size()));
  clock.jump(100s);
  CHECK(status_of(client.receive()) == 200);
  CHECK_FALSE(client.has_ended());
}

TEST_CASE("timeouts: a body brings 10 KiB in 10 s, or it is 408", "[http]") {
  const LogCapture quiet;
  ForwardClock clock;
  LimitFixture fixture;
  Client client = fixture.client();
  const auto bring = [&](std::size_t bytes) {
    clock.advance(8s);
    client.send(text(bytes));
    clock.advance(4s);
  };
  SECTION("one byte less") {
    client.send(with_length(1'000'000));
    bring(10 * 1024 - 1);
    CHECK(status_of(client.receive()) == 408);
    CHECK(client.has_ended());
    CHECK(fixture.delegate.closed == 1);
  }
  SECTION("just as much, or one byte more: for any time") {
    const std::size_t extra = GENERATE(0, 1);
    client.send(with_length(200 * (1024 + extra)));
    for (int i = 0; i < 200; ++i) {
      CHECK(client.receive().empty());
      client.send(text(1024 + extra));
      clock.advance(1s);
    }
    CHECK(status_of(client.receive()) == 200);
  }
  SECTION("a fast beginning buys no silence") {
    client.send(with_length(1'000'000));
    client.send_all(text(999'999));
    clock.advance(10s);
    CHECK(client.receive().empty());
    clock.advance(12s);
    CHECK(status_of(client.receive()) == 408);
  }
  SECTION("chunked: the coding's own bytes count") {
    client.send(kChunkedHead);
    for (int i = 0; i < 3; ++i) {
      clock.advance(8s);
      for (int j = 0; j < 2048; ++j) client.send("1\r\nx\r\n");
      clock.advance(3s);
    }
    CHECK(client.receive().empty());
    client.send("0\r\n\r\n");
    CHECK(status_of(client.receive()) == 200);
  }
  SECTION("what is skipped after an early answer, too") {
    fixture.delegate.on_start = [&] { fixture.delegate.answer(403, "no"); };
    client.send(with_length(1000));
    CHECK(status_of(client.receive()) == 403);
    clock.advance(9s);
    CHECK_FALSE(client.has_ended());
    clock.advance(3s);
    CHECK(client.receive().empty());
    CHECK(client.has_ended());
  }
}

TEST_CASE("timeouts: only reading counts for a body's time, not the server's pauses", "[http]") {
  const LogCapture quiet;
  ForwardClock clock;
  LimitFixture fixture;
  ScriptedDelegate& delegate = fixture.delegate;
  delegate.on_data = [&] { delegate.connection->pause_reading(); };
  Client client = fixture.client();
  client.send(with_length(1'000));
  for (int i = 0; i < 8; ++i) {
    clock.advance(1s);
    client.send("x");
    clock.advance(100s);
    delegate.connection->resume_reading();
    run_until_idle();
  }
  CHECK(client.receive().empty());
  clock.advance(4s);  // a trickle is not saved by the pauses in between
  CHECK(status_of(client.receive()) == 408);
}

TEST_CASE("timeouts: body_timeout is the time of the whole body (HSV-09)", "[http]") {
  const LogCapture quiet;
  ForwardClock clock;
  HTTPServerOptions options;
  options.body_timeout = 60s;
  options.min_body_rate = GENERATE(0, 1);
  LimitFixture fixture(options);
  Client client = fixture.client();
  client.send(with_length(1000));
  for (int i = 0; i < 59; ++i) {
    clock.advance(1s);
    client.send("xx");
  }
  CHECK(client.receive().empty());
  SECTION("in time") {
    client.send(text(1000 - 59 * 2));
    CHECK(status_of(client.receive()) == 200);
  }
  SECTION("late") {
    clock.advance(3s);
    CHECK(status_of(client.receive()) == 408);
    CHECK(fixture.delegate.closed == 1);
  }
}

TEST_CASE("timeouts: the longest durations are never, and negative ones soon", "[http]") {
  const LogCapture quiet;
  ForwardClock clock;
  HTTPServerOptions options;
  options.min_body_rate = options.min_write_rate = 0;
  const auto limit = GENERATE(std::chrono::seconds::max(), -1s);
  options.header_timeout = options.body_timeout = options.handler_timeout = limit;
  options.write_timeout = options.idle_connection_timeout = limit;
  ServerFixture fixture(options);
  Client idle(fixture.server);
  Client head(fixture.server);
  head.send("GET / HT");
  Client body(fixture.server);
  body.send(with_length(3));
  Client handling(fixture.server);
  handling.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  clock.advance(10s);
  clock.advance(1'000'000s);
  const bool is_over = limit < 0s;
  CHECK(idle.receive().empty());
  CHECK(idle.has_ended() == is_over);
  CHECK(status_of(head.receive()) == (is_over ? 408 : 0));
  CHECK(status_of(body.receive()) == (is_over ? 408 : 0));
  CHECK(status_of(handling.receive()) == (is_over ? 503 : 0));
  fixture.delegate.gate.open();
}

TEST_CASE("timeouts: a request may set the time of its own body", "[http]") {
  const LogCapture quiet;
  ForwardClock clock;
  HTTPServerOptions options;
  options.body_timeout = std::chrono::seconds(GENERATE(0, 5, 1000));
  options.min_body_rate = 0;
  LimitFixture fixture(options);
  ScriptedDelegate& delegate = fixture.delegate;
  const auto set_limit = [&] { delegate.connection->set_body_timeout(60s); };
  GENERATE(0, 1) == 0 ? delegate.on_start = set_limit : delegate.on_data = set_limit;
  Client client = fixture.client();
  client.send(with_length(1000) + "x");
  clock.advance(57s);
  CHECK(client.receive().empty());
  clock.advance(6s);
  CHECK(status_of(client.receive()) == 408);
  // The next request has the server's limit again.
  delegate.on_start = delegate.on_data = nullptr;
  Client other = fixture.client();
  other.send(with_length(1000) + "x");
  clock.advance(63s);
  CHECK(status_of(other.receive()) == (options.body_timeout == 5s ? 408 : 0));
}

TEST_CASE("timeouts: a request without an answer within 300 s gets a 503", "[http]") {
  const LogCapture log;
  ForwardClock clock;
  LimitFixture fixture;
  ScriptedDelegate& delegate = fixture.delegate;
  delegate.on_finish = [] {};
  delegate.on_close = [] {};
  Client client = fixture.client();
  client.send(std::string(kGet) + std::string(kGet));
  clock.advance(299s);
  CHECK(client.receive().empty());
  SECTION("in time") {
    delegate.on_finish = nullptr;
    delegate.answer(200, "late");
    CHECK(statuses_of(client.receive()) == std::vector<int>{200, 200});
  }
  SECTION("late: what it answers afterwards goes nowhere") {
    clock.advance(3s);
    CHECK(statuses_of(client.receive()) == std::vector<int>{503});
    CHECK(client.has_ended());
    CHECK(delegate.closed == 1);
    CHECK(delegate.started == 1);
    CHECK(delegate.connection->is_closed());
    CHECK(log.count(bora::gen_log, "no answer within handler_timeout") == 1);
    delegate.answer(200, "too late");
    CHECK(client.receive().empty());
  }
  SECTION("an answer that has begun may take its time") {
    bora::http::ResponseHead head;
    delegate.connection->write_headers(head, "begun");
    delegate.on_finish = nullptr;
    clock.advance(1h);
    CHECK_FALSE(client.has_ended());
    bora::http::HTTPConnection& answered = *delegate.connection;
    answered.finish();
    answered.release();
    run_until_idle();
    CHECK(delegate.started == 2);
  }
}

TEST_CASE("timeouts: a pause of the reading that nobody ends is a handler that never answers",
          "[http]") {
  const LogCapture quiet;
  ForwardClock clock;
  LimitFixture fixture;
  fixture.delegate.on_start = [&] { fixture.delegate.connection->pause_reading(); };
  Client client = fixture.client();
  client.send(with_length(5) + "abc");
  clock.advance(302s);
  CHECK(status_of(client.receive()) == 503);
  CHECK(fixture.delegate.closed == 1);
}

TEST_CASE("timeouts: one that is 0 never comes", "[http]") {
  ForwardClock clock;
  HTTPServerOptions options;
  options.handler_timeout = options.header_timeout = options.idle_connection_timeout = 0s;
  options.min_body_rate = 0;
  LimitFixture fixture(options);
  fixture.delegate.on_finish = [] {};
  Client idle = fixture.client();
  Client head = fixture.client();
  head.send("GET");
  Client body = fixture.client();
  bora::http::HTTPConnection* body_connection = nullptr;
  fixture.delegate.on_start = [&] { body_connection = fixture.delegate.connection; };
  body.send(with_length(10));
  fixture.delegate.on_start = nullptr;
  Client handler = fixture.client();
  handler.send(kGet);
  clock.advance(2h);
  CHECK(fixture.server.connection_count() == 4);
  fixture.delegate.answer(200, "");
  fixture.delegate.connection = body_connection;  // closed with the server
}

TEST_CASE(
    "timeouts: a client that takes nothing for 60 s is closed, one that takes a little is not",
    "[http]") {
  ForwardClock clock;
  ServerFixture fixture;
  fixture.server.listen(0, "127.0.0.1");
  Client client(fixture.server.port());
  client.send("GET /download HTTP/1.1\r\nHost: a\r\n\r\n");
  for (int i = 0; i < 3; ++i) {
    clock.advance(50s);
    char some[65536];
    while (::recv(client.fd(), some, sizeof(some), MSG_DONTWAIT) > 0) {
    }
    run_until_idle();
  }
  clock.advance(58s);
  CHECK(fixture.server.connection_count() == 1);
  clock.advance(5s);
  CHECK(fixture.server.connection_count() == 0);
  CHECK(fixture.delegate.stream_closed == 1);
  CHECK(fixture.delegate.closed == 1);
  CHECK(fixture.busy_exchanges() == 0);
}

TEST_CASE("connections: at max_connections further ones wait until another closes", "[http]") {
  const LogCapture log;
  HTTPServerOptions options;
  options.max_connections = 3;
  LimitFixture fixture(options);
  std::vector<Client> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(fixture.client());
    clients.back().send(kGet);
    CHECK(status_of(clients.back().receive()) == 200);
  }
  CHECK(log.count(bora::gen_log, "max_connections (3) reached") == 1);
  Client next(fixture.server.port());
  next.send(kGet);
  CHECK(next.receive().empty());
  CHECK(fixture.server.connection_count() == 3);
  clients[1].close();
  CHECK(status_of(next.receive()) == 200);
  CHECK(fixture.server.connection_count() == 3);
  clients[0].close();
  clients.push_back(fixture.client());
  CHECK(fixture.server.connection_count() == 3);
  CHECK(log.count(bora::gen_log, "max_connections (3) reached") == 1);
}

TEST_CASE("connections: a client that waits at max_connections is served when the server stops",
          "[http]") {
  const LogCapture quiet;
  ForwardClock clock;
  HTTPServerOptions options;
  options.max_connections = 1;
  LimitFixture fixture(options);
  Client first = fixture.client();
  Client second(fixture.server.port());
  second.send(kGet);
  CHECK(second.receive().empty());
  bora::IOLoop::current().spawn(fixture.server.drain());
  CHECK(status_of(second.receive()) == 200);
  clock.advance(1s);
  CHECK(first.receive().empty());
  CHECK(first.has_ended());
}

TEST_CASE("connections: a few too many of one address get 503, further ones are closed", "[http]") {
  const LogCapture quiet;
  HTTPServerOptions options;
  options.max_connections_per_address = 2;
  LimitFixture fixture(options);
  std::vector<Client> clients;
  std::vector<std::string> answers;
  for (int i = 0; i < 5; ++i) {
    clients.emplace_back(fixture.server.port());
    run_until_idle();
    clients.back().send(kGet);
    answers.push_back(clients.back().receive());
  }
  std::vector<int> statuses;
  for (const std::string& answer : answers) statuses.push_back(status_of(answer));
  CHECK(statuses == std::vector<int>{200, 200, 503, 503, 0});
  CHECK(answers[2].find("\r\nConnection: close\r\n") != std::string::npos);
  CHECK_FALSE(clients[1].has_ended());
  for (int i = 2; i < 5; ++i) CHECK(clients[static_cast<std::size_t>(i)].has_ended());
  CHECK(fixture.delegate.started == 2);

  Client other(fixture.server.port(), "127.0.0.2");
  other.send(kGet);
  CHECK(status_of(other.receive()) == 200);

  for (Client& client : clients) client.close();
  CHECK(fixture.server.connection_count() == 1);
  Client again = fixture.client();
  again.send(kGet);
  CHECK(status_of(again.receive()) == 200);
}

TEST_CASE("connections: addresses are counted by client, of IPv6 by /64 network", "[http]") {
  using bora::http::PeerAddress;
  const PeerAddress none;
  const PeerAddress one{{4, 10, 0, 0, 1}};
  const PeerAddress two{{4, 10, 0, 0, 2}};
  const PeerAddress mapped{{16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1}};
  const PeerAddress home{{16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
  PeerAddress six{{16, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 7, 1}};
  bora::http::AddressCount count;
  CHECK(count.add(none) == 0);
  CHECK(count.add(none) == 0);
  CHECK(count.add(one) == 1);
  CHECK(count.add(two) == 1);
  CHECK(count.add(mapped) == 2);
  CHECK(count.add(home) == 1);
  CHECK(count.add(six) == 1);
  six.bytes[16] = 9;
  CHECK(count.add(six) == 2);
  six.bytes[8] = 8;
  CHECK(count.add(six) == 1);
  // A network whose bytes look like an IPv4 address is another client.
  CHECK(count.add(PeerAddress{{16, 10, 0, 0, 1, 0xff, 0xff, 0, 0}}) == 1);
  count.remove(one);
  count.remove(none);
  CHECK(count.add(mapped) == 2);
}

TEST_CASE("pace: windows, pauses, the whole time", "[http]") {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const bora::http::BodyPace::Limits limits{30s, 100, 10s};
  bora::http::BodyPace pace;
  CHECK(pace.time_left(limits) == 10s);
  pace.start(0);
  pace.add(999);
  CHECK_FALSE(pace.is_too_slow(10 * kSecond - 1, limits));
  CHECK(pace.time_left(limits) == 1s);
  SECTION("one byte less than wanted") {
    CHECK(pace.is_too_slow(10 * kSecond, limits));
  }
  SECTION("just enough begins a new window") {
    pace.add(1);
    CHECK_FALSE(pace.is_too_slow(10 * kSecond, limits));
    CHECK(pace.time_left(limits) == 10s);
    CHECK(pace.is_too_slow(20 * kSecond, limits));
  }
  SECTION("stopped, time does not count; starting twice is starting once") {
    pace.stop(9 * kSecond);
    pace.stop(10 * kSecond);
    CHECK_FALSE(pace.is_too_slow(50 * kSecond, limits));
    pace.start(100 * kSecond);
    pace.start(101 * kSecond);
    CHECK(pace.time_left(limits) == 1s);
    CHECK(pace.is_too_slow(101 * kSecond, limits));
  }
  SECTION("a whole body of so many seconds") {
    for (int i = 1; i <= 2; ++i) {
      pace.add(1000);
      CHECK_FALSE(pace.is_too_slow(i * 10 * kSecond, limits));
    }
    pace.add(100'000);
    CHECK_FALSE(pace.is_too_slow(30 * kSecond - 1, limits));
    CHECK(pace.is_too_slow(30 * kSecond, limits));
  }
  SECTION("no limits: never") {
    const bora::http::BodyPace::Limits none{0s, 0, 10s};
    CHECK(pace.time_left(none) == 0s);
    CHECK_FALSE(pace.is_too_slow(1'000'000 * kSecond, none));
  }
}
