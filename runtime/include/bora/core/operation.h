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

/// Base of an awaiter that can be cancelled, and may be destroyed, while a coroutine waits for it:
/// what sleep, locks, queues, futures and Asio's operations are made of. Derive from it to make
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
/// Until it is awaited it may be moved, so that it can be handed to multi(), with_timeout() or
/// spawn(), if the derived class can be moved; what it is given by then must be all that it needs.
///
/// It ends once: by wake() or complete(), by a request to cancel, or at its deadline; whichever
/// comes first. All calls belong to the loop's thread.
class Operation : private detail::WaitLink {
 public:
  [[nodiscard]] bool await_ready() const noexcept { return false; }

  /// Ends the wait: the coroutine goes on in the loop's next turn, in the order of the calls.
  void wake() noexcept;
  /// Ends the wait: the coroutine goes on here and now, on the caller's stack. This object may be
  /// gone when it returns.
  void complete();

 protected:
  Operation() noexcept = default;
  /// Only before it is awaited: the new one begins like any other.
  Operation(Operation&& other) noexcept : detail::WaitLink() {
    BORA_ASSERT(other.outcome_ == Outcome::none && "an Operation is moved only before it waits");
  }
  /// Leaves the list that it is in; the coroutine is not resumed.
  virtual ~Operation();

  /// To be called first in await_suspend.
  /// @param deadline  When it is over, the wait ends and has_timed_out() is true.
  /// @returns  False when it has ended already: `caller` is to go on, and check() tells why.
  template <class Caller>
  bool suspend(std::coroutine_handle<Caller> caller, const Deadline& deadline = {}) {
    return begin(caller, detail::promise_of(caller), deadline);
  }

  /// It ended while await_suspend is still at work, which then returns false.
  void complete_at_once() noexcept;

  /// Asked to give up: unless overridden, leaves its list and wakes with the outcome "cancelled".
  /// One that takes its time (Asio's) starts the cancelling and later ends by cancelled() or
  /// by not_cancelled().
  virtual void on_cancel() noexcept;
  /// Marks it as given up; to be followed by complete().
  void cancelled() noexcept { end(Outcome::cancelled); }
  /// It succeeded after all: the request is kept for the coroutine's next wait.
  void not_cancelled() noexcept;

  [[nodiscard]] bool is_waiting() const noexcept { return outcome_ == Outcome::waiting; }
  /// It ended by wake() or complete().
  [[nodiscard]] bool is_done() const noexcept { return outcome_ == Outcome::done; }
  [[nodiscard]] bool has_timed_out() const noexcept { return outcome_ == Outcome::timed_out; }
  /// To be called in await_resume.
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
  /// Null if it is no Task that waits.
  [[nodiscard]] const void* code_of_task() const noexcept {
    return promise_ == nullptr ? nullptr : promise_->code_of_outermost();
  }
  void resume();

  // The link: in the list of whoever is to wake it, then in the loop's of what is to be resumed.
  detail::PromiseBase* promise_ = nullptr;  // of the coroutine, if that is a Task, while it waits
  std::coroutine_handle<> coroutine_;
  std::uint64_t timeout_ = 0;
  LogTag tag_;  // lines of the coroutine carry it when it goes on
  Outcome outcome_ = Outcome::none;
};

/// Operations that wait, first come first served. Owns none of them: one that is cancelled, times
/// out or is destroyed is gone from its list.
class WaitList {
 public:
  WaitList() noexcept = default;
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;
  /// Those that are left wait for nothing any more: they only end by being cancelled.
  ~WaitList() { clear(); }

  void push_back(Operation& operation) noexcept;
  [[nodiscard]] bool is_empty() const noexcept { return head_.next == &head_; }
  /// Null when it is empty.
  [[nodiscard]] Operation* first() const noexcept {
    return is_empty() ? nullptr : static_cast<Operation*>(head_.next);
  }
  /// Counts them.
  [[nodiscard]] std::size_t size() const noexcept;
  void clear() noexcept {
    while (!is_empty()) head_.next->leave_list();
  }
  /// Takes all of `other`, in order, after its own.
  void append(WaitList& other) noexcept;
  void wake_all() noexcept {
    while (Operation* operation = first()) operation->wake();
  }

 private:
  friend class IOLoop;

  detail::WaitLink head_;
};

}  // namespace bora
