// Every system call of a stream or a listener is made to fail in turn. The linker sends the
// library's calls here (--wrap, see CMakeLists.txt).

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/net/io_stream.h>
#include <bora/testing/fake_clock.h>

#include "runtime/net/listener.h"
#include "tests/runtime/net/stream_pair.h"
#include "tests/support/catch.h"
#include "tests/support/log_capture.h"
#include "tests/support/started.h"

using namespace std::chrono_literals;
using bora::Task;
using bora::net::IOStream;
using bora::net::StreamClosedError;
using bora::test::Started;
using bora::test::turn;

namespace {

/// What happens to the calls. While it is not active, they pass.
struct Faults {
  bool is_active = false;
  int calls = 0;
  int first = 0;  // the number of the call that fails, from 1 on
  int count = 1;  // how many fail from there on
  int error = 0;  // 0: a write that takes one byte only
};
Faults receiving;
Faults sending;
Faults accepting;

/// Whether this call is to fail; errno is set then, unless it is to be short.
bool fails(Faults& faults) {
  if (!faults.is_active) return false;
  const int number = ++faults.calls;
  if (number < faults.first || number >= faults.first + faults.count) return false;
  errno = faults.error;
  return true;
}

}  // namespace

extern "C" {
// NOLINTBEGIN: the linker's names
ssize_t __real_recv(int fd, void* to, size_t size, int flags);
ssize_t __real_send(int fd, const void* from, size_t size, int flags);
int __real_accept4(int fd, sockaddr* peer, socklen_t* size, int flags);

ssize_t __wrap_recv(int fd, void* to, size_t size, int flags) {
  return fails(receiving) ? -1 : __real_recv(fd, to, size, flags);
}
ssize_t __wrap_send(int fd, const void* from, size_t size, int flags) {
  if (!fails(sending)) return __real_send(fd, from, size, flags);
  return sending.error != 0 ? -1 : __real_send(fd, from, 1, flags);
}
int __wrap_accept4(int fd, sockaddr* peer, socklen_t* size, int flags) {
  return fails(accepting) ? -1 : __real_accept4(fd, peer, size, flags);
}
// NOLINTEND
}

namespace {

constexpr int kLines = 12;

std::string line(int number) {
  return std::string(static_cast<std::size_t>(100 + number * 700), 'a') + std::to_string(number) +
         '\n';
}

Task<void> echo(IOStream& stream) {
  for (int i = 0; i < kLines; ++i) {
    const std::string text = co_await stream.read_until("\n");
    co_await stream.write(text);
  }
}

Task<void> ask(IOStream& stream, int& answers) {
  for (int i = 0; i < kLines; ++i) {
    co_await stream.write(line(i));
    const std::string text = co_await stream.read_until("\n");
    if (text == line(i)) ++answers;
  }
}

int open_files() {
  int count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    ++count;
  return count;
}

struct Exchange {
  int answers = 0;
  std::string client;
  std::string server;
};

/// A client and a server talk; when one of them fails, its stream closes.
Exchange talk() {
  Exchange result;
  {
    auto ends = bora::test::tcp_pair();
    IOStream client(std::move(ends.first));
    IOStream server(std::move(ends.second));
    client.set_nodelay(true);  // nobody waits here for the kernel's timers
    server.set_nodelay(true);
    Started serving(echo(server));
    Started asking(ask(client, result.answers));
    const auto is_over = [&] {
      return serving.outcome() != "waits" && asking.outcome() != "waits";
    };
    for (int i = 0; i < 2'000 && !is_over(); ++i) turn(1);
    result.client = asking.outcome();
    result.server = serving.outcome();
    receiving.is_active = sending.is_active = false;
  }
  turn();
  return result;
}

/// How many calls of each kind an exchange without faults makes.
std::pair<int, int> count_calls() {
  receiving = sending = {.is_active = true};
  static_cast<void>(talk());
  return {receiving.calls, sending.calls};
}

}  // namespace

TEST_CASE("faults: what is not meant to end a stream loses nothing", "[net]") {
  const auto [receives, sends] = count_calls();
  REQUIRE(receives >= 2 * kLines);
  REQUIRE(sends == 2 * kLines);
  const int files = open_files();
  for (int number = 1; number <= receives; ++number) {
    INFO("interrupted receive " << number);
    receiving = {.is_active = true, .first = number, .count = 3, .error = EINTR};
    const Exchange result = talk();
    CHECK(result.answers == kLines);
    CHECK(receiving.calls <= receives + 20);
  }
  for (const int error : {EINTR, EAGAIN, 0}) {
    for (int number = 1; number <= sends; ++number) {
      INFO("send " << number << " with errno " << error);
      // A kernel that has reported that there is no room reports when there is some.
      const int count = error == EAGAIN ? 1 : 3;
      sending = {.is_active = true, .first = number, .count = count, .error = error};
      const Exchange result = talk();
      CHECK(result.answers == kLines);
      CHECK(sending.calls <= sends + 20);
    }
  }
  CHECK(open_files() == files);
}

TEST_CASE("faults: a stream that takes one byte at a time gets there", "[net]") {
  sending = {.is_active = true, .first = 1, .count = 1'000'000, .error = 0};
  auto ends = bora::test::tcp_pair();
  IOStream client(std::move(ends.first));
  IOStream server(std::move(ends.second));
  Started sender([](IOStream& stream) -> Task<void> {
    const std::string text = line(3);
    co_await stream.write(text);
  }(client));
  CHECK(bora::test::run(server.read_until("\n")) == line(3));
  turn();
  CHECK(sender.outcome() == "value");
  sending = {};
}

TEST_CASE("faults: what ends a stream ends both sides, and nothing stays", "[net]") {
  const bora::testing::LogCapture log;
  const auto [receives, sends] = count_calls();
  const int files = open_files();
  for (const int error : {ECONNRESET, ETIMEDOUT, EPIPE, ENOMEM}) {
    const std::string reason = std::generic_category().message(error);
    for (Faults* const faults : {&receiving, &sending}) {
      const int calls = faults == &receiving ? receives : sends;
      for (int number = 1; number <= calls; ++number) {
        INFO(reason << (faults == &receiving ? " at receive " : " at send ") << number);
        *faults = {.is_active = true, .first = number, .error = error};
        const Exchange result = talk();
        const bool is_told = result.client == "stream is closed: " + reason ||
                             result.server == "stream is closed: " + reason;
        CHECK(is_told);
        CHECK(result.client != "waits");
        CHECK(faults->calls <= calls + 2);
      }
    }
  }
  CHECK(open_files() == files);
  // Peers that leave are not logged; lack of memory is.
  CHECK(log.count(bora::gen_log) > 0);
  CHECK(log.count(bora::gen_log) == log.count(bora::gen_log, "Cannot allocate memory"));
}

TEST_CASE("faults: out of descriptors, a listener waits, and takes everybody later (TSV-08)",
          "[net]") {
  const bora::testing::LogCapture log;
  bora::testing::FakeClock clock;
  struct Taker final : bora::net::Acceptor {
    void accepted(int fd, const sockaddr_storage&, socklen_t) override {
      ::close(fd);
      ++count;
    }
    int count = 0;
  } taker;
  auto sockets = bora::net::bind_sockets(0, "127.0.0.1");
  const auto address =
      *bora::net::Address::from_ip("127.0.0.1", bora::net::local_port(sockets.front().get()));
  const int error = GENERATE(EMFILE, ENFILE, ENOBUFS, ENOMEM, ECONNABORTED, EINTR, EPROTO);
  const bool is_shortage =
      error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
  accepting = {.is_active = true, .first = 1, .count = 3, .error = error};
  const bora::net::Listener listener(bora::net::Poller::of(bora::IOLoop::current()),
                                     std::move(sockets.front()), taker);
  std::vector<IOStream> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(bora::net::AddressFamily::ipv4);
    static_cast<void>(clients.back().connect(address));
  }
  turn(50);
  if (is_shortage) {
    CHECK(taker.count == 0);
    CHECK(accepting.calls <= 3);  // no spin
    for (int i = 0; i < 3; ++i) clock.advance(200ms);
    CHECK(log.count(bora::gen_log, "can't accept connections") == 1);
  } else {
    CHECK(log.records.empty());
  }
  CHECK(taker.count == 3);
  accepting = {};
}

TEST_CASE("faults: a listener that can't go on does not spin", "[net]") {
  const bora::testing::LogCapture log;
  bora::testing::FakeClock clock;
  struct Nobody final : bora::net::Acceptor {
    void accepted(int, const sockaddr_storage&, socklen_t) override {}
  } nobody;
  auto sockets = bora::net::bind_sockets(0, "127.0.0.1");
  accepting = {.is_active = true, .first = 1, .count = 1'000'000, .error = EINVAL};
  bora::net::Listener listener(bora::net::Poller::of(bora::IOLoop::current()),
                               std::move(sockets.front()), nobody);
  listener.accept_all();
  for (int i = 0; i < 10; ++i) clock.advance(200ms);
  CHECK(accepting.calls <= 11);
  CHECK(log.records.size() == 1);
  accepting = {};
}
