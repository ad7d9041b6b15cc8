#include <bora/core/queues.h>

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/testing/fake_clock.h>

#include "tests/support/catch.h"
#include "tests/support/started.h"

using namespace std::chrono_literals;
using bora::LifoQueue;
using bora::PriorityQueue;
using bora::Queue;
using bora::Task;
using bora::test::Started;
using bora::test::turn;
using bora::testing::FakeClock;

namespace {

template <class AnyQueue>
Task<void> put(AnyQueue& queue, std::string item, bora::Deadline deadline = {}) {
  co_await queue.put(std::move(item), deadline);
}

template <class AnyQueue>
Task<void> get(AnyQueue& queue, std::string& to, bora::Deadline deadline = {}) {
  to += co_await queue.get(deadline);
}

template <class AnyQueue>
std::string drain(AnyQueue& queue) {
  std::string all;
  while (!queue.empty()) all += queue.get_nowait();
  return all;
}

}  // namespace

TEST_CASE("QUE-01 queue: its size", "[core]") {
  Queue<std::string> endless;
  CHECK(endless.maxsize() == 0);
  CHECK(endless.empty());
  CHECK_FALSE(endless.full());
  Queue<std::string> small(2);
  small.put_nowait("a");
  CHECK_FALSE(small.full());
  small.put_nowait("b");
  CHECK(small.full());
  CHECK(small.qsize() == 2);
  CHECK(small.maxsize() == 2);
  CHECK_THROWS_AS(Queue<int>(-1), std::invalid_argument);
}

TEST_CASE("QUE-02 put: waits while the queue is full, in the order of coming", "[core]") {
  Queue<std::string> queue(1);
  Started first(put(queue, "a"));
  Started second(put(queue, "b"));
  Started third(put(queue, "c"));
  CHECK(first.outcome() == "value");
  CHECK(second.outcome() == "waits");
  CHECK_THROWS_AS(queue.put_nowait("x"), bora::QueueFull);
  CHECK(queue.get_nowait() == "a");
  turn();
  CHECK(second.outcome() == "value");
  CHECK(third.outcome() == "waits");
  CHECK(queue.get_nowait() == "b");
  CHECK(queue.get_nowait() == "c");
  turn();
  CHECK(third.outcome() == "value");
  CHECK_THROWS_AS(queue.get_nowait(), bora::QueueEmpty);
}

TEST_CASE("QUE-03 get: waiters get the items in the order of coming", "[core]") {
  Queue<std::string> queue;
  std::string first;
  std::string second;
  Started a(get(queue, first));
  Started b(get(queue, second));
  queue.put_nowait("1");
  queue.put_nowait("2");
  queue.put_nowait("3");
  CHECK(queue.qsize() == 1);
  turn();
  CHECK(first == "1");
  CHECK(second == "2");
  CHECK(queue.get_nowait() == "3");
}

TEST_CASE("QUE-04 queue: a wait that is over neither takes nor delivers", "[core]") {
  FakeClock clock;
  Queue<std::string> queue(1);
  std::string got;
  std::string nothing;
  SECTION("getters") {
    Started late(get(queue, nothing, 1s));
    Started waiting(get(queue, got, 9s));
    Started cancelled(get(queue, nothing, 9s));
    clock.advance(1s);
    cancelled.cancel();
    turn();
    CHECK(late.outcome() == "timeout");
    CHECK(cancelled.outcome() == "cancelled");
    queue.put_nowait("a");
    queue.put_nowait("b");
    turn();
    CHECK(got == "a");
    CHECK(queue.get_nowait() == "b");
    CHECK(Started(get(queue, nothing, 0s)).outcome() == "timeout");
  }
  SECTION("putters") {
    queue.put_nowait("a");
    Started late(put(queue, "x", 1s));
    Started waiting(put(queue, "b", 9s));
    Started cancelled(put(queue, "y", 9s));
    clock.advance(1s);
    cancelled.cancel();
    turn();
    CHECK(late.outcome() == "timeout");
    CHECK(cancelled.outcome() == "cancelled");
    CHECK(queue.get_nowait() == "a");
    CHECK(queue.get_nowait() == "b");
    CHECK(queue.empty());
    queue.put_nowait("c");
    CHECK(Started(put(queue, "z", -1s)).outcome() == "timeout");
  }
  CHECK(nothing.empty());
}

TEST_CASE("QUE-04 queue: an item that was handed over is not lost when its getter is cancelled",
          "[core]") {
  Queue<std::string> queue;
  std::string got;
  const auto get_two = [&]() -> Task<void> {
    got += co_await queue.get();
    got += co_await queue.get();
  };
  Started started(get_two());
  queue.put_nowait("a");
  started.cancel();
  turn();
  CHECK(got == "a");
  CHECK(started.outcome() == "cancelled");
  queue.put_nowait("b");
  CHECK(queue.get_nowait() == "b");
}

TEST_CASE("QUE-04 queue: an item for one that is destroyed goes to the next, or back", "[core]") {
  Queue<std::string> queue;
  std::string nothing;
  std::string got;
  Task<void> abandoned = get(queue, nothing);
  CHECK_FALSE(abandoned.start([](void*) { FAIL("it was abandoned"); }, nullptr));
  SECTION("next") {
    Started next(get(queue, got));
    queue.put_nowait("a");
    abandoned = Task<void>();
    turn();
    CHECK(got == "a");
  }
  SECTION("back") {
    queue.put_nowait("a");
    queue.put_nowait("b");
    abandoned = Task<void>();
    CHECK(drain(queue) == "ab");
  }
  CHECK(nothing.empty());
}

TEST_CASE("QUE-05 join: waits until every item is done, and again", "[core]") {
  FakeClock clock;
  Queue<std::string> queue;
  const auto join = [&](bora::Deadline deadline) -> Task<void> { co_await queue.join(deadline); };
  CHECK(Started(join(0s)).outcome() == "value");
  CHECK_THROWS_AS(queue.task_done(), std::logic_error);
  for (int round = 0; round < 2; ++round) {
    queue.put_nowait("a");
    queue.put_nowait("b");
    Started in_vain(join(1s));
    Started joining(join({}));
    drain(queue);
    clock.advance(1s);
    CHECK(in_vain.outcome() == "timeout");
    queue.task_done();
    turn();
    CHECK(joining.outcome() == "waits");
    queue.task_done();
    turn();
    CHECK(joining.outcome() == "value");
  }
}

TEST_CASE("QUE-05 queue: producer and consumers", "[core]") {
  Queue<int> queue(3);
  std::vector<int> seen;
  const auto consume = [&]() -> Task<void> {
    for (;;) {
      std::optional<int> item = co_await queue.next();
      if (!item) break;
      seen.push_back(*item);
      co_await bora::sleep(0s);
      queue.task_done();
    }
  };
  const auto produce = [&]() -> Task<void> {
    for (int i = 0; i < 50; ++i) co_await queue.put(i);
    co_await queue.join();
    queue.close();
  };
  std::list<Started> consumers;
  for (int i = 0; i < 4; ++i) consumers.emplace_back(consume());
  bora::IOLoop::current().run_sync(produce(), 10s);
  turn();
  CHECK(seen.size() == 50);
  for (const Started& consumer : consumers) CHECK(consumer.outcome() == "value");
}

TEST_CASE("QUE-06 queues: the smallest first, the last first", "[core]") {
  PriorityQueue<std::string> smallest;
  PriorityQueue<std::string, std::greater<>> greatest;
  LifoQueue<std::string> last;
  for (const char* item : {"b", "c", "a"}) {
    smallest.put_nowait(item);
    greatest.put_nowait(item);
    last.put_nowait(item);
  }
  CHECK(drain(smallest) == "abc");
  CHECK(drain(greatest) == "cba");
  CHECK(drain(last) == "acb");
}

TEST_CASE("QUE-06 queues: items that can only be moved", "[core]") {
  PriorityQueue<std::unique_ptr<int>> queue;
  queue.put_nowait(std::make_unique<int>(1));
  const auto take = [&]() -> Task<int> {
    const std::unique_ptr<int> item = co_await queue.get();
    co_return *item;
  };
  CHECK(bora::IOLoop::current().run_sync(take()) == 1);
}

TEST_CASE("QUE-08 close: what is there can be got, nothing more can be put", "[core]") {
  Queue<std::string> queue(1);
  std::string got;
  SECTION("with items") {
    queue.put_nowait("a");
    Started putting(put(queue, "x"));
    queue.close();
    turn();
    CHECK(queue.is_closed());
    CHECK(putting.outcome() == "the queue is closed");
    CHECK(Started(get(queue, got)).outcome() == "value");
    CHECK(got == "a");
  }
  SECTION("with getters") {
    Started getting(get(queue, got));
    queue.close();
    turn();
    CHECK(getting.outcome() == "the queue is closed");
  }
  CHECK(Started(put(queue, "y")).outcome() == "the queue is closed");
  CHECK(Started(get(queue, got)).outcome() == "the queue is closed");
  CHECK_THROWS_AS(queue.put_nowait("z"), bora::QueueClosed);
  CHECK_THROWS_AS(queue.get_nowait(), bora::QueueClosed);
}

TEST_CASE("QUE-08 queues: their text shows name, items and waiters", "[core]") {
  Queue<std::string> queue(1);
  CHECK(queue.to_string() == "Queue (0 of 1)");
  std::string got;
  Started getting(get(queue, got));
  CHECK(queue.to_string() == "Queue (0 of 1, 1 getting)");
  queue.put_nowait("a");
  turn();
  Started first(put(queue, "b"));
  Started second(put(queue, "c"));
  CHECK(queue.to_string() == "Queue (1 of 1, 1 putting, 2 unfinished)");
  queue.close();
  turn();
  CHECK(queue.to_string() == "Queue (1 of 1, 2 unfinished, closed)");
  CHECK(PriorityQueue<int>().to_string() == "PriorityQueue (0)");
  CHECK(bora::LifoQueue<int>(3).to_string() == "LifoQueue (0 of 3)");
}

TEST_CASE("QUE-02 queues: a deadline that is never, or past already", "[core]") {
  FakeClock clock;
  Queue<std::string> full(1);
  full.put_nowait("a");
  Queue<std::string> empty;
  const std::chrono::sys_days later = std::chrono::year(2400) / 1 / 1;
  const auto fill = [&](bora::Deadline deadline) -> Task<void> {
    co_await full.put("b", deadline);
  };
  const auto take = [&](bora::Deadline deadline) -> Task<void> {
    static_cast<void>(co_await empty.get(deadline));
  };
  const auto join = [&](bora::Deadline deadline) -> Task<void> { co_await full.join(deadline); };
  Started filling(fill(later));
  Started taking(take(std::chrono::hours::max()));
  Started joining(join(std::chrono::steady_clock::time_point::max()));
  Started at_once(take(-1ns));
  clock.advance(100h);
  CHECK(filling.outcome() == "waits");
  CHECK(taking.outcome() == "waits");
  CHECK(joining.outcome() == "waits");
  CHECK(at_once.outcome() == "timeout");
  static_cast<void>(full.get_nowait());
  empty.put_nowait("c");
  turn();
  CHECK(filling.outcome() == "value");
  CHECK(taking.outcome() == "value");
  full.task_done();
  full.task_done();
  turn();
  CHECK(joining.outcome() == "value");
}
