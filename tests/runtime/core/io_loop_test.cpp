#include <bora/core/io_loop.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <bora/core/log.h>
#include <bora/testing/fake_clock.h>

#include "tests/support/catch.h"
#include "tests/support/log_recorder.h"
#include "tests/support/started.h"

using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
using bora::test::LogRecorder;
using bora::test::Started;
using bora::testing::FakeClock;

namespace {

bool has_default_action(int signal) {
  struct sigaction action = {};
  ::sigaction(signal, nullptr, &action);
  return action.sa_handler == SIG_DFL;
}

/// Gives the stop signals, whose action Catch has changed, their default action as long as it
/// lives.
class DefaultSignals {
 public:
  DefaultSignals() {
    struct sigaction action = {};
    action.sa_handler = SIG_DFL;
    ::sigaction(SIGINT, &action, &interrupt_);
    ::sigaction(SIGTERM, &action, &terminate_);
  }
  ~DefaultSignals() {
    ::sigaction(SIGINT, &interrupt_, nullptr);
    ::sigaction(SIGTERM, &terminate_, nullptr);
  }
  DefaultSignals(const DefaultSignals&) = delete;
  DefaultSignals& operator=(const DefaultSignals&) = delete;

 private:
  struct sigaction interrupt_ = {};
  struct sigaction terminate_ = {};
};

/// Counts how many are alive; stands for whatever a coroutine or callback owns.
struct Tracked {
  explicit Tracked(int& alive) : count(&alive) { ++*count; }
  Tracked(const Tracked& other) : count(other.count) { ++*count; }
  ~Tracked() { --*count; }
  int* count;
};

}  // namespace

TEST_CASE("LOP-01 io_loop: each thread has one of its own, made when asked for", "[core]") {
  IOLoop* here = &IOLoop::current();
  CHECK(&IOLoop::current() == here);
  CHECK(IOLoop::current_if_any() == here);
  IOLoop* there = here;
  bool had_one = true;
  std::thread([&] {
    had_one = IOLoop::current_if_any() != nullptr;
    there = &IOLoop::current();
  }).join();
  CHECK_FALSE(had_one);
  CHECK(there != here);
}

TEST_CASE("LOP-21 io_loop: callbacks run in order, those added meanwhile in the next turn",
          "[core]") {
  IOLoop& loop = IOLoop::current();
  std::string order;
  loop.add_callback([&] {
    order += 'a';
    loop.add_callback([&] { order += 'c'; });
  });
  loop.add_callback([&] { order += 'b'; });
  CHECK(order.empty());
  CHECK(loop.run_once());
  CHECK(order == "ab");
  CHECK(loop.run_once());
  CHECK(order == "abc");
  CHECK_FALSE(loop.run_once());
}

TEST_CASE("io_loop: callbacks that add themselves do not hold up timeouts", "[core]") {
  IOLoop& loop = IOLoop::current();
  bool is_over = false;
  int turns = 0;
  struct Again {
    IOLoop& loop;
    bool& is_over;
    int& turns;
    void operator()() const {
      ++turns;
      if (!is_over) loop.add_callback(*this);
    }
  };
  loop.add_callback(Again{loop, is_over, turns});
  std::function<void()> timeout = [&] {
    if (turns < 100) {
      loop.call_later(1ms, [&] { timeout(); });
    } else {
      is_over = true;
      loop.stop();
    }
  };
  timeout();
  loop.start();  // or never ends
  CHECK(is_over);
  while (loop.run_once()) {
  }
}

TEST_CASE("LOP-16 io_loop: an exception in a callback is logged, and the loop goes on", "[core]") {
  LogRecorder log;
  IOLoop& loop = IOLoop::current();
  bool has_run = false;
  loop.add_callback([] { throw std::runtime_error("out of tea"); });
  loop.add_callback([] { throw 1; });
  loop.call_later(0ms, [] { throw std::runtime_error("late"); });
  loop.call_later(0ms, [&] {
    has_run = true;
    loop.stop();
  });
  loop.start();
  CHECK(has_run);
  REQUIRE(log.lines.size() == 3);
  CHECK(log.lines[0] == "E application: Exception in a callback: std::runtime_error: out of tea");
  CHECK(log.lines[1] ==
        "E application: Exception in a callback: an exception that is not a std::exception");
  CHECK(log.lines[2] == "E application: Exception in a callback: std::runtime_error: late");
}

TEST_CASE("io_loop: a callback may own what cannot be copied", "[core]") {
  IOLoop& loop = IOLoop::current();
  auto owned = std::make_unique<int>(4);
  int seen = 0;
  loop.add_callback([owned = std::move(owned), &seen] { seen = *owned; });
  loop.run_once();
  CHECK(seen == 4);
}

TEST_CASE("io_loop: a coroutine lambda given as callback is run to its end, captures and all",
          "[core]") {
  LogRecorder log;
  FakeClock clock;
  IOLoop& loop = IOLoop::current();
  std::string seen;
  loop.add_callback([&seen, text = std::string(100, 'x')]() -> Task<void> {
    co_await bora::sleep(1s);
    seen = text;
  });
  loop.call_later(1s, [&seen]() -> Task<void> {
    co_await bora::sleep(1s);
    throw std::runtime_error(seen.substr(0, 3));
  });
  loop.run_once();
  CHECK(seen.empty());
  clock.advance(1s);
  CHECK(seen == std::string(100, 'x'));
  clock.advance(1s);
  REQUIRE(log.lines.size() == 1);
  CHECK(log.lines[0] == "E application: Exception in a spawned task: std::runtime_error: xxx");
}

TEST_CASE("LOP-07 io_loop: other threads add callbacks, each thread's in its order", "[core]") {
  constexpr int kThreads = 4;
  constexpr int kCallbacks = 2000;
  IOLoop& loop = IOLoop::current();
  std::vector<int> next(kThreads, 0);
  int remaining = kThreads * kCallbacks;
  bool in_order = true;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kCallbacks; ++i) {
        loop.add_callback([&, thread, i] {
          in_order = in_order && next[static_cast<std::size_t>(thread)]++ == i;
          if (--remaining == 0) loop.stop();
        });
      }
    });
  }
  loop.start();
  for (std::thread& thread : threads) thread.join();
  CHECK(remaining == 0);
  CHECK(in_order);
}

TEST_CASE("LOP-07 io_loop: a callback from another thread wakes a loop that sleeps", "[core]") {
  IOLoop& loop = IOLoop::current();
  std::thread other;
  loop.add_callback(
      [&] { other = std::thread([&loop] { loop.add_callback([&loop] { loop.stop(); }); }); });
  loop.start();
  other.join();
  SUCCEED("start() returned");
}

TEST_CASE(
    "LOP-03 io_loop: stop before start makes the next start return at once, and only that one",
    "[core]") {
  IOLoop& loop = IOLoop::current();
  bool has_run = false;
  loop.stop();
  loop.add_callback([&] {
    has_run = true;
    loop.stop();
  });
  loop.start();
  CHECK_FALSE(has_run);
  loop.start();
  CHECK(has_run);
}

TEST_CASE("LOP-03 io_loop: stop ends after the turn, and the loop can start again", "[core]") {
  IOLoop& loop = IOLoop::current();
  int runs = 0;
  for (int start = 1; start <= 3; ++start) {
    loop.add_callback([&] { loop.stop(); });
    loop.add_callback([&] { ++runs; });
    CHECK_FALSE(loop.is_running());
    loop.start();
    CHECK(runs == start);
  }
}

// --- Timeouts ------------------------------------------------------------------------------------

TEST_CASE("io_loop: timeouts run by time, then by age", "[core]") {
  FakeClock clock;
  IOLoop& loop = IOLoop::current();
  std::string order;
  loop.call_later(2s, [&] { order += 'c'; });
  loop.call_later(1s, [&] { order += 'a'; });
  loop.call_later(1s, [&] { order += 'b'; });
  loop.call_later(-5s, [&] { order += '0'; });
  CHECK(order.empty());
  clock.advance(999ms);
  CHECK(order == "0");
  clock.advance(1ms);
  CHECK(order == "0ab");
  clock.advance(1h);
  CHECK(order == "0abc");
}

TEST_CASE("LOP-13 io_loop: a timeout can be removed before, in and after its call", "[core]") {
  FakeClock clock;
  IOLoop& loop = IOLoop::current();
  std::string order;
  IOLoop::Timeout self = 0;
  IOLoop::Timeout other = 0;
  const auto never = loop.call_later(1s, [&] { order += 'x'; });
  self = loop.call_later(2s, [&] {
    order += 'a';
    loop.remove_timeout(self);
    loop.remove_timeout(other);
  });
  other = loop.call_later(2s, [&] { order += 'y'; });
  loop.remove_timeout(never);
  loop.remove_timeout(never);
  clock.advance(10s);
  CHECK(order == "a");
  loop.remove_timeout(self);
  loop.remove_timeout(0);
  loop.remove_timeout(123456789);
}

TEST_CASE("io_loop: a timeout set by a timeout for at once comes in the next turn", "[core]") {
  FakeClock clock;
  IOLoop& loop = IOLoop::current();
  std::string order;
  loop.call_later(0s, [&] {
    order += 'a';
    loop.call_later(0s, [&] { order += 'c'; });
  });
  loop.call_later(0s, [&] { order += 'b'; });
  REQUIRE(loop.run_once());
  CHECK(order.substr(0, 2) == "ab");
  clock.advance(0s);
  CHECK(order == "abc");
}

TEST_CASE("LOP-14 io_loop: setting the wall clock moves no timeout", "[core]") {
  FakeClock clock;
  bool has_run = false;
  IOLoop::current().call_later(10s, [&] { has_run = true; });
  clock.step_wall_clock(24h);
  clock.advance(1s);
  CHECK_FALSE(has_run);
  clock.step_wall_clock(-48h);
  clock.advance(9s);
  CHECK(has_run);
}

TEST_CASE("io_loop: the longest delay is no overflow", "[core]") {
  IOLoop& loop = IOLoop::current();
  bool has_run = false;
  const auto key = loop.call_later(std::chrono::nanoseconds::max(), [&] { has_run = true; });
  loop.run_once();
  CHECK_FALSE(has_run);
  loop.remove_timeout(key);
}

TEST_CASE("LOP-12 io_loop: never is never, and what is negative is now", "[core]") {
  FakeClock clock;
  IOLoop& loop = IOLoop::current();
  std::string log;
  const auto note = [&](char name) { return [&log, name] { log += name; }; };
  const std::chrono::sys_days later = std::chrono::year(2400) / 1 / 1;
  const IOLoop::Timeout never[] = {
      loop.call_later(std::chrono::hours::max(), note('x')),
      loop.call_later(std::chrono::duration<double>(1e300), note('x')),
      loop.add_timeout(std::chrono::hours::max(), note('x')),
      loop.add_timeout(later, note('x')),
      loop.call_at(later, note('x')),
      loop.call_at(std::chrono::steady_clock::time_point::max(), note('x'))};
  loop.call_later(std::chrono::hours::min(), note('a'));
  loop.call_later(std::chrono::duration<double>(0.5), note('d'));
  loop.add_timeout(-1s, note('b'));
  loop.call_at(std::chrono::system_clock::time_point::min(), note('c'));
  clock.advance(0s);
  CHECK(log == "abc");
  clock.advance(100h);
  CHECK(log == "abcd");
  for (const IOLoop::Timeout timeout : never) loop.remove_timeout(timeout);
}

TEST_CASE("io_loop: a sleep that is never over, and one that is over", "[core]") {
  FakeClock clock;
  Started never(bora::sleep(std::chrono::hours::max()));
  Started now(bora::sleep(-1s));
  clock.advance(100h);
  CHECK(now.outcome() == "value");
  CHECK(never.outcome() == "waits");
  never.cancel();
  clock.advance(0s);
  CHECK(never.outcome() == "cancelled");
}

TEST_CASE("LOP-03 io_loop: starting or turning it within itself throws", "[core]") {
  IOLoop& loop = IOLoop::current();
  std::vector<std::string> mistakes;
  const auto note = [&](auto function) {
    try {
      function();
    } catch (const std::logic_error& mistake) {
      mistakes.emplace_back(mistake.what());
    }
  };
  loop.add_callback([&] {
    note([&] { loop.start(); });
    note([&] { loop.run_once(); });
    note([&] { IOLoop::close_current(); });
    note([&] { loop.run_sync([] { return 1; }); });
    loop.stop();
  });
  loop.start();
  CHECK(mistakes ==
        std::vector<std::string>{"IOLoop::start() inside the running loop: it runs already",
                                 "IOLoop::run_once() inside the running loop",
                                 "IOLoop::close_current() inside the running loop: stop() it first",
                                 "run_sync() inside the running loop: co_await the task instead"});
  CHECK_FALSE(loop.is_running());
}

TEST_CASE("io_loop: real time passes", "[core]") {
  IOLoop& loop = IOLoop::current();
  const auto before = std::chrono::steady_clock::now();
  loop.run_sync(bora::sleep(5ms));
  CHECK(std::chrono::steady_clock::now() - before >= 5ms);
}

// --- Tasks ---------------------------------------------------------------------------------------

TEST_CASE("LOP-04 io_loop: run_sync returns the value or throws the exception", "[core]") {
  IOLoop& loop = IOLoop::current();
  const auto at_once = []() -> Task<int> { co_return 1; };
  const auto later = []() -> Task<std::unique_ptr<int>> {
    co_await bora::sleep(0ms);
    co_return std::make_unique<int>(2);
  };
  const auto failing = []() -> Task<void> {
    co_await bora::sleep(0ms);
    throw std::out_of_range("no");
  };
  CHECK(loop.run_sync(at_once()) == 1);
  CHECK(*loop.run_sync(later()) == 2);
  CHECK_THROWS_AS(loop.run_sync(failing()), std::out_of_range);
  CHECK(loop.run_sync([value = std::string(50, 'y')]() -> Task<std::size_t> {
    co_await bora::sleep(0ms);
    co_return value.size();
  }) == 50);
}

TEST_CASE("LOP-04 io_loop: run_sync gives up after its limit", "[core]") {
  IOLoop& loop = IOLoop::current();
  int alive = 0;
  const auto forever = [](Tracked) -> Task<void> { co_await bora::sleep(24h); };
  CHECK_THROWS_WITH(loop.run_sync(forever(Tracked(alive)), 1500us),
                    "Operation timed out after 0.0015 seconds");
  CHECK_THROWS_AS(loop.run_sync(forever(Tracked(alive)), 1ms), bora::TimeoutError);
  CHECK(alive == 0);
  const auto quick = []() -> Task<int> {
    co_await bora::sleep(0ms);
    co_return 5;
  };
  CHECK(loop.run_sync(quick(), 1h) == 5);
}

TEST_CASE("LOP-04 io_loop: run_sync reports a loop that was stopped, and one inside another",
          "[core]") {
  IOLoop& loop = IOLoop::current();
  loop.add_callback([&] { loop.stop(); });
  CHECK_THROWS_AS(loop.run_sync(bora::sleep(24h)), std::runtime_error);
  bool was_refused = false;
  loop.add_callback([&] {
    try {
      loop.run_sync(bora::sleep(1ms));
    } catch (const std::logic_error&) {
      was_refused = true;
    }
    loop.stop();
  });
  loop.start();
  CHECK(was_refused);
}

TEST_CASE("LOP-09 io_loop: spawn runs a task to its first wait at once, and keeps it", "[core]") {
  FakeClock clock;
  IOLoop& loop = IOLoop::current();
  std::string order;
  const auto step = [&](std::string name, std::chrono::seconds wait) -> Task<void> {
    order += name;
    co_await bora::sleep(wait);
    order += name + "!";
  };
  loop.spawn(step("a", 2s));
  loop.spawn(step("b", 1s));
  loop.spawn([](std::string& text) -> Task<void> {
    text += "c";
    co_return;
  }(order));
  CHECK(order == "abc");
  clock.advance(1s);
  CHECK(order == "abcb!");
  clock.advance(1s);
  CHECK(order == "abcb!a!");
}

TEST_CASE("LOP-16 io_loop: the exception of a spawned task is logged, at once or later", "[core]") {
  LogRecorder log;
  FakeClock clock;
  const auto fail = [](std::string text, std::chrono::seconds wait) -> Task<void> {
    if (wait > 0s) co_await bora::sleep(wait);
    throw std::runtime_error(text);
  };
  IOLoop::current().spawn(fail("one", 0s));
  IOLoop::current().spawn(fail("two", 1s));
  CHECK(log.lines.size() == 1);
  clock.advance(1s);
  REQUIRE(log.lines.size() == 2);
  CHECK(log.lines[1] == "E application: Exception in a spawned task: std::runtime_error: two");
}

TEST_CASE("LOP-05 io_loop: the end of the thread destroys what is pending", "[core]") {
  int alive = 0;
  std::thread([&alive] {
    IOLoop& loop = IOLoop::current();
    const auto nested = [](Tracked) -> Task<void> { co_await bora::sleep(24h); };
    const auto outer = [&](Tracked tracked) -> Task<void> { co_await nested(tracked); };
    loop.spawn(outer(Tracked(alive)));
    loop.call_later(24h, [tracked = Tracked(alive)] {});
    loop.add_callback([tracked = Tracked(alive)] {});
    loop.add_drain([tracked = Tracked(alive)]() -> Task<void> { co_return; });
    // The end destroys it, and it then calls the loop.
    struct CallsBack {
      ~CallsBack() {
        if (loop == nullptr) return;
        loop->call_later(std::chrono::seconds(1), [] {});
        loop->add_callback([] {});
        loop->spawn(bora::sleep(std::chrono::seconds(1)));
        loop->remove_timeout(1);
      }
      explicit CallsBack(IOLoop* its_loop) : loop(its_loop) {}
      CallsBack(CallsBack&& other) noexcept : loop(std::exchange(other.loop, nullptr)) {}
      IOLoop* loop;
    };
    loop.spawn([](CallsBack) -> Task<void> { co_await bora::sleep(24h); }(CallsBack(&loop)));
    loop.call_later(24h, [calls_back = CallsBack(&loop)] {});
    loop.run_once();
    loop.add_callback([calls_back = CallsBack(&loop), tracked = Tracked(alive)] {});
    CHECK(alive > 0);
  }).join();
  CHECK(alive == 0);
}

// --- Signals -------------------------------------------------------------------------------------

TEST_CASE("io_loop: a stop signal runs the drains, then the loop ends", "[core]") {
  DefaultSignals defaults;
  LogRecorder log;
  IOLoop& loop = IOLoop::current();
  for (const int signal : {SIGINT, SIGTERM}) {
    std::string order;
    const auto drain = [&](char name) {
      return loop.add_drain([&order, name]() -> Task<void> {
        order += name;
        co_await bora::sleep(1ms);
        order += static_cast<char>(name - 'a' + 'A');
      });
    };
    const auto first = drain('a');
    const auto second = drain('b');
    CHECK(has_default_action(signal));
    loop.add_callback([&] {
      CHECK_FALSE(has_default_action(signal));
      ::raise(signal);
    });
    loop.start();
    CHECK(order == "abAB");
    CHECK(has_default_action(signal));
    loop.remove_drain(first);
    loop.remove_drain(second);
  }
}

TEST_CASE("io_loop: child", "[.child]") {
  // The program was started with SIGTERM blocked, which exec keeps.
  sigset_t mask;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  REQUIRE(::sigismember(&mask, SIGTERM) == 1);
  const DefaultSignals signals;
  IOLoop& loop = IOLoop::current();
  bool has_drained = false;
  loop.add_drain([&]() -> Task<void> {
    has_drained = true;
    co_return;
  });
  loop.add_callback([] { ::raise(SIGTERM); });
  ::alarm(20);  // if the signal never comes
  loop.start();
  ::pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  ::_exit(has_drained && ::sigismember(&mask, SIGTERM) == 1 ? 42 : 43);
}

TEST_CASE("io_loop: a program that was started with the stop signals blocked can be stopped",
          "[core]") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGTERM);
    ::sigaddset(&signals, SIGINT);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    ::execl("/proc/self/exe", "core_tests", "io_loop: child", nullptr);
    ::_exit(127);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 42);
}

TEST_CASE("io_loop: a stop signal that the program itself has blocked stays blocked", "[core]") {
  const DefaultSignals defaults;
  sigset_t terminate;
  sigset_t before;
  ::sigemptyset(&terminate);
  ::sigaddset(&terminate, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &terminate, &before);
  IOLoop& loop = IOLoop::current();
  const auto key = loop.add_drain([]() -> Task<void> { co_return; });
  bool is_blocked = false;
  loop.add_callback([&] {
    sigset_t now;
    ::pthread_sigmask(SIG_BLOCK, nullptr, &now);
    is_blocked = ::sigismember(&now, SIGTERM) == 1;
    loop.stop();
  });
  loop.start();
  loop.remove_drain(key);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  CHECK(is_blocked);
}

TEST_CASE("io_loop: a second signal ends it at once", "[core]") {
  DefaultSignals defaults;
  LogRecorder log;
  IOLoop& loop = IOLoop::current();
  // The drain still sleeps when the test is over.
  const auto has_drained = std::make_shared<bool>(false);
  const auto key = loop.add_drain([has_drained]() -> Task<void> {
    ::raise(SIGTERM);
    co_await bora::sleep(24h);
    *has_drained = true;
  });
  loop.add_callback([] { ::raise(SIGTERM); });
  loop.start();
  loop.remove_drain(key);
  CHECK_FALSE(*has_drained);
  CHECK(has_default_action(SIGTERM));
}

TEST_CASE("io_loop: drains that fail, end at once or are removed do not hold up the end",
          "[core]") {
  DefaultSignals defaults;
  LogRecorder log;
  IOLoop& loop = IOLoop::current();
  std::vector<std::uint64_t> keys;
  keys.push_back(loop.add_drain([]() -> Task<void> { throw std::runtime_error("stuck"); }));
  keys.push_back(loop.add_drain([]() -> Task<void> { co_return; }));
  keys.push_back(loop.add_drain([]() -> Task<void> { co_await bora::sleep(24h); }));
  keys.push_back(loop.add_drain([&]() -> Task<void> {
    co_await bora::sleep(0ms);
    loop.remove_drain(keys[2]);
  }));
  loop.add_callback([] { ::raise(SIGINT); });
  loop.start();
  REQUIRE_FALSE(log.lines.empty());
  CHECK(log.lines.back() == "E application: Exception while stopping: std::runtime_error: stuck");
  for (const auto key : keys) loop.remove_drain(key);
}

TEST_CASE("io_loop: a drain that is registered while the loop runs counts", "[core]") {
  DefaultSignals defaults;
  LogRecorder log;
  IOLoop& loop = IOLoop::current();
  bool has_drained = false;
  std::uint64_t key = 0;
  loop.add_callback([&] {
    key = loop.add_drain([&]() -> Task<void> {
      has_drained = true;
      co_return;
    });
    ::raise(SIGTERM);
  });
  loop.start();
  CHECK(has_drained);
  loop.remove_drain(key);
}

TEST_CASE(
    "io_loop: without drains, and where the program has its own handler, signals are left alone",
    "[core]") {
  DefaultSignals defaults;
  IOLoop& loop = IOLoop::current();
  static std::atomic<int> own_calls;
  own_calls = 0;
  loop.add_callback([&] {
    CHECK(has_default_action(SIGINT));
    loop.stop();
  });
  loop.start();

  struct sigaction own = {};
  own.sa_handler = [](int) { ++own_calls; };
  struct sigaction before = {};
  ::sigaction(SIGTERM, &own, &before);
  const auto key = loop.add_drain([]() -> Task<void> { co_return; });
  loop.add_callback([&] {
    ::raise(SIGTERM);
    loop.add_callback([&] { loop.stop(); });
  });
  loop.start();
  CHECK(own_calls == 1);
  ::sigaction(SIGTERM, &before, nullptr);
  loop.remove_drain(key);
}

TEST_CASE("io_loop: writing to a closed pipe does not end the process", "[core]") {
  IOLoop::current();
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[0]);
  CHECK(::write(ends[1], "x", 1) == -1);
  ::close(ends[1]);
}
