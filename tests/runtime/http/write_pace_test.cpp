// Clients that read slowly: WritePace by itself, to the byte and the second, and over TCP.

#include "runtime/http/write_pace.h"

#include <string>
#include <vector>

#include "tests/runtime/http/http_fixture.h"

using namespace bora::test;
using namespace std::chrono_literals;
using bora::http::WritePace;

namespace {

constexpr WritePace::Limits kLimits{60s, 1024, 60s};
constexpr std::size_t kWindow = 60 * 1024;  // bytes that must be taken in each minute

std::int64_t at(std::chrono::nanoseconds time) {
  return time.count();
}

/// A server's connection, and a client whose system buffers little.
struct SlowReader {
  /// @param send_buffer  The buffer of the server's socket; 0: the system's choice.
  explicit SlowReader(bora::http::HTTPServer& server, int send_buffer) {
    std::vector<bora::net::FileDescriptor> listening =
        bora::net::bind_sockets(0, "127.0.0.1", 1, false);
    sockaddr_in address{};
    socklen_t size = sizeof(address);
    REQUIRE(getsockname(listening[0].get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    socket = bora::net::FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int receive_buffer = 8 * 1024;
    setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(int));
    REQUIRE(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
    const int accepted =
        ::accept4(listening[0].get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    REQUIRE(accepted >= 0);
    if (send_buffer > 0) setsockopt(accepted, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof(int));
    server.add_connection(accepted);
  }

  void send(std::string_view bytes) const {
    REQUIRE(::send(socket.get(), bytes.data(), bytes.size(), 0) ==
            static_cast<ssize_t>(bytes.size()));
    run_until_idle();
  }

  /// Takes up to `bytes`; returns how many it got.
  std::size_t take(std::size_t bytes) const {
    std::string room(bytes, '\0');
    const ssize_t got = ::recv(socket.get(), room.data(), bytes, MSG_DONTWAIT);
    run_until_idle();
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  }

  bora::net::FileDescriptor socket;
};

}  // namespace

TEST_CASE("write pace: a window's bytes, less one, and one more", "[http]") {
  WritePace pace;
  pace.begin(at(100s), 200'000);
  CHECK(pace.has_begun());
  CHECK_FALSE(pace.is_too_slow(at(100s + 60s) - 1, 200'000 - 10, kLimits));
  SECTION("one byte less is too slow") {
    CHECK(pace.is_too_slow(at(160s), 200'000 - kWindow + 1, kLimits));
  }
  SECTION("just as many are enough, and the next window wants them again") {
    CHECK_FALSE(pace.is_too_slow(at(160s), 200'000 - kWindow, kLimits));
    CHECK_FALSE(pace.is_too_slow(at(219s), 200'000 - kWindow - 10, kLimits));
    CHECK(pace.is_too_slow(at(220s), 200'000 - 2 * kWindow + 1, kLimits));
  }
  SECTION("more in one window buys nothing in the next") {
    pace.add(at(130s), 10'000'000);
    CHECK_FALSE(pace.is_too_slow(at(160s), 100'000, kLimits));
    CHECK(pace.is_too_slow(at(220s), 99'999, kLimits));
  }
}

TEST_CASE("write pace: what the socket took is not yet what the client took", "[http]") {
  WritePace pace;
  pace.begin(at(0s), 50'000);
  pace.add(at(30s), 1'000'000);
  SECTION("all of it still waits in the queue") {
    CHECK(pace.is_too_slow(at(60s), 1'050'000 - kWindow + 1, kLimits));
  }
  SECTION("the queue grew, and yet the client took enough") {
    CHECK_FALSE(pace.is_too_slow(at(60s), 1'050'000 - kWindow, kLimits));
  }
  SECTION("a queue that is counted larger than it can be took nothing") {
    CHECK(pace.is_too_slow(at(60s), 9'000'000, kLimits));
  }
}

TEST_CASE("write pace: time without a byte", "[http]") {
  constexpr WritePace::Limits limits{60s, 0, 60s};
  WritePace pace;
  pace.begin(at(0s), 1000);
  CHECK(pace.time_left(at(0s), limits) == 60s);
  CHECK(pace.time_left(at(59s) + 1, limits) == 1s);
  CHECK_FALSE(pace.is_too_slow(at(60s) - 1, 1000, limits));
  SECTION("nothing") {
    CHECK(pace.is_too_slow(at(60s), 1000, limits));
  }
  SECTION("one byte left the queue: seen when it is looked at, and the time begins again") {
    CHECK_FALSE(pace.is_too_slow(at(60s), 999, limits));
    CHECK_FALSE(pace.is_too_slow(at(120s) - 1, 999, limits));
    CHECK(pace.is_too_slow(at(120s), 999, limits));
  }
  SECTION("the full socket took more: then something has left it") {
    pace.add(at(50s), 10);
    CHECK(pace.time_left(at(50s), limits) == 60s);
    CHECK_FALSE(pace.is_too_slow(at(110s) - 1, 1010, limits));
    CHECK(pace.is_too_slow(at(110s), 1010, limits));
  }
}

TEST_CASE("write pace: limits that are 0 are none", "[http]") {
  WritePace pace;
  pace.begin(at(0s), 1000);
  CHECK(pace.time_left(at(0s), {0s, 0, 60s}) == 0s);
  CHECK(pace.time_left(at(0s), {0s, 1024, 0s}) == 0s);
  CHECK(pace.time_left(at(0s), {0s, 1024, 5s}) == 5s);
  CHECK_FALSE(pace.is_too_slow(at(1h), 1000, {0s, 0, 60s}));
  CHECK_FALSE(pace.is_too_slow(at(1h), 1000, {0s, 1024, 0s}));
  CHECK(pace.is_too_slow(at(1h), 1000, {0s, 1024, 5s}));
}

TEST_CASE("write pace: the longest durations are never", "[http]") {
  constexpr auto kNever = std::chrono::seconds::max();
  WritePace pace;
  pace.begin(at(1000h), 1000);
  CHECK_FALSE(pace.is_too_slow(at(100'000h), 1000, {kNever, 0, 60s}));
  CHECK_FALSE(pace.is_too_slow(at(100'000h), 1000, {0s, 1024, kNever}));
  CHECK(pace.time_left(at(1000h), {kNever, 1024, kNever}) == 0s);
  CHECK(pace.time_left(at(1000h), {60s, 1024, kNever}) == 60s);
}

TEST_CASE("slow reader: a little every second does not hold a connection", "[http]") {
  ForwardClock clock;
  ServerFixture fixture;
  const SlowReader client(fixture.server, 8 * 1024);
  const char* const path = GENERATE("/big", "/download");
  client.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n");
  std::size_t seconds = 0;
  while (fixture.server.connection_count() > 0 && seconds < 200) {
    clock.advance(1s);
    client.take(256);
    ++seconds;
  }
  CHECK(seconds >= 60);
  CHECK(seconds <= 63);
  CHECK(fixture.busy_exchanges() == 0);
}

TEST_CASE("slow reader: one that is given up is reset, so that the system's buffer is freed, too",
          "[http]") {
  ForwardClock clock;
  ServerFixture fixture;
  const SlowReader client(fixture.server, 0);
  // The system's buffer holds all of /big, and a part of /download. A connection that is kept alive
  // is closed first.
  const auto [request, seconds] = GENERATE(table<std::string, int>(
      {{"GET /download HTTP/1.1\r\nHost: a\r\n\r\n", 62},
       {"GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nmore", 70},
       {"GET /big HTTP/1.1\r\nHost: a\r\n\r\n", 150}}));
  client.send(request);
  int waited = 0;
  for (; fixture.server.connection_count() > 0 && waited < 400; ++waited) clock.advance(1s);
  CHECK(waited <= seconds);
  CHECK(waited >= seconds - 10);
  while (client.take(100'000) > 0) {
  }
  CHECK(errno == ECONNRESET);
}

TEST_CASE("slow reader: a last answer that is in the system's buffer has its time", "[http]") {
  ForwardClock clock;
  ServerFixture fixture;
  const SlowReader client(fixture.server, 0);
  client.send("GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nmore");
  std::size_t taken = 0;
  for (int i = 0; i < 600 && taken <= 1024 * 1024; ++i) {
    clock.advance(1s);
    taken += client.take(4096);
  }
  CHECK(taken > 1024 * 1024);
  CHECK(::recv(client.socket.get(), nullptr, 0, MSG_DONTWAIT) == 0);
}

TEST_CASE("slow reader: as much as makes the socket take more, every 50 s, is still too little",
          "[http]") {
  ForwardClock clock;
  ServerFixture fixture;
  const SlowReader client(fixture.server, 8 * 1024);
  client.send("GET /download HTTP/1.1\r\nHost: a\r\n\r\n");
  for (int i = 0; i < 3; ++i) {
    clock.advance(50s);
    client.take(20'000);
  }
  CHECK(fixture.server.connection_count() == 0);
}

TEST_CASE("slow reader: at twice the floor the connection lives on", "[http]") {
  ForwardClock clock;
  ServerFixture fixture;
  const int send_buffer = GENERATE(8 * 1024, 0);  // 0: megabytes, a third of which takes minutes
  const SlowReader client(fixture.server, send_buffer);
  client.send("GET /download HTTP/1.1\r\nHost: a\r\n\r\n");
  std::size_t taken = 0;
  for (int i = 0; i < 400; ++i) {
    clock.advance(1s);
    taken += client.take(2048);
  }
  CHECK(taken > 700'000);
  CHECK(fixture.server.connection_count() == 1);
}

TEST_CASE("slow reader: without a floor a little is enough, nothing is not", "[http]") {
  ForwardClock clock;
  bora::http::HTTPServerOptions options;
  options.min_write_rate = 0;
  ServerFixture fixture(options);
  const SlowReader client(fixture.server, 8 * 1024);
  client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  for (int i = 0; i < 600; ++i) {
    clock.advance(1s);
    client.take(256);
  }
  CHECK(fixture.server.connection_count() == 1);
  clock.advance(125s);
  CHECK(fixture.server.connection_count() == 0);
}
