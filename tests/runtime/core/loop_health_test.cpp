#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <system_error>

#include <bora/core/io_loop.h>
#include <bora/core/locks.h>
#include <bora/testing/fake_clock.h>

#include "tests/support/catch.h"
#include "tests/support/log_recorder.h"
#include "tests/support/sanitizer.h"
#include "tests/support/started.h"

using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
using bora::test::LogRecorder;
using bora::test::turn;

namespace {

/// A clock that advances only while something runs.
class WorkClock final : public bora::Clock {
 public:
  WorkClock() { IOLoop::current().set_clock(this); }
  ~WorkClock() override { IOLoop::current().set_clock(nullptr); }
  WorkClock(const WorkClock&) = delete;
  WorkClock& operator=(const WorkClock&) = delete;

  std::chrono::nanoseconds monotonic() const noexcept override { return now_; }
  std::chrono::nanoseconds since_epoch() const noexcept override { return now_; }
  void work(std::chrono::nanoseconds time) { now_ += time; }

 private:
  std::chrono::nanoseconds now_ = 1h;
};

}  // namespace

TEST_CASE("loop health: a callback that keeps the loop is logged with its origin", "[core]") {
  IOLoop& loop = IOLoop::current();
  LogRecorder log(LogRecorder::SlowCallbacks::recorded);
  WorkClock clock;
  const std::string here = __FILE__;
  SECTION("callback") {
    loop.add_callback([&] { clock.work(99ms); });
    loop.add_callback([&] { clock.work(100ms); });
    loop.add_callback([&] { clock.work(101ms); });
    const int line = __LINE__ - 1;
    turn();
    REQUIRE(log.lines.size() == 1);
    CHECK(log.lines[0] == "W application: the loop was kept for 101 ms by what was added in " +
                              here + ":" + std::to_string(line));
    CHECK(loop.statistics().slow_callbacks >= 1);
  }
  SECTION("timeout") {
    loop.call_later(1s, [&] { clock.work(230ms); });
    const int line = __LINE__ - 1;
    clock.work(1s);
    turn();
    REQUIRE(log.lines.size() == 1);
    CHECK(log.lines[0] == "W application: the loop was kept for 230 ms by what was added in " +
                              here + ":" + std::to_string(line));
  }
  SECTION("a descriptor's handler") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    loop.add_handler(ends[1], [&](int, unsigned) { clock.work(150ms); }, IOLoop::WRITE);
    const int line = __LINE__ - 1;
    while (log.lines.empty()) loop.run_once(1s);
    loop.remove_handler(ends[1]);
    CHECK(log.lines[0] ==
          "W application: the loop was kept for 150 ms by the handler of descriptor " +
              std::to_string(ends[1]) + ", added in " + here + ":" + std::to_string(line));
    ::close(ends[0]);
    ::close(ends[1]);
  }
  SECTION("coroutine") {
    bora::Event event;
    loop.add_callback([&] { event.set(); });
    const auto compute = [&]() -> Task<void> {
      co_await event.wait();
      clock.work(1ms);
    };
    const auto caller = [&]() -> Task<void> { co_await compute(); };
    bora::test::Started started(caller());
    loop.set_slow_callback_limit(500us);
    turn();
    REQUIRE(log.lines.size() == 1);
    CHECK(log.lines[0].find("the loop was kept for 1 ms by a coroutine (core_tests+0x") !=
          std::string::npos);
    CHECK(log.lines[0].find(" names it)") != std::string::npos);
  }
  SECTION("after a sleep") {
    const auto compute = [&]() -> Task<void> {
      co_await bora::sleep(0s);
      clock.work(150ms);
    };
    const int line = __LINE__ - 3;
    bora::test::Started started(compute());
    turn();
    REQUIRE(log.lines.size() == 1);
    CHECK(log.lines[0] == "W application: the loop was kept for 150 ms by what was added in " +
                              here + ":" + std::to_string(line));
  }
  SECTION("another limit, or none") {
    loop.set_slow_callback_limit(1s);
    loop.add_callback([&] { clock.work(1s); });
    turn();
    CHECK(log.lines.empty());
    loop.set_slow_callback_limit({});
    loop.add_callback([&] { clock.work(1h); });
    turn();
    CHECK(log.lines.empty());
  }
  loop.set_slow_callback_limit(100ms);
}

TEST_CASE("loop health: counts", "[core]") {
  IOLoop& loop = IOLoop::current();
  WorkClock clock;
  turn();
  const std::size_t others = loop.statistics().pending_timeouts;  // of other tests
  loop.add_callback([] {});
  loop.add_callback([] {});
  const IOLoop::Timeout timeout = loop.call_later(1s, [] {});
  const IOLoop::Timeout other = loop.call_later(2h, [] {});
  CHECK(loop.statistics().pending_callbacks == 2);
  CHECK(loop.statistics().pending_timeouts == others + 2);
  clock.work(1250ms);
  turn();
  CHECK(loop.statistics().pending_callbacks == 0);
  CHECK(loop.statistics().pending_timeouts == others + 1);
  CHECK(loop.statistics().lag == 250ms);
  CHECK(loop.statistics().max_lag >= 250ms);
  loop.remove_timeout(timeout);
  loop.remove_timeout(other);
  CHECK(loop.statistics().pending_timeouts == others);

  const std::uint64_t before = loop.statistics().iterations;
  loop.add_callback([&loop] { loop.add_callback([&loop] { loop.stop(); }); });
  loop.start();
  CHECK(loop.statistics().iterations >= before + 1);
}

TEST_CASE("LOP-11 add_timeout: a moment, a duration, the past", "[core]") {
  bora::testing::FakeClock clock;
  IOLoop& loop = IOLoop::current();
  using Moment = std::chrono::system_clock::time_point;
  const Moment now{std::chrono::duration_cast<Moment::duration>(clock.since_epoch())};
  std::string seen;
  loop.add_timeout(2s, [&] { seen += 'b'; });
  loop.add_timeout(now + 1s, [&] { seen += 'a'; });
  loop.call_at(now + 3s, [&] { seen += 'c'; });
  loop.remove_timeout(loop.call_at(now + 3s, [&] { seen += '!'; }));
  loop.add_timeout(now - 1h, [&] { seen += '0'; });
  loop.add_timeout(-1s, [&] { seen += '1'; });
  CHECK(seen.empty());
  clock.advance(0s);
  CHECK(seen == "01");
  clock.advance(1s);
  CHECK(seen == "01a");
  clock.step_wall_clock(-1h);  // does not change timeouts that are set already
  clock.advance(2s);
  CHECK(seen == "01abc");
}

TEST_CASE("LOP-12 call_at: a Task is spawned", "[core]") {
  bora::testing::FakeClock clock;
  bool has_run = false;
  IOLoop::current().add_timeout(1s, [&]() -> Task<void> {
    co_await bora::sleep(1s);
    has_run = true;
  });
  clock.advance(1s);
  CHECK_FALSE(has_run);
  clock.advance(1s);
  CHECK(has_run);
}

TEST_CASE("LOP-08 add_signal_handler: signals come as callbacks", "[core]") {
  IOLoop& loop = IOLoop::current();
  int first = 0;
  int second = 0;
  loop.add_signal_handler(SIGUSR1, [&] { ++first; });
  loop.add_signal_handler(SIGUSR1, [&] { ++second; });  // replaces the first
  ::raise(SIGUSR1);
  CHECK(second == 0);
  while (second == 0) loop.run_once(1s);
  ::raise(SIGUSR1);
  while (second == 1) loop.run_once(1s);
  CHECK(first == 0);
  loop.remove_signal_handler(SIGUSR1);
  loop.remove_signal_handler(SIGUSR1);
  struct sigaction action = {};
  ::sigaction(SIGUSR1, nullptr, &action);
  CHECK(action.sa_handler == SIG_DFL);
  CHECK_THROWS_AS(loop.add_signal_handler(SIGKILL, [] {}), std::system_error);
}

#if !BORA_TEST_HAS_SANITIZER
TEST_CASE("LOP-20 fork: a loop from before the fork ends the child with the remedy", "[core]") {
  IOLoop& loop = IOLoop::current();
  int messages[2];
  REQUIRE(::pipe(messages) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(messages[1], STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);
    loop.run_once();
    ::_exit(0);
  }
  ::close(messages[1]);
  std::string text;
  char buffer[512];
  for (ssize_t count = 0; (count = ::read(messages[0], buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(count));
  }
  ::close(messages[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(text.find("fork first, then make loops") != std::string::npos);
}
#endif
