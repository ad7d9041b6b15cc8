#include <cstdio>
#include <exception>
#include <string>

#include <bora/core/io_loop.h>
#include <bora/core/options.h>
#include <bora/net/tcp_server.h>

namespace {

/// Sends each line back.
class EchoServer : public bora::net::TCPServer {
  bora::Task<void> handle_stream(bora::net::IOStream stream, bora::net::Address) override {
    for (;;) {
      // If the client leaves, the read throws StreamClosedError, which ends this loop.
      const std::string line = co_await stream.read_until("\n", 64 * 1024);
      // This waits while the client does not read.
      co_await stream.write(line);
    }
  }
};

}  // namespace

int main(int argc, char** argv) try {
  const auto listen = bora::define("listen", "127.0.0.1:8888", "address, or unix:/path");
  bora::parse_command_line(argc, argv);
  EchoServer server;
  server.listen(*listen);
  bora::IOLoop::current().start();
} catch (const std::exception& error) {
  std::fprintf(stderr, "tcp_echo: %s\n", error.what());
  return 1;
}
