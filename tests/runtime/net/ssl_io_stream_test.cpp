#include <bora/net/ssl_io_stream.h>

#include <sys/socket.h>

#include <chrono>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/testing/certificates.h>

#include "runtime/net/ssl_engine.h"
#include "tests/runtime/net/stream_pair.h"
#include "tests/support/catch.h"
#include "tests/support/forward_clock.h"
#include "tests/support/log_capture.h"
#include "tests/support/open_descriptors.h"
#include "tests/support/started.h"

using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
using bora::net::CertReqs;
using bora::net::Error;
using bora::net::IOStream;
using bora::net::SSLContext;
using bora::net::SSLError;
using bora::net::SSLIOStream;
using bora::net::SSLOptions;
using bora::net::StreamClosedError;
using bora::test::closed_by;
using bora::test::run;
using bora::test::Started;
using bora::test::turn;
using bora::testing::LogCapture;
using bora::testing::TestCertificates;

namespace {

TestCertificates& certificates() {
  static TestCertificates made;
  return made;
}

SSLContext server_context(const TestCertificates::Request& request = {}, SSLOptions options = {}) {
  const auto made = certificates().issue(request);
  options.certfile = made.certfile;
  options.keyfile = made.keyfile;
  return SSLContext::server(std::move(options));
}

SSLContext client_context(SSLOptions options = {}) {
  options.ca_certs = certificates().ca_certs();
  return SSLContext::client(std::move(options));
}

struct TLSPair {
  explicit TLSPair(const SSLContext& server_side = server_context(),
                   const SSLContext& client_side = client_context(),
                   std::string_view host = "localhost")
      : TLSPair(bora::test::tcp_pair(), server_side, client_side, host) {}
  TLSPair(std::pair<bora::net::FileDescriptor, bora::net::FileDescriptor> ends,
          const SSLContext& server_side, const SSLContext& client_side, std::string_view host)
      : client(std::move(ends.first), client_side, host),
        server(std::move(ends.second), server_side) {}

  void shake_hands() {
    run(client.wait_for_handshake());
    run(server.wait_for_handshake());
  }

  SSLIOStream client;
  SSLIOStream server;
};

/// The message with which the client's handshake fails.
std::string refusal(const TestCertificates::Request& request, std::string_view host = "localhost",
                    const SSLContext& client = client_context()) {
  LogCapture log;
  TLSPair pair(server_context(request), client, host);
  try {
    run(pair.client.wait_for_handshake());
  } catch (const StreamClosedError& failure) {
    CHECK(pair.client.closed());
    CHECK(failure.real_error() == Error::bad_certificate);
    return failure.what();
  }
  return "agreed";
}

bool says(const std::string& sentence, std::initializer_list<std::string_view> parts) {
  UNSCOPED_INFO(sentence);
  for (const std::string_view part : parts) {
    if (sentence.find(part) == std::string::npos) return false;
  }
  return true;
}

}  // namespace

// ---- Reading and writing ----

TEST_CASE("ssl stream: IOS-21: reads and writes as any stream, before and after the handshake",
          "[net]") {
  TLSPair pair;
  pair.client.write("GET / HTTP/1.0\r\n\r\nrest");
  CHECK(run(pair.server.read_until("\r\n\r\n")) == "GET / HTTP/1.0\r\n\r\n");
  CHECK(run(pair.server.read_bytes(4)) == "rest");
  const std::string large(5'000'000, 'x');
  auto sent = pair.server.write(large);
  CHECK(run(pair.client.read_bytes(large.size())) == large);
  run(std::move(sent));
  auto back = pair.client.write(large);
  CHECK(run(pair.server.read_bytes(large.size())) == large);
  run(std::move(back));
}

TEST_CASE("ssl stream: IOS-21: many small writes arrive whole and in order", "[net]") {
  TLSPair pair;
  std::string all;
  for (int i = 0; i < 3000; ++i) {
    const std::string piece = std::to_string(i) + ",";
    all += piece;
    pair.client.write(piece);
  }
  CHECK(run(pair.server.read_bytes(all.size())) == all);
}

TEST_CASE("ssl stream: writes to a peer that reads late are retried with what was added", "[net]") {
  TLSPair pair;
  pair.shake_hands();
  std::string all;
  for (int i = 0; i < 400; ++i) {
    const std::string piece(20'001, static_cast<char>('a' + i % 26));
    all += piece;
    pair.server.write(piece);
  }
  CHECK(pair.server.writing());
  CHECK(run(pair.client.read_bytes(all.size())) == all);
  turn();
  CHECK_FALSE(pair.server.writing());
}

TEST_CASE("ssl stream: an end within TLS is distinguished from one that cuts it off", "[net]") {
  TLSPair pair;
  pair.shake_hands();
  pair.server.write("all of it");
  SECTION("ended") {
    pair.server.close();
    CHECK(run(pair.client.read_until_close()) == "all of it");
    CHECK(pair.client.error() == Error::closed_by_peer);
  }
  SECTION("cut off") {
    turn();
    ::shutdown(pair.server.fileno(), SHUT_RDWR);
    CHECK(closed_by(pair.client.read_until_close()) == Error::truncated);
  }
}

TEST_CASE("ssl stream: a damaged record closes it, with a line in the log", "[net]") {
  TLSPair pair;
  pair.shake_hands();
  LogCapture log;
  const std::string junk = std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x');
  REQUIRE(::send(pair.client.fileno(), junk.data(), junk.size(), 0) ==
          static_cast<ssize_t>(junk.size()));
  CHECK(closed_by(pair.server.read_bytes(1)) == Error::bad_record);
  CHECK(log.count(bora::gen_log) == 1);
}

TEST_CASE("ssl stream: IOS-22: a reset closes it without a line in the log", "[net]") {
  TLSPair pair;
  pair.shake_hands();
  LogCapture log;
  const linger now{1, 0};
  ::setsockopt(pair.client.fileno(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  Started reading([](SSLIOStream& stream) -> Task<void> {
    const std::string byte = co_await stream.read_bytes(1);
  }(pair.server));
  pair.client.close();
  turn();
  CHECK(pair.server.closed());
  CHECK(log.count(bora::gen_log) == 0);
}

// ---- The handshake ----

TEST_CASE("ssl stream: IOS-20: wait_for_handshake ends at once when it is done", "[net]") {
  TLSPair pair;
  pair.shake_hands();
  run(pair.client.wait_for_handshake());
  CHECK(pair.client.get_ssl_certificate()->subject == "CN=localhost");
  CHECK_FALSE(pair.server.get_ssl_certificate());
}

TEST_CASE("ssl stream: IOS-20: one waits for the handshake at a time", "[net]") {
  TLSPair pair;
  Started first(pair.client.wait_for_handshake());
  CHECK_THROWS_WITH(static_cast<void>(pair.client.wait_for_handshake()), "Already waiting");
  turn();
  CHECK(first.outcome() == "value");
}

TEST_CASE("ssl stream: a cancelled handshake closes the socket", "[net]") {
  auto ends = bora::test::tcp_pair();
  SSLIOStream client(std::move(ends.first), client_context(), "localhost");
  Started waiting(client.wait_for_handshake());
  turn();
  waiting.cancel();
  turn();
  CHECK(waiting.outcome() == "cancelled");
  CHECK(client.closed());
  CHECK(client.fileno() == -1);
}

TEST_CASE("ssl stream: a handshake that takes too long closes the socket", "[net]") {
  bora::test::ForwardClock clock;
  auto ends = bora::test::tcp_pair();
  SSLOptions options;
  options.handshake_timeout = 3s;
  SSLIOStream client(std::move(ends.first), client_context(options), "localhost");
  Started waiting(client.wait_for_handshake());
  clock.advance(6s);
  CHECK(says(waiting.outcome(), {"localhost (127.0.0.1:", "3 seconds"}));
  CHECK(client.error() == Error::timed_out);
  CHECK(client.fileno() == -1);
}

TEST_CASE("ssl stream: IOS-21: a peer that leaves in the handshake is no news", "[net]") {
  LogCapture log;
  TLSPair pair;
  pair.client.close();
  closed_by(pair.server.wait_for_handshake());  // a reset, or an end
  CHECK(pair.server.closed());
  CHECK(log.count(bora::gen_log) == 0);
}

TEST_CASE("ssl stream: TSV-07: garbage in place of a handshake is reported in one line", "[net]") {
  LogCapture log;
  auto ends = bora::test::tcp_pair();
  SSLIOStream server(std::move(ends.second), server_context());
  REQUIRE(::send(ends.first.get(), "hello, hello, hello", 19, 0) == 19);
  CHECK(closed_by(server.wait_for_handshake()) == Error::handshake_failed);
  CHECK(log.count(bora::gen_log, "127.0.0.1:") == 1);
  CHECK(log.count(bora::gen_log) == 1);
}

TEST_CASE("ssl stream: protocols are agreed on", "[net]") {
  SSLOptions both;
  both.alpn = {"spdy", "smtp"};
  SSLOptions one;
  one.alpn = {"smtp"};
  TLSPair pair(server_context({}, both), client_context(one));
  pair.shake_hands();
  CHECK(pair.client.selected_alpn_protocol() == "smtp");
  CHECK(pair.server.selected_alpn_protocol() == "smtp");
  TLSPair none(server_context(), client_context(one));
  none.shake_hands();
  CHECK(none.client.selected_alpn_protocol().empty());
}

TEST_CASE("ssl stream: client certificates", "[net]") {
  SSLOptions demanding;
  demanding.ca_certs = certificates().ca_certs();
  demanding.cert_reqs = CertReqs::cert_required;
  TestCertificates::Request request;
  request.common_name = "Ada";
  const auto ada = certificates().issue(request);
  SSLOptions own;
  own.certfile = ada.certfile;
  own.keyfile = ada.keyfile;
  TLSPair pair(server_context({}, demanding), client_context(own));
  pair.shake_hands();
  CHECK(pair.server.get_ssl_certificate()->subject == "CN=Ada");

  LogCapture log;
  TLSPair without(server_context({}, demanding), client_context());
  CHECK(closed_by(without.server.wait_for_handshake()) == Error::bad_certificate);
  CHECK(log.count(bora::gen_log, "no certificate") == 1);
}

// ---- Whom a client trusts ----

TEST_CASE("ssl stream: IOS-19: certificates that prove nothing are refused, and why", "[net]") {
  CHECK(refusal({}) == "agreed");
  TestCertificates::Request request;
  request.ends = -60s;
  CHECK(says(refusal(request), {"localhost (127.0.0.1:", "expired on 20", "CN=localhost"}));
  request = {};
  request.begins = 1h;
  CHECK(says(refusal(request), {"localhost (127.0.0.1:", "valid only from 20"}));
  request = {};
  request.is_self_signed = true;
  CHECK(says(refusal(request), {"localhost (127.0.0.1:", "self-signed"}));
  request = {};
  request.names = {"other.example", "*.example"};
  CHECK(says(refusal(request),
             {"localhost (127.0.0.1:", "another name", "DNS:other.example, DNS:*.example"}));
}

TEST_CASE("ssl stream: an authority that is not known is refused, also by default", "[net]") {
  TestCertificates others;
  SSLOptions options;
  options.ca_certs = others.ca_certs();
  CHECK(says(refusal({}, "localhost", SSLContext::client(options)),
             {"authority that is not trusted", "CN=Bora test authority"}));
  CHECK(says(refusal({}, "localhost", SSLContext::client()), {"authority that is not trusted"}));
}

TEST_CASE("ssl stream: names are checked as names, addresses as addresses", "[net]") {
  TestCertificates::Request request;
  request.names = {"*.example.com", "127.0.0.1", "::1"};
  CHECK(refusal(request, "www.example.com") == "agreed");
  CHECK(refusal(request, "WWW.Example.Com.") == "agreed");
  CHECK(refusal(request, "127.0.0.1") == "agreed");
  CHECK(refusal(request, "::1") == "agreed");
  CHECK(refusal(request, "127.0.0.2") != "agreed");
  CHECK(refusal(request, "example.com") != "agreed");
  CHECK(refusal(request, "a.b.example.com") != "agreed");
  // The common name counts only where there are no other names (RFC 9525 forbids even that).
  request.names = {"other.example"};
  request.common_name = "localhost";
  CHECK(refusal(request, "localhost") != "agreed");
}

TEST_CASE("ssl stream: a client without the name of its server is refused at once", "[net]") {
  auto ends = bora::test::tcp_pair();
  CHECK_THROWS_AS(SSLIOStream(std::move(ends.first), client_context()), SSLError);
  SSLOptions unchecked;
  unchecked.check_hostname = false;
  TLSPair pair(server_context(), client_context(unchecked), "");
  pair.shake_hands();
  SSLOptions blind;
  blind.cert_reqs = CertReqs::cert_none;
  TestCertificates::Request request;
  request.is_self_signed = true;
  TLSPair trusting(server_context(request), client_context(blind), "");
  trusting.shake_hands();
}

TEST_CASE("ssl stream: what is older than TLS 1.2 is not spoken", "[net]") {
  SSLOptions newest;
  newest.min_version = bora::net::TLSVersion::tls1_3;
  TLSPair pair(server_context({}, newest), client_context());
  pair.shake_hands();
  pair.client.write("x");
  CHECK(run(pair.server.read_bytes(1)) == "x");
}

// ---- connect ----

TEST_CASE("ssl stream: connect() ends with the handshake, and nothing leaves before it", "[net]") {
  auto listeners = bora::net::bind_sockets(0, "127.0.0.1");
  const auto address =
      *bora::net::Address::from_ip("127.0.0.1", bora::net::local_port(listeners.front().get()));
  SSLIOStream client(bora::net::AddressFamily::ipv4, client_context());
  Started connecting(client.connect(address, "localhost"));
  client.write("secret");
  turn();
  CHECK(connecting.outcome() == "waits");
  bora::net::FileDescriptor socket(::accept4(listeners.front().get(), nullptr, nullptr, 0));
  char first = 0;
  REQUIRE(::recv(socket.get(), &first, 1, MSG_PEEK) == 1);
  CHECK(first == 0x16);
  SSLIOStream server(std::move(socket), server_context());
  CHECK(run(server.read_bytes(6)) == "secret");
  turn();
  CHECK(connecting.outcome() == "value");
}

TEST_CASE("ssl stream: a refused connection has nothing to do with TLS", "[net]") {
  int port = 0;
  {
    auto listeners = bora::net::bind_sockets(0, "127.0.0.1");
    port = bora::net::local_port(listeners.front().get());
  }
  SSLIOStream client(bora::net::AddressFamily::ipv4, client_context());
  CHECK(closed_by(client.connect(*bora::net::Address::from_ip("127.0.0.1", port), "localhost")) ==
        std::errc::connection_refused);
}

// ---- start_tls ----

namespace {

Task<void> serve_smtp(IOStream plain, std::string& heard) {
  plain.write("220 hello\r\n");
  const std::string start = co_await plain.read_until("\r\n");
  plain.write("220 go ahead\r\n");
  Task<SSLIOStream> agreeing = plain.start_tls(true, server_context());
  SSLIOStream secure = co_await std::move(agreeing);
  const std::string hello = co_await secure.read_until("\r\n");
  heard = start + hello;
  const std::string_view answer = "250 ok\r\n";
  co_await secure.write(answer);
}

}  // namespace

TEST_CASE("ssl stream: IOS-19: start_tls in the middle of a conversation", "[net]") {
  auto ends = bora::test::tcp_pair();
  IOStream plain(std::move(ends.first));
  std::string heard;
  Started serving(serve_smtp(IOStream(std::move(ends.second)), heard));
  CHECK(run(plain.read_until("\r\n")) == "220 hello\r\n");
  plain.write("STARTTLS\r\n");
  CHECK(run(plain.read_until("\r\n")) == "220 go ahead\r\n");
  SSLIOStream secure = run(plain.start_tls(false, client_context(), "localhost"));
  CHECK(plain.closed());
  secure.write("EHLO\r\n");
  CHECK(run(secure.read_until("\r\n")) == "250 ok\r\n");
  CHECK(heard == "STARTTLS\r\nEHLO\r\n");
  CHECK(serving.outcome() == "value");
}

TEST_CASE("ssl stream: IOS-19: start_tls wants an idle stream", "[net]") {
  auto ends = bora::test::tcp_pair();
  IOStream client(std::move(ends.first));
  IOStream server(std::move(ends.second));
  const auto refused = [&] {
    CHECK_THROWS_AS(server.start_tls(true, server_context()), std::logic_error);
    CHECK_FALSE(server.closed());
  };
  SECTION("a read is pending") {
    Started reading([](IOStream& stream) -> Task<void> {
      const std::string line = co_await stream.read_until("\n");
    }(server));
    refused();
  }
  SECTION("clear text is buffered, that might pass for what TLS protects") {
    client.write("STARTTLS\r\nRCPT TO\r\n");
    run(server.read_until("\r\n"));
    refused();
  }
  SECTION("the context is for the other side") {
    CHECK_THROWS_AS(server.start_tls(true, client_context()), std::invalid_argument);
    CHECK_THROWS_AS(server.start_tls(true, SSLContext()), std::invalid_argument);
    CHECK_THROWS_AS(server.start_tls(false, server_context(), "a"), std::invalid_argument);
  }
  SECTION("it is closed") {
    server.close();
    CHECK_THROWS_AS(server.start_tls(true, server_context()), StreamClosedError);
  }
}

TEST_CASE("ssl stream: IOS-19: start_tls that fails tells why and closes", "[net]") {
  LogCapture log;
  auto ends = bora::test::tcp_pair();
  IOStream client(std::move(ends.first));
  IOStream server(std::move(ends.second));
  Started answering([](IOStream& stream) -> Task<void> {
    const std::string hello = co_await stream.read_bytes(1);
    const std::string_view answer = "this is not TLS at all";
    co_await stream.write(answer);
  }(server));
  bool is_told = false;
  client.set_close_callback([&] { is_told = true; });
  CHECK(closed_by(client.start_tls(false, client_context(), "localhost")) ==
        Error::handshake_failed);
  turn();
  CHECK(is_told);
}

TEST_CASE("ssl stream: IOS-19: by default start_tls trusts the system's authorities only",
          "[net]") {
  LogCapture log;
  auto ends = bora::test::tcp_pair();
  IOStream client(std::move(ends.first));
  SSLIOStream server(std::move(ends.second), server_context());
  CHECK(closed_by(client.start_tls(false, {}, "localhost")) == Error::bad_certificate);
}

// ---- Sessions ----

TEST_CASE("ssl engine: every byte of a handshake may come alone", "[net]") {
  auto ends = bora::test::unix_pair();
  auto relay = bora::test::unix_pair();
  SSLIOStream client(std::move(ends.first), client_context(), "localhost");
  SSLIOStream server(std::move(relay.second), server_context());
  client.write("ping");
  const auto pump = [](int from, int to) {
    char byte;
    if (::recv(from, &byte, 1, MSG_DONTWAIT) != 1) return false;
    return ::send(to, &byte, 1, MSG_NOSIGNAL) == 1;
  };
  Started reading([](SSLIOStream& stream) -> Task<void> {
    const std::string ping = co_await stream.read_bytes(4);
    if (ping != "ping") throw std::runtime_error(ping);
    stream.write("pong");
  }(server));
  Started waiting([](SSLIOStream& stream) -> Task<void> {
    const std::string pong = co_await stream.read_bytes(4);
    if (pong != "pong") throw std::runtime_error(pong);
  }(client));
  for (int idle = 0; idle < 3; ++idle) {
    const bool went = pump(ends.second.get(), relay.first.get());
    if (pump(relay.first.get(), ends.second.get()) || went) idle = 0;
    while (IOLoop::current().run_once()) {
    }
  }
  CHECK(waiting.outcome() == "value");
}

// ---- What was written arrives ----

namespace {

/// Writes, closes, and returns what the other side got, or why it failed.
std::string arrived(SSLIOStream& from, SSLIOStream& to, std::initializer_list<std::string> pieces) {
  for (const std::string& piece : pieces) from.write(piece);
  from.close();
  try {
    return run(to.read_until_close());
  } catch (const StreamClosedError& failure) {
    return failure.what();
  }
}

}  // namespace

TEST_CASE("ssl stream: what a client writes before it closes arrives, though it read nothing",
          "[net]") {
  for (const std::size_t size : {1'000u, 100'000u, 1'000'000u}) {
    TLSPair pair;
    pair.shake_hands();  // the server's session tickets lie unread in the client's socket
    const std::string data(size, 'x');
    CHECK((arrived(pair.client, pair.server, {data, "END"}) == data + "END"));
    CHECK(pair.server.error() == Error::closed_by_peer);
  }
}

TEST_CASE("ssl stream: the same when the server's tickets come after the end", "[net]") {
  TLSPair pair;
  run(pair.client.wait_for_handshake());  // the server has not answered yet
  const std::string data(100'000, 'x');
  CHECK((arrived(pair.client, pair.server, {data, "END"}) == data + "END"));
}

TEST_CASE(
    "ssl stream: what a server writes before it closes arrives, though it left a request unread",
    "[net]") {
  TLSPair pair;
  pair.shake_hands();
  pair.client.write(std::string(50'000, 'q'));
  const std::string data(100'000, 'x');
  CHECK((arrived(pair.server, pair.client, {data, "END"}) == data + "END"));
}

TEST_CASE("ssl stream: IOS-21: test_read_until_close_after_close", "[net]") {
  TLSPair pair;
  pair.server.write("1234");
  pair.shake_hands();
  pair.server.close();
  CHECK(run(pair.client.read_bytes(1)) == "1");
  CHECK(run(pair.client.read_until_close()) == "234");
}

TEST_CASE("ssl stream: IOS-21: test_read_until_with_close_after_second_packet", "[net]") {
  for (const bool is_from_server : {true, false}) {
    TLSPair pair;
    pair.shake_hands();
    SSLIOStream& writer = is_from_server ? pair.server : pair.client;
    SSLIOStream& reader = is_from_server ? pair.client : pair.server;
    bora::Future<std::string> read = bora::spawn(reader.read_until("done"));
    run(writer.write(std::string(2048, 'x')));
    writer.write("done");
    writer.close();
    CHECK((IOLoop::current().run_sync(read, 60s) == std::string(2048, 'x') + "done"));
  }
}

TEST_CASE("ssl stream: a peer that does not end its side is left after some seconds", "[net]") {
  bora::test::ForwardClock clock;
  auto ends = bora::test::tcp_pair();
  const bora::net::FileDescriptor kept(::dup(ends.second.get()));
  TLSPair pair(std::move(ends), server_context(), client_context(), "localhost");
  pair.shake_hands();
  turn();
  const std::size_t before = bora::test::open_descriptors();
  pair.client.write("bye");
  pair.client.close();
  CHECK(pair.client.fileno() == -1);
  CHECK(bora::test::open_descriptors() == before);  // it is kept for the peer's sake
  clock.advance(4s);
  CHECK(bora::test::open_descriptors() == before);
  clock.advance(4s);
  CHECK(bora::test::open_descriptors() == before - 1);
}

TEST_CASE("ssl stream: what was written arrives even if the loop ends at once", "[net]") {
  auto ends = bora::test::tcp_pair();
  SSLIOStream server(std::move(ends.second), server_context());
  const std::string data(100'000, 'x');
  std::thread client([&data, socket = std::move(ends.first)]() mutable {
    SSLIOStream stream(std::move(socket), client_context(), "localhost");
    run(stream.wait_for_handshake());
    stream.write(data);
    stream.write("END");
    stream.close();
    IOLoop::close_current();
  });
  CHECK((run(server.read_until_close()) == data + "END"));
  client.join();
}
