#include <filesystem>
#include <stdexcept>
#include <string>

#include <bora/net/ssl_io_stream.h>
#include <bora/net/tcp_client.h>
#include <bora/net/tcp_server.h>
#include <bora/testing/certificates.h>

#include "tests/runtime/net/stream_pair.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"

using bora::Task;
using bora::net::Address;
using bora::net::ConnectOptions;
using bora::net::IOStream;
using bora::net::SSLContext;
using bora::net::SSLIOStream;
using bora::net::StreamClosedError;
using bora::net::TCPClient;
using bora::net::TCPServer;
using bora::net::TCPServerOptions;
using bora::test::run;
using bora::testing::LogCapture;
using bora::testing::TestCertificates;

namespace {

class Echo final : public TCPServer {
 public:
  using TCPServer::TCPServer;

 private:
  Task<void> handle_stream(IOStream stream, Address) override {
    for (;;) {
      const std::string line = co_await stream.read_until("\n");
      co_await stream.write(line);
    }
  }
};

struct Fixture {
  explicit Fixture(const TestCertificates::Request& request = {}) : server(options(request)) {
    server.listen(0, "127.0.0.1");
    connecting.ssl_options = SSLContext::client({.ca_certs = certificates.ca_certs()});
  }

  TCPServerOptions options(const TestCertificates::Request& request) {
    files = certificates.issue(request);
    TCPServerOptions result;
    result.ssl_options = SSLContext::server({.certfile = files.certfile, .keyfile = files.keyfile});
    return result;
  }

  TestCertificates certificates;
  TestCertificates::Made files;
  Echo server;
  TCPClient client;
  ConnectOptions connecting;
};

}  // namespace

TEST_CASE("tls: TCL-01, TSV-01: TCPClient and TCPServer speak it", "[net]") {
  Fixture f;
  SSLIOStream stream(run(f.client.connect("localhost", f.server.port(), f.connecting)));
  stream.write("over TLS\n");
  CHECK(run(stream.read_until("\n")) == "over TLS\n");
  CHECK(stream.get_ssl_certificate()->subject == "CN=localhost");
}

TEST_CASE("tls: TCL-01: a certificate that does not prove the host is reported", "[net]") {
  TestCertificates::Request request;
  request.names = {"elsewhere.example"};
  Fixture f(request);
  LogCapture log;
  std::string sentence;
  try {
    run(f.client.connect("localhost", f.server.port(), f.connecting));
  } catch (const StreamClosedError& failure) {
    sentence = failure.what();
  }
  CHECK(sentence.find("localhost (127.0.0.1:") != std::string::npos);
  CHECK(sentence.find("elsewhere.example") != std::string::npos);
}

TEST_CASE("tls: TSV-07: a client that never shakes hands delays nobody else", "[net]") {
  Fixture f;
  IOStream silent = run(f.client.connect("127.0.0.1", f.server.port()));
  IOStream stream = run(f.client.connect("127.0.0.1", f.server.port(), f.connecting));
  stream.write("hello\n");
  CHECK(run(stream.read_until("\n")) == "hello\n");
}

TEST_CASE(
    "ssl tcp: TSV-01: certificates that can't be read again are logged, the former ones go on",
    "[net]") {
  const LogCapture log;
  Fixture fixture;
  const auto visit = [&]() -> std::string {
    IOStream stream =
        run(fixture.client.connect("localhost", fixture.server.port(), fixture.connecting));
    stream.write("hello\n");
    return run(stream.read_until("\n"));
  };
  CHECK(visit() == "hello\n");
  fixture.server.reload_certificates();
  CHECK(log.count(bora::app_log) == 0);
  std::filesystem::remove(fixture.files.certfile);
  fixture.server.reload_certificates();
  CHECK(log.count(bora::app_log, "the former certificates are used on") == 1);
  CHECK(visit() == "hello\n");
}
