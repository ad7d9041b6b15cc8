#pragma once

#include <concepts>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <bora/core/detail/awaitable.h>
#include <bora/core/io_loop.h>
#include <bora/core/operation.h>
#include <bora/core/quiet_exceptions.h>
#include <bora/core/task.h>
#include <bora/core/unique_function.h>

namespace bora {

template <class T>
class Future;

namespace detail {

template <class T>
using NonVoid = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

/// What a Promise and its Futures share.
class FutureState {
 public:
  FutureState();
  FutureState(const FutureState&) = delete;
  FutureState& operator=(const FutureState&) = delete;
  /// Logs a failure that nobody has looked at.
  ~FutureState();

  [[nodiscard]] bool is_done() const noexcept { return is_done_; }
  [[nodiscard]] bool is_cancelled() const noexcept { return is_cancelled_; }
  [[nodiscard]] const std::exception_ptr& failure() noexcept {
    is_seen_ = true;
    return failure_;
  }
  void rethrow_if_failed() {
    if (const std::exception_ptr& thrown = failure()) std::rethrow_exception(thrown);
  }

  void cancel();
  void fail(std::exception_ptr failure);
  void end();
  void add_callback(UniqueFunction<void()> callback);
  [[nodiscard]] bool is_on_own_thread() const noexcept { return loop.is_current(); }

  IOLoop::Remote loop;
  WaitList waiting;
  UniqueFunction<void()> on_cancel;
  QuietExceptions quiet;

 private:
  std::vector<UniqueFunction<void()>> callbacks_;
  std::exception_ptr failure_;
  bool is_done_ = false;
  bool is_cancelled_ = false;
  bool is_seen_ = false;
};

template <class T>
struct FutureStateOf : FutureState {
  std::optional<NonVoid<T>> value;
};

class FutureAwaiter : public Operation {
 public:
  FutureAwaiter(std::shared_ptr<FutureState> state, const Deadline& deadline) noexcept
      : state_(std::move(state)), deadline_(deadline) {}

  [[nodiscard]] bool await_ready() const noexcept { return state_->is_done(); }
  template <class Caller>
  bool await_suspend(std::coroutine_handle<Caller> caller) {
    if (!suspend(caller, deadline_)) return false;
    state_->waiting.push_back(*this);
    return true;
  }

 private:
  std::shared_ptr<FutureState> state_;
  Deadline deadline_;
};

/// Waits for the end and gives whether the Future is done; it throws only when the wait is
/// cancelled.
class FutureEnd final : public FutureAwaiter {
 public:
  using FutureAwaiter::FutureAwaiter;
  [[nodiscard]] bool await_resume() const {
    if (has_timed_out()) return false;
    check();
    return true;
  }
};

}  // namespace detail

/// The exception of a Future whose Promise was destroyed without a result.
class BrokenPromiseError : public std::logic_error {
 public:
  BrokenPromiseError() : std::logic_error("the Promise was destroyed without a result") {}
};

/// A result that comes later from somewhere else: from a Promise, or from a Task that runs on its
/// own (spawn()). Copies share one result. Any number of coroutines may await it; they resume in
/// the turn after it ends, in the order in which they began to wait.
///
/// `co_await future` copies the value; `co_await std::move(future)` moves it out if nobody else has
/// this Future. A value that can't be copied is moved out in any case, so it can be had once.
/// Cancelling a coroutine that awaits a Future ends only its wait: the work that makes the result
/// goes on unless cancel() is called.
///
/// A failure that nobody has looked at is logged when the last copy is destroyed. A Future belongs
/// to the loop's thread, like a Task.
template <class T>
class Future {
  static_assert(!std::is_reference_v<T>, "Future<T>: T is void or a value type");

 public:
  using value_type = T;

  Future() noexcept = default;

  /// False for a default-constructed Future, which can only be assigned to.
  [[nodiscard]] bool is_valid() const noexcept { return state_ != nullptr; }
  [[nodiscard]] bool done() const noexcept { return state_->is_done(); }
  /// Whether it ended with CancelledError.
  [[nodiscard]] bool cancelled() const noexcept { return state_->is_cancelled(); }

  /// The result of a finished Future; throws its failure if it has one.
  /// @throws std::logic_error  It is not done.
  const detail::NonVoid<T>& result() const& {
    require_done();
    state_->rethrow_if_failed();
    return *state_->value;
  }
  /// The result by value, from a Future that is a temporary.
  detail::NonVoid<T> result() const&& {
    static_assert(std::copy_constructible<detail::NonVoid<T>>,
                  "the result can't be copied, and the Future that has it goes: give that a name");
    const Future& same = *this;
    return same.result();
  }
  /// The failure of a finished Future; null if it has a result.
  [[nodiscard]] std::exception_ptr exception() const {
    require_done();
    return state_->failure();
  }

  /// Asks the Task that makes the result to end (Task::cancel); the Future ends when the Task does.
  /// A Future of a Promise ends at once with CancelledError. Does nothing when the Future is done.
  void cancel() const { state_->cancel(); }

  /// Calls `callback`, with this Future or with no argument, in a turn after the Future ends; in
  /// the next turn if it is done already.
  template <class Callback>
  void add_done_callback(Callback callback) const {
    if constexpr (std::invocable<Callback&, Future>) {
      state_->add_callback(
          [self = *this, callback = std::move(callback)]() mutable { callback(std::move(self)); });
    } else {
      state_->add_callback(std::move(callback));
    }
  }

  /// Sets the types of failure that are not logged if nobody looks at them.
  void set_quiet(QuietExceptions quiet) const noexcept { state_->quiet = quiet; }

  class Awaiter final : public detail::FutureAwaiter {
   public:
    Awaiter(std::shared_ptr<detail::FutureStateOf<T>> state, const Deadline& deadline, bool takes)
        : FutureAwaiter(state, deadline), result_(std::move(state)), takes_(takes) {}

    T await_resume() {
      this->check();
      result_->rethrow_if_failed();
      if constexpr (std::copy_constructible<detail::NonVoid<T>>) {
        // The result is held by this awaiter twice, and by the Future.
        if (!takes_ || result_.use_count() > 3) return copy();
      }
      if constexpr (!std::is_void_v<T>) return std::move(*result_->value);
    }

   private:
    T copy() const {
      if constexpr (!std::is_void_v<T>) return *result_->value;
    }

    std::shared_ptr<detail::FutureStateOf<T>> result_;
    bool takes_;
  };
  Awaiter operator co_await() const& { return Awaiter(state_, {}, false); }
  Awaiter operator co_await() && { return Awaiter(state_, {}, true); }

  /// Awaits the result until a deadline: `co_await future.until(5s)` throws TimeoutError when it
  /// passes. The result may still come later.
  Awaiter until(const Deadline& deadline) const { return Awaiter(state_, deadline, false); }
  /// Awaits the end, whatever it is; gives false when the deadline came first.
  [[nodiscard]] detail::FutureEnd end(const Deadline& deadline = {}) const {
    return detail::FutureEnd(state_, deadline);
  }

 private:
  template <class U>
  friend class Promise;

  explicit Future(std::shared_ptr<detail::FutureStateOf<T>> state) noexcept
      : state_(std::move(state)) {}
  void require_done() const {
    if (!done()) throw std::logic_error("the Future has no result yet");
  }

  std::shared_ptr<detail::FutureStateOf<T>> state_;
};

/// The other end of a Future: it sets the result, once.
///
/// It is made on a loop's thread. The result may be set from any thread; from another thread it
/// travels to the loop as a callback (IOLoop::Remote), and is dropped if the loop has ended
/// meanwhile. Setting the result of a Future that was cancelled does nothing (a failure is then
/// logged).
///
///     bora::Promise<int> promise;
///     bora::Future<int> answer = promise.future();
///     std::thread([promise = std::move(promise)]() mutable { promise.set_result(42); }).detach();
///     const int value = co_await answer;
template <class T>
class Promise {
 public:
  Promise() : state_(std::make_shared<detail::FutureStateOf<T>>()) {}
  Promise(Promise&&) noexcept = default;
  Promise& operator=(Promise&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  /// Ends the Future with BrokenPromiseError if there is no result yet.
  ~Promise() {
    if (state_ != nullptr && state_.use_count() > 1) {
      apply([](detail::FutureStateOf<T>& state) {
        if (!state.is_done()) state.fail(std::make_exception_ptr(BrokenPromiseError()));
      });
    }
  }

  [[nodiscard]] Future<T> future() const noexcept { return Future<T>(state_); }
  /// Whether nobody wants the result any more. May be called on the loop's thread only.
  [[nodiscard]] bool is_cancelled() const noexcept {
    return state_ == nullptr || state_->is_cancelled();
  }
  /// Sets what is called when the Future is asked to cancel; the callback should see to it that a
  /// result comes soon.
  void on_cancel(UniqueFunction<void()> callback) { state_->on_cancel = std::move(callback); }

  /// @throws std::logic_error  There is a result already.
  void set_result()
    requires std::is_void_v<T>
  {
    apply([](detail::FutureStateOf<T>& state) {
      if (state.is_done()) return;
      state.value.emplace();
      state.end();
    });
    state_.reset();
  }
  template <std::convertible_to<detail::NonVoid<T>> U = detail::NonVoid<T>>
  void set_result(U&& result)
    requires(!std::is_void_v<T>)
  {
    apply([value = T(std::forward<U>(result))](detail::FutureStateOf<T>& state) mutable {
      if (state.is_done()) return;
      state.value.emplace(std::move(value));
      state.end();
    });
    state_.reset();
  }
  void set_exception(std::exception_ptr failure) {
    apply([failure = std::move(failure)](detail::FutureStateOf<T>& state) { state.fail(failure); });
    state_.reset();
  }
  template <class Exception>
    requires(!std::same_as<std::decay_t<Exception>, std::exception_ptr>)
  void set_exception(Exception&& failure) {
    set_exception(std::make_exception_ptr(std::forward<Exception>(failure)));
  }

 private:
  template <class Change>
  void apply(Change change) {
    if (state_ == nullptr) throw std::logic_error("the Promise has a result already");
    if (state_->is_on_own_thread()) {
      change(*state_);
    } else {
      const IOLoop::Remote loop = state_->loop;
      loop.add_callback([state = state_, change = std::move(change)]() mutable { change(*state); });
    }
  }

  std::shared_ptr<detail::FutureStateOf<T>> state_;
};

/// Calls `callback` at once if `future` is done, otherwise as Future::add_done_callback does.
template <class T, class Callback>
void future_add_done_callback(const Future<T>& future, Callback callback) {
  if (future.done()) {
    callback(future);
  } else {
    future.add_done_callback(std::move(callback));
  }
}

/// Gives the outcome of `from` to `to` when it comes.
template <class T>
void chain_future(const Future<T>& from, Promise<T> to) {
  from.add_done_callback([to = std::move(to)](const Future<T>& done) mutable {
    if (const std::exception_ptr failure = done.exception()) {
      to.set_exception(failure);
    } else if constexpr (std::is_void_v<T>) {
      to.set_result();
    } else {
      to.set_result(done.result());
    }
  });
}

namespace detail {

template <class T>
Task<void> fulfil(Task<T> task, Promise<T> promise) {
  promise.on_cancel([&task] { task.cancel(); });
  try {
    if constexpr (std::is_void_v<T>) {
      co_await task;
      promise.set_result();
    } else {
      T value = co_await task;
      promise.set_result(std::move(value));
    }
  } catch (...) {
    promise.set_exception(std::current_exception());
  }
}

}  // namespace detail

/// Starts a Task, or anything else that can be awaited, at once and on its own: it goes on whether
/// or not anybody awaits the Future. A failure that nobody looks at is logged, so the Future may be
/// thrown away; the failures of a stream's reads and writes when it closes are not logged.
template <class Awaited>
auto spawn(Awaited&& awaited) {
  if constexpr (detail::require_awaitable<Awaited>()) {
    using Plain = std::remove_cvref_t<Awaited>;
    auto task = detail::as_task(Plain(std::forward<Awaited>(awaited)));
    Promise<typename decltype(task)::value_type> promise;
    auto future = promise.future();
    if constexpr (requires { Plain::kQuietFailures; }) future.set_quiet(Plain::kQuietFailures);
    IOLoop::current().spawn(detail::fulfil(std::move(task), std::move(promise)));
    return future;
  }
}

template <class Awaited, class FutureCallback>
void IOLoop::add_future(Awaited&& awaited, FutureCallback callback) {
  if constexpr (requires { awaited.add_done_callback(std::move(callback)); }) {
    awaited.add_done_callback(std::move(callback));
  } else {
    bora::spawn(std::forward<Awaited>(awaited)).add_done_callback(std::move(callback));
  }
}

}  // namespace bora
