#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <memory>
#include <string>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <bora/testing/certificates.h>

#include "tests/runtime/http/http_fixture.h"
#include "tests/runtime/http/scripted_delegate.h"
#include "tests/support/log_capture.h"
#include "tests/support/tls_peer.h"

namespace bora::http {
namespace {

using test::Client;
using test::ForwardClock;
using test::ServerFixture;
using test::statuses_of;
using test::TLSPeer;
using testing::LogCapture;
using testing::TestCertificates;

constexpr const char* kGet = "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n";

TestCertificates& certificates() {
  static TestCertificates made;
  return made;
}

net::SSLOptions server_options() {
  static const TestCertificates::Made made = certificates().issue({});
  net::SSLOptions options;
  options.certfile = made.certfile;
  options.keyfile = made.keyfile;
  return options;
}

net::SSLContext client_context(net::SSLOptions options = {}) {
  if (options.ca_certs.empty()) options.ca_certs = certificates().ca_certs();
  return net::SSLContext::client(std::move(options));
}

HTTPServerOptions tls(net::SSLOptions options = server_options(), HTTPServerOptions others = {}) {
  others.ssl_options = net::SSLContext::server(std::move(options));
  return others;
}

struct TLSFixture : ServerFixture {
  explicit TLSFixture(HTTPServerOptions options = tls()) : ServerFixture(std::move(options)) {}
  Client client{server};
};

/// A client that keeps the last session it was given and offers it at its next visit.
class ResumingPeer {
 public:
  ResumingPeer() : context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_CLIENT);
    SSL_CTX_set_app_data(context_, this);
    SSL_CTX_sess_set_new_cb(context_, [](SSL* ssl, SSL_SESSION* session) {
      auto& peer = *static_cast<ResumingPeer*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
      SSL_SESSION_free(std::exchange(peer.session_, session));
      return 1;
    });
  }
  ResumingPeer(const ResumingPeer&) = delete;
  ResumingPeer& operator=(const ResumingPeer&) = delete;
  ~ResumingPeer() {
    SSL_SESSION_free(session_);
    SSL_CTX_free(context_);
  }

  /// Makes one request; true if the session was resumed.
  bool visit(int fd, const char* host) {
    SSL* const ssl = SSL_new(context_);
    SSL_set_fd(ssl, fd);
    SSL_set_connect_state(ssl);
    SSL_set_tlsext_host_name(ssl, host);
    if (session_ != nullptr) SSL_set_session(ssl, session_);
    for (int i = 0; i < 10 && SSL_do_handshake(ssl) != 1; ++i) test::run_until_idle();
    const bool is_resumed = SSL_session_reused(ssl) == 1;
    SSL_write(ssl, kGet, static_cast<int>(std::strlen(kGet)));
    test::run_until_idle();
    char answer[4096];
    SSL_read(ssl, answer, sizeof(answer));
    SSL_shutdown(ssl);
    SSL_free(ssl);
    ERR_clear_error();
    return is_resumed;
  }

 private:
  SSL_CTX* context_;
  SSL_SESSION* session_ = nullptr;
};

TEST_CASE("tls: HSV-17: requests are answered, and the protocol is https", "[http]") {
  TLSFixture f;
  TLSPeer peer(client_context(), f.client.fd());
  REQUIRE(peer.handshake() == TLSPeer::Status::done);
  peer.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
  const std::string answer = peer.receive();
  CHECK(test::status_of(answer) == 200);
  CHECK(answer.ends_with("hello"));
  peer.send("GET /protocol HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(peer.receive().ends_with("https"));
}

TEST_CASE("tls: HSV-17: large posts and large answers", "[http]") {
  TLSFixture f;
  TLSPeer peer(client_context(), f.client.fd());
  REQUIRE(peer.handshake() == TLSPeer::Status::done);
  const std::string body(3 * 1024 * 1024 + 17, 'b');
  peer.send("POST /call-not HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
            "\r\n\r\n" + body);
  REQUIRE(test::status_of(peer.receive()) == 200);
  CHECK(f.delegate.seen.at(0).body == body);
  peer.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(peer.receive().size() > 1024 * 1024);
  peer.send("GET /download HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(peer.receive().size() > 20'000'000);
}

TEST_CASE("tls: pipelined requests are answered in order on one connection", "[http]") {
  TLSFixture f;
  TLSPeer peer(client_context(), f.client.fd());
  REQUIRE(peer.handshake() == TLSPeer::Status::done);
  std::string requests;
  for (int i = 0; i < 40; ++i)
    requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  peer.send(requests);
  const std::string answers = peer.receive();
  CHECK(statuses_of(answers) == std::vector<int>(40, 200));
  CHECK(answers.ends_with("/39"));
}

TEST_CASE("tls: bytes that wait for a busy handler are not lost", "[http]") {
  TLSFixture f;
  TLSPeer peer(client_context(), f.client.fd());
  REQUIRE(peer.handshake() == TLSPeer::Status::done);
  peer.send(std::string("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n") + kGet);
  peer.send(kGet);
  CHECK(peer.receive().empty());
  f.delegate.gate.open();
  CHECK(statuses_of(peer.receive()) == std::vector<int>{200, 200, 200});
}

TEST_CASE("tls: files go between other bytes, and a short one is distinguished from a whole one",
          "[http]") {
  LogCapture log;
  test::ScriptedDelegate delegate;
  delegate.on_finish = [] {};
  delegate.on_close = [] {};
  HTTPServer server(delegate, tls());
  const Client client(server);
  TLSPeer peer(client_context(), client.fd());
  REQUIRE(peer.handshake() == TLSPeer::Status::done);
  std::string content(1'500'000, 'f');
  for (std::size_t i = 0; i < content.size(); i += 1000)
    content[i] = static_cast<char>('a' + i % 26);
  const auto file =
      std::make_shared<const net::FileDescriptor>(::memfd_create("file", MFD_CLOEXEC));
  REQUIRE(::write(file->get(), content.data(), content.size()) ==
          static_cast<ssize_t>(content.size()));

  for (const std::size_t missing : {0, 100}) {
    peer.send(kGet);
    HTTPConnection& connection = *delegate.connection;
    ResponseHead head;
    head.content_length = static_cast<std::int64_t>(content.size() + missing + 12);
    connection.write_headers(head, "before");
    connection.write_file(file, 0, content.size() + missing);
    connection.write("behind");
    connection.finish();
    connection.release();
    const std::string answer = peer.receive();
    CHECK(answer.ends_with(missing == 0 ? "before" + content + "behind" : "before" + content));
    CHECK((peer.end() == TLSPeer::Status::failed) == (missing > 0));
  }
  CHECK(log.count(gen_log, "became shorter") == 1);
}

TEST_CASE("tls: Connection: close ends TLS in an orderly way", "[http]") {
  TLSFixture f;
  TLSPeer peer(client_context(), f.client.fd());
  REQUIRE(peer.handshake() == TLSPeer::Status::done);
  peer.send("GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK(test::status_of(peer.receive()) == 200);
  CHECK(peer.end() == TLSPeer::Status::closed);
  f.client.close();
  CHECK(f.server.connection_count() == 0);
}

// Data that the client still sends within TLS would make the kernel answer with a reset, which
// drops the data that it holds.
TEST_CASE("tls: an answer that the client still reads is not lost when it says something",
          "[http]") {
  ServerFixture f(tls());
  f.server.listen(0, "127.0.0.1");
  const net::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int small = 8 * 1024;
  setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(f.server.port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  REQUIRE(::fcntl(socket.get(), F_SETFL, O_NONBLOCK) == 0);
  TLSPeer peer(client_context(), socket.get());
  REQUIRE(peer.handshake() == TLSPeer::Status::done);
  peer.send("GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  peer.send("more");
  const std::string answer = peer.receive_to_end();
  CHECK(answer.ends_with(std::string(1000, 'x')));
  CHECK(answer.size() > 1024 * 1024);
  CHECK(peer.end() == TLSPeer::Status::closed);
}

TEST_CASE("tls: a client that ends TLS, or just its side, gets what it asked for", "[http]") {
  for (const bool is_proper : {true, false}) {
    TLSFixture f;
    TLSPeer peer(client_context(), f.client.fd());
    REQUIRE(peer.handshake() == TLSPeer::Status::done);
    CHECK(peer.engine().write(kGet).status == TLSPeer::Status::done);
    if (is_proper) peer.engine().shut_down();
    ::shutdown(f.client.fd(), SHUT_WR);
    CHECK(test::status_of(peer.receive()) == 200);
    CHECK(f.server.connection_count() == 0);
  }
}

TEST_CASE("tls: HSV-17: a plain HTTP request gets a plain 400 and one line in the log", "[http]") {
  LogCapture log;
  TLSFixture f;
  f.client.send(kGet);
  const std::string answer = f.client.receive();
  CHECK(test::status_of(answer) == 400);
  CHECK(answer.find("TLS") != std::string::npos);
  CHECK(f.client.has_ended());
  CHECK(log.count(gen_log) == 1);
  CHECK(log.count(gen_log, "plain HTTP") == 1);
  CHECK(log.records.at(0).level == LogLevel::info);
  CHECK(f.delegate.started == 0);
  f.client.close();
  CHECK(f.server.connection_count() == 0);
}

TEST_CASE("tls: garbage is one line in the log and a closed connection", "[http]") {
  const std::string sslv2("\x80\x0c\x01\x00\x02\x00\x15\x00\x00\x00\x10\x01\x00\x80", 14);
  std::string huge("\x16\x03\x01\xff\xff\x01", 6);
  huge.append(70'000, 'x');
  const std::string cases[] = {std::string(300, 'x'),
                               std::string(64, '\0'),
                               sslv2,
                               std::string(100, '\xff'),
                               huge,
                               std::string("\x15\x03\x01\x00\x02\x02\x28", 7),
                               std::string("\x17\x03\x03\x00\x05hello", 10)};
  for (const std::string& bytes : cases) {
    LogCapture log;
    TLSFixture f;
    f.client.send_all(bytes);
    f.client.receive();
    CHECK(f.client.has_ended());
    CHECK(log.count(gen_log) == 1);
    CHECK(log.count(gen_log, "TLS handshake with") == 1);
    f.client.close();
    CHECK(f.server.connection_count() == 0);
    CHECK(f.delegate.started == 0);
  }
}

TEST_CASE("tls: a client that leaves in the handshake is no news", "[http]") {
  LogCapture log;
  TLSFixture f;
  TLSPeer peer(client_context(), f.client.fd());
  CHECK(peer.engine().handshake(false) == TLSPeer::Status::want_read);
  SECTION("properly") {
    f.client.close();
  }
  SECTION("by a reset") {
    f.client.reset();
  }
  SECTION("half") {
    f.client.shut_down();
    f.client.close();
  }
  CHECK(f.server.connection_count() == 0);
  CHECK(log.count(gen_log) == 0);
}

TEST_CASE("tls: a flood of failed handshakes leaves few lines", "[http]") {
  LogCapture log;
  ServerFixture f(tls());
  for (int i = 0; i < 500; ++i) {
    Client client(f.server);
    client.send("GARBAGE, GARBAGE, GARBAGE");
  }
  CHECK(log.count(gen_log, "TLS handshake") > 0);
  CHECK(log.count(gen_log) <= 25);
}

TEST_CASE("tls: a handshake that takes too long ends, whatever dribbles in", "[http]") {
  ForwardClock clock;
  TLSFixture f;
  f.client.send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  clock.advance(std::chrono::seconds(5));
  f.client.send("x");
  clock.advance(std::chrono::seconds(4));
  CHECK(f.server.connection_count() == 1);
  f.client.send("x");
  clock.advance(std::chrono::seconds(3));
  CHECK(f.server.connection_count() == 0);
}

TEST_CASE("tls: after the handshake the times of HTTP count", "[http]") {
  ForwardClock clock;
  TLSFixture f;
  TLSPeer peer(client_context(), f.client.fd());
  REQUIRE(peer.handshake() == TLSPeer::Status::done);
  clock.advance(std::chrono::seconds(70));
  CHECK(f.server.connection_count() == 1);
  clock.advance(std::chrono::seconds(8));
  CHECK(peer.receive().empty());
  CHECK(peer.end() == TLSPeer::Status::closed);
  f.client.close();
  CHECK(f.server.connection_count() == 0);
}

TEST_CASE("tls: a handshake and a request that come byte by byte", "[http]") {
  TLSFixture f;
  // A pair of sockets lies between the two, so that each byte can be sent alone.
  int pair[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0);
  const net::FileDescriptor near(pair[0]);
  const net::FileDescriptor far(pair[1]);
  TLSPeer peer(client_context(), near.get());
  const auto relay = [&] {
    for (bool moved = true; moved;) {
      moved = false;
      char byte;
      while (::recv(far.get(), &byte, 1, 0) == 1) {
        f.client.send_bytewise({&byte, 1});
        moved = true;
      }
      const std::string answer = f.client.receive();
      REQUIRE(::send(far.get(), answer.data(), answer.size(), MSG_NOSIGNAL) ==
              static_cast<ssize_t>(answer.size()));
      moved = moved || !answer.empty();
      if (!peer.engine().is_ready()) peer.engine().handshake(false);
    }
  };
  peer.engine().handshake(false);
  relay();
  REQUIRE(peer.engine().is_ready());
  peer.send(kGet);
  relay();
  CHECK(test::status_of(peer.receive()) == 200);
}

TEST_CASE("tls: an alert about a damaged record ends the connection", "[http]") {
  TLSFixture f;
  TLSPeer peer(client_context(), f.client.fd());
  REQUIRE(peer.handshake() == TLSPeer::Status::done);
  f.client.send(std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x'));
  CHECK(f.server.connection_count() == 0);
  CHECK(f.delegate.started == 0);
}

TEST_CASE("tls: a client that leaves while a handler waits is reported to the handler", "[http]") {
  TLSFixture f;
  TLSPeer peer(client_context(), f.client.fd());
  REQUIRE(peer.handshake() == TLSPeer::Status::done);
  peer.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  f.client.reset();
  CHECK(f.delegate.closed == 1);
  CHECK(f.server.connection_count() == 0);
  f.delegate.gate.open();
  CHECK(ServerFixture::busy_exchanges() == 0);
}

TEST_CASE("tls: the protocol is agreed on by ALPN, and strangers are refused", "[http]") {
  const auto agreed = [](std::string_view offered) -> std::string {
    LogCapture log;
    TLSFixture f;
    TLSPeer peer(client_context(), f.client.fd(), "localhost", offered);
    if (peer.handshake() != TLSPeer::Status::done) return peer.engine().failure().text;
    return std::string(peer.engine().protocol());
  };
  CHECK(agreed("") == "");
  CHECK(agreed("\x02h2\x08http/1.1") == "http/1.1");
  CHECK(agreed("\x08http/1.1") == "http/1.1");
  CHECK(agreed("\x02h2").find("no application protocol") != std::string::npos);
}

TEST_CASE("tls: HTU-07: client certificates are asked for, checked and handed on", "[http]") {
  net::SSLOptions options = server_options();
  options.ca_certs = certificates().ca_certs();
  options.cert_reqs = net::CertReqs::cert_required;
  TestCertificates::Request request;
  request.common_name = "Ada";
  request.names = {"ada.example"};
  const auto ada = certificates().issue(request);
  request.is_self_signed = true;
  const auto stranger = certificates().issue(request);

  struct Seen {
    TestCertificates::Made made;
    bool is_taken;
  };
  for (const Seen& seen : {Seen{ada, true}, Seen{stranger, false}, Seen{{}, false}}) {
    LogCapture log;
    TLSFixture f(tls(options));
    net::SSLOptions own;
    own.certfile = seen.made.certfile;
    own.keyfile = seen.made.keyfile;
    TLSPeer peer(client_context(own), f.client.fd());
    peer.handshake();  // with TLS 1.3 a client learns of its refusal after its own handshake
    peer.send("GET /certificate HTTP/1.1\r\nHost: a\r\n\r\n");
    const std::string answer = peer.receive();
    CHECK(answer.ends_with("CN=Ada") == seen.is_taken);
    CHECK(log.count(gen_log, "TLS handshake with") == (seen.is_taken ? 0 : 1));
    CHECK(f.delegate.started == (seen.is_taken ? 1 : 0));
  }
}

TEST_CASE("tls: certificates of named hosts are chosen by SNI", "[http]") {
  TestCertificates::Request request;
  request.names = {"a.example"};
  const auto a = certificates().issue(request);
  request.names = {"*.b.example"};
  const auto b = certificates().issue(request);
  HTTPServerOptions options = tls();
  options.ssl_options.add_host("A.example", {.certfile = a.certfile, .keyfile = a.keyfile});
  options.ssl_options.add_host("*.b.example", {.certfile = b.certfile, .keyfile = b.keyfile});
  const auto served = [&](const char* host) {
    TLSFixture f(options);
    net::SSLOptions own;
    own.check_hostname = false;
    TLSPeer peer(client_context(own), f.client.fd(), host);
    REQUIRE(peer.handshake() == TLSPeer::Status::done);
    return peer.engine().peer_certificate()->subject_alt_names.at(0);
  };
  CHECK(served("a.example") == "DNS:a.example");
  CHECK(served("A.EXAMPLE") == "DNS:a.example");
  CHECK(served("www.b.example") == "DNS:*.b.example");
  CHECK(served("x.www.b.example") == "DNS:localhost");
  CHECK(served("b.example") == "DNS:localhost");
  CHECK(served("") == "DNS:localhost");
}

TEST_CASE("tls: HSV-17: renewed certificates are served from the next connection on", "[http]") {
  TestCertificates::Request request;
  request.common_name = "old";
  const auto main = certificates().issue(request);
  const auto host = certificates().issue(request);
  HTTPServerOptions options = tls({.certfile = main.certfile, .keyfile = main.keyfile});
  options.ssl_options.add_host("b.example", {.certfile = host.certfile, .keyfile = host.keyfile});
  ServerFixture f(options);
  net::SSLOptions own;
  own.check_hostname = false;
  const net::SSLContext context = client_context(own);

  struct Connection {
    Connection(ServerFixture& f, const net::SSLContext& context, const char* host)
        : client(f.server), peer(context, client.fd(), host) {
      REQUIRE(peer.handshake() == TLSPeer::Status::done);
    }
    std::string subject() { return peer.engine().peer_certificate()->subject; }
    Client client;
    TLSPeer peer;
  };
  Connection before(f, context, "localhost");
  before.peer.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  request.common_name = "new";
  certificates().renew(main, request);
  certificates().renew(host, request);
  options.ssl_options.reload();

  CHECK(before.subject() == "CN=old");
  f.delegate.gate.open();
  CHECK(test::status_of(before.peer.receive()) == 200);
  Connection after(f, context, "localhost");
  CHECK(after.subject() == "CN=new");
  Connection named(f, context, "b.example");
  CHECK(named.subject() == "CN=new");
  before.peer.send(kGet);
  CHECK(test::status_of(before.peer.receive()) == 200);
}

TEST_CASE("tls: HSV-17: reloading under load drops nothing", "[http]") {
  TestCertificates::Request request;
  const auto made = certificates().issue(request);
  const auto host = certificates().issue(request);
  HTTPServerOptions options = tls({.certfile = made.certfile, .keyfile = made.keyfile});
  options.ssl_options.add_host("b.example", {.certfile = host.certfile, .keyfile = host.keyfile});
  ServerFixture f(options);
  net::SSLOptions own;
  own.check_hostname = false;
  const net::SSLContext context = client_context(own);

  struct Connection {
    Connection(ServerFixture& f, const net::SSLContext& context, const char* host)
        : client(f.server), peer(context, client.fd(), host) {}
    Client client;
    TLSPeer peer;
  };
  std::vector<std::unique_ptr<Connection>> connections;
  int answered = 0;
  int failed_reloads = 0;
  constexpr int kRounds = 60;
  for (int round = 0; round < kRounds; ++round) {
    // One connection is in the middle of its handshake, all others in the middle of a request.
    connections.push_back(
        std::make_unique<Connection>(f, context, round % 2 == 0 ? "localhost" : "b.example"));
    connections.back()->peer.engine().handshake(false);
    for (auto& connection : connections) {
      if (connection->peer.engine().is_ready())
        connection->peer.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo");
    }
    if (round % 7 == 3) {
      std::filesystem::resize_file(made.certfile, 100);
      try {
        options.ssl_options.reload();
      } catch (const net::SSLError&) {
        ++failed_reloads;
      }
    }
    certificates().renew(made, request);
    certificates().renew(host, request);
    options.ssl_options.reload();
    for (auto& connection : connections) {
      const bool is_new = !connection->peer.engine().is_ready();
      REQUIRE(connection->peer.handshake() == TLSPeer::Status::done);
      connection->peer.send(is_new ? kGet : "dy");
      answered += test::status_of(connection->peer.receive()) == 200 ? 1 : 0;
    }
    if (connections.size() > 8) connections.erase(connections.begin());
  }
  CHECK(failed_reloads > 5);
  CHECK(answered == 36 + (kRounds - 8) * 9);
}

TEST_CASE("tls: sessions are resumed, after a reload too, but at no other host", "[http]") {
  const auto made = certificates().issue({});
  const net::SSLOptions own{.certfile = made.certfile, .keyfile = made.keyfile};
  HTTPServerOptions options = tls(own);
  options.ssl_options.add_host("b.example", own);
  ServerFixture f(options);
  ResumingPeer peer;
  const auto is_resumed = [&](const char* host) {
    const Client client(f.server);
    return peer.visit(client.fd(), host);
  };
  CHECK_FALSE(is_resumed("localhost"));
  CHECK(is_resumed("localhost"));
  options.ssl_options.reload();
  CHECK(is_resumed("localhost"));
  CHECK_FALSE(is_resumed("b.example"));
  CHECK(is_resumed("b.example"));
  CHECK_FALSE(is_resumed("localhost"));
  CHECK(f.delegate.seen.size() == 6);
}

TEST_CASE("tls: a ticket is no way round a host's demand for a certificate", "[http]") {
  LogCapture log;
  net::SSLOptions own = server_options();
  HTTPServerOptions options = tls(own);
  own.ca_certs = certificates().ca_certs();
  own.cert_reqs = net::CertReqs::cert_required;
  options.ssl_options.add_host("secret.example", own);
  ServerFixture f(options);
  ResumingPeer peer;
  for (const char* host : {"localhost", "localhost", "secret.example"}) {
    const Client client(f.server);
    static_cast<void>(peer.visit(client.fd(), host));
  }
  CHECK(f.delegate.started == 2);
  CHECK(log.count(gen_log, "no certificate") == 1);

  // An untrusted certificate is reported differently from none, also where only the host asks for
  // one.
  TestCertificates::Request request;
  request.is_self_signed = true;
  const auto stranger = certificates().issue(request);
  net::SSLOptions client;
  client.certfile = stranger.certfile;
  client.keyfile = stranger.keyfile;
  client.check_hostname = false;
  const Client socket(f.server);
  TLSPeer other(client_context(client), socket.fd(), "secret.example");
  other.handshake();
  other.receive();
  CHECK(log.count(gen_log, "certificate is not accepted") == 1);
  CHECK(f.delegate.started == 2);
}

TEST_CASE("tls: draining answers what runs and ends TLS", "[http]") {
  ForwardClock clock;
  TLSFixture f;
  Client idle_client(f.server);
  TLSPeer busy(client_context(), f.client.fd());
  TLSPeer idle(client_context(), idle_client.fd());
  REQUIRE(busy.handshake() == TLSPeer::Status::done);
  REQUIRE(idle.handshake() == TLSPeer::Status::done);
  busy.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
  IOLoop::current().spawn(f.server.drain());
  clock.advance(std::chrono::seconds(1));
  idle.receive();
  CHECK(idle.end() == TLSPeer::Status::closed);
  f.delegate.gate.open();
  CHECK(test::status_of(busy.receive()) == 200);
  CHECK(busy.end() == TLSPeer::Status::closed);
  f.client.close();
  idle_client.close();
  CHECK(f.server.connection_count() == 0);
}

}  // namespace
}  // namespace bora::http
