#pragma once

#include <coroutine>
#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include <bora/core/deadline.h>
#include <bora/core/detail/await_by_name.h>
#include <bora/core/detail/gen.h>
#include <bora/core/future.h>
#include <bora/core/operation.h>
#include <bora/core/task.h>

// Waiting for several things at once. All of it runs on one loop, on one thread: "at once" means
// that while one waits, another goes on.
//
// Anything that can be awaited can be given to these calls: Tasks, Futures, and what queue.get(),
// event.wait() or an operation of Asio returns. The calls take it over, so a Task that has a name
// is given as std::move(task).

namespace bora {

/// `co_await moment` lets one turn of the loop pass, so that others get on during a long
/// computation.
inline constexpr detail::NextTurn moment{};

/// Awaits several things at once: `auto [user, posts] = co_await multi(load_user(id),
/// load_posts(id));`. They start in the order of the arguments. An argument of result void gives a
/// std::monostate.
///
/// It waits for all of them, even after a failure; then it throws the first failure, in the order
/// of the arguments, and logs the others except those of a type in `quiet`. A request to cancel
/// goes to all of them.
template <detail::SingleWait... Awaited>
auto multi(QuietExceptions quiet, Awaited&&... awaited) {
  if constexpr (detail::require_all_awaitable<Awaited...>()) {
    return detail::multi_of(quiet, detail::to_task(std::forward<Awaited>(awaited))...);
  }
}
template <detail::SingleWait... Awaited>
auto multi(Awaited&&... awaited) {
  return multi(QuietExceptions(), std::forward<Awaited>(awaited)...);
}

/// The same for any number of awaitables of one type; the results keep their order. If they give
/// nothing, the call gives nothing.
template <class Awaited>
auto multi(std::vector<Awaited> awaited, QuietExceptions quiet = {}) {
  if constexpr (detail::require_all_awaitable<Awaited>()) {
    return detail::multi_of(detail::to_tasks(std::move(awaited)), quiet);
  }
}

/// The same by name: the result is a map.
template <class Key, class Awaited, class Compare>
auto multi(std::map<Key, Awaited, Compare> awaited, QuietExceptions quiet = {}) {
  if constexpr (detail::require_all_awaitable<Awaited>()) {
    static_assert(!std::is_void_v<detail::AwaitedValue<Awaited>>,
                  "a map of waits that give nothing has no results: use a vector");
    return detail::multi_of(std::move(awaited), quiet);
  }
}

/// Awaits the one that ends first, with a value or a failure; the others are cancelled, and have
/// ended when the call returns. The variant's index tells which one it was. Failures of the others
/// are logged.
template <detail::SingleWait... Awaited>
auto first_of(Awaited&&... awaited) {
  static_assert(sizeof...(Awaited) > 0, "first_of() nothing never ends");
  if constexpr (detail::require_all_awaitable<Awaited...>()) {
    return detail::first_of_these(detail::to_task(std::forward<Awaited>(awaited))...);
  }
}

/// The result of first_of() for a vector: a value and the index of the one that gave it.
template <class T>
struct FirstResult {
  std::size_t index;
  detail::NonVoid<T> value;
};

/// The same for one or more awaitables of one type; the result is a FirstResult.
/// @throws std::invalid_argument  (at the co_await) `awaited` is empty.
template <class Awaited>
auto first_of(std::vector<Awaited> awaited) {
  if constexpr (detail::require_all_awaitable<Awaited>()) {
    return detail::first_of_all(detail::to_tasks(std::move(awaited)));
  }
}

/// What with_timeout() does when the deadline passes.
struct TimeoutOptions {
  bool cancel = false;      ///< If true, the operation is asked to end, and its end is awaited.
  QuietExceptions quiet{};  ///< Types of later failures that are not logged.
};

/// Awaits something until `deadline`.
///
/// As in Tornado, a Task is not cancelled when the deadline passes: it goes on by itself, and a
/// later failure of it is logged. With `.cancel = true` it is cancelled. The work behind a Future
/// goes on in any case; a mere wait, such as queue.get() or event.wait(), is given up. A request to
/// cancel goes to the Task.
/// @throws TimeoutError  The deadline passed first.
template <class Awaited>
auto with_timeout(Deadline deadline, Awaited&& awaited, TimeoutOptions options = {}) {
  using Plain = std::remove_cvref_t<Awaited>;
  if constexpr (detail::require_all_awaitable<Awaited>()) {
    if constexpr (detail::kIsFuture<Plain>) {
      return detail::future_until(deadline, Plain(std::forward<Awaited>(awaited)), options.quiet);
    } else {
      return detail::task_until(deadline, detail::to_task(std::forward<Awaited>(awaited)),
                                options.cancel || detail::kIsMereWait<Plain>, options.quiet);
    }
  }
}
template <class T>
Task<T> with_timeout(Deadline deadline, Future<T> future, QuietExceptions quiet) {
  return detail::future_until(deadline, std::move(future), quiet);
}

/// Gives results in the order in which they come:
///
///     bora::WaitIterator<std::string> pages(std::move(fetches));
///     while (!pages.done()) {
///       const std::string page = co_await pages.next();
///       show(pages.current_index(), page);
///     }
///
/// The operations that it is given are started at once and run on their own: one whose result is
/// never taken goes on, and its failure is logged.
template <class T>
class WaitIterator {
 public:
  explicit WaitIterator(std::vector<Future<T>> futures) : futures_(std::move(futures)) {
    for (std::size_t i = 0; i < futures_.size(); ++i) {
      futures_[i].add_done_callback([arrivals = arrivals_, i] { arrivals->note(i); });
    }
  }
  template <class Awaited>
  explicit WaitIterator(std::vector<Awaited> awaited)
      : WaitIterator(detail::to_futures(std::move(awaited))) {}

  /// Whether all results were given.
  [[nodiscard]] bool done() const noexcept { return given_ == futures_.size(); }

  /// Gives the next result, or throws its failure. One call may wait at a time.
  /// @throws std::logic_error  done() is true.
  Task<T> next() {
    if (done()) throw std::logic_error("WaitIterator: all results were given");
    detail::ArrivalWait arrival(*arrivals_);
    co_await arrival;
    current_ = arrivals_->indices.front();
    arrivals_->indices.pop_front();
    ++given_;
    Future<T> future = futures_[current_];
    co_return co_await std::move(future);
  }

  /// The index of the operation whose result next() gave last.
  [[nodiscard]] std::size_t current_index() const noexcept { return current_; }
  [[nodiscard]] Future<T> current_future() const noexcept { return futures_[current_]; }

 private:
  std::vector<Future<T>> futures_;
  std::shared_ptr<detail::Arrivals> arrivals_ = std::make_shared<detail::Arrivals>();
  std::size_t given_ = 0;
  std::size_t current_ = 0;
};
template <class Awaited>
WaitIterator(std::vector<Awaited>) -> WaitIterator<detail::AwaitedValue<Awaited>>;

/// Makes a WaitIterator: `auto pages = as_completed(std::move(fetches));`
template <class Awaited>
auto as_completed(std::vector<Awaited> awaited) {
  if constexpr (detail::require_all_awaitable<Awaited>()) {
    return WaitIterator<detail::AwaitedValue<Awaited>>(std::move(awaited));
  }
}

/// Tasks that end before a scope is left. task_group() makes one.
class TaskGroup {
 public:
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts `task` at once. If the group is being cancelled, the task too meets the request at its
  /// first wait.
  void spawn(Task<void> task);
  /// The same for anything that can be awaited; its result is dropped.
  template <class Awaited>
    requires(!std::is_convertible_v<Awaited, Task<void>>)
  void spawn(Awaited&& awaited) {
    if constexpr (detail::require_awaitable<Awaited, false>()) {
      spawn(detail::without_result(detail::to_task(std::forward<Awaited>(awaited))));
    }
  }
  /// Asks all Tasks to end. Their CancelledError is not a failure of the group.
  void cancel() noexcept;
  /// The number of Tasks that run, with the body among them.
  [[nodiscard]] std::size_t size() const noexcept { return children_.size(); }

 private:
  friend struct detail::TaskGroupRun;

  struct Child {
    explicit Child(Task<void> spawned) noexcept : task(std::move(spawned)) {}
    Task<void> task;
    TaskGroup* group = nullptr;
    std::list<Child>::iterator place;
  };

  /// Waits until all have ended.
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

namespace detail {

struct TaskGroupRun {
  template <class Body>
  static Task<void> run(Body body) {
    TaskGroup group;
    group.spawn(body(group));
    TaskGroup::End end(group);
    bool is_over = co_await end;
    if (!is_over) is_over = co_await end;
    group.failure_.rethrow();
    if (end.was_cancelled()) throw CancelledError();
  }
};

}  // namespace detail

/// Runs `body`, a function from TaskGroup& to Task<void>, and everything that it spawns in the
/// group, and returns when all have ended:
///
///     co_await task_group([&](TaskGroup& group) -> Task<void> {
///       for (const std::string& host : hosts) group.spawn(ping(host));
///       co_return;
///     });
///
/// The first failure cancels all others, and is thrown when they have ended; further failures are
/// logged. A request to cancel goes to all.
///
/// g++ before 13 refuses to await this call, as run_in_executor(), when it is given a lambda whose
/// captures need a destructor: give the lambda a name first.
template <class Body>
auto task_group(Body&& body) {
  using Plain = std::remove_cvref_t<Body>;
  constexpr bool kIsBody = std::is_invocable_r_v<Task<void>, Plain&, TaskGroup&>;
  static_assert(kIsBody, "the body of task_group() is a function from TaskGroup& to Task<void>");
  if constexpr (kIsBody) {
    return detail::AwaitByNameIf<detail::LostTemporary<Body>, Task<void>>(
        detail::TaskGroupRun::run<Plain>(std::forward<Body>(body)));
  }
}

}  // namespace bora
