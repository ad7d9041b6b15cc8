#include <chrono>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>

#include <bora/core/io_loop.h>
#include <bora/core/options.h>
#include <bora/net/tcp_client.h>

using namespace std::chrono_literals;

namespace {

/// Sends the lines of standard input and prints what comes back.
bora::Task<void> talk(std::string host, int port) {
  bora::net::TCPClient client;
  bora::net::ConnectOptions options;
  options.timeout = 5s;
  bora::net::IOStream stream = co_await client.connect(host, port, options);
  std::string line;
  while (std::getline(std::cin, line)) {
    line += '\n';
    co_await stream.write(line);
    const std::string answer = co_await stream.read_until("\n");
    std::fputs(answer.c_str(), stdout);
  }
}

}  // namespace

int main(int argc, char** argv) try {
  const auto host = bora::define("host", "localhost", "name or address of the server");
  const auto port = bora::define("port", 8888, "its port");
  bora::parse_command_line(argc, argv);
  bora::IOLoop::current().run_sync(talk(*host, *port));
} catch (const std::exception& error) {
  std::fprintf(stderr, "tcp_echo_client: %s\n", error.what());
  return 1;
}
