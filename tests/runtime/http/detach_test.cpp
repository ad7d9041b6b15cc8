// A connection that is taken away from HTTP: in clear text and over TLS, with what was already
// read, at each moment at which a delegate may do it.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <bora/net/io_stream.h>
#include <bora/testing/certificates.h>

#include "tests/runtime/http/http_fixture.h"
#include "tests/runtime/http/plain_requests.h"
#include "tests/runtime/http/scripted_delegate.h"
#include "tests/support/log_capture.h"
#include "tests/support/tls_peer.h"

using namespace bora::test;
using bora::Task;
using bora::net::IOStream;
using bora::testing::LogCapture;
using bora::testing::TestCertificates;

namespace {

TestCertificates& certificates() {
  static TestCertificates made;
  return made;
}

bora::http::HTTPServerOptions options(bool is_tls) {
  bora::http::HTTPServerOptions options;
  if (!is_tls) return options;
  static const TestCertificates::Made made = certificates().issue({});
  bora::net::SSLOptions ssl;
  ssl.certfile = made.certfile;
  ssl.keyfile = made.keyfile;
  options.ssl_options = bora::net::SSLContext::server(ssl);
  return options;
}

/// Answers each line in capitals; ends at "end".
Task<void> shout(IOStream stream, int& ended) {
  co_await stream.write("HTTP/1.1 101 Switching Protocols\r\n\r\n");
  std::string line;
  do {
    line = co_await stream.read_until("\n");
    std::string answer = line;
    for (char& c : answer) c = static_cast<char>(std::toupper(c));
    co_await stream.write(std::move(answer));
  } while (line != "end\n");
  ++ended;
}

constexpr std::string_view kSwitching = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
const std::string kUpgrade =
    "GET /upgrade HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\n";

struct DetachFixture {
  explicit DetachFixture(bool is_tls) : server(delegate, options(is_tls)), client(server) {
    if (!is_tls) return;
    bora::net::SSLOptions ssl;
    ssl.ca_certs = certificates().ca_certs();
    context = bora::net::SSLContext::client(ssl);
    peer.emplace(context, client.fd());
    REQUIRE(peer->handshake() == TLSPeer::Status::done);
  }
  ~DetachFixture() {
    server.close_all_connections();
    CHECK(ServerFixture::busy_exchanges() == 0);
  }

  void send(std::string_view bytes) { peer ? peer->send(bytes) : client.send(bytes); }
  std::string receive() { return peer ? peer->receive() : client.receive(); }

  void take() {
    IOStream stream = delegate.connection->detach();
    delegate.release();
    bora::IOLoop::current().spawn(shout(std::move(stream), ended));
  }

  ScriptedDelegate delegate;
  bora::http::HTTPServer server;
  Client client;
  bora::net::SSLContext context;
  std::optional<TLSPeer> peer;
  int ended = 0;
};

}  // namespace

TEST_CASE("detach: the stream begins with what came after the request", "[http]") {
  const bool is_tls = GENERATE(false, true);
  const bool is_at_start = GENERATE(false, true);
  CAPTURE(is_tls, is_at_start);
  const LogCapture log;
  DetachFixture f(is_tls);
  (is_at_start ? f.delegate.on_start : f.delegate.on_finish) = [&] { f.take(); };
  f.send(kUpgrade + "one\ntw");
  CHECK(f.receive() == std::string(kSwitching) + "ONE\n");
  CHECK(f.server.connection_count() == 0);
  f.send("o\nthree\n");
  CHECK(f.receive() == "TWO\nTHREE\n");
  f.send("end\n");
  CHECK(f.receive() == "END\n");
  CHECK(f.ended == 1);
  if (f.peer) CHECK(f.peer->end() == TLSPeer::Status::closed);
  CHECK(f.delegate.closed == 0);
  CHECK(log.count(bora::gen_log) == 0);
}

TEST_CASE("detach: byte by byte, and answers before it come first", "[http]") {
  const bool is_tls = GENERATE(false, true);
  DetachFixture f(is_tls);
  f.delegate.on_finish = [&] {
    if (f.delegate.uri == "/upgrade") {
      f.take();
    } else {
      f.delegate.answer(200, f.delegate.uri);
    }
  };
  const std::string all = get("/a") + get("/b") + kUpgrade + "end\n";
  if (GENERATE(false, true)) {
    for (const char c : all) f.send({&c, 1});
  } else {
    f.send(all);
  }
  const std::string received = f.receive();
  CHECK(received.find("\r\n\r\n/aHTTP/1.1 200 OK\r\n") != std::string::npos);
  CHECK(received.ends_with("\r\n\r\n/b" + std::string(kSwitching) + "END\n"));
  CHECK(f.ended == 1);
}

TEST_CASE("detach: by a handler that has waited, while more has come", "[http]") {
  const bool is_tls = GENERATE(false, true);
  DetachFixture f(is_tls);
  f.delegate.on_finish = [] {};
  f.send(kUpgrade);
  f.send("one\n");
  f.send("two\n");
  CHECK(f.receive().empty());
  f.take();
  CHECK(f.receive() == std::string(kSwitching) + "ONE\nTWO\n");
  f.send("end\n");
  CHECK(f.receive() == "END\n");
  CHECK(f.ended == 1);
}

TEST_CASE("detach: a body that was not handed over is the stream's", "[http]") {
  const bool is_tls = GENERATE(false, true);
  DetachFixture f(is_tls);
  SECTION("all of it") {
    f.delegate.on_start = [&] { f.take(); };
    f.send(post("/", "abc\nend\n"));
    CHECK(f.receive() == std::string(kSwitching) + "ABC\nEND\n");
  }
  SECTION("what comes after the body") {
    f.delegate.on_finish = [&] { f.take(); };
    f.send(post("/", "body") + "abc\nend\n");
    CHECK(f.receive() == std::string(kSwitching) + "ABC\nEND\n");
    CHECK(f.delegate.body() == "body");
  }
  SECTION("what comes after a piece") {
    f.delegate.on_data = [&] { f.take(); };
    f.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
    f.send("ab");
    f.send("c\nend\n");
    CHECK(f.receive() == std::string(kSwitching) + "C\nEND\n");
    CHECK(f.delegate.body() == "ab");
  }
  CHECK(f.ended == 1);
}

TEST_CASE("detach: what a slow client has not taken is sent first", "[http]") {
  DetachFixture f(false);
  const std::string big(3'000'000, 'b');
  f.delegate.on_finish = [&] {
    if (f.delegate.uri == "/upgrade") return;
    f.delegate.answer(200, big);
  };
  f.send(get("/big"));
  f.send(kUpgrade);
  std::string received = f.receive();  // the upgrade is read when the answer is out
  f.take();
  received += f.receive();
  CHECK(received.ends_with("b" + std::string(kSwitching)));
  f.send("end\n");
  CHECK(f.receive() == "END\n");
}

TEST_CASE("detach: connections that are served together do not notice", "[http]") {
  TestDelegate unused;
  ScriptedDelegate delegate;
  bora::http::HTTPServer server(delegate);
  int ended = 0;
  delegate.on_finish = [&] {
    if (delegate.uri != "/upgrade") return delegate.answer(200, delegate.uri);
    IOStream stream = delegate.connection->detach();
    delegate.release();
    bora::IOLoop::current().spawn(shout(std::move(stream), ended));
  };
  std::vector<Client> clients;
  for (int i = 0; i < 5; ++i) clients.emplace_back(server);
  run_until_idle();
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const std::string bytes = i % 2 == 0 ? kUpgrade + "end\n" : get("/x");
    REQUIRE(::send(clients[i].fd(), bytes.data(), bytes.size(), 0) ==
            static_cast<ssize_t>(bytes.size()));
  }
  run_until_idle();
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const std::string received = clients[i].receive();
    if (i % 2 == 0) {
      CHECK(received == std::string(kSwitching) + "END\n");
    } else {
      CHECK(received.ends_with("\r\n\r\n/x"));
    }
  }
  CHECK(ended == 3);
  CHECK(server.connection_count() == 2);
}

TEST_CASE("detach: not after an answer's beginning, nor when the client left", "[http]") {
  const LogCapture quiet;
  DetachFixture f(false);
  SECTION("begun") {
    f.delegate.on_finish = [&] {
      bora::http::HTTPConnection& connection = *f.delegate.connection;
      connection.write_headers({}, "x");
      CHECK_THROWS_AS(connection.detach(), std::logic_error);
      connection.finish();
      CHECK_THROWS_AS(connection.detach(), std::logic_error);
      connection.release();
    };
    f.send(kUpgrade);
    CHECK(status_of(f.receive()) == 200);
  }
  SECTION("left") {
    f.delegate.on_finish = [] {};
    f.delegate.on_close = [] {};
    f.send(kUpgrade);
    f.client.reset();
    f.server.close_all_connections();
    CHECK(f.delegate.connection->is_closed());
    CHECK_THROWS_AS(f.delegate.connection->detach(), bora::net::StreamClosedError);
    f.delegate.release();
  }
  SECTION("twice") {
    f.delegate.on_finish = [&] {
      bora::http::HTTPConnection& connection = *f.delegate.connection;
      const IOStream stream = connection.detach();
      CHECK_THROWS_AS(connection.detach(), std::logic_error);
      CHECK_THROWS_AS(connection.write_headers({}, {}), std::logic_error);
      CHECK_THROWS_AS(connection.finish(), std::logic_error);
      connection.release();
    };
    f.send(kUpgrade);
    CHECK(f.receive().empty());
    CHECK(f.client.has_ended());
  }
}

TEST_CASE("detach: the server's times and its end are nothing to the stream", "[http]") {
  ForwardClock clock;
  ScriptedDelegate delegate;
  int ended = 0;
  auto server = std::make_unique<bora::http::HTTPServer>(delegate);
  Client client(*server);
  delegate.on_finish = [&] {
    IOStream stream = delegate.connection->detach();
    delegate.release();
    bora::IOLoop::current().spawn(shout(std::move(stream), ended));
  };
  client.send(kUpgrade);
  CHECK(client.receive() == kSwitching);
  clock.advance(std::chrono::seconds(1000));
  server.reset();
  client.send("end\n");
  CHECK(client.receive() == "END\n");
  CHECK(ended == 1);
}
