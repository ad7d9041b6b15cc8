#include "runtime/net/poller.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/net/netutil.h>
#include <bora/testing/fake_clock.h>

#include "tests/support/catch.h"
#include "tests/support/sanitizer.h"

using namespace std::chrono_literals;
using bora::IOLoop;
using bora::net::CoarseDeadline;
using bora::net::FileDescriptor;
using bora::net::Poller;

namespace {

Poller& poller() {
  return Poller::of(IOLoop::current());
}

void run_until_idle() {
  while (IOLoop::current().run_once()) {
  }
}

/// An eventfd in the poller: raise() makes it readable, and `action` runs when that is delivered.
class Event final : public Poller::Handler {
 public:
  explicit Event(std::function<void()> reaction = {}) : action(std::move(reaction)) {
    REQUIRE(poller().add(fd_.get(), EPOLLIN, *this) == 0);
  }
  ~Event() { poller().remove(fd_.get(), *this); }

  void raise() { REQUIRE(::eventfd_write(fd_.get(), 1) == 0); }

  int calls = 0;
  int batch_ends = 0;
  std::function<void()> action;
  std::function<void()> at_batch_end;

 private:
  void on_events(std::uint32_t events) override {
    ++calls;
    eventfd_t count = 0;
    if ((events & EPOLLIN) != 0) ::eventfd_read(fd_.get(), &count);
    if (action) action();
  }
  void on_batch_end() override {
    ++batch_ends;
    if (at_batch_end) at_batch_end();
  }

  FileDescriptor fd_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
};

struct Alarm final : CoarseDeadline {
  void on_deadline() override { ++calls; }
  int calls = 0;
};

}  // namespace

TEST_CASE("poller: there is one for each loop", "[net]") {
  Poller* here = &poller();
  CHECK(&poller() == here);
  Poller* there = nullptr;
  std::thread([&] { there = &poller(); }).join();
  CHECK(there != nullptr);
}

TEST_CASE("poller: events are delivered, also those that were there before", "[net]") {
  Event event;
  run_until_idle();
  CHECK(event.calls == 0);
  event.raise();
  run_until_idle();
  CHECK(event.calls == 1);
  event.raise();
  event.raise();
  run_until_idle();
  CHECK(event.calls == 2);
}

TEST_CASE("poller: modify delivers again what still holds", "[net]") {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
  const FileDescriptor first(ends[0]);
  const FileDescriptor second(ends[1]);
  struct Recorder final : Poller::Handler {
    void on_events(std::uint32_t events) override { seen.push_back(events); }
    std::vector<std::uint32_t> seen;
  } recorder;
  REQUIRE(poller().add(first.get(), EPOLLIN | EPOLLRDHUP, recorder) == 0);
  run_until_idle();
  CHECK(recorder.seen.empty());
  REQUIRE(::write(second.get(), "x", 1) == 1);
  run_until_idle();
  CHECK(recorder.seen.size() == 1);
  poller().modify(first.get(), EPOLLIN | EPOLLOUT | EPOLLRDHUP, recorder);
  run_until_idle();
  REQUIRE(recorder.seen.size() == 2);
  CHECK(recorder.seen[1] == (EPOLLIN | EPOLLOUT));
  poller().remove(first.get(), recorder);
  REQUIRE(::write(second.get(), "x", 1) == 1);
  run_until_idle();
  CHECK(recorder.seen.size() == 2);
}

TEST_CASE("poller: what cannot be waited on is refused", "[net]") {
  struct Nothing final : Poller::Handler {
    void on_events(std::uint32_t) override {}
  } nothing;
  CHECK(poller().add(-1, EPOLLIN, nothing) == EBADF);
  FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  CHECK(poller().add(::fileno(file), EPOLLIN, nothing) == EPERM);
  std::fclose(file);
}

TEST_CASE("poller: a handler removed in a batch is not called any more in it", "[net]") {
  std::vector<std::unique_ptr<Event>> events;
  int survivors = 0;
  for (int i = 0; i < 10; ++i) events.push_back(std::make_unique<Event>());
  for (auto& event : events) {
    // The first one destroys all others.
    event->action = [&events, &survivors, self = event.get()] {
      ++survivors;
      for (auto& other : events) {
        if (other.get() != self) other.reset();
      }
    };
    event->raise();
  }
  run_until_idle();
  CHECK(survivors == 1);
}

TEST_CASE("poller: a handler may destroy itself", "[net]") {
  auto event = std::make_unique<Event>();
  event->action = [&] {
    poller().at_end_of_batch(*event);
    event.reset();
  };
  event->raise();
  run_until_idle();
  CHECK(event == nullptr);
}

TEST_CASE("poller: a new handler at the address of a removed one gets none of its events",
          "[net]") {
  // Descriptor and memory may both be used again at once.
  struct Slot {
    alignas(Event) unsigned char bytes[sizeof(Event)];
    Event* make() { return ::new (static_cast<void*>(bytes)) Event; }
  } slot;
  Event* reused = slot.make();
  Event first;
  int calls = 0;
  const auto replace = [&] {
    if (++calls > 1) return;
    reused->~Event();
    reused = slot.make();
  };
  first.action = replace;
  reused->action = [&] { FAIL_CHECK("called in spite of being replaced"); };
  first.raise();
  reused->raise();
  run_until_idle();
  CHECK(reused->calls == 0);
  reused->~Event();
}

TEST_CASE("poller: the end of a batch comes once for each that asks, after its events", "[net]") {
  Event a;
  Event b;
  std::string order;
  a.action = [&] {
    order += 'a';
    CHECK(poller().in_batch());
    poller().at_end_of_batch(a);
    poller().at_end_of_batch(a);
  };
  b.action = [&] {
    order += 'b';
    poller().at_end_of_batch(b);
  };
  a.at_batch_end = [&] { order += 'A'; };
  b.at_batch_end = [&] { order += 'B'; };
  a.raise();
  b.raise();
  run_until_idle();
  CHECK(order == "abAB");
  CHECK_FALSE(poller().in_batch());
}

TEST_CASE("poller: outside of a batch its end is the next turn", "[net]") {
  Event event;
  Event cancelled;
  Event removed_by_end;
  poller().at_end_of_batch(event);
  poller().at_end_of_batch(cancelled);
  poller().cancel_end_of_batch(cancelled);
  CHECK(event.batch_ends == 0);
  run_until_idle();
  CHECK(event.batch_ends == 1);
  CHECK(cancelled.batch_ends == 0);

  auto victim = std::make_unique<Event>();
  event.at_batch_end = [&] { victim.reset(); };
  poller().at_end_of_batch(event);
  poller().at_end_of_batch(*victim);
  run_until_idle();
  CHECK(victim == nullptr);
}

TEST_CASE("poller: a handler that asks again at the end of a batch lets others have their turn",
          "[net]") {
  Event busy;
  Event other;
  std::string order;
  busy.at_batch_end = [&] {
    order += 'b';
    if (order.size() == 1) other.raise();
    if (busy.batch_ends < 10) poller().at_end_of_batch(busy);
  };
  other.action = [&] { order += 'o'; };
  poller().at_end_of_batch(busy);
  run_until_idle();
  CHECK(busy.batch_ends == 10);
  CHECK(order.find('o') <= 2);
}

TEST_CASE("poller: deadlines come after their seconds, and no sooner when the loop was idle",
          "[net]") {
  bora::testing::FakeClock clock;
  Alarm alarm;
  poller().arm(alarm, 10s);
  clock.advance(9999ms);
  CHECK(alarm.calls == 0);
  clock.advance(2s);
  CHECK(alarm.calls == 1);

  clock.advance(100h);
  poller().arm(alarm, 3s);
  clock.advance(2999ms);
  CHECK(alarm.calls == 1);
  poller().arm(alarm, 3s);
  clock.advance(2999ms);
  CHECK(alarm.calls == 1);
  poller().disarm(alarm);
  clock.advance(1h);
  CHECK(alarm.calls == 1);
}

TEST_CASE("poller: thousands of deadlines in one second let others have their turn", "[net]") {
  std::vector<std::unique_ptr<Alarm>> alarms;
  for (int i = 0; i < 2000; ++i) alarms.push_back(std::make_unique<Alarm>());
  const auto called = [&] {
    return std::count_if(alarms.begin(), alarms.end(),
                         [](const auto& alarm) { return alarm->calls > 0; });
  };
  std::vector<std::ptrdiff_t> seen;
  // The thread has a loop of its own, whose time begins with this clock's.
  std::thread([&] {
    bora::testing::FakeClock clock;
    for (const auto& alarm : alarms) poller().arm(*alarm, 10s);
    const std::function<void()> look = [&] {
      seen.push_back(called());
      if (seen.back() < 2000) IOLoop::current().add_callback(look);
    };
    IOLoop::current().call_later(10s, look);
    clock.advance(12s);
    for (int i = 0; i < 100 && called() < 2000; ++i) IOLoop::current().run_once(0ms);
    IOLoop::close_current();
  }).join();
  CHECK(called() == 2000);
  // A limited number of them was called between any two looks.
  REQUIRE(seen.size() > 2);
  for (std::size_t i = 1; i < seen.size(); ++i) CHECK(seen[i] - seen[i - 1] <= 256);
  for (const auto& alarm : alarms) CHECK(alarm->calls == 1);
}

TEST_CASE("poller: a deadline of the longest durations never comes, a negative one comes at once",
          "[net]") {
  Alarm never;
  Alarm now;
  // The thread has a loop of its own, whose time goes on for years.
  std::thread([&] {
    bora::testing::FakeClock clock;
    poller().arm(never, std::chrono::seconds::max());
    poller().arm(now, std::chrono::seconds::min());
    for (int day = 0; day < 1000; ++day) clock.advance(24h);
    poller().disarm(never);
    IOLoop::close_current();
  }).join();
  CHECK(now.calls == 1);
  CHECK(never.calls == 0);
}

TEST_CASE("poller: the time is read once a batch", "[net]") {
  bora::testing::FakeClock clock;
  const auto before = poller().now();
  std::int64_t in_batch = 0;
  Event event([&] { in_batch = poller().now().epoch_seconds; });
  event.raise();
  clock.advance(90s);
  CHECK(in_batch == before.epoch_seconds + 90);
  CHECK(poller().now().monotonic_ns == before.monotonic_ns + 90'000'000'000);
}

TEST_CASE("poller: events that are left when a wake has had its share are not lost", "[net]") {
  // Each call leaves one event, and nothing else happens that could wake the loop.
  Event event;
  event.action = [&] {
    if (event.calls < 1000) {
      event.raise();
    } else {
      IOLoop::current().stop();
    }
  };
  event.raise();
  IOLoop::current().start();
  CHECK(event.calls == 1000);
}

TEST_CASE("poller: a set that never falls silent starves neither timeouts nor callbacks", "[net]") {
  Event ping;
  Event pong;
  ping.action = [&] { pong.raise(); };
  pong.action = [&] { ping.raise(); };
  ping.raise();
  IOLoop& loop = IOLoop::current();
  int callbacks = 0;
  std::function<void()> again = [&] {
    ++callbacks;
    loop.add_callback(again);
  };
  loop.add_callback(again);
  int timeouts = 0;
  std::function<void()> timeout = [&] {
    if (++timeouts >= 3 && callbacks > 10 && ping.calls > 1000) return loop.stop();
    loop.call_later(1ms, [&] { timeout(); });
  };
  timeout();
  loop.start();  // or never ends
  CHECK(timeouts >= 3);
  ping.action = pong.action = nullptr;
  again = [] {};
  run_until_idle();
}

// --- Under load ----------------------------------------------------------------------------------

namespace {

constexpr int kConnections = 64;
constexpr std::int64_t kAnswers = BORA_TEST_HAS_SANITIZER ? 20'000 : 100'000;

/// Sends back what comes.
class Echo final : public Poller::Handler {
 public:
  explicit Echo(FileDescriptor socket) : socket_(std::move(socket)) {
    REQUIRE(poller().add(socket_.get(), EPOLLIN | EPOLLRDHUP, *this) == 0);
  }
  ~Echo() { poller().remove(socket_.get(), *this); }

 private:
  void on_events(std::uint32_t) override {
    char bytes[512];
    const ssize_t count = ::recv(socket_.get(), bytes, sizeof bytes, 0);
    if (count > 0)
      static_cast<void>(
          ::send(socket_.get(), bytes, static_cast<std::size_t>(count), MSG_NOSIGNAL));
  }

  FileDescriptor socket_;
};

class Acceptor final : public Poller::Handler {
 public:
  explicit Acceptor(FileDescriptor socket) : socket_(std::move(socket)) {
    REQUIRE(poller().add(socket_.get(), EPOLLIN, *this) == 0);
  }
  ~Acceptor() { poller().remove(socket_.get(), *this); }
  std::vector<std::unique_ptr<Echo>> connections;

 private:
  void on_events(std::uint32_t) override {
    for (;;) {
      FileDescriptor accepted(
          ::accept4(socket_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!accepted) return;
      connections.push_back(std::make_unique<Echo>(std::move(accepted)));
    }
  }

  FileDescriptor socket_;
};

struct LoadResult {
  std::int64_t answers = 0;
  std::int64_t largest_gap = 0;  // answers to others between two of one connection
  bool has_timed_out = false;    // nobody was answered for ten seconds
};

/// Keeps one message under way on each connection until all have been answered often enough.
LoadResult hammer(int port) {
  LoadResult result;
  const FileDescriptor set(::epoll_create1(EPOLL_CLOEXEC));
  std::vector<FileDescriptor> sockets;
  std::vector<std::int64_t> last(kConnections, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  for (int i = 0; i < kConnections; ++i) {
    sockets.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int fd = sockets.back().get();
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return result;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u32 = static_cast<std::uint32_t>(i);
    ::epoll_ctl(set.get(), EPOLL_CTL_ADD, fd, &event);
  }
  for (const FileDescriptor& socket : sockets)
    static_cast<void>(::send(socket.get(), "hello", 5, MSG_NOSIGNAL));
  epoll_event events[kConnections];
  while (result.answers < kAnswers) {
    const int count = ::epoll_wait(set.get(), events, kConnections, 10'000);
    if (count == 0) result.has_timed_out = true;
    if (count <= 0) break;
    for (int i = 0; i < count; ++i) {
      const std::size_t index = events[i].data.u32;
      char bytes[512];
      const ssize_t size = ::recv(sockets[index].get(), bytes, sizeof bytes, 0);
      if (size <= 0) return result;
      ++result.answers;
      result.largest_gap = std::max(result.largest_gap, result.answers - last[index]);
      last[index] = result.answers;
      static_cast<void>(
          ::send(sockets[index].get(), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL));
    }
  }
  for (const std::int64_t answered : last) {
    result.largest_gap = std::max(result.largest_gap, result.answers - answered);
  }
  return result;
}

}  // namespace

TEST_CASE("poller: 64 busy connections and a timer starve neither each other nor themselves",
          "[net]") {
  IOLoop& loop = IOLoop::current();
  auto sockets = bora::net::bind_sockets(0, "127.0.0.1");
  const int port = bora::net::local_port(sockets[0].get());
  Acceptor acceptor(std::move(sockets[0]));

  LoadResult result;
  std::thread client([&] {
    result = hammer(port);
    loop.add_callback([&loop] { loop.stop(); });
  });
  int ticks = 0;
  IOLoop::Timeout next_tick = 0;
  std::function<void()> tick = [&] {
    ++ticks;
    next_tick = loop.call_later(10ms, [&tick] { tick(); });
  };
  tick();
  loop.start();
  client.join();
  loop.remove_timeout(next_tick);

  CHECK_FALSE(result.has_timed_out);
  CHECK(result.answers >= kAnswers);
  CHECK(result.largest_gap < 40 * kConnections);
  CHECK(ticks > 3);
}
