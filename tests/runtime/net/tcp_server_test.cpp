#include <bora/net/tcp_server.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/net/ssl_io_stream.h>
#include <bora/net/tcp_client.h>
#include <bora/testing/certificates.h>

#include "tests/runtime/net/stream_pair.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"
#include "tests/support/started.h"

using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
using bora::net::Address;
using bora::net::Error;
using bora::net::IOStream;
using bora::net::StreamClosedError;
using bora::net::TCPServer;
using bora::net::TCPServerOptions;
using bora::test::closed_by;
using bora::test::run;
using bora::test::Started;
using bora::test::turn;

namespace {

class Server : public TCPServer {
 public:
  using Handler = std::function<Task<void>(IOStream, Address)>;
  explicit Server(Handler handler, TCPServerOptions options = {})
      : TCPServer(std::move(options)), handler_(std::move(handler)) {}

 private:
  Task<void> handle_stream(IOStream stream, Address address) override {
    return handler_(std::move(stream), address);
  }
  Handler handler_;
};

Task<void> echo(IOStream stream, Address) {
  for (;;) {
    const std::string line = co_await stream.read_until("\n");
    co_await stream.write(line);
  }
}

IOStream connected_to(const TCPServer& server) {
  IOStream stream(bora::net::AddressFamily::ipv4);
  run(stream.connect(*Address::from_ip("127.0.0.1", server.port())));
  return stream;
}

std::string exchange(IOStream& stream, const std::string& line) {
  stream.write(line);
  return run(stream.read_until("\n"));
}

}  // namespace

TEST_CASE("tcpserver: serves many at once (TSV-02)", "[net]") {
  Server server(echo);
  server.listen(0, "127.0.0.1");
  std::vector<IOStream> clients;
  for (int i = 0; i < 20; ++i) clients.push_back(connected_to(server));
  for (int i = 0; i < 20; ++i) {
    const std::string line = "line " + std::to_string(i) + "\n";
    CHECK(exchange(clients[static_cast<std::size_t>(i)], line) == line);
  }
  CHECK(server.connection_count() == 20);
  clients.clear();
  turn();
  CHECK(server.connection_count() == 0);
}

TEST_CASE("TSV-06: what a handler throws is logged, and the server goes on", "[net]") {
  const bora::testing::LogCapture log;
  Server server([](IOStream stream, Address) -> Task<void> {
    const std::string line = co_await stream.read_until("\n");
    if (line == "fail\n") throw std::runtime_error("a bad line");
    co_await stream.write(line);
  });
  server.listen(0, "127.0.0.1");
  IOStream bad = connected_to(server);
  bad.write("fail\n");
  CHECK(closed_by(bad.read_bytes(1)) == Error::closed_by_peer);
  CHECK(log.count(bora::app_log, "a bad line") == 1);
  SECTION("before its first wait") {
    Server throwing([](IOStream, Address) -> Task<void> { throw std::runtime_error("at once"); });
    throwing.listen(0, "127.0.0.1");
    IOStream client = connected_to(throwing);
    CHECK(closed_by(client.read_bytes(1)) == Error::closed_by_peer);
    CHECK(log.count(bora::app_log, "at once") == 1);
  }
  SECTION("but not that the peer left") {
    {
      IOStream gone = connected_to(server);
    }
    turn();
    CHECK(server.connection_count() == 0);
    CHECK(log.records.size() == 1);
  }
  IOStream good = connected_to(server);
  CHECK(exchange(good, "fine\n") == "fine\n");
}

TEST_CASE("tcpserver: stop() is harmless twice and from a handler (TSV-05)", "[net]") {
  std::optional<Server> server;
  server.emplace([&](IOStream stream, Address peer) -> Task<void> {
    server->stop();
    co_await echo(std::move(stream), peer);
  });
  server->listen(0, "127.0.0.1");
  const int port = server->port();
  IOStream client = connected_to(*server);
  CHECK(exchange(client, "still here\n") == "still here\n");
  server->stop();
  IOStream late(bora::net::AddressFamily::ipv4);
  CHECK(closed_by(late.connect(*Address::from_ip("127.0.0.1", port))) ==
        std::errc::connection_refused);
  CHECK(exchange(client, "still\n") == "still\n");
}

TEST_CASE("tcpserver: destroyed from a handler, and with handlers that wait", "[net]") {
  auto server = std::make_unique<Server>(echo);
  server->listen(0, "127.0.0.1");
  IOStream client = connected_to(*server);
  CHECK(exchange(client, "x\n") == "x\n");
  server.reset();
  CHECK(closed_by(client.read_bytes(1)) == Error::closed_by_peer);

  auto doomed = std::make_unique<Server>(echo);
  auto killer = std::make_unique<Server>([&](IOStream stream, Address) -> Task<void> {
    doomed.reset();
    co_await stream.write("done\n");
  });
  doomed->listen(0, "127.0.0.1");
  killer->listen(0, "127.0.0.1");
  IOStream other = connected_to(*killer);
  CHECK(run(other.read_until("\n")) == "done\n");
  CHECK(doomed == nullptr);
}

TEST_CASE("tcpserver: bind, then start; own sockets (TSV-03, TSV-04)", "[net]") {
  Server server(echo);
  server.bind(0, "127.0.0.1");
  CHECK(server.port() > 0);
  server.start();
  IOStream client = connected_to(server);
  CHECK(exchange(client, "one\n") == "one\n");

  Server second(echo);
  second.add_sockets(bora::net::bind_sockets(0, "127.0.0.1"));
  IOStream other = connected_to(second);
  CHECK(exchange(other, "two\n") == "two\n");
  CHECK_THROWS_AS(second.add_socket(bora::net::FileDescriptor(::dup(0))), std::invalid_argument);
}

TEST_CASE(
    "tcpserver: bind takes unix paths and sockets that listen, as an HTTPServer does (TSV-03)",
    "[net]") {
  std::string folder = "/tmp/bora-tcp-XXXXXX";
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  const std::string path = folder + "/echo.sock";
  Server server(echo);
  server.bind("unix:" + path);
  server.bind(bora::net::bind_sockets(0, "127.0.0.1"));
  std::vector<bora::net::FileDescriptor> wrong;
  wrong.emplace_back(::dup(0));
  CHECK_THROWS_AS(server.bind(std::move(wrong)), std::invalid_argument);
  server.start();
  IOStream by_path(bora::net::AddressFamily::unix_domain);
  run(by_path.connect(Address::unix_path(path)));
  CHECK(exchange(by_path, "one\n") == "one\n");
  std::filesystem::remove_all(folder);
}

TEST_CASE("tcpserver: streams get the server's limits and the peer's address (TSV-09)", "[net]") {
  std::size_t limit = 0;
  Address seen;
  TCPServerOptions options;
  options.stream.max_buffer_size = 12345;
  Server server(
      [&](IOStream stream, Address peer) -> Task<void> {
        limit = stream.max_buffer_size();
        seen = peer;
        co_await stream.write("\n");
      },
      options);
  server.listen(0, "127.0.0.1");
  IOStream client = connected_to(server);
  static_cast<void>(run(client.read_until("\n")));
  CHECK(limit == 12345);
  CHECK(seen == client.local_address());
}

TEST_CASE("tcpserver: drain() waits for the handlers, then cancels them", "[net]") {
  TCPServerOptions options;
  options.drain_timeout = 0s;
  SECTION("those that end") {
    options.drain_timeout = 30s;
  }
  SECTION("those that do not") {}
  Server server(
      [](IOStream stream, Address peer) -> Task<void> { co_await echo(std::move(stream), peer); },
      options);
  server.listen(0, "127.0.0.1");
  IOStream client = connected_to(server);
  CHECK(exchange(client, "x\n") == "x\n");
  Started draining([](TCPServer& drained) -> Task<void> { co_await drained.drain(); }(server));
  turn();
  if (options.drain_timeout == 30s) {
    CHECK(draining.outcome() == "waits");
    CHECK(exchange(client, "y\n") == "y\n");
    client.close();
    turn();
  }
  CHECK(draining.outcome() == "value");
  CHECK(server.connection_count() == 0);
}

TEST_CASE("tcpserver: ten thousand ready reads of one connection do not starve another", "[net]") {
  Server server(echo);
  server.listen(0, "127.0.0.1");
  IOStream busy = connected_to(server);
  IOStream other = connected_to(server);
  std::string lines;
  for (int i = 0; i < 10'000; ++i) lines += "\n";
  busy.write(lines);
  other.write("me too\n");
  CHECK(run(other.read_until("\n")) == "me too\n");
  CHECK(run(busy.read_bytes(10'000)) == lines);
}

TEST_CASE("tcpserver: over TLS, a client that says nothing holds up nobody (TSV-07, TCL-01)",
          "[net]") {
  bora::testing::TestCertificates certificates;
  const auto issued = certificates.issue({});
  bora::net::SSLOptions server_side;
  server_side.certfile = issued.certfile;
  server_side.keyfile = issued.keyfile;
  TCPServerOptions options;
  options.ssl_options = bora::net::SSLContext::server(server_side);
  Server server(echo, options);
  server.listen(0, "127.0.0.1");
  IOStream silent = connected_to(server);
  turn();

  bora::net::SSLOptions client_side;
  client_side.ca_certs = certificates.ca_certs();
  bora::net::ConnectOptions connecting;
  connecting.family = bora::net::AddressFamily::ipv4;
  connecting.ssl_options = bora::net::SSLContext::client(client_side);
  bora::net::TCPClient client;
  IOStream stream = run(client.connect("localhost", server.port(), connecting));
  CHECK(exchange(stream, "secret\n") == "secret\n");
  CHECK(server.connection_count() == 2);

  const bora::testing::LogCapture log;
  silent.write(std::string(100'000, 'n'));  // more than is read of it before it is refused
  CHECK(closed_by(silent.read_until_close()) == std::error_code());
  turn();
  CHECK(server.connection_count() == 1);
  CHECK(log.count(bora::app_log) == 0);

  connecting.ssl_options = bora::net::SSLContext::client();
  std::string failure;
  try {
    static_cast<void>(run(client.connect("localhost", server.port(), connecting)));
  } catch (const StreamClosedError& closed) {
    failure = closed.what();
  }
  CHECK(failure.find("localhost") != std::string::npos);
}
