#include "runtime/net/deadline_wheel.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include "tests/support/catch.h"

using bora::net::CoarseDeadline;
using bora::net::DeadlineWheel;

namespace {

struct Entry final : CoarseDeadline {
  void on_deadline() override {
    ++calls;
    if (action) action();
  }
  int calls = 0;
  std::function<void()> action;
};

}  // namespace

TEST_CASE("deadline_wheel: an entry is called once, at its tick", "[net]") {
  DeadlineWheel wheel;
  Entry entry;
  wheel.arm(entry, 3);
  CHECK(entry.is_armed());
  wheel.advance_to(2);
  CHECK(entry.calls == 0);
  wheel.advance_to(3);
  CHECK(entry.calls == 1);
  CHECK_FALSE(entry.is_armed());
  wheel.advance_to(1000);
  CHECK(entry.calls == 1);
  CHECK(wheel.is_idle());
}

TEST_CASE("deadline_wheel: moving back or forth counts from the last time", "[net]") {
  DeadlineWheel wheel;
  Entry later;
  Entry earlier;
  wheel.arm(later, 5);
  wheel.arm(later, 50);
  wheel.arm(earlier, 50);
  wheel.arm(earlier, 5);
  wheel.advance_to(49);
  CHECK(later.calls == 0);
  CHECK(earlier.calls == 1);
  wheel.advance_to(50);
  CHECK(later.calls == 1);
  CHECK(earlier.calls == 1);
}

TEST_CASE("deadline_wheel: a disarmed entry is not called, and can be armed again", "[net]") {
  DeadlineWheel wheel;
  Entry entry;
  wheel.arm(entry, 3);
  wheel.disarm(entry);
  CHECK_FALSE(entry.is_armed());
  wheel.advance_to(10);
  CHECK(entry.calls == 0);
  CHECK(wheel.is_idle());
  wheel.arm(entry, 12);
  wheel.disarm(entry);
  wheel.arm(entry, 13);
  wheel.advance_to(12);
  CHECK(entry.calls == 0);
  wheel.advance_to(13);
  CHECK(entry.calls == 1);
}

TEST_CASE("deadline_wheel: a past tick is the next one, a far one is not lost", "[net]") {
  DeadlineWheel wheel;
  wheel.advance_to(1000);
  Entry past;
  Entry far;
  wheel.arm(past, 7);
  wheel.arm(far, 1000 + 100'000);
  CHECK(past.calls == 0);
  wheel.advance_to(1001);
  CHECK(past.calls == 1);
  for (std::uint32_t tick = 1002; tick < 101'000; tick += 77) wheel.advance_to(tick);
  wheel.advance_to(100'999);
  CHECK(far.calls == 0);
  wheel.advance_to(101'000);
  CHECK(far.calls == 1);
}

TEST_CASE("deadline_wheel: a long pause calls everything that came due in it, once", "[net]") {
  DeadlineWheel wheel;
  std::vector<std::unique_ptr<Entry>> entries;
  for (std::uint32_t due = 1; due <= 600; ++due) {
    entries.push_back(std::make_unique<Entry>());
    wheel.arm(*entries.back(), due);
  }
  wheel.advance_to(599);
  for (std::size_t i = 0; i < 599; ++i) CHECK(entries[i]->calls == 1);
  CHECK(entries[599]->calls == 0);
}

TEST_CASE("deadline_wheel: so many are called at a time, and none is forgotten", "[net]") {
  DeadlineWheel wheel;
  std::vector<std::unique_ptr<Entry>> entries;
  for (std::uint32_t i = 0; i < 10; ++i) {
    entries.push_back(std::make_unique<Entry>());
    wheel.arm(*entries.back(), i < 7 ? 3 : 5);
  }
  const auto calls = [&] {
    int sum = 0;
    for (const auto& entry : entries) sum += entry->calls;
    return sum;
  };
  wheel.disarm(*entries[0]);  // takes nothing of the share
  CHECK_FALSE(wheel.advance_to(3, 4));
  CHECK(calls() == 4);
  // An entry that was called and one that still waits get a later deadline; the others go on.
  wheel.arm(*entries[1], 6);
  wheel.arm(*entries[6], 6);
  CHECK(wheel.advance_to(3, 4));
  CHECK(calls() == 5);
  SECTION("tick by tick") {
    CHECK_FALSE(wheel.advance_to(5, 2));
    CHECK(wheel.advance_to(5, 1));
    CHECK(calls() == 8);
    CHECK(wheel.advance_to(6, 2));
  }
  SECTION("after a long pause") {
    CHECK_FALSE(wheel.advance_to(3000, 2));
    CHECK(wheel.advance_to(6000, 3));
  }
  CHECK(calls() == 10);
  CHECK(entries[0]->calls == 0);
  CHECK(entries[1]->calls == 2);
  CHECK(wheel.is_idle());
}

TEST_CASE("deadline_wheel: entries may leave, and destroy others, while they are called", "[net]") {
  DeadlineWheel wheel;
  auto victim = std::make_unique<Entry>();
  Entry killer;
  killer.action = [&] { victim.reset(); };
  wheel.arm(killer, 2);
  wheel.arm(*victim, 2);
  Entry again;
  again.action = [&] { wheel.arm(again, wheel.now() + 1); };
  wheel.arm(again, 2);
  wheel.advance_to(2);
  CHECK(victim == nullptr);
  CHECK(again.calls == 1);
  wheel.advance_to(5);
  CHECK(again.calls == 4);
}

TEST_CASE("deadline_wheel: it may go before its entries", "[net]") {
  Entry entry;
  {
    DeadlineWheel wheel;
    wheel.arm(entry, 3);
  }
  SUCCEED("the entry leaves no wheel when it goes");
}

TEST_CASE("deadline_wheel: agrees with a plain list over a long random history", "[net]") {
  std::minstd_rand random(7);
  DeadlineWheel wheel;
  constexpr std::size_t kEntries = 50;
  std::vector<Entry> entries(kEntries);
  std::map<std::size_t, std::uint32_t> model;
  std::uint32_t now = 0;
  for (int step = 0; step < 20'000; ++step) {
    const std::size_t index = random() % kEntries;
    switch (random() % 4) {
      case 0:
      case 1: {
        const auto due = static_cast<std::uint32_t>(now + 1 + random() % 300);
        wheel.arm(entries[index], due);
        model[index] = due;
        break;
      }
      case 2:
        wheel.disarm(entries[index]);
        model.erase(index);
        break;
      default: {
        now += random() % (step % 100 == 0 ? 500 : 3);
        for (Entry& entry : entries) entry.calls = 0;
        wheel.advance_to(now);
        for (std::size_t i = 0; i < kEntries; ++i) {
          const bool is_due = model.contains(i) && model[i] <= now;
          if (entries[i].calls != (is_due ? 1 : 0)) FAIL("entry " << i << " at " << now);
          if (is_due) model.erase(i);
        }
      }
    }
  }
  SUCCEED("no difference");
}
