#include <poll.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <new>
#include <string>

#include <bora/version.h>

#include "tests/runtime/http/http_fixture.h"
#include "tests/runtime/http/plain_requests.h"
#include "tests/runtime/http/scripted_delegate.h"
#include "tests/support/log_capture.h"

using namespace bora::test;
using namespace std::chrono_literals;
using bora::testing::LogCapture;

namespace {

constexpr std::string_view kGet = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

std::string body_of(std::string_view answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string_view::npos ? std::string() : std::string(answer.substr(end + 4));
}

bool has_field(std::string_view answer, std::string_view line) {
  const std::string wanted = "\r\n" + std::string(line) + "\r\n";
  const std::size_t at = answer.find(wanted);
  return at != std::string_view::npos && at < answer.find("\r\n\r\n") + 2;
}

}  // namespace

TEST_CASE("answer: status line, Server, Date, type, length, in one piece", "[http]") {
  ForwardClock clock;
  ServerFixture fixture;
  Client client(fixture.server);
  client.send(kGet);
  CHECK(client.receive() == "HTTP/1.1 200 OK\r\nServer: Bora/" + std::string(bora::version) +
                                "\r\nDate: Fri, 15 Jan 2027 08:00:00 GMT\r\n"
                                "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n/x");
  clock.advance(1s);
  client.send(kGet);
  CHECK(has_field(client.receive(), "Date: Fri, 15 Jan 2027 08:00:01 GMT"));
}

TEST_CASE("answer: says what becomes of the connection only where it is not the version's rule",
          "[http]") {
  ServerFixture fixture;
  Client client(fixture.server);
  client.send("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(has_field(client.receive(), "Connection: keep-alive"));
  client.send(kGet);
  CHECK(client.receive().find("Connection:") == std::string::npos);
  client.send("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK(has_field(client.receive(), "Connection: close"));
  CHECK(client.has_ended());
}

TEST_CASE("answer: HSV-13: no_keep_alive closes after each", "[http]") {
  bora::http::HTTPServerOptions options;
  options.no_keep_alive = true;
  ServerFixture fixture(options);
  Client client(fixture.server);
  client.send(kGet);
  CHECK(has_field(client.receive(), "Connection: close"));
  CHECK(client.has_ended());
}

TEST_CASE(
    "answer: H1C-12: a body without length is chunked for HTTP/1.1 and ended by closing for 1.0",
    "[http]") {
  ServerFixture fixture;
  Client client(fixture.server);
  client.send(get("/chunks"));
  const std::string answer = client.receive();
  CHECK(has_field(answer, "Transfer-Encoding: chunked"));
  CHECK(body_of(answer) == "4\r\none,\r\n4\r\ntwo,\r\n5\r\nthree\r\n0\r\n\r\n");
  CHECK_FALSE(client.has_ended());

  client.send("GET /chunks HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const std::string old = client.receive();
  CHECK(has_field(old, "Connection: close"));
  CHECK(body_of(old) == "one,two,three");
  CHECK(client.has_ended());
}

TEST_CASE("answer: HEAD, 204 and 304 have no body and no chunk", "[http]") {
  ServerFixture fixture;
  Client client(fixture.server);
  for (const char* request :
       {"HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD /chunks HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /no-content HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /not-modified HTTP/1.1\r\nHost: a\r\n\r\n"}) {
    CAPTURE(request);
    client.send(request);
    const std::string answer = client.receive();
    CHECK(status_of(answer) != 0);
    CHECK(answer.ends_with("\r\n\r\n"));
    CHECK(body_of(answer).empty());
    if (answer.find("204") != std::string::npos) {
      CHECK(answer.find("Content-Length") == std::string::npos);
    }
  }
  client.send(kGet);
  CHECK(body_of(client.receive()) == "/x");
}

TEST_CASE("answer: H1C-15: more or less body than promised closes the connection and is logged",
          "[http]") {
  const LogCapture log;
  ServerFixture fixture;
  const auto ask = [&](std::string_view path) {
    Client client(fixture.server);
    client.send(get(path) + get("/x"));
    const std::string answer = client.receive();
    CHECK(client.has_ended());
    return answer;
  };
  SECTION("with nothing sent yet it is 500") {
    for (const char* path : {"/too-long", "/too-long-at-once", "/too-long-at-the-end", "/too-short",
                             "/no-content-but-some"}) {
      CAPTURE(path);
      const std::string answer = ask(path);
      CHECK(statuses_of(answer) == std::vector<int>{500});
      CHECK(has_field(answer, "Connection: close"));
      CHECK(body_of(answer).find("500") != std::string::npos);
    }
    CHECK(log.count(bora::gen_log, "more body than Content-Length says: GET /too-long") == 3);
    CHECK(log.count(bora::gen_log, "less body than Content-Length says: GET /too-short") == 1);
  }
  SECTION("what the client has of it is not whole") {
    CHECK(body_of(ask("/too-long-late")) == "12");
    CHECK(body_of(ask("/too-short-late")) == "1234");
    CHECK(log.count(bora::gen_log, "Content-Length says: GET /too-") == 2);
  }
  SECTION("answers before it are not touched") {
    Client client(fixture.server);
    client.send(get("/a") + get("/too-short") + get("/x"));
    const std::string answers = client.receive();
    CHECK(statuses_of(answers) == std::vector<int>{200, 500});
    CHECK(answers.find("\r\n\r\n/aHTTP/1.1 500") != std::string::npos);
  }
  CHECK(fixture.busy_exchanges() == 0);
}

TEST_CASE("answer: the head takes what fields may hold, a TAB too", "[http]") {
  ScriptedDelegate delegate;
  bora::http::HTTPServer server(delegate);
  delegate.on_finish = [&] {
    bora::http::ResponseHead head;
    head.content_type = "text/\tplain";
    head.reason = "Fine\tby me";
    head.content_length = 0;
    bora::http::HTTPConnection& connection = *delegate.connection;
    connection.write_headers(head, {});
    connection.finish();
    connection.release();
  };
  Client client(server);
  client.send(kGet);
  const std::string answer = client.receive();
  CHECK(answer.starts_with("HTTP/1.1 200 Fine\tby me\r\n"));
  CHECK(has_field(answer, "Content-Type: text/\tplain"));
}

TEST_CASE("answer: one that ends with the connection does not look whole when it is cut",
          "[http]") {
  const LogCapture quiet;
  ServerFixture fixture;
  fixture.server.listen(0, "127.0.0.1");
  Client client(fixture.server.port());
  client.send("GET /stream HTTP/1.0\r\n\r\n");
  CHECK(client.receive().ends_with("\r\n\r\none"));
  fixture.server.close_all_connections();
  char byte = 0;
  CHECK(::recv(client.fd(), &byte, 1, MSG_DONTWAIT) == -1);
  CHECK(errno == ECONNRESET);
  fixture.delegate.gate.open();
}

TEST_CASE("answer: header fields are written, but never a second framing", "[http]") {
  struct Delegate final : bora::http::HTTPServerConnectionDelegate,
                          bora::http::HTTPMessageDelegate {
    bora::http::HTTPMessageDelegate* start_request(
        bora::http::HTTPServerRequest& request) override {
      connection = &request.connection();
      return this;
    }
    void data_received(std::string_view) override {}
    void finish() override {
      bora::http::HTTPHeaders headers;
      headers.add("X-One", "1");
      headers.add("Set-Cookie", "a=b");
      headers.add("Set-Cookie", "c=d");
      headers.add("Transfer-Encoding", "chunked");
      headers.add("Content-Length", "3");
      bora::http::ResponseHead head;
      head.status = 404;
      head.reason = "Gone\r\nX: y";
      head.server = false;
      head.headers = &headers;
      head.content_type = "text/html\r\n";
      CHECK_THROWS_AS(connection->write_headers(head, "abc"), std::invalid_argument);
      head.content_type = {};
      connection->write_headers(head, "abc");
      CHECK_THROWS_AS(connection->write_headers(head, "abc"), std::logic_error);
      connection->finish();
      CHECK_THROWS_AS(connection->write("x"), std::logic_error);
      CHECK_THROWS_AS(connection->finish(), std::logic_error);
      connection->release();
    }
    void on_connection_close() override {}
    bora::http::HTTPConnection* connection = nullptr;
  };
  ForwardClock clock;
  Delegate delegate;
  bora::http::HTTPServer server(delegate);
  Client client(server);
  client.send(kGet);
  CHECK(client.receive() ==
        "HTTP/1.1 404 Unknown\r\nDate: Fri, 15 Jan 2027 08:00:00 GMT\r\nX-One: 1\r\n"
        "Set-Cookie: a=b\r\nSet-Cookie: c=d\r\nContent-Length: 3\r\n\r\nabc");
}

TEST_CASE("pipeline: HSV-14: a suspended handler holds up those behind it, in order", "[http]") {
  ServerFixture fixture;
  Client client(fixture.server);
  client.send(get("/wait") + get("/b") + get("/wait") + get("/d"));
  CHECK(client.receive().empty());
  CHECK(fixture.delegate.seen.size() == 1);
  fixture.delegate.gate.open();
  CHECK(statuses_of(client.receive()) == std::vector<int>{200, 200});
  client.send(get("/e"));
  CHECK(client.receive().empty());
  fixture.delegate.gate.open();
  const std::string rest = client.receive();
  CHECK(statuses_of(rest) == std::vector<int>{200, 200, 200});
  CHECK(rest.ends_with("/e"));
  CHECK(fixture.delegate.seen.size() == 5);
  CHECK(fixture.busy_exchanges() == 0);
}

TEST_CASE("pipeline: a handler that goes on after finish() does not hold it up", "[http]") {
  ServerFixture fixture;
  Client client(fixture.server);
  client.send(get("/after") + get("/b"));
  CHECK(statuses_of(client.receive()) == std::vector<int>{200, 200});
  CHECK(fixture.busy_exchanges() == 1);
  client.close();
  CHECK(fixture.delegate.closed == 0);
  fixture.delegate.gate.open();
  CHECK(fixture.busy_exchanges() == 0);
}

TEST_CASE("pipeline: two connections whose handlers wake each other keep their bytes apart",
          "[http]") {
  ServerFixture fixture;
  Client one(fixture.server);
  Client two(fixture.server);
  two.send(get("/wait") + get("/two"));
  fixture.delegate.on_finish_argument = &fixture.delegate.gate;
  fixture.delegate.on_finish = [](void* gate) { static_cast<Gate*>(gate)->open(); };
  one.send(get("/one") + get("/call") + get("/last"));
  const std::string first = one.receive();
  CHECK(statuses_of(first) == std::vector<int>{200, 200, 200});
  CHECK(first.ends_with("/last"));
  const std::string second = two.receive();
  CHECK(statuses_of(second) == std::vector<int>{200, 200});
  CHECK(second.ends_with("/two"));
}

TEST_CASE("stream: H1C-18: flush() sends what is written while the handler waits", "[http]") {
  ServerFixture fixture;
  Client client(fixture.server);
  client.send(get("/stream"));
  CHECK(body_of(client.receive()) == "3\r\none\r\n");
  fixture.delegate.gate.open();
  CHECK(client.receive() == "3\r\ntwo\r\n0\r\n\r\n");
}

TEST_CASE("slow reader: the producer is paused, and everything arrives in order", "[http]") {
  ServerFixture fixture;
  Client client(fixture.server);
  client.send(get("/download"));
  const std::size_t before_reading = fixture.delegate.produced;
  CHECK(before_reading < 2'000'000);
  const std::string answer = client.receive();
  CHECK(body_of(answer) == std::string(20'000'000, 'd'));
  client.send(get("/big") + get("/x"));
  CHECK(body_of(client.receive()).size() > 1024 * 1024);
  CHECK(fixture.busy_exchanges() == 0);
}

TEST_CASE("slow reader: the wait for it can be cancelled, and nothing is lost", "[http]") {
  ServerFixture fixture;
  Client client(fixture.server);
  client.send(get("/stalled"));
  REQUIRE(fixture.delegate.running != nullptr);
  fixture.delegate.running->cancel();
  while (bora::IOLoop::current().run_once()) {
  }
  CHECK(fixture.delegate.cancelled == 1);
  CHECK(body_of(client.receive()) == std::string(20'000'000, 's'));
  CHECK(fixture.busy_exchanges() == 0);
}

TEST_CASE("slow reader: its next requests wait", "[http]") {
  ServerFixture fixture;
  Client client(fixture.server);
  std::string requests;
  for (int i = 0; i < 8; ++i) requests += get("/big");
  client.send(requests);
  CHECK(fixture.delegate.seen.size() < 3);
  CHECK(statuses_of(client.receive()) == std::vector<int>(8, 200));
}

TEST_CASE("body: is gathered in any number of pieces", "[http]") {
  ServerFixture fixture;
  Client client(fixture.server);
  std::string body;
  for (int i = 0; i < 300'000; ++i) body += static_cast<char>('a' + i % 26);
  client.send_all(post("/echo", body));
  CHECK(body_of(client.receive()) == body);
  std::string chunked = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t at = 0; at < body.size(); at += 1000) {
    chunked += "3e8\r\n" + body.substr(at, 1000) + "\r\n";
  }
  client.send_all(chunked + "0\r\n\r\n");
  CHECK(body_of(client.receive()) == body);
}

TEST_CASE("expect: 100 Continue comes after the head was seen, and only with a body", "[http]") {
  ServerFixture fixture;
  Client client(fixture.server);
  client.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n");
  CHECK(client.receive() == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("abc");
  CHECK(body_of(client.receive()) == "abc");
}

TEST_CASE("expect: no 100 Continue when the body has begun to come", "[http]") {
  ServerFixture fixture;
  Client client(fixture.server);
  client.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\na");
  CHECK(client.receive().empty());
  client.send("bc");
  CHECK(statuses_of(client.receive()) == std::vector<int>{200});
}

TEST_CASE("early answer: instead of 100 Continue it ends the connection", "[http]") {
  ServerFixture fixture;
  Client client(fixture.server);
  client.send(
      "POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  const std::string answer = client.receive();
  CHECK(statuses_of(answer) == std::vector<int>{405});
  CHECK(has_field(answer, "Connection: close"));
  CHECK(client.has_ended());
  CHECK(fixture.busy_exchanges() == 0);
}

TEST_CASE("early answer: a small body is skipped, with a large one the connection ends", "[http]") {
  ServerFixture fixture;
  {
    Client client(fixture.server);
    client.send("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n");
    CHECK(statuses_of(client.receive()) == std::vector<int>{405});
    client.send("GET / " + get("/x"));
    CHECK(statuses_of(client.receive()) == std::vector<int>{200});
    CHECK(fixture.delegate.seen.size() == 1);
  }
  Client client(fixture.server);
  client.send_all(post("/early", std::string(100'000, 'x')) + get("/x"));
  CHECK(statuses_of(client.receive()) == std::vector<int>{405});
  CHECK(client.has_ended());
  CHECK(fixture.delegate.seen.size() == 1);
  CHECK(fixture.busy_exchanges() == 0);
}

TEST_CASE("client gone: HSV-15: in the head, in the body, while the handler waits, while it sends",
          "[http]") {
  ServerFixture fixture;
  fixture.server.listen(0, "127.0.0.1");
  for (const bool is_reset : {false, true}) {
    for (const std::string& request :
         {std::string(), std::string("GET / HT"),
          std::string("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab"),
          get("/wait"), get("/stream"), get("/download")}) {
      CAPTURE(is_reset, request);
      fixture.delegate.closed = 0;
      Client client(fixture.server.port());
      client.send(request);
      CHECK(fixture.server.connection_count() == 1);
      is_reset ? client.reset() : client.close();
      for (int i = 0; i < 20 && fixture.server.connection_count() > 0; ++i) {
        bora::IOLoop::current().run_once(5ms);
      }
      // A client that closed in good order may still wait for an answer.
      const bool may_wait = !is_reset && request == get("/wait");
      CHECK(fixture.server.connection_count() == (may_wait ? 1 : 0));
      CHECK(fixture.delegate.closed == (request.size() > 10 ? 1 : 0));
      fixture.delegate.gate.open();
      run_until_idle();
      CHECK(fixture.server.connection_count() == 0);
      CHECK(fixture.busy_exchanges() == 0);
    }
  }
  CHECK(fixture.delegate.stream_closed == 2);
}

TEST_CASE("half-closed: a client that ends its side after the last request gets all answers",
          "[http]") {
  ServerFixture fixture;
  fixture.server.listen(0, "127.0.0.1");
  Client client(fixture.server.port());
  client.send(get("/a") + get("/big") + get("/c"));
  client.shut_down();
  const std::string answer = client.receive();
  CHECK(statuses_of(answer) == std::vector<int>{200, 200, 200});
  CHECK(client.has_ended());
  CHECK(fixture.server.connection_count() == 0);
}

TEST_CASE("delegate: what it throws is logged and answered 500, if it can be", "[http]") {
  const LogCapture log;
  ServerFixture fixture;
  for (const char* path : {"/throw-start", "/throw-data", "/throw-finish"}) {
    CAPTURE(path);
    Client client(fixture.server);
    client.send(post(path, "abc") + get("/x"));
    CHECK(statuses_of(client.receive()) == std::vector<int>{500});
    CHECK(client.has_ended());
    CHECK(fixture.busy_exchanges() == 0);
  }
  CHECK(log.count(bora::app_log, "uncaught exception in a message delegate") == 3);
  Client client(fixture.server);
  client.send(get("/unanswered"));
  CHECK(client.receive().empty());
  CHECK(client.has_ended());
  CHECK(log.count(bora::gen_log, "released without an answer: GET /unanswered") == 1);
  CHECK(fixture.busy_exchanges() == 0);
}

TEST_CASE("lingering: what the client still sends is skipped, but not without end", "[http]") {
  const LogCapture quiet;
  ForwardClock clock;
  ServerFixture fixture;
  Client client(fixture.server);
  client.send("BAD\r\n\r\n");
  client.send(std::string(50'000, 'x'));
  CHECK(status_of(client.receive()) == 400);
  CHECK(fixture.server.connection_count() == 1);
  clock.advance(8s);
  CHECK(fixture.server.connection_count() == 0);

  Client flood(fixture.server);
  flood.send("BAD\r\n\r\n");
  CHECK(status_of(flood.receive()) == 400);
  flood.send_all(std::string(20'000'000, 'x'));
  CHECK(fixture.server.connection_count() == 0);
}

TEST_CASE("drain: idle connections close, running requests are answered, then it is done",
          "[http]") {
  ForwardClock clock;
  ServerFixture fixture;
  fixture.server.listen(0, "127.0.0.1");
  Client idle(fixture.server);
  Client fresh(fixture.server);
  Client busy(fixture.server);
  busy.send(get("/wait"));
  Client half(fixture.server);
  half.send("GET /half HTTP/1.1\r\nHo");
  bool is_done = false;
  bora::IOLoop::current().spawn([](bora::http::HTTPServer& server, bool& done) -> bora::Task<void> {
    co_await server.drain();
    done = true;
  }(fixture.server, is_done));
  run_until_idle();
  CHECK(idle.receive().empty());
  CHECK_FALSE(idle.has_ended());
  // It may have been under way when the drain began.
  fresh.send(get("/late"));
  const std::string late = fresh.receive();
  CHECK(status_of(late) == 200);
  CHECK(has_field(late, "Connection: close"));
  fresh.close();
  clock.advance(1s);
  CHECK(idle.receive().empty());
  CHECK(idle.has_ended());
  CHECK_FALSE(is_done);
  half.send("st: a\r\n\r\n");
  const std::string last = half.receive();
  CHECK(status_of(last) == 200);
  CHECK(has_field(last, "Connection: close"));
  CHECK(half.has_ended());
  half.close();
  fixture.delegate.gate.open();
  CHECK(has_field(busy.receive(), "Connection: close"));
  busy.close();
  run_until_idle();
  CHECK(is_done);
  CHECK(fixture.server.connection_count() == 0);
}

TEST_CASE("drain: a time that never ends is waited for, a negative one is over", "[http]") {
  ForwardClock clock;
  bora::http::HTTPServerOptions options;
  options.drain_timeout = GENERATE(std::chrono::seconds::max(), std::chrono::seconds(-5));
  ServerFixture fixture(options);
  Client client(fixture.server);
  client.send(get("/wait"));
  bool is_done = false;
  bora::IOLoop::current().spawn([](bora::http::HTTPServer& server, bool& done) -> bora::Task<void> {
    co_await server.drain();
    done = true;
  }(fixture.server, is_done));
  clock.advance(1s);
  CHECK(is_done == (options.drain_timeout < 0s));
  fixture.delegate.gate.open();
  client.receive();
  clock.advance(1s);
  CHECK(is_done);
}

TEST_CASE("drain: does not wait for clients that have their answers", "[http]") {
  const LogCapture quiet;
  ForwardClock clock;
  ServerFixture fixture;
  Client client(fixture.server);
  client.send("BAD\r\n\r\n");
  CHECK(status_of(client.receive()) == 400);
  CHECK(fixture.server.connection_count() == 1);
  bool is_done = false;
  bora::IOLoop::current().spawn([](bora::http::HTTPServer& server, bool& done) -> bora::Task<void> {
    co_await server.drain();
    done = true;
  }(fixture.server, is_done));
  run_until_idle();
  CHECK_FALSE(is_done);
  clock.advance(1s);
  CHECK(is_done);
}

TEST_CASE("drain: does not wait longer than drain_timeout", "[http]") {
  ForwardClock clock;
  ServerFixture fixture;
  Client client(fixture.server);
  client.send(get("/wait"));
  bool is_done = false;
  bora::IOLoop::current().spawn([](bora::http::HTTPServer& server, bool& done) -> bora::Task<void> {
    co_await server.drain();
    done = true;
  }(fixture.server, is_done));
  clock.advance(29s);
  CHECK_FALSE(is_done);
  clock.advance(2s);
  CHECK(is_done);
  CHECK(fixture.delegate.closed == 1);
  fixture.delegate.gate.open();
  CHECK(fixture.busy_exchanges() == 0);
}

TEST_CASE("close_all_connections: HSV-16: also from within a handler", "[http]") {
  ServerFixture fixture;
  Client waiting(fixture.server);
  waiting.send(get("/wait"));
  fixture.delegate.on_finish_argument = &fixture.server;
  fixture.delegate.on_finish = [](void* server) {
    static_cast<bora::http::HTTPServer*>(server)->close_all_connections();
  };
  Client client(fixture.server);
  client.send(get("/call") + get("/x"));
  CHECK(client.receive().empty());
  CHECK(client.has_ended());
  CHECK(fixture.server.connection_count() == 0);
  CHECK(fixture.delegate.closed == 2);
  fixture.delegate.gate.open();
  CHECK(fixture.busy_exchanges() == 0);
}

TEST_CASE("server: may go while a handler still runs", "[http]") {
  TestDelegate delegate;
  {
    bora::http::HTTPServer server(delegate);
    Client client(server);
    client.send(get("/wait"));
  }
  CHECK(delegate.closed == 1);
  delegate.gate.open();
  CHECK(ServerFixture::busy_exchanges() == 0);
}

TEST_CASE("listen: HSV-21: the address of the peer, IPv4 and IPv6", "[http]") {
  ServerFixture fixture;
  fixture.server.listen(0);
  CHECK(fixture.server.port() > 0);
  Client client(fixture.server.port());
  client.send(kGet);
  CHECK(status_of(client.receive()) == 200);
  fixture.server.stop();
  CHECK(fixture.server.connection_count() == 1);
  client.send(kGet);
  CHECK(status_of(client.receive()) == 200);
}

TEST_CASE("listen: H1C-16: accepted sockets send at once, and notice peers that vanished",
          "[http]") {
  bora::http::HTTPServerOptions options;
  options.tcp_keepalive = std::chrono::seconds(GENERATE(0, 1, 60, 100'000));
  ServerFixture fixture(options);
  fixture.server.listen(0, "127.0.0.1");
  Client client(fixture.server.port());
  sockaddr_in own{};
  socklen_t size = sizeof(own);
  REQUIRE(getsockname(client.fd(), reinterpret_cast<sockaddr*>(&own), &size) == 0);
  int accepted = -1;
  for (int fd = 0; fd < 1024 && accepted < 0; ++fd) {
    sockaddr_in peer{};
    size = sizeof(peer);
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) == 0 &&
        peer.sin_family == AF_INET && peer.sin_port == own.sin_port)
      accepted = fd;
  }
  REQUIRE(accepted >= 0);
  const auto option = [&](int level, int name) {
    int value = -1;
    socklen_t length = sizeof(value);
    REQUIRE(getsockopt(accepted, level, name, &value, &length) == 0);
    return value;
  };
  const int wanted = static_cast<int>(options.tcp_keepalive.count());
  CHECK(option(IPPROTO_TCP, TCP_NODELAY) != 0);
  CHECK((option(SOL_SOCKET, SO_KEEPALIVE) != 0) == (wanted > 0));
  if (wanted == 0) return;
  CHECK(option(IPPROTO_TCP, TCP_KEEPIDLE) == std::min(wanted, 32767));
  CHECK(option(IPPROTO_TCP, TCP_KEEPINTVL) == std::clamp(wanted / 4, 1, 32767 / 4));
  CHECK(option(IPPROTO_TCP, TCP_KEEPCNT) == 4);
}

TEST_CASE("accept: without free descriptors it waits and goes on later, without spinning",
          "[http]") {
  const LogCapture log;
  ForwardClock clock;
  ServerFixture fixture;
  fixture.server.listen(0, "127.0.0.1");
  const bora::net::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{static_cast<rlim_t>(socket.get()) + 1, before.rlim_max};
  REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(fixture.server.port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int connected =
      ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address));
  for (int i = 0; i < 50; ++i) bora::IOLoop::current().run_once(1ms);
  setrlimit(RLIMIT_NOFILE, &before);
  REQUIRE(connected == 0);
  CHECK(fixture.server.connection_count() == 0);
  CHECK(log.count(bora::gen_log, "can't accept connections for now") == 1);
  clock.advance(1s);
  CHECK(fixture.server.connection_count() == 1);
}

TEST_CASE("fairness: a client that sends without end does not keep the others waiting", "[http]") {
  ServerFixture fixture;
  Client greedy(fixture.server);
  Client modest(fixture.server);
  run_until_idle();
  const std::string filler(1000, 'x');
  const std::string request = "GET /greedy HTTP/1.1\r\nHost: a\r\nX: " + filler + "\r\n\r\n";
  std::size_t queued = 0;
  while (::send(greedy.fd(), request.data(), request.size(), MSG_DONTWAIT | MSG_NOSIGNAL) ==
         static_cast<ssize_t>(request.size())) {
    ++queued;
  }
  REQUIRE(queued > 80);
  modest.send("GET /modest HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto& seen = fixture.delegate.seen;
  const auto served = std::find_if(seen.begin(), seen.end(),
                                   [](const auto& each) { return each.uri == "/modest"; });
  REQUIRE(served != seen.end());
  CHECK(served - seen.begin() <= 66);  // one read of 64 KiB
  greedy.receive();
  CHECK(seen.size() == queued + 1);
}
