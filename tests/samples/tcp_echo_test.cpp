#include <csignal>
#include <string>

#include <bora/core/io_loop.h>
#include <bora/net/subprocess.h>
#include <bora/net/tcp_client.h>

#include "tests/samples/running_program.h"
#include "tests/support/catch.h"

using namespace std::chrono_literals;
using bora::net::Subprocess;
using bora::testing::RunningProgram;

namespace {

struct Ended {
  std::string output;
  std::string errors;
  int status = 0;
};

/// Runs the client with `input`.
bora::Task<Ended> run_client(int port, std::string input) {
  bora::net::SubprocessOptions options;
  options.stdin_ = options.stdout_ = options.stderr_ = Subprocess::STREAM;
  Subprocess client(
      {BORA_SAMPLES_DIR "/tcp_echo_client", "--host=127.0.0.1", "--port=" + std::to_string(port)},
      options);
  co_await client.stdin_->write(input);
  client.stdin_->close();
  Ended ended;
  ended.output = co_await client.stdout_->read_until_close();
  ended.errors = co_await client.stderr_->read_until_close();
  ended.status = co_await client.wait_for_exit(false);
  co_return ended;
}

Ended client(int port, std::string input) {
  return bora::IOLoop::current().run_sync(run_client(port, std::move(input)), 10s);
}

}  // namespace

TEST_CASE("tcp_echo: the client gets its lines back; SIGTERM stops the server", "[samples]") {
  RunningProgram server("tcp_echo", {"--listen=127.0.0.1:0"});
  const int port = server.port();
  const std::string lines = "hello\n\n" + std::string(60'000, 'x') + "\nlast\n";
  const Ended ended = client(port, lines);
  CHECK(ended.status == 0);
  CHECK(ended.output == lines);
  CHECK(ended.errors.empty());
  server.signal(SIGTERM);
  CHECK(server.wait() == 0);
  CHECK(server.errors().find("[E ") == std::string::npos);
}

TEST_CASE("tcp_echo: a line without an end closes that connection only", "[samples]") {
  RunningProgram server("tcp_echo", {"--listen=127.0.0.1:0"});
  const int port = server.port();
  const Ended ended = client(port, std::string(70'000, 'x') + "\n");
  CHECK(ended.status == 1);
  CHECK(ended.errors.starts_with("tcp_echo_client: stream is closed: "));
  CHECK(client(port, "fine\n").output == "fine\n");
}

TEST_CASE("tcp_echo: without a server, the client says what it tried", "[samples]") {
  const Ended ended = client(1, "");
  CHECK(ended.status == 1);
  CHECK(ended.errors ==
        "tcp_echo_client: can't connect to 127.0.0.1:1: 127.0.0.1:1: Connection refused\n");
}
