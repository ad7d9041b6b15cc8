#pragma once

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <bora/core/assert.h>

namespace bora {

class Operation;
template <class T>
class Task;

namespace detail {

/// Memory for coroutine frames: free lists by size class, one set for each thread, so that a call
/// that finishes at once costs no malloc. Frames above the largest class come from operator new.
/// Under a sanitizer every frame does, so that the sanitizer sees the life of each.
void* allocate_frame(std::size_t bytes);
void release_frame(void* frame, std::size_t bytes) noexcept;

class PromiseBase {
 public:
  static void* operator new(std::size_t bytes) { return allocate_frame(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept {
    release_frame(frame, bytes);
  }

  std::suspend_always initial_suspend() const noexcept { return {}; }

  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) const noexcept {
      const PromiseBase& promise = self.promise();
      if (promise.state_ == State::first_run)
        return std::noop_coroutine();  // the resumer sees that it is done
      if (promise.on_done_ == nullptr) {
        promise.leave_caller();
        return std::coroutine_handle<>::from_address(promise.waiter_);
      }
      promise.on_done_(promise.waiter_);  // may destroy self
      return std::noop_coroutine();
    }
    void await_resume() const noexcept {}
  };
  FinalAwaiter final_suspend() const noexcept { return {}; }

  void unhandled_exception() noexcept { exception_ = std::current_exception(); }

  /// Runs the coroutine to its first wait or its end. `waiter` is a coroutine's address, or the
  /// argument of `on_done`; it is resumed or called only for an end that comes later.
  template <class Promise>
  static bool run_to_first_wait(std::coroutine_handle<Promise> self, void (*on_done)(void*),
                                void* waiter) {
    PromiseBase& promise = self.promise();
    BORA_ASSERT(promise.state_ == State::fresh && "a Task is awaited or started once");
    promise.on_done_ = on_done;
    promise.waiter_ = waiter;
    promise.state_ = State::first_run;
    self.resume();
    promise.state_ = State::later;
    return self.done();
  }

  /// Records that the first run ended in a wait: from now on `caller` (null if it is not a Task)
  /// waits for this.
  void wait_in(PromiseBase* caller) noexcept;

  /// The function, as code, of the Task at the outer end of the chain of awaits: the one that was
  /// spawned. It is for messages, and is called while the chain waits.
  [[nodiscard]] const void* code_of_outermost() const noexcept;

  /// Passes the request on to the operation at which the chain of awaits from here ends; if there
  /// is none that could take it, the next one will.
  void request_cancel() noexcept;

  /// No frame may be destroyed while its code is on the stack.
  [[nodiscard]] bool may_be_destroyed(bool is_done) const noexcept {
    return is_done || state_ != State::first_run;
  }

 protected:
  void rethrow_if_failed() {
    if (exception_) std::rethrow_exception(std::exchange(exception_, nullptr));
  }

 private:
  friend class ::bora::Operation;

  enum class State : unsigned char { fresh, first_run, later };
  enum class WaitsFor : unsigned char { unknown, task, operation };

  void leave_caller() const noexcept {
    if (caller_ == nullptr) return;
    caller_->waits_for_ = WaitsFor::unknown;
    caller_->is_cancel_requested_ |= is_cancel_requested_;
  }

  // Only the members that every Task needs have initial values: the others are set before they are
  // read, and a Task that never waits does not pay for them.
  void (*on_done_)(void*);  // these two from its start
  void* waiter_;
  PromiseBase* caller_;  // from its first wait, if it is awaited
  union {                // which of them: waits_for_
    PromiseBase* task_;
    Operation* operation_;
  };
  std::exception_ptr exception_;
  State state_ = State::fresh;
  WaitsFor waits_for_ = WaitsFor::unknown;
  bool is_cancel_requested_ = false;
};

template <class Caller>
PromiseBase* promise_of(std::coroutine_handle<Caller> caller) noexcept {
  if constexpr (std::derived_from<Caller, PromiseBase>) {
    return &caller.promise();
  } else {
    return nullptr;
  }
}

template <class T>
class TaskPromise : public PromiseBase {
 public:
  Task<T> get_return_object() noexcept;
  template <std::convertible_to<T> U = T>
  void return_value(U&& value) {
    value_.emplace(std::forward<U>(value));
  }
  T take() {
    rethrow_if_failed();
    return std::move(*value_);
  }

 private:
  std::optional<T> value_;
};

template <class T>
class TaskPromise<T&> : public PromiseBase {
 public:
  Task<T&> get_return_object() noexcept;
  void return_value(T& value) noexcept { value_ = std::addressof(value); }
  T& take() {
    rethrow_if_failed();
    return *value_;
  }

 private:
  T* value_ = nullptr;
};

template <>
class TaskPromise<void> : public PromiseBase {
 public:
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void take() { rethrow_if_failed(); }
};

}  // namespace detail

/// The coroutine type of every asynchronous call: `Task<std::string> body = co_await fetch(url);`.
///
/// A Task is lazy: nothing runs before the first `co_await` (or `IOLoop::spawn`). Awaiting runs the
/// callee at once, on the caller's stack; a callee that never waits costs no trip through the loop,
/// and a loop of a million such calls does not grow the stack.
///
/// T may be a reference; its object must outlive the coroutine's frame, so it must not be a local
/// variable of the coroutine.
///
/// A Task owns the coroutine's frame. Destroying a Task that was started and has not finished is a
/// programming error, except where an operation documents that it can be abandoned: cancel() it and
/// await its end instead. A default-constructed Task<void> is finished (`co_await` goes straight
/// on).
///
/// Await a Task once. If it ended with an exception, `co_await` throws that.
///
/// docs/coroutines.md tells what g++ 12 compiles wrongly in coroutines, and what to write instead.
template <class T = void>
class [[nodiscard(
    "a Task does nothing until it is awaited: co_await it, or IOLoop::spawn it")]] Task {
  static_assert(!std::is_rvalue_reference_v<T> && !std::is_const_v<T>,
                "Task<T>: T is void, a value type or an lvalue reference");

 public:
  using promise_type = detail::TaskPromise<T>;
  using value_type = T;

  Task() noexcept = default;
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      destroy();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() { destroy(); }

  /// Whether the Task has run to its end (or is empty).
  [[nodiscard]] bool done() const noexcept { return !handle_ || handle_.done(); }

  /// Whether the Task was started and has run to its end.
  [[nodiscard]] bool has_run() const noexcept { return handle_ && handle_.done(); }

  /// Runs the Task to its first wait; for the owner of a top-level Task (the loop, a connection).
  ///
  /// @param on_done  Called with `argument` if the Task finishes later, from wherever that happens;
  ///                 it may destroy this Task. Not called when start() itself returns true.
  /// @returns  True when the Task has finished already; then take() has the outcome.
  bool start(void (*on_done)(void*), void* argument) {
    if (!handle_) return true;
    return promise_type::run_to_first_wait(handle_, on_done, argument);
  }

  /// Asks the Task to end soon: the operation that it waits for (a sleep, a lock, a socket),
  /// however many awaits below, is given up and throws CancelledError there. Nothing is destroyed
  /// meanwhile: the Task resumes, cleans up and ends as it likes, in a later turn of the loop.
  ///
  /// A Task that doesn't wait at this moment, or whose operation can't be given up or has just
  /// succeeded, meets the request at its next wait. Each call is one request. Calling it after the
  /// end does nothing.
  void cancel() noexcept {
    if (!done()) handle_.promise().request_cancel();
  }

  /// The value of a finished Task, or the exception that it ended with, which is thrown. Call it
  /// once.
  T take() { return take_from(handle_); }

  class Awaiter {
   public:
    explicit Awaiter(std::coroutine_handle<promise_type> handle) noexcept : handle_(handle) {}
    bool await_ready() const noexcept { return !handle_ || handle_.done(); }
    /// Resumes the callee here; returns false if that finished, which means "go straight on".
    /// Symmetric transfer would do the same, but g++ makes it a real call at -O0 and -O1, and a
    /// long loop of finished calls overflows the stack.
    template <class Caller>
    bool await_suspend(std::coroutine_handle<Caller> caller) {
      if (promise_type::run_to_first_wait(handle_, nullptr, caller.address())) return false;
      handle_.promise().wait_in(detail::promise_of(caller));
      return true;
    }
    T await_resume() { return take_from(handle_); }

   private:
    std::coroutine_handle<promise_type> handle_;
  };
  Awaiter operator co_await() const noexcept { return Awaiter(handle_); }

 private:
  friend promise_type;
  explicit Task(std::coroutine_handle<promise_type> handle) noexcept : handle_(handle) {}

  static T take_from(std::coroutine_handle<promise_type> handle) {
    if constexpr (std::is_void_v<T>) {
      if (!handle) return;
    } else {
      BORA_ASSERT(handle && "an empty Task has no value");
    }
    return handle.promise().take();
  }

  void destroy() noexcept {
    if (!handle_) return;
    BORA_ASSERT(handle_.promise().may_be_destroyed(handle_.done()) &&
                "a Task is destroyed while it runs");
    handle_.destroy();
  }

  std::coroutine_handle<promise_type> handle_;
};

namespace detail {

template <class T>
Task<T> TaskPromise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<TaskPromise<T>>::from_promise(*this));
}

template <class T>
Task<T&> TaskPromise<T&>::get_return_object() noexcept {
  return Task<T&>(std::coroutine_handle<TaskPromise<T&>>::from_promise(*this));
}

inline Task<void> TaskPromise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<TaskPromise<void>>::from_promise(*this));
}

}  // namespace detail
}  // namespace bora
