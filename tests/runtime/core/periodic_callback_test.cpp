#include <bora/core/periodic_callback.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <vector>

#include <bora/core/locks.h>
#include <bora/testing/fake_clock.h>

#include "tests/support/catch.h"
#include "tests/support/log_recorder.h"

using namespace std::chrono_literals;
using bora::PeriodicCallback;
using bora::Task;
using bora::detail::next_periodic_call;
using bora::testing::FakeClock;

TEST_CASE("LOP-19 periodic_callback: the next call keeps the rhythm and skips what was missed",
          "[core]") {
  CHECK(next_periodic_call(1000s, 1000s, 10s) == 1010s);
  CHECK(next_periodic_call(1010s, 1010s, 10s) == 1020s);
  CHECK(next_periodic_call(1020s, 1026s, 10s) == 1030s);
  CHECK(next_periodic_call(1030s, 1040s, 10s) == 1050s);
  CHECK(next_periodic_call(1050s, 1088s, 10s) == 1090s);
  CHECK(next_periodic_call(1050s, 1049s, 10s) == 1060s);
  CHECK(next_periodic_call(1050s, 950s, 10s) == 1060s);
}

TEST_CASE("LOP-18 periodic_callback: the first call comes after one period, then one each",
          "[core]") {
  FakeClock clock;
  int calls = 0;
  PeriodicCallback periodic([&] { ++calls; }, 10s);
  CHECK_FALSE(periodic.is_running());
  periodic.start();
  periodic.start();
  CHECK(periodic.is_running());
  clock.advance(9999ms);
  CHECK(calls == 0);
  clock.advance(1ms);
  CHECK(calls == 1);
  clock.advance(10s);
  CHECK(calls == 2);
  clock.advance(35s);
  CHECK(calls == 3);
  clock.advance(5s);
  CHECK(calls == 4);
  periodic.stop();
  CHECK_FALSE(periodic.is_running());
  clock.advance(1h);
  CHECK(calls == 4);
}

TEST_CASE("LOP-18 periodic_callback: calls that wait never overlap", "[core]") {
  FakeClock clock;
  int started = 0;
  int ended = 0;
  PeriodicCallback periodic(
      [&]() -> Task<void> {
        ++started;
        co_await bora::sleep(25s);
        ++ended;
      },
      10s);
  periodic.start();
  clock.advance(10s);
  CHECK(started == 1);
  clock.advance(24s);
  CHECK(started == 1);
  clock.advance(1s);
  CHECK(ended == 1);
  clock.advance(4s);
  CHECK(started == 1);
  clock.advance(1s);
  CHECK(started == 2);
  periodic.stop();
  clock.advance(25s);
  CHECK(ended == 2);
}

TEST_CASE("periodic_callback: one that is stopped and started again during a call goes on once",
          "[core]") {
  FakeClock clock;
  int started = 0;
  PeriodicCallback periodic(
      [&]() -> Task<void> {
        ++started;
        co_await bora::sleep(1s);
      },
      10s);
  periodic.start();
  clock.advance(10s);
  periodic.stop();
  periodic.start();
  clock.advance(1s);
  clock.advance(9s);
  CHECK(started == 2);
  clock.advance(1s);
  clock.advance(9s);
  CHECK(started == 3);
  periodic.stop();
  clock.advance(1s);
}

TEST_CASE("LOP-18 periodic_callback: an exception is logged and the calls go on", "[core]") {
  bora::test::LogRecorder log;
  FakeClock clock;
  int calls = 0;
  PeriodicCallback periodic(
      [&] {
        ++calls;
        throw std::runtime_error("tick");
      },
      1s);
  periodic.start();
  clock.advance(1s);
  clock.advance(1s);
  CHECK(calls == 2);
  REQUIRE(log.lines.size() == 2);
  CHECK(log.lines[0] ==
        "E application: Exception in a periodic callback: std::runtime_error: tick");
}

TEST_CASE("periodic_callback: it may be destroyed in its own call and during its task", "[core]") {
  FakeClock clock;
  std::unique_ptr<PeriodicCallback> periodic;
  int calls = 0;
  periodic = std::make_unique<PeriodicCallback>(
      [&] {
        ++calls;
        periodic.reset();
      },
      1s);
  periodic->start();
  clock.advance(1s);
  clock.advance(1s);
  CHECK(calls == 1);

  bool has_ended = false;
  periodic = std::make_unique<PeriodicCallback>(
      [&]() -> Task<void> {
        co_await bora::sleep(1s);
        has_ended = true;
      },
      1s);
  periodic->start();
  clock.advance(1s);
  periodic.reset();
  clock.advance(1s);
  CHECK(has_ended);
}

TEST_CASE("LOP-19 periodic_callback: jitter stays within its share of the period", "[core]") {
  FakeClock clock;
  int calls = 0;
  PeriodicCallback periodic([&] { ++calls; }, 100s, 0.5);
  periodic.start();
  for (int i = 1; i <= 50; ++i) {
    const int before = calls;
    clock.advance(74s);
    CHECK(calls == before);
    int waited = 74;
    for (; calls == before && waited <= 126; ++waited) clock.advance(1s);
    CHECK(waited <= 126);
  }
}

TEST_CASE("LOP-18 periodic_callback: a period that is not positive is refused", "[core]") {
  CHECK_THROWS_AS(PeriodicCallback([] {}, 0s), std::invalid_argument);
  CHECK_THROWS_AS(PeriodicCallback([] {}, -1s), std::invalid_argument);
}

TEST_CASE("LOP-18 periodic_callback: the longest period is no overflow", "[core]") {
  FakeClock clock;
  int calls = 0;
  bora::PeriodicCallback never([&] { ++calls; }, std::chrono::hours::max());
  never.start();
  clock.advance(100h);
  CHECK(calls == 0);
  bora::PeriodicCallback jittered([&] { ++calls; }, std::chrono::hours::max(), 0.5);
  jittered.start();
  clock.advance(100h);
  CHECK(calls == 0);
}

TEST_CASE("LOP-18 periodic_callback: what its callback returns is awaited if it can be", "[core]") {
  FakeClock clock;
  bora::Event event;
  bora::PeriodicCallback callback([&] { return event.wait(); }, 1s);
  callback.start();
  clock.advance(1s);
  CHECK(event.waiters() == 1);
  clock.advance(5s);
  CHECK(event.waiters() == 1);
  event.set();
  clock.advance(0s);
  CHECK(event.waiters() == 0);
}
