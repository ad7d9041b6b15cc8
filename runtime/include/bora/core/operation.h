#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>

#include <bora/core/deadline.h>
#include <bora/core/error.h>
#include <bora/core/log_tag.h>
#include <bora/core/task.h>

namespace bora {

class WaitList;

namespace detail {

/// A place in a ring; alone, it is a ring of its own.
struct WaitLink {
  WaitLink() noexcept = default;
  WaitLink(const WaitLink&) = delete;
  WaitLink& operator=(const WaitLink&) = delete;

  void leave_list() noexcept {
    previous->next = next;
    next->previous = previous;
    previous = next = this;
  }

  WaitLink* previous = this;
  WaitLink* next = this;
};

}  // namespace detail

/// The base of an awaiter that can be cancelled, and may be destroyed, while a coroutine waits for
/// it. Sleep, locks, queues, futures and Asio's operations are made of it. Derive from it to make
/// one of your own:
///
///     class Arrival : public bora::Operation {
///      public:
///       template <class Caller>
///       bool await_suspend(std::coroutine_handle<Caller> caller) {
///         if (!suspend(caller)) return false;   // cancelled before it began
///         harbour_.waiting.push_back(*this);    // a bora::WaitList; the harbour calls wake()
///         return true;
///       }
///       void await_resume() const { check(); }  // throws CancelledError
///     };
///
/// Until it is awaited it may be moved, if the derived class can be moved, so that it can be handed
/// to multi(), with_timeout() or spawn(). The constructor's arguments must then be all that it
/// needs.
///
/// It ends once: by wake() or complete(), by a request to cancel, or at its deadline, whichever
/// comes first. All calls belong to the loop's thread.
class Operation : private detail::WaitLink {
 public:
  [[nodiscard]] bool await_ready() const noexcept { return false; }

  /// Ends the wait: the coroutine resumes in the loop's next turn, in the order of the calls.
  void wake() noexcept;
  /// Ends the wait: the coroutine resumes here and now, on the caller's stack. This object may be
  /// destroyed when the call returns.
  void complete();

 protected:
  Operation() noexcept = default;
  /// Moving is allowed only before the operation is awaited: the new one begins like any other.
  Operation(Operation&& other) noexcept : detail::WaitLink() {
    BORA_ASSERT(other.outcome_ == Outcome::none && "an Operation is moved only before it waits");
  }
  /// Removes the operation from its list; the coroutine is not resumed.
  virtual ~Operation();

  /// Begins the wait. Must be the first call in await_suspend.
  /// @param deadline  When it passes, the wait ends and has_timed_out() is true.
  /// @returns  False when the wait has ended already: `caller` must go on, and check() tells why.
  template <class Caller>
  bool suspend(std::coroutine_handle<Caller> caller, const Deadline& deadline = {}) {
    return begin(caller, detail::promise_of(caller), deadline);
  }

  /// Ends the wait while await_suspend is still at work; await_suspend must then return false.
  void complete_at_once() noexcept;

  /// Called when the operation is asked to give up. The default leaves the list and wakes with the
  /// outcome "cancelled". An operation that needs time for it (Asio's) starts the cancelling here
  /// and calls cancelled() or not_cancelled() at its end.
  virtual void on_cancel() noexcept;
  /// Marks the operation as given up; call complete() next.
  void cancelled() noexcept { end(Outcome::cancelled); }
  /// Tells that it succeeded after all: the request is kept for the coroutine's next wait.
  void not_cancelled() noexcept;

  [[nodiscard]] bool is_waiting() const noexcept { return outcome_ == Outcome::waiting; }
  /// Whether it ended by wake() or complete().
  [[nodiscard]] bool is_done() const noexcept { return outcome_ == Outcome::done; }
  [[nodiscard]] bool has_timed_out() const noexcept { return outcome_ == Outcome::timed_out; }
  /// Throws if the wait was cancelled or timed out. Must be called in await_resume.
  /// @throws CancelledError, TimeoutError
  void check() const;

 private:
  friend class IOLoop;
  friend class WaitList;
  friend class detail::PromiseBase;

  enum class Outcome : unsigned char { none, waiting, done, cancelled, timed_out };

  bool begin(std::coroutine_handle<> coroutine, detail::PromiseBase* promise,
             const Deadline& deadline);
  void request_cancel() noexcept;
  void end(Outcome outcome) noexcept;
  void forget_deadline() noexcept;
  void leave_coroutine() noexcept;
  /// Null if the coroutine that waits is not a Task.
  [[nodiscard]] const void* code_of_task() const noexcept {
    return promise_ == nullptr ? nullptr : promise_->code_of_outermost();
  }
  void resume();

  // The link belongs to the list of whatever wakes the operation, then to the loop's list of what
  // resumes.
  detail::PromiseBase* promise_ = nullptr;  // of the coroutine, if that is a Task, while it waits
  std::coroutine_handle<> coroutine_;
  std::uint64_t timeout_ = 0;
  LogTag tag_;  // the tag that the coroutine's lines carry when it resumes
  Outcome outcome_ = Outcome::none;
};

/// Operations that wait, in the order of arrival. It owns none of them: one that is cancelled,
/// times out or is destroyed leaves the list by itself.
class WaitList {
 public:
  WaitList() noexcept = default;
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;
  /// Lets go of the operations that are left: only a cancel ends them.
  ~WaitList() { clear(); }

  void push_back(Operation& operation) noexcept;
  [[nodiscard]] bool is_empty() const noexcept { return head_.next == &head_; }
  /// The first operation, or null if there is none.
  [[nodiscard]] Operation* first() const noexcept {
    return is_empty() ? nullptr : static_cast<Operation*>(head_.next);
  }
  /// The number of operations; it counts them.
  [[nodiscard]] std::size_t size() const noexcept;
  void clear() noexcept {
    while (!is_empty()) head_.next->leave_list();
  }
  /// Moves all of `other`, in order, to the end of this list.
  void append(WaitList& other) noexcept;
  void wake_all() noexcept {
    while (Operation* operation = first()) operation->wake();
  }

 private:
  friend class IOLoop;

  detail::WaitLink head_;
};

}  // namespace bora
