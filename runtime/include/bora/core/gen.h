#pragma once

#include <cstddef>
#include <deque>
#include <exception>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <bora/core/deadline.h>
#include <bora/core/future.h>
#include <bora/core/operation.h>
#include <bora/core/task.h>
#include <bora/core/unique_function.h>

// Several things at once. All of it runs on one loop, on one thread: "at once" means that while one
// waits, another goes on.

namespace bora {

namespace detail {

/// Starts Tasks and waits until all have ended. A request to cancel goes to each.
class Join final : public Operation {
 public:
  /// @param is_race  The first to end makes the others be cancelled, and not start at all.
  explicit Join(std::size_t count, bool is_race = false)
      : children_(std::make_unique<Child[]>(count)), is_race_(is_race) {}

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
    // Not cancelled before it has begun: the children run, and must end first.
    const bool is_suspended = suspend(caller);
    if (!is_suspended) cancel_children();
    return is_suspended;
  }
  /// False when the request came before: await again.
  [[nodiscard]] bool await_resume() const noexcept { return running_ == 0; }

  /// Of the one that ended first.
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
  /// Within a catch block.
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

template <class T>
Task<T> as_task(Task<T> task) {
  return task;
}
template <class T>
Task<T> as_task(Future<T> future) {
  co_return co_await std::move(future);
}

template <class Awaited>
using AwaitedTask = decltype(as_task(std::declval<Awaited>()));
template <class Awaited>
using AwaitedValue = typename AwaitedTask<Awaited>::value_type;

template <class Awaited>
concept TaskOrFuture = requires(Awaited awaited) { as_task(std::move(awaited)); };

template <class T>
std::vector<Task<T>> as_tasks(std::vector<Future<T>> futures) {
  std::vector<Task<T>> tasks;
  tasks.reserve(futures.size());
  for (Future<T>& future : futures) tasks.push_back(as_task(std::move(future)));
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

}  // namespace detail

/// `co_await moment`: one turn of the loop, so that others get on during a long computation.
inline constexpr detail::NextTurn moment{};

/// Awaits Tasks and Futures at once: `auto [user, posts] = co_await multi(load_user(id),
/// load_posts(id));`. The Tasks start in order. void gives a std::monostate.
///
/// Waits for all, even after a failure; then the first failure, in the order of the arguments, is
/// thrown, and the others are logged but for those of a type in `quiet`. A request to cancel goes
/// to all the Tasks.
template <detail::TaskOrFuture... Awaited>
auto multi(QuietExceptions quiet, Awaited... awaited) {
  return detail::multi_of(quiet, detail::as_task(std::move(awaited))...);
}
template <detail::TaskOrFuture... Awaited>
auto multi(Awaited... awaited) {
  return multi(QuietExceptions(), std::move(awaited)...);
}

/// The same for any number of one type; the results keep their order.
template <class T>
Task<std::vector<T>> multi(std::vector<Task<T>> tasks, QuietExceptions quiet = {}) {
  detail::Join join(tasks.size());
  for (Task<T>& task : tasks) join.start(task);
  bool is_over = co_await join;
  if (!is_over) is_over = co_await join;
  detail::FirstFailure failure(quiet);
  std::vector<T> values;
  values.reserve(tasks.size());
  for (Task<T>& task : tasks) {
    std::optional<T> value;
    detail::take_into(value, task, failure);
    if (value) values.push_back(std::move(*value));
  }
  failure.rethrow();
  co_return values;
}
inline Task<void> multi(std::vector<Task<void>> tasks, QuietExceptions quiet = {}) {
  detail::Join join(tasks.size());
  for (Task<void>& task : tasks) join.start(task);
  bool is_over = co_await join;
  if (!is_over) is_over = co_await join;
  detail::FirstFailure failure(quiet);
  for (Task<void>& task : tasks) {
    std::optional<std::monostate> ignored;
    detail::take_into(ignored, task, failure);
  }
  failure.rethrow();
}
template <class T>
auto multi(std::vector<Future<T>> futures, QuietExceptions quiet = {}) {
  return multi(detail::as_tasks(std::move(futures)), quiet);
}

/// The same by name.
template <class Key, detail::TaskOrFuture Awaited, class Compare>
  requires(!std::is_void_v<detail::AwaitedValue<Awaited>>)
Task<std::map<Key, detail::AwaitedValue<Awaited>, Compare>> multi(
    std::map<Key, Awaited, Compare> awaited, QuietExceptions quiet = {}) {
  using Value = detail::AwaitedValue<Awaited>;
  std::vector<Task<Value>> tasks;
  for (auto& [key, one] : awaited) tasks.push_back(detail::as_task(std::move(one)));
  std::vector<Value> values = co_await multi(std::move(tasks), quiet);
  std::map<Key, Value, Compare> named;
  std::size_t index = 0;
  for (auto& [key, one] : awaited) {
    named.emplace_hint(named.end(), key, std::move(values[index++]));
  }
  co_return named;
}

/// Awaits whichever ends first, with a value or a failure; the others are cancelled, and have ended
/// when it returns. The variant's index tells which it was. Failures of the others are logged.
template <detail::TaskOrFuture... Awaited>
auto first_of(Awaited... awaited) {
  return detail::first_of_these(detail::as_task(std::move(awaited))...);
}

/// The same for any number (one at least) of one type.
template <class T>
struct First {
  std::size_t index;
  detail::NonVoid<T> value;
};
template <class T>
Task<First<T>> first_of(std::vector<Task<T>> tasks) {
  if (tasks.empty()) throw std::invalid_argument("first_of() nothing never ends");
  detail::Join join(tasks.size(), true);
  for (Task<T>& task : tasks) join.start(task);
  bool is_over = co_await join;
  if (!is_over) is_over = co_await join;
  detail::FirstFailure failure;
  std::optional<detail::NonVoid<T>> value;
  detail::take_into(value, tasks[join.first()], failure);
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (i != join.first()) detail::take_loser(tasks[i], failure);
  }
  if (!value) failure.rethrow();
  First<T> first{join.first(), std::move(*value)};
  co_return first;
}

/// What with_timeout() does when the time is over.
struct TimeoutOptions {
  bool cancel = false;      ///< Ask the operation to end, and wait until it has.
  QuietExceptions quiet{};  ///< What it may fail with later without a log line.
};

/// Awaits `task` until `deadline`.
///
/// As in Tornado, the Task is not cancelled when the time is over: it goes on by itself, and a
/// later failure of it is logged. With `.cancel = true` it is cancelled. A request to cancel goes
/// to the Task.
/// @throws TimeoutError  The time was over first.
template <class T>
Task<T> with_timeout(Deadline deadline, Task<T> task, TimeoutOptions options = {}) {
  Future<T> future = spawn(std::move(task));
  future.set_quiet(options.quiet);
  bool is_cancelled = false;
  bool is_done = false;
  try {
    is_done = co_await future.end(deadline);
  } catch (const CancelledError&) {
    is_cancelled = true;
  }
  if (is_cancelled || (!is_done && options.cancel)) {
    future.cancel();
    static_cast<void>(co_await future.end());
  }
  if (!is_done && !is_cancelled) throw TimeoutError("the operation took longer than its time");
  co_return co_await std::move(future);
}

/// The same for a Future, whose maker goes on in any case.
template <class T>
Task<T> with_timeout(Deadline deadline, Future<T> future, QuietExceptions quiet = {}) {
  const bool is_done = co_await future.end(deadline);
  if (!is_done) {
    future.set_quiet(quiet);
    throw TimeoutError("the operation took longer than its time");
  }
  co_return co_await std::move(future);
}

/// Gives results in the order in which they come:
///
///     bora::WaitIterator<std::string> pages(std::move(fetches));
///     while (!pages.done()) {
///       const std::string page = co_await pages.next();
///       show(pages.current_index(), page);
///     }
///
/// Tasks are started at once and run on their own: what is not asked for goes on, and its failure
/// is logged.
template <class T>
class WaitIterator {
 public:
  explicit WaitIterator(std::vector<Future<T>> futures) : futures_(std::move(futures)) {
    for (std::size_t i = 0; i < futures_.size(); ++i) {
      futures_[i].add_done_callback([finished = finished_, i] {
        finished->indices.push_back(i);
        if (Operation* first = finished->waiting.first()) first->wake();
      });
    }
  }
  explicit WaitIterator(std::vector<Task<T>> tasks) : WaitIterator(spawn_all(std::move(tasks))) {}

  /// All results were given.
  [[nodiscard]] bool done() const noexcept { return given_ == futures_.size(); }

  /// The next result; throws its failure. One call at a time.
  /// @throws std::logic_error  done()
  Task<T> next() {
    if (done()) throw std::logic_error("WaitIterator: all results were given");
    Arrival arrival(*finished_);
    co_await arrival;
    current_ = finished_->indices.front();
    finished_->indices.pop_front();
    ++given_;
    Future<T> future = futures_[current_];
    co_return co_await std::move(future);
  }

  /// Whose result next() gave last.
  [[nodiscard]] std::size_t current_index() const noexcept { return current_; }
  [[nodiscard]] const Future<T>& current_future() const noexcept { return futures_[current_]; }

 private:
  // Shared with the callbacks of the Futures.
  struct Finished {
    std::deque<std::size_t> indices;
    WaitList waiting;
  };

  class Arrival final : public Operation {
   public:
    explicit Arrival(Finished& finished) noexcept : finished_(finished) {}
    [[nodiscard]] bool await_ready() const noexcept { return !finished_.indices.empty(); }
    template <class Caller>
    bool await_suspend(std::coroutine_handle<Caller> caller) {
      if (!suspend(caller)) return false;
      finished_.waiting.push_back(*this);
      return true;
    }
    void await_resume() const { check(); }

   private:
    Finished& finished_;
  };

  static std::vector<Future<T>> spawn_all(std::vector<Task<T>> tasks) {
    std::vector<Future<T>> futures;
    futures.reserve(tasks.size());
    for (Task<T>& task : tasks) futures.push_back(spawn(std::move(task)));
    return futures;
  }

  std::vector<Future<T>> futures_;
  std::shared_ptr<Finished> finished_ = std::make_shared<Finished>();
  std::size_t given_ = 0;
  std::size_t current_ = 0;
};

/// `auto pages = as_completed(std::move(fetches));`
template <class T>
WaitIterator<T> as_completed(std::vector<Task<T>> tasks) {
  return WaitIterator<T>(std::move(tasks));
}
template <class T>
WaitIterator<T> as_completed(std::vector<Future<T>> futures) {
  return WaitIterator<T>(std::move(futures));
}

/// Tasks that end before a scope is left; task_group() makes one.
class TaskGroup {
 public:
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts `task` at once. When the group is being cancelled, that one too meets the request at
  /// its first wait.
  void spawn(Task<void> task);
  /// Asks all to end. Their CancelledError is no failure of the group.
  void cancel() noexcept;
  /// How many run, the body among them.
  [[nodiscard]] std::size_t size() const noexcept { return children_.size(); }

 private:
  template <class Body>
  friend Task<void> task_group(Body body);

  struct Child {
    explicit Child(Task<void> spawned) noexcept : task(std::move(spawned)) {}
    Task<void> task;
    TaskGroup* group = nullptr;
    std::list<Child>::iterator place;
  };

  /// Until all have ended.
  class End final : public Operation {
   public:
    explicit End(TaskGroup& group) noexcept : group_(group) {}
    [[nodiscard]] bool await_ready() const noexcept { return group_.children_.empty(); }
    template <class Caller>
    bool await_suspend(std::coroutine_handle<Caller> caller) {
      if (suspend(caller)) {
        group_.end_ = this;
        return true;
      }
      on_cancel();
      return false;
    }
    [[nodiscard]] bool await_resume() const noexcept { return group_.children_.empty(); }
    [[nodiscard]] bool was_cancelled() const noexcept { return is_cancelled_; }

   private:
    void on_cancel() noexcept override {
      is_cancelled_ = true;
      group_.cancel();
    }
    TaskGroup& group_;
    bool is_cancelled_ = false;
  };

  TaskGroup() = default;
  ~TaskGroup() = default;
  static void child_ended(void* child);
  void note_end(Child& child) noexcept;

  std::list<Child> children_;
  detail::FirstFailure failure_;
  End* end_ = nullptr;
  bool is_cancelled_ = false;
};

/// Runs `body`, a function from TaskGroup& to Task<void>, and everything that it spawns in the
/// group, and returns when all have ended:
///
///     co_await task_group([&](TaskGroup& group) -> Task<void> {
///       for (const std::string& host : hosts) group.spawn(ping(host));
///       co_return;
///     });
///
/// The first failure makes all others be cancelled, and is thrown when they have ended; further
/// failures are logged. A request to cancel goes to all.
template <class Body>
Task<void> task_group(Body body) {
  TaskGroup group;
  group.spawn(body(group));
  TaskGroup::End end(group);
  bool is_over = co_await end;
  if (!is_over) is_over = co_await end;
  group.failure_.rethrow();
  if (end.was_cancelled()) throw CancelledError();
}

}  // namespace bora
