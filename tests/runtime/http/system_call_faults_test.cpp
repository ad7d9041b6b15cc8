#include <fcntl.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tests/runtime/http/fault_injection.h"
#include "tests/runtime/http/http_fixture.h"
#include "tests/support/log_capture.h"
#include "tests/support/open_descriptors.h"

// Every system call of a connection's life fails once, in every way that it can: nothing is lost
// that can be saved, nothing leaks, nothing spins.

using namespace bora::test;
using namespace std::chrono_literals;
using bora::testing::LogCapture;

namespace {

/// A client whose calls the injected faults leave alone.
class PlainClient {
 public:
  explicit PlainClient(int port) : client_(port) {
    fcntl(client_.fd(), F_SETFL, fcntl(client_.fd(), F_GETFL) | O_NONBLOCK);
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::write(client_.fd(), bytes.data(), bytes.size());
      if (sent < 0) return;  // the server has closed
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      run_until_idle();
    }
  }

  const std::string& receive() {
    char buffer[65536];
    for (int idle = 0; idle < 3; ++idle) {
      run_until_idle();
      ssize_t count = 0;
      while ((count = ::read(client_.fd(), buffer, sizeof(buffer))) > 0) {
        received_.append(buffer, static_cast<std::size_t>(count));
        idle = 0;
      }
      if (count == 0 || errno == ECONNRESET) has_ended_ = true;
    }
    return received_;
  }

  [[nodiscard]] bool has_ended() const { return has_ended_; }

 private:
  Client client_;
  std::string received_;
  bool has_ended_ = false;
};

constexpr std::string_view kFirst =
    "GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n"
    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf";
constexpr std::string_view kSecond =
    " body"
    "GET /chunks HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kThird =
    "GET /big HTTP/1.1\r\nHost: a\r\n\r\nGET /last HTTP/1.1\r\nHost: a\r\n"
    "Connection: close\r\n\r\n";

/// Returns what a client gets in the whole life of a connection: pipelined requests, a body in two
/// pieces, a chunked answer, a large one, a close.
std::string run_life(int port) {
  PlainClient client(port);
  client.send(kFirst);
  client.receive();
  client.send(kSecond);
  client.receive();
  client.send(kThird);
  std::string all = client.receive();
  if (!client.has_ended()) all += "(open)";
  return all;
}

}  // namespace

TEST_CASE("system calls: each one fails once, in each way that it can", "[http]") {
  const LogCapture quiet;
  ForwardClock clock;
  ServerFixture fixture;
  fixture.server.listen(0, "127.0.0.1");
  const int port = fixture.server.port();
  const std::string expected = run_life(port);
  REQUIRE(expected.ends_with("\r\n\r\n/last"));
  REQUIRE(expected.size() > 1024 * 1024);

  struct Way {
    Call call;
    int error;
    bool is_harmless;  ///< The connection goes on as if nothing had happened.
  };
  const Way ways[] = {{Call::recv, EINTR, true},        {Call::recv, ECONNRESET, false},
                      {Call::recv, ETIMEDOUT, false},   {Call::send, EINTR, true},
                      {Call::send, EAGAIN, true},       {Call::send, Fault::kShort, true},
                      {Call::send, EPIPE, false},       {Call::send, ECONNRESET, false},
                      {Call::epoll_add, ENOMEM, false}, {Call::epoll_modify, ENOMEM, false}};
  for (const Way& way : ways) {
    const std::size_t descriptors = open_descriptors();
    for (std::size_t at = 0; at < 400; ++at) {
      CAPTURE(static_cast<int>(way.call), way.error, at);
      fixture.delegate.closed = 0;
      std::string received;
      std::size_t calls_now = 0;
      {
        const Fault fault(way.call, way.error, at);
        received = run_life(port);
        calls_now = fault.calls();
        if (!fault.has_struck()) break;
      }
      const bool is_right = way.is_harmless ? received == expected : expected.starts_with(received);
      CHECK(is_right);
      CHECK(calls_now < 400);
      run_until_idle();
      CHECK(fixture.server.connection_count() == 0);
      CHECK(fixture.busy_exchanges() == 0);
      CHECK(open_descriptors() == descriptors);
    }
  }
  CHECK(run_life(port) == expected);
}

TEST_CASE("system calls: bytes that a false EAGAIN hides are found when the time is over",
          "[http]") {
  ForwardClock clock;
  ServerFixture fixture;
  fixture.server.listen(0, "127.0.0.1");
  PlainClient client(fixture.server.port());
  {
    const Fault fault(Call::recv, EAGAIN, 0);
    client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(client.receive().empty());
    REQUIRE(fault.has_struck());
  }
  clock.advance(78s);
  CHECK(client.receive().ends_with("\r\n\r\n/a"));
  CHECK_FALSE(client.has_ended());
}

TEST_CASE("system calls: accept4() fails: the connection after it is served, nothing spins",
          "[http]") {
  const LogCapture log;
  ForwardClock clock;
  ServerFixture fixture;
  fixture.server.listen(0, "127.0.0.1");
  const int port = fixture.server.port();
  SECTION("for that one connection") {
    for (const int error : {ECONNABORTED, EINTR, EPROTO, EPERM}) {
      CAPTURE(error);
      const Fault fault(Call::accept4, error, 0);
      CHECK(run_life(port).ends_with("/last"));
      CHECK(fault.has_struck());
      CHECK(fault.calls() < 10);
    }
    CHECK(log.count(bora::gen_log, "can't accept") == 0);
  }
  SECTION("for all, until descriptors or memory are free again") {
    for (const int error : {EMFILE, ENFILE, ENOBUFS, ENOMEM}) {
      CAPTURE(error);
      PlainClient waiting(port);
      {
        const Fault fault(Call::accept4, error, 0, true);
        PlainClient next(port);
        next.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
        for (int i = 0; i < 100; ++i) run_until_idle();
        CHECK(fault.calls() < 4);
        clock.advance(2s);
        CHECK(fault.calls() < 20);
        CHECK(fixture.server.connection_count() == 1);
      }
      clock.advance(1s);
      CHECK(run_life(port).ends_with("/last"));
    }
    CHECK(log.count(bora::gen_log, "can't accept") == 4);
  }
}
