#include "runtime/core/timer_queue.h"

#include <chrono>
#include <memory>
#include <random>
#include <set>
#include <source_location>
#include <utility>
#include <vector>

#include "tests/support/catch.h"

using namespace std::chrono_literals;
using bora::TimerQueue;

namespace {

TimerQueue::Key add(
    TimerQueue& queue, std::chrono::nanoseconds at, TimerQueue::Callback callback = [] {}) {
  return queue.add(at, std::move(callback), std::source_location::current());
}

}  // namespace

TEST_CASE("timer queue: comes out in the order of time, then of age", "[core]") {
  TimerQueue queue;
  std::vector<int> order;
  std::minstd_rand random(7);
  std::multiset<int> expected;
  for (int i = 0; i < 2000; ++i) {
    const int at = static_cast<int>(random() % 50);
    expected.insert(at);
    add(queue, std::chrono::nanoseconds(at), [&order, at] { order.push_back(at); });
  }
  const std::uint64_t age = queue.age();
  while (auto callback = queue.take_due(1h, age).callback) callback();
  CHECK(order == std::vector<int>(expected.begin(), expected.end()));

  order.clear();
  for (int i = 0; i < 50; ++i) add(queue, 5ns, [&order, i] { order.push_back(i); });
  while (auto callback = queue.take_due(1h, queue.age()).callback) callback();
  for (int i = 0; i < 50; ++i) CHECK(order[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("timer queue: what is removed in random order leaves the rest in order", "[core]") {
  TimerQueue queue;
  std::minstd_rand random(3);
  std::vector<std::pair<TimerQueue::Key, int>> live;
  std::multiset<int> expected;
  for (int i = 0; i < 20'000; ++i) {
    if (!live.empty() && random() % 3 == 0) {
      const std::size_t victim = random() % live.size();
      queue.remove(live[victim].first);
      queue.remove(live[victim].first);  // harmless
      expected.erase(expected.find(live[victim].second));
      live[victim] = live.back();
      live.pop_back();
    } else {
      const int at = static_cast<int>(random() % 1000);
      live.emplace_back(add(queue, std::chrono::nanoseconds(at)), at);
      expected.insert(at);
    }
    CHECK(queue.size() == expected.size());
  }
  for (const int at : expected) {
    REQUIRE(queue.next() == std::chrono::nanoseconds(at));
    REQUIRE(queue.take_due(1h, queue.age()).callback);
  }
  CHECK(queue.is_empty());
}

TEST_CASE("LOP-13 timer queue: a key means one timeout only, whatever takes its place", "[core]") {
  TimerQueue queue;
  const TimerQueue::Key first = add(queue, 1ns);
  queue.remove(first);
  const TimerQueue::Key second = add(queue, 1ns);
  CHECK(first != second);
  queue.remove(first);
  queue.remove(0);
  queue.remove(static_cast<TimerQueue::Key>(-1));
  CHECK(queue.size() == 1);
  CHECK(queue.take_due(1ns, queue.age()).callback);
  queue.remove(second);
  CHECK(queue.is_empty());
}

TEST_CASE("timer queue: neither what is early nor what is new is due", "[core]") {
  TimerQueue queue;
  add(queue, 5ns);
  const std::uint64_t age = queue.age();
  CHECK_FALSE(queue.take_due(4ns, age).callback);
  queue.take_due(5ns, age);
  add(queue, 1ns);
  CHECK_FALSE(queue.take_due(5ns, age).callback);
}

TEST_CASE("timer queue: what a callback owns may change the queue when it is destroyed", "[core]") {
  TimerQueue queue;
  struct Owned {
    ~Owned() {
      queue->remove(other);
      add(*queue, 1ns);
    }
    TimerQueue* queue;
    TimerQueue::Key other;
  };
  const TimerQueue::Key other = add(queue, 9ns);
  auto owned = std::make_shared<Owned>(&queue, other);
  const TimerQueue::Key key = add(queue, 3ns, [held = std::move(owned)] {});
  SECTION("removed") {
    queue.remove(key);
    CHECK(queue.size() == 1);
  }
  SECTION("cleared") {}
  queue.clear();
  CHECK(queue.is_empty());
}
