// See tests/runtime/core/awaited_forms_test.cpp.

#include <string>

#include "tests/support/catch.h"
#include "tests/support/compilers.h"

using bora::test::check_accepted;
using bora::test::check_refused;

TEST_CASE("awaited forms: options of connect() in braces", "[net][compilers]") {
  check_refused(R"(
#include <bora/net/tcp_client.h>
using namespace std::chrono_literals;
bora::Task<void> visit(bora::net::TCPClient& client) {
  bora::net::IOStream stream = co_await client.connect("localhost", 80, {.timeout = 5s});
})",
                "g++ before 13 miscompiles this co_await");
}

TEST_CASE("awaited forms: of streams and clients, what needs no name", "[net][compilers]") {
  check_accepted(R"(
#include <bora/net/ssl_io_stream.h>
#include <bora/net/tcp_client.h>
using namespace std::chrono_literals;
bora::Task<void> visit(bora::net::TCPClient& client) {
  bora::net::IOStream plain = co_await client.connect("localhost", 80);
  const bora::net::ConnectOptions options{.timeout = 5s};
  bora::net::IOStream timed = co_await client.connect("localhost", 80, options);
  auto connecting = client.connect("localhost", 80, {.timeout = 5s});
  bora::net::IOStream named = co_await connecting;
  bora::net::SSLIOStream secure =
      co_await plain.start_tls(false, bora::net::SSLContext::client(), "localhost");
  const std::string line = co_await secure.read_until("\n");
  co_await secure.write("answer: " + line);
})");
}
