#include <bora/core/gen.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <bora/core/queues.h>
#include <bora/testing/fake_clock.h>

#include "tests/support/catch.h"
#include "tests/support/log_recorder.h"
#include "tests/support/started.h"

using namespace std::chrono_literals;
using bora::Future;
using bora::IOLoop;
using bora::Promise;
using bora::Task;
using bora::TaskGroup;
using bora::test::LogRecorder;
using bora::test::Started;
using bora::test::turn;
using bora::testing::FakeClock;

namespace {

template <class T>
Task<T> after(std::chrono::seconds delay, T value) {
  co_await bora::sleep(delay);
  co_return value;
}

Task<int> fail_after(std::chrono::seconds delay, std::string text) {
  if (delay > 0s) co_await bora::sleep(delay);
  throw std::runtime_error(text);
}

/// Writes to `log` how the wait ended.
Task<void> note_end(std::chrono::seconds delay, std::string& log, char name) {
  bool is_cancelled = false;
  try {
    co_await bora::sleep(delay);
  } catch (const bora::CancelledError&) {
    is_cancelled = true;
  }
  log += name;
  if (is_cancelled) {
    log += '!';
    throw bora::CancelledError();
  }
}

template <class T>
Task<void> store(Task<T> task, std::optional<T>& value) {
  value = co_await task;
}

}  // namespace

TEST_CASE("GEN-03 multi: results of several types, in the order of the arguments", "[core]") {
  FakeClock clock;
  Promise<std::string> promise;
  std::optional<std::tuple<int, std::monostate, std::string>> values;
  Started started(store(bora::multi(after(2s, 1), bora::sleep(3s), promise.future()), values));
  promise.set_result("text");
  clock.advance(2s);
  CHECK_FALSE(values);
  clock.advance(1s);
  REQUIRE(values);
  CHECK(std::get<0>(*values) == 1);
  CHECK(std::get<2>(*values) == "text");
}

TEST_CASE("GEN-03 multi: a vector and a map", "[core]") {
  FakeClock clock;
  std::vector<Task<std::unique_ptr<int>>> tasks;
  for (int i = 3; i > 0; --i) {
    tasks.push_back(after(std::chrono::seconds(i), std::make_unique<int>(i)));
  }
  std::optional<std::vector<std::unique_ptr<int>>> values;
  Started in_order(store(bora::multi(std::move(tasks)), values));

  std::map<std::string, Task<int>> by_name;
  by_name.emplace("b", after(1s, 2));
  by_name.emplace("a", after(2s, 1));
  std::optional<std::map<std::string, int>> named;
  Started with_names(store(bora::multi(std::move(by_name)), named));

  std::vector<Task<void>> empty_handed;
  empty_handed.push_back(bora::sleep(1s));
  Started nothing(bora::multi(std::move(empty_handed)));

  clock.advance(3s);
  REQUIRE(values);
  REQUIRE(values->size() == 3);
  CHECK(*(*values)[0] == 3);
  CHECK(*(*values)[2] == 1);
  REQUIRE(named);
  CHECK(*named == std::map<std::string, int>{{"a", 1}, {"b", 2}});
  CHECK(nothing.outcome() == "value");
}

TEST_CASE("GEN-04 multi: nothing, and the same Future twice, are fine", "[core]") {
  std::optional<std::vector<int>> values;
  Started none(store(bora::multi(std::vector<Task<int>>()), values));
  REQUIRE(values);
  CHECK(values->empty());

  Promise<int> promise;
  std::vector<Future<int>> same(2, promise.future());
  Started twice(store(bora::multi(std::move(same)), values));
  promise.set_result(4);
  turn();
  CHECK(*values == std::vector{4, 4});
}

TEST_CASE("GEN-04 multi: waits for all, throws the first failure, logs the others", "[core]") {
  FakeClock clock;
  LogRecorder log;
  std::string ends;
  std::vector<Task<int>> tasks;
  tasks.push_back(after(4s, 1));
  tasks.push_back(fail_after(2s, "first in order"));
  tasks.push_back(fail_after(1s, "first in time"));
  std::optional<std::vector<int>> values;
  SECTION("of any type") {
    Started started(store(bora::multi(std::move(tasks)), values));
    clock.advance(3s);
    CHECK(started.outcome() == "waits");
    CHECK(log.lines.empty());
    clock.advance(1s);
    CHECK(started.outcome() == "first in order");
    REQUIRE(log.lines.size() == 1);
    CHECK(log.lines[0] ==
          "E application: Exception beside another one: std::runtime_error: first in time");
  }
  SECTION("but for quiet ones") {
    Started started(
        store(bora::multi(std::move(tasks), bora::quiet_exceptions<std::runtime_error>), values));
    clock.advance(4s);
    CHECK(started.outcome() == "first in order");
    CHECK(log.lines.empty());
  }
  SECTION("of several types") {
    Started started([&]() -> Task<void> {
      co_await bora::multi(fail_after(0s, "a"), fail_after(0s, "b"), bora::sleep(1s));
    }());
    CHECK(started.outcome() == "waits");
    clock.advance(1s);
    CHECK(started.outcome() == "a");
    CHECK(log.lines.size() == 1);
  }
}

TEST_CASE("GEN-13 multi: a request to cancel goes to all, and all end first", "[core]") {
  FakeClock clock;
  LogRecorder log;
  std::string ends;
  const auto both = [&]() -> Task<void> {
    co_await bora::multi(note_end(1h, ends, 'a'), note_end(2h, ends, 'b'));
  };
  SECTION("while it waits") {
    Started started(both());
    started.cancel();
    turn();
    CHECK(started.outcome() == "cancelled");
  }
  SECTION("before it waits") {
    Task<void> task = both();
    task.cancel();
    std::optional<int> ended;
    CHECK_FALSE(
        task.start([](void* done) { *static_cast<std::optional<int>*>(done) = 1; }, &ended));
    turn();
    CHECK(ended == 1);
    CHECK_THROWS_AS(task.take(), bora::CancelledError);
  }
  CHECK(ends == "a!b!");
  CHECK(log.lines.empty());
}

TEST_CASE("first_of: the first wins, the others are cancelled and have ended", "[core]") {
  FakeClock clock;
  LogRecorder log;
  std::string ends;
  SECTION("of several types") {
    std::optional<std::variant<int, std::monostate>> value;
    Started started(store(bora::first_of(after(1s, 7), note_end(5s, ends, 'b')), value));
    clock.advance(1s);
    REQUIRE(value);
    CHECK(std::get<0>(*value) == 7);
    CHECK(ends == "b!");
  }
  SECTION("of one type") {
    std::vector<Task<void>> tasks;
    tasks.push_back(note_end(3s, ends, 'a'));
    tasks.push_back(note_end(1s, ends, 'b'));
    std::optional<bora::FirstResult<void>> first;
    Started started(store(bora::first_of(std::move(tasks)), first));
    clock.advance(1s);
    REQUIRE(first);
    CHECK(first->index == 1);
    CHECK(ends == "ba!");
  }
  SECTION("a failure wins too") {
    std::optional<std::variant<int, std::monostate>> value;
    Started started(store(bora::first_of(fail_after(1s, "lost"), note_end(5s, ends, 'b')), value));
    clock.advance(1s);
    CHECK(started.outcome() == "lost");
    CHECK(ends == "b!");
  }
  SECTION("one that has won at once keeps the others from starting") {
    std::optional<std::variant<int, std::monostate>> value;
    Started started(
        store(bora::first_of(fail_after(0s, "at once"), note_end(5s, ends, 'b')), value));
    CHECK(started.outcome() == "at once");
    CHECK(ends.empty());
  }
  SECTION("one that refuses to end is waited for; its failure is logged") {
    const auto stubborn = []() -> Task<int> {
      try {
        co_await bora::sleep(1h);
      } catch (const bora::CancelledError&) {
      }
      co_await bora::sleep(1s);
      throw std::runtime_error("stubborn");
    };
    std::optional<std::variant<int, int>> value;
    Started started(store(bora::first_of(after(1s, 1), stubborn()), value));
    clock.advance(1s);
    CHECK_FALSE(value);
    clock.advance(1s);
    REQUIRE(value);
    CHECK(value->index() == 0);
    CHECK(log.lines.empty());
  }
  SECTION("nothing never ends") {
    Started started([]() -> Task<void> { co_await bora::first_of(std::vector<Task<int>>()); }());
    CHECK(started.outcome() == "first_of() nothing never ends");
  }
}

TEST_CASE("GEN-05 with_timeout: the result in time", "[core]") {
  FakeClock clock;
  std::optional<int> value;
  Started started(store(bora::with_timeout(2s, after(1s, 3)), value));
  clock.advance(1s);
  CHECK(value == 3);
}

TEST_CASE("GEN-05 with_timeout: the Task goes on, and its late failure is logged", "[core]") {
  FakeClock clock;
  LogRecorder log;
  SECTION("value") {
    std::string ends;
    Started started(bora::with_timeout(1s, note_end(2s, ends, 'a')));
    clock.advance(1s);
    CHECK(started.outcome() == "timeout");
    clock.advance(1s);
    CHECK(ends == "a");
    CHECK(log.lines.empty());
  }
  SECTION("failure") {
    std::optional<int> value;
    Started started(store(bora::with_timeout(1s, fail_after(2s, "late")), value));
    clock.advance(1s);
    CHECK(started.outcome() == "timeout");
    clock.advance(1s);
    REQUIRE(log.lines.size() == 1);
    CHECK(log.lines[0] == "E application: Exception that nobody awaited: std::runtime_error: late");
  }
  SECTION("quiet failure") {
    std::optional<int> value;
    Started started(store(bora::with_timeout(1s, fail_after(2s, "late"),
                                             {.quiet = bora::quiet_exceptions<std::runtime_error>}),
                          value));
    clock.advance(3s);
    CHECK(started.outcome() == "timeout");
    CHECK(log.lines.empty());
  }
  SECTION("a deadline in the past") {
    std::string ends;
    Started started(bora::with_timeout(0s, note_end(2s, ends, 'a')));
    CHECK(started.outcome() == "timeout");
    clock.advance(2s);
    CHECK(ends == "a");
  }
}

TEST_CASE("GEN-05 with_timeout: cancels when asked to, and waits for the end", "[core]") {
  FakeClock clock;
  std::string ends;
  Started started(bora::with_timeout(1s, note_end(1h, ends, 'a'), {.cancel = true}));
  clock.advance(1s);
  CHECK(ends == "a!");
  CHECK(started.outcome() == "timeout");
}

TEST_CASE("GEN-13 with_timeout: a request to cancel goes to the Task", "[core]") {
  FakeClock clock;
  std::string ends;
  Started started(bora::with_timeout(1min, note_end(1h, ends, 'a')));
  started.cancel();
  turn(8);
  CHECK(ends == "a!");
  CHECK(started.outcome() == "cancelled");
}

TEST_CASE("GEN-05 with_timeout: a Future", "[core]") {
  FakeClock clock;
  Promise<int> promise;
  const Future<int> future = promise.future();
  std::optional<int> value;
  Started in_vain(store(bora::with_timeout(1s, future), value));
  clock.advance(1s);
  CHECK(in_vain.outcome() == "timeout");
  Started started(store(bora::with_timeout(1s, future), value));
  promise.set_result(6);
  turn();
  CHECK(value == 6);
}

TEST_CASE("GEN-06 WaitIterator: results in the order in which they come", "[core]") {
  FakeClock clock;
  std::string seen;
  const auto collect = [&]() -> Task<void> {
    std::vector<Task<char>> tasks;
    tasks.push_back(after(3s, 'c'));
    tasks.push_back(after(1s, 'a'));
    tasks.push_back(after(2s, 'b'));
    auto results = bora::as_completed(std::move(tasks));
    while (!results.done()) {
      const char value = co_await results.next();
      seen += value;
      seen += std::to_string(results.current_index());
    }
    co_await results.next();
  };
  Started started(collect());
  clock.advance(1s);
  CHECK(seen == "a1");
  clock.advance(2s);
  CHECK(seen == "a1b2c0");
  CHECK(started.outcome() == "WaitIterator: all results were given");
}

TEST_CASE("GEN-06 WaitIterator: a failure is thrown in its turn; duplicates count twice",
          "[core]") {
  FakeClock clock;
  std::string seen;
  const auto collect = [&]() -> Task<void> {
    Future<int> failing = bora::spawn(fail_after(1s, "broken"));
    std::vector<Future<int>> futures = {failing, bora::spawn(after(2s, 2)), failing};
    bora::WaitIterator<int> results(std::move(futures));
    while (!results.done()) {
      try {
        const int value = co_await results.next();
        seen += std::to_string(value);
      } catch (const std::runtime_error& failure) {
        seen += failure.what();
      }
    }
  };
  Started started(collect());
  clock.advance(2s);
  CHECK(seen == "brokenbroken2");
  CHECK(started.outcome() == "value");
}

TEST_CASE("GEN-07 moment: others run before it goes on", "[core]") {
  std::string order;
  const auto polite = [&]() -> Task<void> {
    for (int i = 0; i < 2; ++i) {
      order += 'm';
      co_await bora::moment;
    }
  };
  Started started(polite());
  IOLoop::current().add_callback([&] { order += 'c'; });
  CHECK(order == "m");
  turn();
  CHECK(order.find('c') != std::string::npos);
  CHECK(started.outcome() == "value");
}

TEST_CASE("task group: all have ended when it returns", "[core]") {
  FakeClock clock;
  std::string ends;
  std::size_t size = 0;
  Started started(bora::task_group([&](TaskGroup& group) -> Task<void> {
    group.spawn(note_end(2s, ends, 'b'));
    group.spawn(note_end(1s, ends, 'a'));
    size = group.size();
    co_return;
  }));
  CHECK(size == 3);
  clock.advance(1s);
  CHECK(started.outcome() == "waits");
  clock.advance(1s);
  CHECK(ends == "ab");
  CHECK(started.outcome() == "value");
}

TEST_CASE("task group: a failure cancels the others and is thrown", "[core]") {
  FakeClock clock;
  LogRecorder log;
  std::string ends;
  const auto fail = [](std::chrono::seconds delay) -> Task<void> {
    co_await fail_after(delay, "broken");
  };
  SECTION("of a child") {
    Started started(bora::task_group([&](TaskGroup& group) -> Task<void> {
      group.spawn(note_end(1h, ends, 'a'));
      group.spawn(fail(1s));
      co_await note_end(1h, ends, 'b');
    }));
    clock.advance(1s);
    CHECK(started.outcome() == "broken");
    CHECK(ends.size() == 4);
  }
  SECTION("of the body") {
    Started started(bora::task_group([&](TaskGroup& group) -> Task<void> {
      group.spawn(note_end(1h, ends, 'a'));
      throw std::runtime_error("body");
      co_return;
    }));
    turn();
    CHECK(started.outcome() == "body");
    CHECK(ends == "a!");
  }
  SECTION("a further one is logged") {
    const auto fail_to_end = [&]() -> Task<void> {
      try {
        co_await bora::sleep(1h);
      } catch (const bora::CancelledError&) {
        throw std::runtime_error("cleaning up");
      }
    };
    Started started(bora::task_group([&](TaskGroup& group) -> Task<void> {
      group.spawn(fail_to_end());
      group.spawn(fail(1s));
      co_return;
    }));
    clock.advance(1s);
    CHECK(started.outcome() == "broken");
    CHECK(log.lines.size() == 1);
  }
}

TEST_CASE("task group: cancelled from within it ends well, from outside it is cancelled",
          "[core]") {
  FakeClock clock;
  std::string ends;
  const auto body = [&](TaskGroup& group) -> Task<void> {
    group.spawn(note_end(1h, ends, 'a'));
    co_await bora::sleep(1s);
    group.cancel();
  };
  SECTION("within") {
    Started started(bora::task_group(body));
    clock.advance(1s);
    CHECK(started.outcome() == "value");
  }
  SECTION("outside") {
    Started started(bora::task_group(body));
    started.cancel();
    turn();
    CHECK(started.outcome() == "cancelled");
  }
  SECTION("outside, before it waits") {
    Task<void> task = bora::task_group(body);
    task.cancel();
    bool is_done = false;
    CHECK_FALSE(task.start([](void* done) { *static_cast<bool*>(done) = true; }, &is_done));
    turn();
    CHECK(is_done);
    CHECK_THROWS_AS(task.take(), bora::CancelledError);
  }
  CHECK(ends == "a!");
}

TEST_CASE("task group: one that is abandoned ends everything in it", "[core]") {
  FakeClock clock;
  std::string ends;
  {
    Task<void> task = bora::task_group([&](TaskGroup& group) -> Task<void> {
      group.spawn(note_end(1h, ends, 'a'));
      co_await note_end(1h, ends, 'b');
    });
    CHECK_FALSE(task.start([](void*) { FAIL("it was abandoned"); }, nullptr));
  }
  clock.advance(2h);
  CHECK(ends.empty());
}

// --- Waits compose -------------------------------------------------------------------------------

TEST_CASE("GEN-03 multi: takes the waits of queues, events and locks, and moments", "[core]") {
  const auto work = []() -> Task<std::string> {
    bora::Queue<int> queue;
    co_await bora::multi(queue.put(1), queue.put(2));
    auto [first, second] = co_await bora::multi(queue.get(), queue.next());
    bora::Event event;
    event.set();
    bora::Lock lock;
    auto [nothing, permit] = co_await bora::multi(event.wait(), lock.acquire());
    static_cast<void>(nothing);
    const bool is_held = lock.locked();
    permit.release();
    co_await bora::multi(bora::moment, bora::moment);
    std::vector<bora::Queue<int>::Get> gets;
    gets.push_back(queue.get());
    gets.push_back(queue.get());
    co_await queue.put(3);
    co_await queue.put(4);
    std::vector<int> values = co_await bora::multi(std::move(gets));
    std::map<std::string, bora::Queue<int>::Get> named;
    named.emplace("five", queue.get());
    co_await queue.put(5);
    std::map<std::string, int> by_name = co_await bora::multi(std::move(named));
    co_return std::to_string(first) + std::to_string(second.value_or(0)) +
        (is_held ? "held" : "free") + std::to_string(values[0]) + std::to_string(values[1]) +
        std::to_string(by_name["five"]);
  };
  CHECK(IOLoop::current().run_sync(work(), 10s) == "12held345");
}

TEST_CASE("GEN-03 multi: a Future is awaited also when it stays its owner's", "[core]") {
  const auto work = []() -> Task<int> {
    Promise<int> promise;
    const Future<int> future = promise.future();
    promise.set_result(20);
    auto [once, again] = co_await bora::multi(future, future);
    co_return once + again + future.result();
  };
  CHECK(IOLoop::current().run_sync(work(), 10s) == 60);
}

TEST_CASE("first_of: a wait that loses takes nothing", "[core]") {
  const auto work = []() -> Task<std::string> {
    bora::Queue<int> queue;
    bora::Event stop;
    stop.set();
    auto ended = co_await bora::first_of(queue.get(), stop.wait());
    queue.put_nowait(1);
    co_return std::to_string(ended.index()) + " " + std::to_string(queue.qsize());
  };
  CHECK(IOLoop::current().run_sync(work(), 10s) == "1 1");
}

TEST_CASE("first_of: a vector of waits tells which one it was", "[core]") {
  const auto work = []() -> Task<std::size_t> {
    std::vector<bora::Event> events(3);
    std::vector<bora::Event::Wait> waits;
    for (bora::Event& event : events) waits.push_back(event.wait());
    events[2].set();
    bora::FirstResult<void> first = co_await bora::first_of(std::move(waits));
    co_return first.index;
  };
  CHECK(IOLoop::current().run_sync(work(), 10s) == 2);
}

TEST_CASE("GEN-05 with_timeout: a wait of a queue is given up and takes nothing later", "[core]") {
  FakeClock clock;
  bora::Queue<int> queue;
  bora::Event event;
  const auto work = [&]() -> Task<void> { co_await bora::with_timeout(1s, queue.get()); };
  const auto other = [&]() -> Task<void> { co_await bora::with_timeout(3s, event.wait()); };
  Started waiting(work());
  Started for_event(other());
  turn();
  CHECK(waiting.outcome() == "waits");
  clock.advance(2s);
  CHECK(waiting.outcome() == "timeout");
  CHECK(for_event.outcome() == "waits");
  queue.put_nowait(1);
  turn();
  CHECK(queue.qsize() == 1);
  event.set();
  turn();
  CHECK(for_event.outcome() == "value");
}

TEST_CASE("GEN-01 spawn: takes whatever can be awaited", "[core]") {
  bora::Lock lock;
  Future<bora::Lock::Permit> first = bora::spawn(lock.acquire());
  turn();
  REQUIRE(first.done());
  CHECK(lock.locked());
  bora::Event event;
  Future<void> second = bora::spawn(event.wait());
  IOLoop::current().spawn(event.wait());
  turn();
  CHECK_FALSE(second.done());
  CHECK(event.waiters() == 2);
  event.set();
  turn();
  CHECK(second.done());
  CHECK(event.waiters() == 0);
}

TEST_CASE("task_group: spawns whatever can be awaited", "[core]") {
  bora::Event event;
  bora::Queue<int> queue;
  const auto work = [&]() -> Task<void> {
    auto body = [&](TaskGroup& group) -> Task<void> {
      group.spawn(event.wait());
      group.spawn(queue.get());
      co_await bora::moment;
      event.set();
      queue.put_nowait(1);
    };
    co_await bora::task_group(body);
  };
  IOLoop::current().run_sync(work(), 10s);
  CHECK(queue.empty());
}

TEST_CASE("GEN-06 as_completed: takes the waits of queues", "[core]") {
  const auto work = []() -> Task<std::string> {
    bora::Queue<int> slow;
    bora::Queue<int> quick;
    std::vector<bora::Queue<int>::Get> gets;
    gets.push_back(slow.get());
    gets.push_back(quick.get());
    auto results = bora::as_completed(std::move(gets));
    quick.put_nowait(1);
    const int first = co_await results.next();
    slow.put_nowait(2);
    const int second = co_await results.next();
    co_return std::to_string(first) + std::to_string(second);
  };
  CHECK(IOLoop::current().run_sync(work(), 10s) == "12");
}

TEST_CASE("LOP-10 add_future: a Task is started, and the callback gets its Future", "[core]") {
  IOLoop& loop = IOLoop::current();
  int value = 0;
  int calls = 0;
  loop.add_future(after(0s, 7), [&](const Future<int>& future) { value = future.result(); });
  loop.add_future(bora::moment, [&] { ++calls; });
  Promise<void> promise;
  loop.add_future(promise.future(), [&] { ++calls; });
  promise.set_result();
  turn(8);
  CHECK(value == 7);
  CHECK(calls == 2);
}

TEST_CASE("LOP-04 run_sync: takes waits, and functions that wait for nothing", "[core]") {
  IOLoop& loop = IOLoop::current();
  CHECK(loop.run_sync([] { return 42; }) == 42);
  loop.run_sync([] {});
  CHECK_THROWS_WITH(loop.run_sync([]() -> int { throw std::runtime_error("wrong"); }), "wrong");
  bora::Queue<std::string> queue;
  loop.add_callback([&] { queue.put_nowait("item"); });
  CHECK(loop.run_sync(queue.get(), 10s) == "item");
  CHECK(loop.run_sync([&] { return bora::spawn(after(0s, 3)); }) == 3);
  CHECK_THROWS_AS(loop.run_sync(queue.get(), 1ms), bora::TimeoutError);
  CHECK_THROWS_AS(loop.run_sync(queue.get(), -1s), bora::TimeoutError);
  queue.put_nowait("kept");
  CHECK(queue.qsize() == 1);
}

TEST_CASE("LOP-07 add_callback: what a callback returns is awaited if it can be", "[core]") {
  IOLoop& loop = IOLoop::current();
  bora::Event event;
  int calls = 0;
  loop.add_callback([&] { return event.wait(); });
  loop.call_later(0s, [&]() -> Task<int> {
    ++calls;
    co_return calls;
  });
  turn();
  CHECK(event.waiters() == 1);
  CHECK(calls == 1);
  event.set();
  turn();
  CHECK(event.waiters() == 0);
}

TEST_CASE("operation: a wait may be moved before it begins", "[core]") {
  bora::Queue<std::unique_ptr<int>> queue(1);
  auto put = queue.put(std::make_unique<int>(5));
  auto moved = std::move(put);
  CHECK(queue.empty());
  IOLoop::current().run_sync(std::move(moved), 10s);
  CHECK(*queue.get_nowait() == 5);
}
