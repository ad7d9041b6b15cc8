#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/steady_timer.hpp>

#include <bora/asio.h>
#include <bora/core/io_loop.h>
#include <bora/core/operation.h>
#include <bora/core/task.h>
#include <bora/testing/fake_clock.h>

#include "tests/support/catch.h"
#include "tests/support/log_recorder.h"
#include "tests/support/started.h"

using namespace std::chrono_literals;
using asio::ip::tcp;
using bora::CancelledError;
using bora::IOLoop;
using bora::Operation;
using bora::Task;
using bora::WaitList;
using bora::test::Started;
using bora::test::turn;
using bora::testing::FakeClock;

namespace {

/// Lets coroutines wait until ring() is called.
class Bell {
 public:
  class Awaiter final : public Operation {
   public:
    Awaiter(Bell& bell, bora::Deadline deadline) : bell_(bell), deadline_(deadline) {}
    template <class Caller>
    bool await_suspend(std::coroutine_handle<Caller> caller) {
      if (!suspend(caller, deadline_)) return false;
      bell_.waiting.push_back(*this);
      return true;
    }
    void await_resume() const { check(); }

   private:
    Bell& bell_;
    bora::Deadline deadline_;
  };

  Awaiter heard(bora::Deadline deadline = {}) { return Awaiter(*this, deadline); }
  void ring() { waiting.wake_all(); }

  WaitList waiting;
};

Task<void> nested(int depth, Bell& bell) {
  if (depth == 0) {
    co_await bell.heard();
  } else {
    co_await nested(depth - 1, bell);
  }
}

/// An awaiter that is not an Operation.
struct Foreign {
  struct Awaiter {
    explicit Awaiter(Foreign& its_owner) : owner(its_owner) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> caller) { owner.handle = caller; }
    void await_resume() const noexcept {}
    Foreign& owner;
  };
  Awaiter wait() { return Awaiter(*this); }
  std::coroutine_handle<> handle;
};

}  // namespace

TEST_CASE("GEN-13 cancel: the request travels to the innermost wait", "[core]") {
  Bell bell;
  Started started(nested(20, bell));
  CHECK(bell.waiting.size() == 1);
  started.cancel();
  CHECK(bell.waiting.is_empty());
  CHECK(started.outcome() == "waits");  // nothing runs inside of cancel()
  turn();
  CHECK(started.outcome() == "cancelled");
  started.cancel();  // harmless now
}

TEST_CASE("GEN-13 cancel: an awaited Task runs on and cleans up in its own time", "[core]") {
  Bell first;
  Bell second;
  std::string steps;
  const auto clean_up = [&]() -> Task<void> {
    bool is_cancelled = false;
    try {
      co_await first.heard();
    } catch (const CancelledError&) {
      is_cancelled = true;
    }
    steps += 'c';
    co_await second.heard();
    steps += 'd';
    if (is_cancelled) throw CancelledError();
  };
  const auto outer = [&]() -> Task<void> {
    co_await clean_up();
    steps += '!';
  };
  Started started(outer());
  started.cancel();
  turn();
  CHECK(steps == "c");
  CHECK(started.outcome() == "waits");
  second.ring();
  turn();
  CHECK(steps == "cd");
  CHECK(started.outcome() == "cancelled");
}

TEST_CASE("GEN-13 cancel: a Task that swallows the request goes on as if nothing had happened",
          "[core]") {
  Bell bell;
  const auto stubborn = [&]() -> Task<void> {
    for (int refusals = 0; refusals < 2;) {
      try {
        co_await nested(2, bell);
        break;
      } catch (const CancelledError&) {
        ++refusals;
      }
    }
    co_await bell.heard();
  };
  Started started(stubborn());
  started.cancel();
  turn();
  started.cancel();
  turn();
  CHECK(started.outcome() == "waits");
  bell.ring();
  turn();
  CHECK(started.outcome() == "value");
}

TEST_CASE("GEN-13 cancel: a Task that runs meets the request at its next wait", "[core]") {
  Bell bell;
  Task<void> task;
  std::string steps;
  const auto own = [&]() -> Task<void> {
    task.cancel();
    steps += 'r';
    co_await bell.heard();
    steps += '!';
  };
  const auto below = [&]() -> Task<void> {
    task.cancel();
    steps += 'r';
    co_await nested(3, bell);
    steps += '!';
  };
  SECTION("in its first run, at the operation itself") {
    task = own();
  }
  SECTION("in its first run, below another await") {
    task = below();
  }
  SECTION("from within a callee") {
    const auto callee = [&]() -> Task<void> {
      task.cancel();
      steps += 'r';
      co_await nested(1, bell);
      steps += '!';
    };
    const auto caller = [&callee]() -> Task<void> { co_await callee(); };
    task = caller();
    bool is_done = false;
    CHECK_FALSE(task.start([](void* done) { *static_cast<bool*>(done) = true; }, &is_done));
    turn();
    CHECK(is_done);
    CHECK_THROWS_AS(task.take(), CancelledError);
    CHECK(steps == "r");
    return;
  }
  SECTION("after a wait, in a callee that ends first") {
    const auto callee = [&]() -> Task<void> {
      co_await bell.heard();
      task.cancel();
      steps += 'r';
    };
    const auto caller = [&]() -> Task<void> {
      co_await callee();
      co_await bell.heard();
      steps += '!';
    };
    bool is_done = false;
    task = caller();
    CHECK_FALSE(task.start([](void* done) { *static_cast<bool*>(done) = true; }, &is_done));
    bell.ring();
    turn();
    CHECK(is_done);
    CHECK_THROWS_AS(task.take(), CancelledError);
    CHECK(steps == "r");
    return;
  }
  bool is_done = false;
  if (task.start([](void* done) { *static_cast<bool*>(done) = true; }, &is_done)) is_done = true;
  turn();
  CHECK(is_done);
  CHECK_THROWS_AS(task.take(), CancelledError);
  CHECK(steps == "r");
}

TEST_CASE("GEN-13 cancel: before the start it counts at the first wait", "[core]") {
  Bell bell;
  Task<void> task = nested(0, bell);
  task.cancel();
  CHECK(task.start([](void*) {}, nullptr));
  CHECK_THROWS_AS(task.take(), CancelledError);
}

TEST_CASE("GEN-13 cancel: what has succeeded keeps its value; the next wait is cancelled",
          "[core]") {
  Bell bell;
  std::string steps;
  const auto twice = [&]() -> Task<void> {
    co_await bell.heard();
    steps += '1';
    co_await bell.heard();
    steps += '2';
  };
  Started started(twice());
  bell.ring();
  started.cancel();  // before the woken coroutine has run
  turn();
  CHECK(steps == "1");
  CHECK(started.outcome() == "cancelled");
}

TEST_CASE("GEN-13 cancel: an awaiter that knows nothing of it is not disturbed", "[core]") {
  Bell bell;
  Foreign foreign;
  const auto wait = [&]() -> Task<void> { co_await foreign.wait(); };
  const auto outer = [&]() -> Task<void> {
    co_await wait();
    co_await bell.heard();
  };
  Started started(outer());
  started.cancel();
  turn();
  CHECK(started.outcome() == "waits");
  foreign.handle.resume();
  turn();
  CHECK(started.outcome() == "cancelled");
}

TEST_CASE("GEN-13 cancel: sleep ends and leaves no timeout behind", "[core]") {
  FakeClock clock;
  Started started(bora::sleep(1h));
  started.cancel();
  turn();
  CHECK(started.outcome() == "cancelled");
  clock.advance(2h);
  CHECK_FALSE(IOLoop::current().run_once());
}

TEST_CASE("operation: its deadline ends the wait with TimeoutError", "[core]") {
  FakeClock clock;
  Bell bell;
  const auto wait = [&](bora::Deadline deadline) -> Task<void> { co_await bell.heard(deadline); };
  SECTION("from now") {
    Started started(wait(5s));
    clock.advance(4s);
    CHECK(started.outcome() == "waits");
    clock.advance(1s);
    CHECK(started.outcome() == "timeout");
    CHECK(bell.waiting.is_empty());
  }
  SECTION("at a moment") {
    Started started(wait(std::chrono::system_clock::time_point(1'800'000'005s)));
    clock.advance(4s);
    CHECK(started.outcome() == "waits");
    clock.advance(1s);
    CHECK(started.outcome() == "timeout");
  }
  SECTION("zero or past is at once") {
    CHECK(Started(wait(0s)).outcome() == "timeout");
    CHECK(Started(wait(-5s)).outcome() == "timeout");
    CHECK(Started(wait(std::chrono::system_clock::time_point(1'799'999'999s))).outcome() ==
          "timeout");
  }
  SECTION("one that came in time is forgotten") {
    Started started(wait(5s));
    bell.ring();
    turn();
    CHECK(started.outcome() == "value");
    clock.advance(10s);
  }
  SECTION("cancelled first") {
    Started started(wait(5s));
    started.cancel();
    turn();
    CHECK(started.outcome() == "cancelled");
    clock.advance(10s);
  }
}

TEST_CASE("operation: one that is destroyed while it waits or is about to go on leaves no trace",
          "[core]") {
  FakeClock clock;
  Bell bell;
  const auto start = [](Task<void>& task) {
    CHECK_FALSE(task.start([](void*) { FAIL("it was abandoned"); }, nullptr));
  };
  const auto wait = [&](bora::Deadline deadline) -> Task<void> { co_await bell.heard(deadline); };
  {
    Task<void> task = wait(5s);
    start(task);
  }
  CHECK(bell.waiting.is_empty());
  {
    Task<void> task = wait(5s);
    start(task);
    bell.ring();
  }
  {
    Task<void> task = wait(5s);
    start(task);
    task.cancel();
  }
  turn();
  clock.advance(10s);
}

TEST_CASE("operation: coroutines that are woken go on in the order of the calls", "[core]") {
  Bell bell;
  std::string order;
  const auto wait = [&](char name) -> Task<void> {
    co_await bell.heard();
    order += name;
  };
  Started a(wait('a'));
  Started b(wait('b'));
  Started c(wait('c'));
  bell.ring();
  CHECK(order.empty());
  turn();
  CHECK(order == "abc");
}

TEST_CASE("GEN-13 cancel: an Asio operation is given up", "[core]") {
  IOLoop& loop = IOLoop::current();
  tcp::acceptor acceptor(bora::asio_context(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  tcp::socket idle(bora::asio_context());
  idle.connect(acceptor.local_endpoint());
  const tcp::socket other_end = acceptor.accept();
  std::string buffer(10, '\0');

  const auto accept = [&]() -> Task<void> { co_await acceptor.async_accept(bora::use_task); };
  const auto read = [&]() -> Task<void> {
    co_await asio::async_read(idle, asio::buffer(buffer), bora::use_task);
  };
  const auto read_for_tuple = [&]() -> Task<void> {
    co_await idle.async_read_some(asio::buffer(buffer), bora::use_task_tuple);
  };
  const auto wait = []() -> Task<void> {
    asio::steady_timer timer(bora::asio_context(), 24h);
    co_await timer.async_wait(bora::use_task);
  };
  Started accepting(accept());
  Started reading(read());
  Started waiting(wait());
  for (Started* started : {&accepting, &reading, &waiting}) {
    CHECK(started->outcome() == "waits");
    started->cancel();
    while (started->outcome() == "waits") loop.run_once(1s);
    CHECK(started->outcome() == "cancelled");
  }
  Started for_tuple(read_for_tuple());
  for_tuple.cancel();
  while (for_tuple.outcome() == "waits") loop.run_once(1s);
  CHECK(for_tuple.outcome() == "cancelled");
}

TEST_CASE("GEN-13 cancel: an Asio operation that has just succeeded keeps its value", "[core]") {
  IOLoop& loop = IOLoop::current();
  asio::steady_timer timer(bora::asio_context(), 0s);
  std::string steps;
  Started* self = nullptr;
  const auto wait = [&]() -> Task<void> {
    co_await timer.async_wait(bora::use_task);
    steps += '1';
    co_await bora::sleep(1h);
  };
  Started started(wait());
  self = &started;
  // Both become due at the same look at the clock, and this one runs first.
  asio::steady_timer before(bora::asio_context(), -1s);
  before.async_wait([&](const asio::error_code&) { self->cancel(); });
  while (started.outcome() == "waits") loop.run_once(1s);
  CHECK(steps == "1");
  CHECK(started.outcome() == "cancelled");
}

TEST_CASE("LOP-04 run_sync: the time-out cancels, and the task cleans up", "[core]") {
  bool is_cleaned_up = false;
  const auto wait = [&]() -> Task<int> {
    bool is_cancelled = false;
    try {
      co_await bora::sleep(1h);
    } catch (const CancelledError&) {
      is_cancelled = true;
    }
    co_await bora::sleep(1ms);
    is_cleaned_up = is_cancelled;
    co_return 1;
  };
  CHECK_THROWS_WITH(IOLoop::current().run_sync(wait(), 10ms),
                    "Operation timed out after 0.01 seconds");
  CHECK(is_cleaned_up);
}

TEST_CASE("LOP-16 spawn: a cancelled Task is no failure to log", "[core]") {
  bora::test::LogRecorder log;
  const auto give_up = []() -> Task<void> {
    throw CancelledError();
    co_return;
  };
  IOLoop::current().spawn(give_up());
  CHECK(log.lines.empty());
}
