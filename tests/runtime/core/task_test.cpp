#include <bora/core/task.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/allocations.h"
#include "tests/support/catch.h"

namespace {

using bora::Task;

/// Runs a task that waits for nothing.
template <class T>
T run(Task<T> task) {
  REQUIRE(task.start([](void*) { FAIL("it should have finished at once"); }, nullptr));
  return task.take();
}

/// Makes a coroutine wait until open() is called.
class Gate {
 public:
  struct Awaiter {
    explicit Awaiter(Gate& its_gate) : gate(its_gate) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> caller) { gate.waiting_.push_back(caller); }
    void await_resume() const noexcept {}
    Gate& gate;
  };
  Awaiter pass() { return Awaiter(*this); }

  void open() {
    auto waiting = std::exchange(waiting_, {});
    for (auto handle : waiting) handle.resume();
  }

 private:
  std::vector<std::coroutine_handle<>> waiting_;
};

/// Counts how many are alive.
struct Tracked {
  explicit Tracked(int& alive) : count(&alive) { ++*count; }
  Tracked(const Tracked& other) : count(other.count) { ++*count; }
  ~Tracked() { --*count; }
  int* count;
};

Task<int> just(int value) {
  co_return value;
}

}  // namespace

TEST_CASE("task: nothing runs before it is awaited", "[core]") {
  bool has_run = false;
  const auto mark = [&]() -> Task<void> {
    has_run = true;
    co_return;
  };
  auto task = mark();
  CHECK_FALSE(has_run);
  run(std::move(task));
  CHECK(has_run);
}

TEST_CASE("task: one that never started can be destroyed, with its arguments", "[core]") {
  int alive = 0;
  const auto hold = [](Tracked) -> Task<void> { co_return; };
  {
    auto task = hold(Tracked(alive));
    CHECK(alive == 1);
  }
  CHECK(alive == 0);
}

TEST_CASE("task: an empty one is finished", "[core]") {
  Task<void> empty;
  CHECK(empty.done());
  const auto await_empty = []() -> Task<int> {
    co_await Task<void>();
    co_return 7;
  };
  CHECK(run(await_empty()) == 7);
}

TEST_CASE("task: values that cannot be copied travel through awaits", "[core]") {
  const auto make = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(5); };
  const auto pass_on = [&]() -> Task<std::unique_ptr<int>> {
    auto value = co_await make();
    ++*value;
    co_return value;
  };
  CHECK(*run(pass_on()) == 6);
}

TEST_CASE("task: what co_return gives is converted", "[core]") {
  const auto from_literal = []() -> Task<std::string> { co_return "text"; };
  const auto from_braces = []() -> Task<std::pair<int, std::string>> { co_return {1, "one"}; };
  CHECK(run(from_literal()) == "text");
  CHECK(run(from_braces()).second == "one");
}

TEST_CASE("task: a reference refers to the same object", "[core]") {
  int value = 1;
  const auto get = [&]() -> Task<int&> { co_return value; };
  const auto change = [&]() -> Task<void> {
    int& alias = co_await get();
    alias = 2;
  };
  run(change());
  CHECK(value == 2);
  CHECK(&run(get()) == &value);
}

TEST_CASE("task: an exception comes out of the await", "[core]") {
  const auto fail = [](bool wanted) -> Task<int> {
    if (wanted) throw std::out_of_range("deep");
    co_return 1;
  };
  const auto middle = [&]() -> Task<int> {
    const int value = co_await fail(true);
    co_return value + 1;
  };
  const auto outer = [&]() -> Task<std::string> {
    std::string seen;
    try {
      co_await middle();
    } catch (const std::out_of_range& failure) {
      seen = failure.what();
    }
    const int after = co_await fail(false);
    co_return seen + std::to_string(after);
  };
  CHECK(run(outer()) == "deep1");
  CHECK_THROWS_AS(run(middle()), std::out_of_range);
}

TEST_CASE("task: something that is no std::exception is carried too", "[core]") {
  const auto fail = []() -> Task<void> {
    throw 42;
    co_return;
  };
  CHECK_THROWS_AS(run(fail()), int);
}

TEST_CASE("task: the second operand starts when the first has finished", "[core]") {
  std::string order;
  Gate gate;
  const auto step = [&](char name) -> Task<int> {
    order += name;
    co_await gate.pass();
    order += static_cast<char>(name - 'a' + 'A');
    co_return 1;
  };
  const auto sum = [&]() -> Task<int> { co_return co_await step('a') + co_await step('b'); };
  auto task = sum();
  bool is_done = false;
  REQUIRE_FALSE(task.start([](void* flag) { *static_cast<bool*>(flag) = true; }, &is_done));
  CHECK(order == "a");
  gate.open();
  CHECK(order == "aAb");
  gate.open();
  CHECK(order == "aAbB");
  CHECK(is_done);
  CHECK(task.take() == 2);
}

TEST_CASE("task: the owner learns once of a late end, and may destroy the task then", "[core]") {
  struct Owner {
    Task<void> task;
    int calls = 0;
  };
  Gate gate;
  int alive = 0;
  const auto wait = [&](Tracked) -> Task<void> { co_await gate.pass(); };
  const auto outer = [&]() -> Task<void> { co_await wait(Tracked(alive)); };
  Owner owner{outer()};
  REQUIRE_FALSE(owner.task.start(
      [](void* argument) {
        auto* told = static_cast<Owner*>(argument);
        ++told->calls;
        told->task = Task<void>();
      },
      &owner));
  CHECK(alive > 0);
  gate.open();
  CHECK(owner.calls == 1);
  CHECK(alive == 0);
}

TEST_CASE("task: destroying one that waits destroys all it awaits", "[core]") {
  Gate gate;
  int alive = 0;
  const auto inner = [&](Tracked) -> Task<void> { co_await gate.pass(); };
  const auto outer = [&](Tracked) -> Task<void> {
    co_await inner(Tracked(alive));
    FAIL("it was abandoned");
  };
  {
    auto task = outer(Tracked(alive));
    REQUIRE_FALSE(task.start([](void*) { FAIL("it was abandoned"); }, nullptr));
    CHECK(alive > 0);
  }
  CHECK(alive == 0);
}

TEST_CASE("task: one that is resumed before its first wait has returned goes on", "[core]") {
  // An operation may complete, and resume its waiter, from within await_suspend.
  struct Immediate {
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> caller) const { caller.resume(); }
    void await_resume() const noexcept {}
  };
  const auto inner = []() -> Task<int> {
    co_await Immediate();
    co_return 3;
  };
  const auto outer = [&]() -> Task<int> {
    const int value = co_await inner();
    co_return value * 2;
  };
  CHECK(run(outer()) == 6);
}

TEST_CASE("task: three million finished calls in a loop need no stack", "[core]") {
  const auto count = [](int calls) -> Task<std::int64_t> {
    std::int64_t sum = 0;
    for (int i = 0; i < calls; ++i) sum += co_await just(1);
    co_return sum;
  };
  CHECK(run(count(3'000'000)) == 3'000'000);
}

#if !BORA_TEST_HAS_SANITIZER
TEST_CASE("task: frames are used again instead of allocated", "[core]") {
  const auto count = [](int calls) -> Task<int> {
    int sum = 0;
    for (int i = 0; i < calls; ++i) sum += co_await just(1);
    co_return sum;
  };
  auto task = count(10'000);
  auto warm_up = count(1);
  REQUIRE(warm_up.start([](void*) {}, nullptr));
  const std::size_t before = bora::test::allocations;
  REQUIRE(task.start([](void*) {}, nullptr));
  CHECK(bora::test::allocations == before);
}
#endif

TEST_CASE("task: frames of every size come back as they were given", "[core]") {
  for (std::size_t bytes = 1; bytes < 5000; bytes += 7) {
    auto* first = static_cast<unsigned char*>(bora::detail::allocate_frame(bytes));
    auto* second = static_cast<unsigned char*>(bora::detail::allocate_frame(bytes));
    std::fill_n(first, bytes, static_cast<unsigned char>(1));
    std::fill_n(second, bytes, static_cast<unsigned char>(2));
    CHECK(std::count(first, first + bytes, 1) == static_cast<std::ptrdiff_t>(bytes));
    bora::detail::release_frame(first, bytes);
    bora::detail::release_frame(second, bytes);
  }
}
