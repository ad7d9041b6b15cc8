// The forms that docs/coroutines.md says to write, run on values that notice a use outside of their
// lifetime. The parts of each are given names because g++ 12 compiles the shorter form wrongly.

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <bora/core/task.h>

#include "tests/support/catch.h"

using bora::Task;

namespace {

int alive = 0;
int mistakes = 0;

/// Text that notices when it is used or destroyed after its end.
class Value {
 public:
  explicit Value(std::string text) : text_(std::move(text)) { begin(); }
  Value(const Value& other) : text_(other.text()) { begin(); }
  Value(Value&& other) noexcept : text_(std::move(other.text_)) { begin(); }
  Value& operator=(Value other) noexcept {
    text_.swap(other.text_);
    return *this;
  }
  ~Value() {
    if (self_ != this) ++mistakes;
    self_ = nullptr;
    --alive;
  }

  const std::string& text() const {
    if (self_ != this) ++mistakes;
    return text_;
  }

 private:
  void begin() noexcept {
    self_ = this;
    ++alive;
  }

  std::string text_;
  const Value* volatile self_ = nullptr;
};

struct Row {
  Value name;
  int number = 0;
};

/// Whoever awaits it waits until resume_all().
struct Pause {
  static inline std::vector<std::coroutine_handle<>> waiting;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> caller) const { waiting.push_back(caller); }
  void await_resume() const noexcept {}
};

Task<bool> ready(bool answer) {
  co_await Pause();
  co_return answer;
}
Task<Value> make(std::string text) {
  co_await Pause();
  co_return Value(std::move(text));
}
Task<std::string> text_of(Value value) {
  co_await Pause();
  co_return value.text();
}
Task<std::string> text_of_row(Row row) {
  co_await Pause();
  co_return row.name.text() + std::to_string(row.number);
}
Task<std::string> call(std::function<std::string()> function) {
  co_await Pause();
  co_return function();
}
Task<std::string> join(std::vector<Value> values) {
  co_await Pause();
  std::string joined;
  for (const Value& value : values) joined += value.text();
  co_return joined;
}

// --- The forms -----------------------------------------------------------------------------------

Task<std::string> condition() {
  const bool is_ready = co_await ready(true);
  if (!is_ready) co_return "no";
  co_return "yes";
}

Task<std::string> loop_condition() {
  std::string seen;
  for (int i = 0;; ++i) {
    const bool goes_on = co_await ready(i < 3);
    if (!goes_on) break;
    seen += static_cast<char>('0' + i);
  }
  co_return seen;
}

Task<std::string> choice_of_values(bool first) {
  const Value other("other");
  Value chosen = first ? Value("first") : other;
  co_return co_await text_of(std::move(chosen));
}

Task<std::string> choice_of_await(bool wanted) {
  Value value("default");
  if (wanted) value = co_await make("made");
  co_return value.text();
}

Task<std::string> choice_of_tasks(bool first) {
  Task<Value> chosen = first ? make("one") : make("two");
  const Value value = co_await chosen;
  co_return value.text();
}

Task<std::string> aggregate_argument() {
  Row row{Value("row"), 7};
  co_return co_await text_of_row(std::move(row));
}

Task<std::string> designated_argument() {
  Row row{.name = Value("named"), .number = 8};
  co_return co_await text_of_row(std::move(row));
}

Task<std::string> awaited_member() {
  Value name = co_await make("member");
  const Row row{std::move(name), 9};
  co_return row.name.text();
}

Task<std::string> capturing_lambda() {
  const Value captured("captured");
  auto action = [captured] { return captured.text(); };
  co_return co_await call(std::move(action));
}

Task<std::string> lambda_coroutine() {
  const Value captured("inside");
  auto action = [captured]() -> Task<std::string> {
    co_await Pause();
    co_return captured.text();
  };
  co_return co_await action();
}

Task<std::string> list_argument() {
  std::vector<Value> values = {Value("a"), Value("b")};
  co_return co_await join(std::move(values));
}

Task<std::string> list_of_awaited() {
  Value first = co_await make("x");
  std::vector<Value> values;
  values.push_back(std::move(first));
  values.emplace_back("y");
  co_return co_await join(std::move(values));
}

Task<std::string> object_and_await() {
  const bool is_made = !Value("left").text().empty();
  const bool is_ready = is_made && co_await ready(true);
  co_return is_ready ? "both" : "not both";
}

// --- Forms that need no care ---------------------------------------------------------------------

Task<std::string> constructed_argument() {
  co_return co_await text_of(Value("direct"));
}

Task<std::string> concatenated() {
  const std::string text = "<" + co_await text_of(Value("in")) + ">";
  co_return text;
}

Task<std::string> nested() {
  co_return co_await text_of(co_await make("nested"));
}

Task<std::string> pair_from_braces() {
  const auto make_pair = []() -> Task<std::pair<Value, int>> {
    co_await Pause();
    co_return {Value("pair"), 1};
  };
  const auto [value, number] = co_await make_pair();
  co_return value.text() + std::to_string(number);
}

Task<std::string> exception_through() {
  const auto fail = [](Value value) -> Task<void> {
    co_await Pause();
    throw std::runtime_error(value.text());
  };
  std::string seen;
  try {
    co_await fail(Value("thrown"));
  } catch (const std::runtime_error& failure) {
    seen = failure.what();
  }
  co_return seen;
}

std::string run(Task<std::string> task) {
  bool is_done = task.start([](void*) {}, nullptr);
  while (!is_done) {
    const auto waiting = std::exchange(Pause::waiting, {});
    if (waiting.empty()) break;
    for (auto handle : waiting) handle.resume();
    is_done = task.done();
  }
  return is_done ? task.take() : "never went on";
}

}  // namespace

TEST_CASE("coroutine forms: what the guide says to write is compiled rightly", "[core]") {
  alive = mistakes = 0;
  CHECK(run(condition()) == "yes");
  CHECK(run(loop_condition()) == "012");
  CHECK(run(choice_of_values(true)) == "first");
  CHECK(run(choice_of_values(false)) == "other");
  CHECK(run(choice_of_await(true)) == "made");
  CHECK(run(choice_of_await(false)) == "default");
  CHECK(run(choice_of_tasks(true)) == "one");
  CHECK(run(choice_of_tasks(false)) == "two");
  CHECK(run(aggregate_argument()) == "row7");
  CHECK(run(designated_argument()) == "named8");
  CHECK(run(awaited_member()) == "member");
  CHECK(run(capturing_lambda()) == "captured");
  CHECK(run(lambda_coroutine()) == "inside");
  CHECK(run(list_argument()) == "ab");
  CHECK(run(list_of_awaited()) == "xy");
  CHECK(run(object_and_await()) == "both");
  CHECK(alive == 0);
  CHECK(mistakes == 0);
}

TEST_CASE("coroutine forms: what the guide calls harmless is", "[core]") {
  alive = mistakes = 0;
  CHECK(run(constructed_argument()) == "direct");
  CHECK(run(concatenated()) == "<in>");
  CHECK(run(nested()) == "nested");
  CHECK(run(pair_from_braces()) == "pair1");
  CHECK(run(exception_through()) == "thrown");
  CHECK(alive == 0);
  CHECK(mistakes == 0);
}

TEST_CASE("coroutine forms: an awaiter that a lambda captures is awaited itself", "[core]") {
  // It can't be copied, so a compiler that awaits a copy refuses it.
  class Passed {
   public:
    Passed() = default;
    Passed(const Passed&) = delete;
    Passed& operator=(const Passed&) = delete;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<>) noexcept {
      is_passed_ = true;
      return false;
    }
    bool await_resume() const noexcept { return is_passed_; }

   private:
    bool is_passed_ = false;
  };
  Passed awaiter;
  const auto through_reference = [&awaiter]() -> Task<bool> {
    Passed& same = awaiter;
    const bool is_passed = co_await same;
    co_return is_passed;
  };
  auto task = through_reference();
  REQUIRE(task.start([](void*) {}, nullptr));
  CHECK(task.take());
  CHECK(awaiter.await_resume());
}
