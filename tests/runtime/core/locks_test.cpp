#include <bora/core/locks.h>

#include <chrono>
#include <list>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <bora/core/io_loop.h>
#include <bora/testing/fake_clock.h>

#include "tests/support/catch.h"
#include "tests/support/started.h"

using namespace std::chrono_literals;
using bora::BoundedSemaphore;
using bora::Condition;
using bora::Event;
using bora::Lock;
using bora::Semaphore;
using bora::Task;
using bora::test::Started;
using bora::test::turn;
using bora::testing::FakeClock;

namespace {

Task<void> note_wait(Condition& condition, std::string& log, char name,
                     bora::Deadline deadline = {}) {
  const bool was_notified = co_await condition.wait(deadline);
  log += name;
  if (!was_notified) log += '-';
}

Task<void> wait_for(Event& event, bora::Deadline deadline = {}) {
  co_await event.wait(deadline);
}

/// Holds it until `until`.
Task<void> hold(Semaphore& semaphore, Event& until, std::string& log, char name,
                bora::Deadline deadline = {}) {
  const Semaphore::Permit permit = co_await semaphore.acquire(deadline);
  log += name;
  co_await until.wait();
}

}  // namespace

TEST_CASE("LCK-02 condition: notify wakes the one that has waited longest", "[core]") {
  Condition condition;
  std::string log;
  Started a(note_wait(condition, log, 'a'));
  Started b(note_wait(condition, log, 'b'));
  Started c(note_wait(condition, log, 'c'));
  condition.notify();
  turn();
  CHECK(log == "a");
  condition.notify_all();
  turn();
  CHECK(log == "abc");
  condition.notify(5);
}

TEST_CASE("LCK-02 condition: false at the deadline, which takes no notification", "[core]") {
  FakeClock clock;
  Condition condition;
  std::string log;
  Started a(note_wait(condition, log, 'a', 1s));
  Started b(note_wait(condition, log, 'b', 5s));
  clock.advance(1s);
  CHECK(log == "a-");
  condition.notify();
  turn();
  CHECK(log == "a-b");
  Started at_once(note_wait(condition, log, 'c', 0s));
  CHECK(log == "a-bc-");
}

TEST_CASE("LCK-02 condition: one that was woken may notify the next", "[core]") {
  Condition condition;
  std::string log;
  const auto pass_on = [&](char name) -> Task<void> {
    const bool was_notified = co_await condition.wait();
    log += was_notified ? name : '-';
    condition.notify();
  };
  Started a(pass_on('a'));
  Started b(pass_on('b'));
  Started c(pass_on('c'));
  condition.notify();
  turn(8);
  CHECK(log == "abc");
}

TEST_CASE("LCK-07 condition: waits that are over leave nothing behind", "[core]") {
  FakeClock clock;
  Condition condition;
  std::string log;
  std::list<Started> waits;
  for (int i = 0; i < 101; ++i) waits.emplace_back(note_wait(condition, log, 'x', 1s));
  CHECK(condition.waiters() == 101);
  clock.advance(1s);
  CHECK(condition.waiters() == 0);
}

TEST_CASE("LCK-03 event: set wakes all, and later waits go straight on", "[core]") {
  FakeClock clock;
  Event event;
  Started a(wait_for(event));
  Started b(wait_for(event, 1s));
  Started c(wait_for(event, 9s));
  clock.advance(1s);
  CHECK(b.outcome() == "timeout");
  event.set();
  event.clear();  // a coroutine that was woken goes on all the same
  turn();
  CHECK(a.outcome() == "value");
  CHECK(c.outcome() == "value");
  CHECK(Started(wait_for(event, 0s)).outcome() == "timeout");
  event.set();
  CHECK(event.is_set());
  CHECK(Started(wait_for(event, 0s)).outcome() == "value");
}

TEST_CASE("LCK-04 semaphore: so many at a time, in the order of coming", "[core]") {
  Semaphore semaphore(2);
  Event first;
  Event rest;
  std::string log;
  Started a(hold(semaphore, first, log, 'a'));
  Started b(hold(semaphore, rest, log, 'b'));
  Started c(hold(semaphore, rest, log, 'c'));
  Started d(hold(semaphore, rest, log, 'd'));
  CHECK(log == "ab");
  CHECK(semaphore.locked());
  CHECK(semaphore.waiters() == 2);
  first.set();
  turn();
  CHECK(log == "abc");
  rest.set();
  turn(8);
  CHECK(log == "abcd");
  CHECK(semaphore.value() == 2);
  CHECK_THROWS_AS(Semaphore(-1), std::invalid_argument);
}

TEST_CASE("LCK-04 semaphore: a free one is not overtaken, and waits may time out", "[core]") {
  FakeClock clock;
  Semaphore semaphore;
  Event until;
  std::string log;
  Started a(hold(semaphore, until, log, 'a'));
  Started b(hold(semaphore, until, log, 'b', 1s));
  Started c(hold(semaphore, until, log, 'c'));
  CHECK(Started(hold(semaphore, until, log, 'x', 0s)).outcome() == "timeout");
  clock.advance(1s);
  CHECK(b.outcome() == "timeout");
  until.set();
  turn(8);
  CHECK(log == "ac");
  CHECK(semaphore.value() == 1);
}

TEST_CASE("LCK-04 semaphore: release() by hand; a Permit moves", "[core]") {
  Semaphore semaphore(0);
  semaphore.release();
  std::optional<Semaphore::Permit> kept;
  const auto take = [&]() -> Task<void> {
    Semaphore::Permit permit = co_await semaphore.acquire();
    kept.emplace(std::move(permit));
  };
  Started started(take());
  CHECK(semaphore.value() == 0);
  kept->detach();
  kept.reset();
  CHECK(semaphore.value() == 0);
  semaphore.release();
  Started again(take());
  kept->release();
  kept->release();
  CHECK(semaphore.value() == 1);
}

TEST_CASE("LCK-05 bounded semaphore: more releases than acquires are a mistake", "[core]") {
  BoundedSemaphore semaphore(2);
  CHECK_THROWS_AS(semaphore.release(), std::logic_error);
  Semaphore open_ended(0);
  open_ended.release();
  CHECK(open_ended.value() == 1);
}

TEST_CASE("LCK-06 lock: one at a time, in the order of coming", "[core]") {
  FakeClock clock;
  Lock lock;
  CHECK_THROWS_AS(lock.release(), std::logic_error);
  std::string log;
  const auto work = [&](char name) -> Task<void> {
    const Lock::Permit permit = co_await lock.acquire();
    log += name;
    co_await bora::sleep(0s);
    log += name;
  };
  std::list<Started> workers;
  for (const char name : {'a', 'b', 'c', 'd'}) workers.emplace_back(work(name));
  CHECK(lock.locked());
  clock.advance(1s);
  CHECK(log == "aabbccdd");
  CHECK_FALSE(lock.locked());
}

TEST_CASE("GEN-13 locks: a wait that is cancelled takes no turn", "[core]") {
  FakeClock clock;
  Semaphore semaphore;
  Condition condition;
  Event event;
  Event until;
  std::string log;
  Started holder(hold(semaphore, until, log, 'a'));
  Started acquiring(hold(semaphore, until, log, 'x', 1h));
  Started next(hold(semaphore, until, log, 'b'));
  Started waiting(note_wait(condition, log, 'x', 1h));
  Started for_event(wait_for(event, 1h));
  for (Started* started : {&acquiring, &waiting, &for_event}) started->cancel();
  CHECK(condition.waiters() == 0);
  CHECK(event.waiters() == 0);
  CHECK(semaphore.waiters() == 1);
  until.set();
  turn(8);
  for (Started* started : {&acquiring, &waiting, &for_event}) {
    CHECK(started->outcome() == "cancelled");
  }
  CHECK(log == "ab");
  CHECK(semaphore.value() == 1);
}

TEST_CASE("GEN-13 semaphore: what was handed to one that is destroyed goes to the next", "[core]") {
  Semaphore semaphore;
  Event until;
  std::string log;
  Started holder(hold(semaphore, until, log, 'a'));
  Task<void> abandoned = hold(semaphore, until, log, 'x');
  CHECK_FALSE(abandoned.start([](void*) { FAIL("it was abandoned"); }, nullptr));
  Started next(hold(semaphore, until, log, 'b'));
  until.set();
  while (semaphore.waiters() == 2) bora::IOLoop::current().run_once();
  abandoned = Task<void>();
  turn(8);
  CHECK(log == "ab");
  CHECK(semaphore.value() == 1);
}

TEST_CASE("LCK-08 locks: their text shows state and waiters", "[core]") {
  FakeClock clock;
  Condition condition;
  Event event;
  Semaphore semaphore(1);
  Event until;
  std::string log;
  CHECK(condition.to_string() == "Condition");
  CHECK(event.to_string() == "Event (clear)");
  CHECK(semaphore.to_string() == "Semaphore (1 free)");
  CHECK(bora::BoundedSemaphore(2).to_string() == "BoundedSemaphore (2 free)");
  CHECK(bora::Lock().to_string() == "Lock (1 free)");
  Started a(note_wait(condition, log, 'a', 1s));
  Started b(wait_for(event, 1s));
  Started c(hold(semaphore, until, log, 'c'));
  Started d(hold(semaphore, until, log, 'd'));
  CHECK(condition.to_string() == "Condition (1 waiting)");
  CHECK(event.to_string() == "Event (clear, 1 waiting)");
  CHECK(semaphore.to_string() == "Semaphore (locked, 1 waiting)");
  until.set();
  clock.advance(2s);
}

TEST_CASE("LCK-01 locks: a deadline that is never, or past already", "[core]") {
  FakeClock clock;
  Semaphore semaphore(0);
  Event event;
  const std::chrono::sys_days later = std::chrono::year(2400) / 1 / 1;
  const auto acquire = [&](bora::Deadline deadline) -> Task<void> {
    const Semaphore::Permit permit = co_await semaphore.acquire(deadline);
  };
  Started for_hours(acquire(std::chrono::hours::max()));
  Started for_centuries(acquire(later));
  Started for_event(wait_for(event, std::chrono::hours::max()));
  Started at_once(acquire(-1s));
  Started long_ago(acquire(std::chrono::system_clock::time_point::min()));
  clock.advance(100h);
  CHECK(for_hours.outcome() == "waits");
  CHECK(for_centuries.outcome() == "waits");
  CHECK(for_event.outcome() == "waits");
  CHECK(at_once.outcome() == "timeout");
  CHECK(long_ago.outcome() == "timeout");
  semaphore.release();
  semaphore.release();
  event.set();
  turn(8);
  for (Started* started : {&for_hours, &for_centuries, &for_event}) {
    CHECK(started->outcome() == "value");
  }
}
