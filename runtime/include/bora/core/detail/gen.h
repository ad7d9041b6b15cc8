#pragma once

#include <coroutine>
#include <cstddef>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <bora/core/detail/awaitable.h>
#include <bora/core/future.h>
#include <bora/core/operation.h>
#include <bora/core/task.h>

// The parts of <bora/core/gen.h>.

namespace bora {

template <class T>
struct FirstResult;

namespace detail {

struct TaskGroupRun;

/// Starts Tasks and waits until all have ended. A request to cancel goes to each.
class Join final : public Operation {
 public:
  /// @param is_race  If true, the first one to end cancels the others; those that have not started
  ///                 never start.
  explicit Join(std::size_t count, bool is_race = false)
      : children_(std::make_unique<Child[]>(count)), is_race_(is_race) {}
  Join(const Join&) = delete;
  Join& operator=(const Join&) = delete;

  template <class T>
  void start(Task<T>& task) {
    if (is_race_ && first_ != kNone) return;
    Child& child = children_[started_];
    child.join = this;
    child.index = started_++;
    child.task = &task;
    child.cancel = [](void* cancelled) { static_cast<Task<T>*>(cancelled)->cancel(); };
    ++running_;
    if (task.start(&Join::child_ended, &child)) note_end(child.index);
  }

  [[nodiscard]] bool await_ready() const noexcept { return running_ == 0; }
  template <class Caller>
  bool await_suspend(std::coroutine_handle<Caller> caller) {
    // The wait is not cancelled before it has begun: the children run, and must end first.
    const bool is_suspended = suspend(caller);
    if (!is_suspended) cancel_children();
    return is_suspended;
  }
  /// False when the request to cancel came earlier: await again.
  [[nodiscard]] bool await_resume() const noexcept { return running_ == 0; }

  /// The index of the one that ended first.
  [[nodiscard]] std::size_t first() const noexcept { return first_; }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  struct Child {
    Join* join;
    std::size_t index;
    void* task;
    void (*cancel)(void* task);
  };

  static void child_ended(void* child) {
    Join& join = *static_cast<Child*>(child)->join;
    join.note_end(static_cast<Child*>(child)->index);
    if (join.running_ == 0 && join.is_waiting()) join.complete();
  }
  void note_end(std::size_t index) {
    --running_;
    if (first_ != kNone) return;
    first_ = index;
    if (is_race_) cancel_children();
  }
  void cancel_children() {
    for (std::size_t i = 0; i < started_; ++i) children_[i].cancel(children_[i].task);
  }
  void on_cancel() noexcept override { cancel_children(); }

  std::unique_ptr<Child[]> children_;
  std::size_t started_ = 0;
  std::size_t running_ = 0;
  std::size_t first_ = kNone;
  bool is_race_;
};

/// Keeps the first of several failures; logs the others.
class FirstFailure {
 public:
  explicit FirstFailure(QuietExceptions quiet = {}) noexcept : quiet_(quiet) {}
  /// Must be called within a catch block.
  void note() noexcept;
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  QuietExceptions quiet_;
  std::exception_ptr failure_;
};

template <class T>
void take_into(std::optional<NonVoid<T>>& value, Task<T>& task, FirstFailure& failure) {
  try {
    if constexpr (std::is_void_v<T>) {
      task.take();
      value.emplace();
    } else {
      value.emplace(task.take());
    }
  } catch (...) {
    failure.note();
  }
}

/// Whether `Argument` is a container of awaitables rather than one awaitable.
template <class Argument>
inline constexpr bool kIsContainer = false;
template <class... Parameters>
inline constexpr bool kIsContainer<std::vector<Parameters...>> = true;
template <class... Parameters>
inline constexpr bool kIsContainer<std::map<Parameters...>> = true;
template <class Argument>
concept SingleWait = !kIsContainer<std::remove_cvref_t<Argument>> &&
                     !std::is_same_v<std::remove_cvref_t<Argument>, QuietExceptions>;

/// The same for all, in one condition.
template <class... Awaited>
consteval bool require_all_awaitable() {
  return (require_awaitable<Awaited>() && ...);
}

/// Takes it over as a Task.
template <class Awaited>
AwaitedTask<Awaited> to_task(Awaited&& awaited) {
  return as_task(std::remove_cvref_t<Awaited>(std::forward<Awaited>(awaited)));
}

template <class T>
std::vector<Task<T>> to_tasks(std::vector<Task<T>> tasks) {
  return tasks;
}
template <class Awaited>
std::vector<AwaitedTask<Awaited>> to_tasks(std::vector<Awaited> awaited) {
  std::vector<AwaitedTask<Awaited>> tasks;
  tasks.reserve(awaited.size());
  for (Awaited& one : awaited) tasks.push_back(as_task(std::move(one)));
  return tasks;
}

template <class... T>
Task<std::tuple<NonVoid<T>...>> multi_of(QuietExceptions quiet, Task<T>... tasks) {
  Join join(sizeof...(T));
  (join.start(tasks), ...);
  bool is_over = co_await join;
  if (!is_over) is_over = co_await join;
  FirstFailure failure(quiet);
  std::tuple<std::optional<NonVoid<T>>...> values;
  std::apply([&](auto&... value) { (take_into(value, tasks, failure), ...); }, values);
  failure.rethrow();
  co_return std::apply(
      [](auto&... value) { return std::tuple<NonVoid<T>...>(std::move(*value)...); }, values);
}

template <class T>
Task<std::vector<T>> multi_of(std::vector<Task<T>> tasks, QuietExceptions quiet) {
  Join join(tasks.size());
  for (Task<T>& task : tasks) join.start(task);
  bool is_over = co_await join;
  if (!is_over) is_over = co_await join;
  FirstFailure failure(quiet);
  std::vector<T> values;
  values.reserve(tasks.size());
  for (Task<T>& task : tasks) {
    std::optional<T> value;
    take_into(value, task, failure);
    if (value) values.push_back(std::move(*value));
  }
  failure.rethrow();
  co_return values;
}
inline Task<void> multi_of(std::vector<Task<void>> tasks, QuietExceptions quiet) {
  Join join(tasks.size());
  for (Task<void>& task : tasks) join.start(task);
  bool is_over = co_await join;
  if (!is_over) is_over = co_await join;
  FirstFailure failure(quiet);
  for (Task<void>& task : tasks) {
    std::optional<std::monostate> ignored;
    take_into(ignored, task, failure);
  }
  failure.rethrow();
}

template <class Key, class Awaited, class Compare>
Task<std::map<Key, AwaitedValue<Awaited>, Compare>> multi_of(
    std::map<Key, Awaited, Compare> awaited, QuietExceptions quiet) {
  using Value = AwaitedValue<Awaited>;
  std::vector<Task<Value>> tasks;
  for (auto& [key, one] : awaited) tasks.push_back(as_task(std::move(one)));
  std::vector<Value> values = co_await multi_of(std::move(tasks), quiet);
  std::map<Key, Value, Compare> named;
  std::size_t index = 0;
  for (auto& [key, one] : awaited) {
    named.emplace_hint(named.end(), key, std::move(values[index++]));
  }
  co_return named;
}

template <std::size_t kIndex = 0, class Variant, class... T>
void take_at(std::size_t index, std::optional<Variant>& winner, FirstFailure& failure,
             std::tuple<Task<T>&...> tasks) {
  if constexpr (kIndex < sizeof...(T)) {
    auto& task = std::get<kIndex>(tasks);
    std::optional<std::variant_alternative_t<kIndex, Variant>> value;
    if (index == kIndex) {
      take_into(value, task, failure);
      if (value) winner.emplace(std::in_place_index<kIndex>, std::move(*value));
    }
    take_at<kIndex + 1>(index, winner, failure, tasks);
  }
}

/// Logs what the losers of a race failed with.
template <class T>
void take_loser(Task<T>& task, FirstFailure& failure) noexcept {
  if (!task.has_run()) return;
  try {
    static_cast<void>(task.take());
  } catch (...) {
    failure.note();
  }
}

template <class... T>
Task<std::variant<NonVoid<T>...>> first_of_these(Task<T>... tasks) {
  Join join(sizeof...(T), true);
  (join.start(tasks), ...);
  bool is_over = co_await join;
  if (!is_over) is_over = co_await join;
  FirstFailure failure;
  std::optional<std::variant<NonVoid<T>...>> winner;
  take_at(join.first(), winner, failure, std::tuple<Task<T>&...>(tasks...));
  std::size_t index = 0;
  ((index++ != join.first() ? take_loser(tasks, failure) : void()), ...);
  if (!winner) failure.rethrow();
  co_return std::move(*winner);
}

template <class T>
Task<FirstResult<T>> first_of_all(std::vector<Task<T>> tasks) {
  if (tasks.empty()) throw std::invalid_argument("first_of() nothing never ends");
  Join join(tasks.size(), true);
  for (Task<T>& task : tasks) join.start(task);
  bool is_over = co_await join;
  if (!is_over) is_over = co_await join;
  FirstFailure failure;
  std::optional<NonVoid<T>> value;
  take_into(value, tasks[join.first()], failure);
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (i != join.first()) take_loser(tasks[i], failure);
  }
  if (!value) failure.rethrow();
  FirstResult<T> first{join.first(), std::move(*value)};
  co_return first;
}

class MomentAwaiter final : public Operation {
 public:
  template <class Caller>
  bool await_suspend(std::coroutine_handle<Caller> caller) {
    if (!suspend(caller)) return false;
    wake();
    return true;
  }
  void await_resume() const { check(); }
};

struct NextTurn {
  MomentAwaiter operator co_await() const noexcept { return {}; }
};

template <class Awaited>
inline constexpr bool kIsFuture = false;
template <class T>
inline constexpr bool kIsFuture<Future<T>> = true;
template <class T>
void take_any_task(Task<T>& task);
template <class Awaited>
inline constexpr bool kIsTask = requires(Awaited& awaited) { take_any_task(awaited); };
/// Whether `Awaited` is a mere wait, of which nothing is left when it is given up.
template <class Awaited>
inline constexpr bool kIsMereWait =
    !kIsTask<Awaited> && !kIsFuture<Awaited> &&
    std::is_base_of_v<Operation,
                      std::remove_cvref_t<decltype(awaiter_of(std::declval<Awaited>()))>>;

template <class T>
Task<T> task_until(Deadline deadline, Task<T> task, bool cancels, QuietExceptions quiet) {
  Future<T> future = spawn(std::move(task));
  future.set_quiet(quiet);
  bool is_cancelled = false;
  bool is_done = false;
  try {
    is_done = co_await future.end(deadline);
  } catch (const CancelledError&) {
    is_cancelled = true;
  }
  if (is_cancelled || (!is_done && cancels)) {
    future.cancel();
    static_cast<void>(co_await future.end());
  }
  if (!is_done && !is_cancelled) throw TimeoutError("the operation took longer than its time");
  co_return co_await std::move(future);
}

template <class T>
Task<T> future_until(Deadline deadline, Future<T> future, QuietExceptions quiet) {
  const bool is_done = co_await future.end(deadline);
  if (!is_done) {
    future.set_quiet(quiet);
    throw TimeoutError("the operation took longer than its time");
  }
  co_return co_await std::move(future);
}

/// The order in which results came to a WaitIterator, shared with the callbacks of its Futures.
struct Arrivals {
  std::deque<std::size_t> indices;
  WaitList waiting;

  void note(std::size_t index) {
    indices.push_back(index);
    if (Operation* first = waiting.first()) first->wake();
  }
};

class ArrivalWait final : public Operation {
 public:
  explicit ArrivalWait(Arrivals& arrivals) noexcept : arrivals_(arrivals) {}
  [[nodiscard]] bool await_ready() const noexcept { return !arrivals_.indices.empty(); }
  template <class Caller>
  bool await_suspend(std::coroutine_handle<Caller> caller) {
    if (!suspend(caller)) return false;
    arrivals_.waiting.push_back(*this);
    return true;
  }
  void await_resume() const { check(); }

 private:
  Arrivals& arrivals_;
};

template <class T>
std::vector<Future<T>> to_futures(std::vector<Future<T>> futures) {
  return futures;
}
template <class Awaited>
std::vector<Future<AwaitedValue<Awaited>>> to_futures(std::vector<Awaited> awaited) {
  std::vector<Future<AwaitedValue<Awaited>>> futures;
  futures.reserve(awaited.size());
  for (Awaited& one : awaited) futures.push_back(spawn(std::move(one)));
  return futures;
}

}  // namespace detail
}  // namespace bora
