#include <malloc.h>

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/runtime/http/http_fixture.h"
#include "tests/runtime/http/plain_requests.h"
#include "tests/runtime/http/scripted_delegate.h"
#include "tests/support/log_capture.h"
#include "tests/support/open_descriptors.h"
#include "tests/support/sanitizer.h"

// What clients, and handlers, do wrong; over TCP.

using namespace bora::test;
using namespace std::chrono_literals;
using bora::testing::LogCapture;

namespace {

const std::string kGet = get("/");

struct FaultFixture {
  FaultFixture() : server(delegate) { server.listen(0, "127.0.0.1"); }
  ~FaultFixture() {
    server.close_all_connections();
    CHECK(ServerFixture::busy_exchanges() == 0);
  }

  [[nodiscard]] Client client() const { return Client(server.port()); }

  ScriptedDelegate delegate;
  bora::http::HTTPServer server;
};

/// 100 clients that begin a download and leave in the middle of it.
void abort_downloads(ServerFixture& fixture) {
  std::vector<Client> clients;
  for (int i = 0; i < 100; ++i) {
    clients.emplace_back(fixture.server.port());
    clients.back().send(get("/download"));
  }
  CHECK(fixture.server.connection_count() == 100);
  for (std::size_t i = 0; i < clients.size(); ++i) {
    if (i % 3 > 0) {
      char some[10'000];
      CHECK(::recv(clients[i].fd(), some, sizeof(some), 0) > 0);
    }
    i % 2 == 0 ? clients[i].close() : clients[i].reset();
  }
  run_until_idle();
}

std::size_t allocated_bytes() {
  return mallinfo2().uordblks;
}

}  // namespace

TEST_CASE("faults: of 100 aborted downloads each one's coroutine ends, and everything is back",
          "[http]") {
  ServerFixture fixture;
  fixture.server.listen(0, "127.0.0.1");
  abort_downloads(fixture);  // fills the pools
  const std::size_t descriptors = open_descriptors();
  const std::size_t bytes = allocated_bytes();
  fixture.delegate.stream_closed = fixture.delegate.closed = 0;
  abort_downloads(fixture);
  CHECK(fixture.delegate.stream_closed == 100);
  CHECK(fixture.delegate.closed == 100);
  CHECK(fixture.server.connection_count() == 0);
  CHECK(fixture.busy_exchanges() == 0);
  CHECK(open_descriptors() == descriptors);
  if (!BORA_TEST_HAS_SANITIZER) CHECK(allocated_bytes() < bytes + 64 * 1024);
}

TEST_CASE("faults: a slow reader's queue is bounded, and its producer waits", "[http]") {
  ServerFixture fixture;
  fixture.server.listen(0, "127.0.0.1");
  Client client(fixture.server.port());
  client.send(get("/download"));
  const std::size_t produced = fixture.delegate.produced;
  for (int i = 0; i < 100; ++i) run_until_idle();
  CHECK(fixture.delegate.produced == produced);
  char bytes[65536];
  std::size_t read = 0;
  while (const ssize_t count = ::recv(client.fd(), bytes, sizeof(bytes), MSG_DONTWAIT)) {
    if (count < 0) {
      const std::size_t before = fixture.delegate.produced;
      run_until_idle();
      if (fixture.delegate.produced == before && before > 19'900'000) break;
      continue;
    }
    read += static_cast<std::size_t>(count);
    // Nearly all of the rest that was produced is in the kernel.
    CHECK(fixture.delegate.produced < read + 16 * 1024 * 1024);
  }
  CHECK(fixture.delegate.produced == 20'000'000);
}

TEST_CASE("half-close: after a whole request it still gets its answer", "[http]") {
  FaultFixture fixture;
  ScriptedDelegate& delegate = fixture.delegate;
  delegate.on_close = [] {};
  SECTION("one that comes later; the handler learns of the half-close") {
    delegate.on_finish = [] {};
    Client client = fixture.client();
    client.send(kGet);
    client.shut_down();
    CHECK(delegate.closed == 1);
    CHECK_FALSE(delegate.connection->is_closed());
    for (int i = 0; i < 10; ++i) run_until_idle();
    CHECK(delegate.closed == 1);
    delegate.answer(200, "later");
    CHECK(client.receive().ends_with("\r\n\r\nlater"));
    CHECK(client.has_ended());
  }
  SECTION("those of several requests, in order") {
    delegate.on_finish = [] {};
    Client client = fixture.client();
    client.send(kGet + kGet + kGet);
    client.shut_down();
    for (int i = 0; i < 3; ++i) {
      CHECK(delegate.started == i + 1);
      delegate.answer(200, "");
      run_until_idle();
    }
    CHECK(statuses_of(client.receive()) == std::vector<int>{200, 200, 200});
    CHECK(client.has_ended());
    CHECK(delegate.closed == 3);
  }
  SECTION("one whose body was paused at its last piece") {
    delegate.on_data = [&] { delegate.connection->pause_reading(); };
    Client client = fixture.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    client.shut_down();
    CHECK(delegate.finished == 0);
    delegate.connection->resume_reading();
    CHECK(client.receive().ends_with("\r\n\r\nabc"));
    CHECK(client.has_ended());
  }
  SECTION("one that is answered from within on_connection_close()") {
    delegate.on_finish = [] {};
    delegate.on_close = [&] { delegate.answer(408, "hurry"); };
    Client client = fixture.client();
    client.send(kGet + kGet);
    client.shut_down();
    CHECK(statuses_of(client.receive()) == std::vector<int>{408, 408});
    CHECK(client.has_ended());
  }
  CHECK(fixture.server.connection_count() == 0);
}

TEST_CASE("half-close: a long poll ends when its handler lets go, without a word", "[http]") {
  const LogCapture log;
  FaultFixture fixture;
  fixture.delegate.on_finish = [] {};
  Client client = fixture.client();
  client.send(kGet);
  client.shut_down();
  CHECK(fixture.delegate.closed == 1);
  CHECK(client.receive().empty());
  CHECK(client.has_ended());
  CHECK(fixture.server.connection_count() == 0);
  CHECK(log.count(bora::gen_log, "released without an answer") == 0);
}

TEST_CASE("half-close: in the middle of a head there is nothing to answer, of a body 400",
          "[http]") {
  const LogCapture log;
  FaultFixture fixture;
  const bool is_in_body = GENERATE(false, true);
  Client client = fixture.client();
  client.send(is_in_body ? "POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab"
                         : "GET / HTTP/1.1\r\nHo");
  client.shut_down();
  CHECK(status_of(client.receive()) == (is_in_body ? 400 : 0));
  CHECK(client.has_ended());
  CHECK(log.count(bora::gen_log,
                  "refused a request of 127.0.0.1: the connection ended within the request's body: "
                  "\"POST /form HTTP/1.1\"") == (is_in_body ? 1 : 0));
  CHECK(fixture.delegate.closed == (is_in_body ? 1 : 0));
  CHECK(fixture.delegate.finished == 0);
  CHECK(fixture.server.connection_count() == 0);
}

TEST_CASE("faults: a client that resets while a handler waits: what it answers goes nowhere",
          "[http]") {
  FaultFixture fixture;
  ScriptedDelegate& delegate = fixture.delegate;
  delegate.on_finish = [] {};
  delegate.on_close = [] {};
  Client client = fixture.client();
  client.send(kGet + kGet);
  client.reset();
  CHECK(delegate.closed == 1);
  CHECK(fixture.server.connection_count() == 0);
  CHECK(delegate.connection->is_closed());
  delegate.answer(200, "too late");
  CHECK(delegate.started == 1);
}

TEST_CASE("faults: a reset while the answer is written is reported once", "[http]") {
  FaultFixture fixture;
  ScriptedDelegate& delegate = fixture.delegate;
  bora::http::HTTPConnection* connection = nullptr;
  delegate.on_finish = [&] {
    connection = delegate.connection;
    bora::http::ResponseHead head;
    connection->write_headers(head, std::string(8'000'000, 'x'));
  };
  delegate.on_close = [] {};
  Client client = fixture.client();
  client.send(kGet);
  client.reset();
  CHECK(delegate.closed == 1);
  CHECK(connection->is_closed());
  CHECK(fixture.server.connection_count() == 0);
  connection->write(std::string(1'000'000, 'y'));
  connection->finish();
  connection->release();
}

TEST_CASE("faults: a handler that throws, before its answer: 500, and the connection ends",
          "[http]") {
  const LogCapture log;
  FaultFixture fixture;
  ScriptedDelegate& delegate = fixture.delegate;
  SECTION("an exception") {
    delegate.on_finish = [] { throw std::runtime_error("oh"); };
  }
  SECTION("anything else") {
    delegate.on_finish = [] { throw 42; };
  }
  SECTION("in the body") {
    delegate.on_data = [] { throw "text"; };
  }
  SECTION("in on_connection_close(), too") {
    delegate.on_finish = [] { throw 42; };
    delegate.on_close = [&] {
      delegate.release();
      throw 43;
    };
  }
  Client client = fixture.client();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + kGet);
  CHECK(statuses_of(client.receive()) == std::vector<int>{500});
  CHECK(client.has_ended());
  CHECK(delegate.started == 1);
  CHECK(delegate.closed == 1);
  CHECK(log.count(bora::app_log, "uncaught exception") >= 1);
}

TEST_CASE("faults: a handler that throws after its headers: the client sees an end, no 500",
          "[http]") {
  const LogCapture quiet;
  FaultFixture fixture;
  fixture.delegate.on_finish = [&] {
    bora::http::ResponseHead head;
    head.content_length = 10;
    fixture.delegate.connection->write_headers(head, "half ");
    throw std::runtime_error("oh");
  };
  Client client = fixture.client();
  client.send(kGet + kGet);
  const std::string answer = client.receive();
  CHECK(answer.ends_with("\r\n\r\nhalf "));
  CHECK(status_of(answer) == 200);
  CHECK(client.has_ended());
  CHECK(fixture.delegate.started == 1);
}

TEST_CASE("faults: H1C-25: a second answer is refused, and the first one is whole", "[http]") {
  FaultFixture fixture;
  fixture.delegate.on_finish = [&] {
    bora::http::HTTPConnection& connection = *fixture.delegate.connection;
    bora::http::ResponseHead head;
    head.content_length = 3;
    connection.write_headers(head, "one");
    CHECK_THROWS_AS(connection.write_headers(head, "two"), std::logic_error);
    connection.finish();
    CHECK_THROWS_AS(connection.write_headers(head, "two"), std::logic_error);
    CHECK_THROWS_AS(connection.write("two"), std::logic_error);
    CHECK_THROWS_AS(connection.finish(), std::logic_error);
    connection.release();
  };
  Client client = fixture.client();
  client.send(kGet + kGet);
  CHECK(statuses_of(client.receive()) == std::vector<int>{200, 200});
  CHECK_FALSE(client.has_ended());
}

TEST_CASE("faults: one busy client does not keep the others from being served", "[http]") {
  FaultFixture fixture;
  ScriptedDelegate& delegate = fixture.delegate;
  Client busy = fixture.client();
  Client other = fixture.client();
  busy.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n");
  bora::http::HTTPConnection* const first = delegate.connection;
  const std::string more(64 * 1024, 'x');
  const auto send_more = [&] {
    ::send(busy.fd(), more.data(), more.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  };
  int pieces = 0;
  int pieces_before_other = 0;
  delegate.on_data = [&] {
    if (++pieces < 100) send_more();  // so that there is more whenever the server looks
    delegate.pieces.clear();
  };
  delegate.on_start = [&] { pieces_before_other = pieces; };
  for (int i = 0; i < 4; ++i) send_more();
  ::send(other.fd(), kGet.data(), kGet.size(), MSG_NOSIGNAL);
  run_until_idle();
  CHECK(delegate.started == 2);
  CHECK(pieces >= 100);
  CHECK(pieces_before_other < 20);
  delegate.connection = first;  // closed with the server
}
