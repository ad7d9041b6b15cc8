#include <bora/core/future.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <bora/core/executor.h>
#include <bora/testing/fake_clock.h>

#include "tests/support/catch.h"
#include "tests/support/log_recorder.h"
#include "tests/support/started.h"

using namespace std::chrono_literals;
using bora::Future;
using bora::IOLoop;
using bora::Promise;
using bora::Task;
using bora::test::LogRecorder;
using bora::test::Started;
using bora::test::turn;

namespace {

Task<void> append(Future<std::string> future, std::string& to) {
  to += co_await future;
}

Task<int> fail_with(std::string text) {
  throw std::runtime_error(text);
  co_return 0;
}

Task<int> later(int value) {
  co_await bora::sleep(1s);
  co_return value;
}

}  // namespace

TEST_CASE("CNC-01 future: waiters go on in a later turn, in the order of coming", "[core]") {
  Promise<std::string> promise;
  std::string seen;
  Started first(append(promise.future(), seen));
  Started second(append(promise.future(), seen));
  promise.set_result("x");
  CHECK(seen.empty());
  turn();
  CHECK(seen == "xx");
}

TEST_CASE("CNC-01 future: its callbacks run in a later turn, also when it is done", "[core]") {
  Promise<int> promise;
  const Future<int> future = promise.future();
  std::vector<int> seen;
  const auto note = [&](const Future<int>& done) { seen.push_back(done.result()); };
  future.add_done_callback(note);
  promise.set_result(1);
  CHECK(future.done());
  CHECK(seen.empty());
  turn();
  CHECK(seen == std::vector{1});
  future.add_done_callback([&] { seen.push_back(2); });
  CHECK(seen.size() == 1);
  turn();
  CHECK(seen == std::vector{1, 2});
}

TEST_CASE("LOP-10 add_future: the callback gets the finished future on the loop", "[core]") {
  IOLoop& loop = IOLoop::current();
  Promise<int> promise;
  int seen = 0;
  loop.add_future(promise.future(), [&](const Future<int>& done) {
    seen = done.result();
    loop.stop();
  });
  std::thread thread([promise = std::move(promise)]() mutable { promise.set_result(42); });
  loop.start();
  thread.join();
  CHECK(seen == 42);
}

TEST_CASE("CNC-03 future_add_done_callback: at once when it is done", "[core]") {
  Promise<int> promise;
  const Future<int> future = promise.future();
  promise.set_result(3);
  int seen = 0;
  bora::future_add_done_callback(future, [&](const Future<int>& done) { seen = done.result(); });
  CHECK(seen == 3);
}

TEST_CASE("CNC-04 chain_future: value and failure are passed on", "[core]") {
  Promise<int> promise;
  Promise<int> other;
  const Future<int> end = other.future();
  bora::chain_future(promise.future(), std::move(other));
  SECTION("value") {
    promise.set_result(4);
    turn();
    CHECK(end.result() == 4);
  }
  SECTION("failure") {
    promise.set_exception(std::out_of_range("far"));
    turn();
    CHECK_THROWS_AS(end.result(), std::out_of_range);
  }
  SECTION("unless the other end was cancelled") {
    end.cancel();
    promise.set_result(4);
    turn();
    CHECK(end.cancelled());
  }
}

TEST_CASE("CNC-02 future: a result for a cancelled one is ignored, a failure is logged", "[core]") {
  LogRecorder log;
  Promise<int> promise;
  const Future<int> future = promise.future();
  future.cancel();
  CHECK(future.done());
  CHECK(future.cancelled());
  CHECK(promise.is_cancelled());
  SECTION("result") {
    promise.set_result(1);
    CHECK(log.lines.empty());
  }
  SECTION("failure") {
    promise.set_exception(std::runtime_error("too late"));
    REQUIRE(log.lines.size() == 1);
    CHECK(log.lines[0] ==
          "E application: Exception after a Future was cancelled: std::runtime_error: too late");
  }
  CHECK_THROWS_AS(future.result(), bora::CancelledError);
}

TEST_CASE("future: misuse is reported", "[core]") {
  Promise<int> promise;
  const Future<int> future = promise.future();
  CHECK_FALSE(Future<int>().is_valid());
  CHECK_THROWS_AS(future.result(), std::logic_error);
  CHECK_THROWS_AS(future.exception(), std::logic_error);
  promise.set_result(1);
  CHECK_THROWS_AS(promise.set_result(2), std::logic_error);
  CHECK(future.result() == 1);
}

TEST_CASE("future: a Promise that is destroyed without a result breaks it", "[core]") {
  LogRecorder log;
  Future<void> future;
  {
    Promise<void> promise;
    future = promise.future();
  }
  CHECK_THROWS_AS(future.result(), bora::BrokenPromiseError);
  {
    const Promise<void> nobody_waits;
  }
  CHECK(log.lines.empty());
}

TEST_CASE("future: awaiting takes the value when nobody else has it", "[core]") {
  IOLoop& loop = IOLoop::current();
  const auto take = [](Future<std::unique_ptr<int>> future) -> Task<int> {
    const std::unique_ptr<int> value = co_await std::move(future);
    co_return *value;
  };
  Promise<std::unique_ptr<int>> promise;
  auto future = promise.future();
  promise.set_result(std::make_unique<int>(7));
  CHECK(loop.run_sync(take(std::move(future))) == 7);

  const auto twice = [](Future<std::string> text) -> Task<std::string> {
    const std::string first = co_await text;
    const std::string second = co_await std::move(text);
    co_return first + second;
  };
  Promise<std::string> text;
  auto text_future = text.future();
  text.set_result("a long text, which is not stored inside of the string");
  const Future<std::string> kept = text_future;
  CHECK(loop.run_sync(twice(std::move(text_future))).size() == 2 * kept.result().size());
}

TEST_CASE("future: cancelling a waiter ends that wait only", "[core]") {
  Promise<std::string> promise;
  std::string seen;
  Started cancelled(append(promise.future(), seen));
  Started other(append(promise.future(), seen));
  cancelled.cancel();
  turn();
  CHECK(cancelled.outcome() == "cancelled");
  promise.set_result("x");
  turn();
  CHECK(seen == "x");
  CHECK(other.outcome() == "value");
}

TEST_CASE("future: until() ends in time, and the result may still come", "[core]") {
  bora::testing::FakeClock clock;
  Promise<int> promise;
  const Future<int> future = promise.future();
  const auto wait = [&]() -> Task<void> { co_await future.until(5s); };
  Started started(wait());
  clock.advance(5s);
  CHECK(started.outcome() == "timeout");
  promise.set_result(1);
  CHECK(future.result() == 1);
}

TEST_CASE("GEN-14 spawn: it runs by itself, and its result can be awaited", "[core]") {
  bora::testing::FakeClock clock;
  const Future<int> future = bora::spawn(later(5));
  CHECK_FALSE(future.done());
  clock.advance(1s);
  CHECK(future.result() == 5);
}

TEST_CASE("GEN-14 spawn: a failure that nobody looks at is logged once", "[core]") {
  LogRecorder log;
  SECTION("thrown away") {
    bora::spawn(fail_with("nobody cares"));
    REQUIRE(log.lines.size() == 1);
    CHECK(log.lines[0] ==
          "E application: Exception that nobody awaited: std::runtime_error: nobody cares");
  }
  SECTION("kept, looked at") {
    const Future<int> future = bora::spawn(fail_with("seen"));
    CHECK(future.exception() != nullptr);
  }
  SECTION("awaited") {
    const auto await = []() -> Task<void> {
      Future<int> future = bora::spawn(fail_with("seen"));
      co_await future;
    };
    CHECK(Started(await()).outcome() == "seen");
  }
  SECTION("quiet") {
    bora::spawn(fail_with("expected"))
        .set_quiet(bora::quiet_exceptions<std::logic_error, std::runtime_error>);
  }
  if (log.lines.size() == 1) return;
  CHECK(log.lines.empty());
}

TEST_CASE("GEN-13 spawn: cancelling the Future asks the Task", "[core]") {
  LogRecorder log;
  bora::testing::FakeClock clock;
  const Future<int> future = bora::spawn(later(5));
  future.cancel();
  CHECK_FALSE(future.done());
  turn();
  CHECK(future.cancelled());
  future.cancel();
  CHECK(log.lines.empty());
}

TEST_CASE("GEN-13 future: a Promise may answer a request to cancel itself", "[core]") {
  Promise<std::string> promise;
  const Future<std::string> future = promise.future();
  const std::string what = "what there was until then, longer than the string itself can hold";
  int requests = 0;
  promise.on_cancel([&promise, &requests, what] {
    if (++requests == 2) promise.set_result(what);
  });
  future.cancel();
  CHECK_FALSE(future.done());
  future.cancel();
  CHECK(future.result() == what);
}

TEST_CASE("LOP-15 run_in_executor: result and exception come back to the loop", "[core]") {
  IOLoop& loop = IOLoop::current();
  const auto loop_thread = std::this_thread::get_id();
  const auto work = [&]() -> Task<int> {
    std::thread::id worker;
    auto job = [&worker] {
      worker = std::this_thread::get_id();
      return 20;
    };
    const int value = co_await bora::run_in_executor(std::move(job));
    CHECK(worker != loop_thread);
    CHECK(std::this_thread::get_id() == loop_thread);
    auto failing = [] { throw std::out_of_range("there"); };
    std::string text;
    try {
      co_await bora::run_in_executor(std::move(failing));
    } catch (const std::out_of_range& failure) {
      text = failure.what();
    }
    co_return value + static_cast<int>(text.size());
  };
  CHECK(loop.run_sync(work(), 10s) == 25);
}

TEST_CASE("CNC-05 run_in_executor: a pool of one's own starts threads as they are needed",
          "[core]") {
  bora::ThreadPool pool(2);
  CHECK(pool.threads() == 0);
  std::atomic<int> count = 0;
  const auto work = [&]() -> Task<void> {
    std::vector<Future<void>> futures;
    for (int i = 0; i < 100; ++i) futures.push_back(bora::run_in_executor(pool, [&] { ++count; }));
    for (const Future<void>& future : futures) co_await future;
  };
  IOLoop::current().run_sync(work(), 10s);
  CHECK(count == 100);
  CHECK(pool.threads() >= 1);
  CHECK(pool.threads() <= 2);
}

TEST_CASE("CNC-06 DummyExecutor: runs at once, here", "[core]") {
  bora::DummyExecutor here;
  CHECK(bora::run_in_executor(here, [] { return 3; }).result() == 3);
}

TEST_CASE("LOP-15 set_default_executor: is used from then on", "[core]") {
  IOLoop& loop = IOLoop::current();
  loop.set_default_executor(std::make_shared<bora::DummyExecutor>());
  CHECK(bora::run_in_executor([] { return 4; }).result() == 4);
  loop.set_default_executor(nullptr);
}

TEST_CASE("LOP-15 executor: a loop that ends waits for what runs and drops the rest", "[core]") {
  std::atomic<bool> has_begun = false;
  std::atomic<bool> has_run = false;
  std::atomic<bool> has_answered = false;
  std::thread thread([&] {
    const Future<void> future = bora::run_in_executor([&] {
      has_begun = true;
      std::this_thread::yield();
      has_run = true;
    });
    future.add_done_callback([&] { has_answered = true; });
    while (!has_begun) std::this_thread::yield();
  });
  thread.join();
  CHECK(has_run);
  CHECK_FALSE(has_answered);
}

TEST_CASE("LOP-07 Remote: callbacks for a loop that has ended are dropped", "[core]") {
  std::unique_ptr<IOLoop::Remote> remote;
  std::thread([&] {
    remote = std::make_unique<IOLoop::Remote>(IOLoop::current().remote());
    CHECK(remote->is_current());
  }).join();
  CHECK_FALSE(remote->is_current());
  const auto held = std::make_shared<int>(1);
  remote->add_callback([held] { FAIL("there is no loop"); });
  CHECK(held.use_count() == 1);
}

TEST_CASE("CNC-01 future: the result of an expiring Future is a value", "[core]") {
  bora::DummyExecutor here;
  const auto numbers = [&] {
    return bora::run_in_executor(here, [] { return std::vector<int>{1, 2, 3}; });
  };
  int sum = 0;
  for (const int number : numbers().result()) sum += number;
  CHECK(sum == 6);
  static_assert(std::is_same_v<decltype(numbers().result()), std::vector<int>>);
}
