#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <utility>

#include <bora/core/deadline.h>
#include <bora/core/operation.h>

// Locks between the coroutines of one loop (for threads, use those of std). Coroutines are served
// in the order in which they began to wait. A wait that was cancelled or timed out never takes a
// turn from the next in line. Each lock must outlive its waits.

namespace bora {

namespace detail {

/// A wait in a list, with a deadline.
class ListedWait : public Operation {
 public:
  ListedWait(WaitList& list, const Deadline& deadline) noexcept
      : list_(list), deadline_(deadline) {}
  template <class Caller>
  bool await_suspend(std::coroutine_handle<Caller> caller) {
    if (!suspend(caller, deadline_)) return false;
    list_.push_back(*this);
    return true;
  }

 private:
  WaitList& list_;
  Deadline deadline_;
};

}  // namespace detail

/// Lets coroutines wait until another one notifies them.
class Condition {
 public:
  class Wait final : public detail::ListedWait {
   public:
    using ListedWait::ListedWait;
    [[nodiscard]] bool await_resume() const {
      if (has_timed_out()) return false;
      check();
      return true;
    }
  };

  /// `const bool was_notified = co_await condition.wait(5s);` gives false when the deadline passed.
  [[nodiscard]] Wait wait(const Deadline& deadline = {}) noexcept {
    return Wait(waiting_, deadline);
  }
  /// Wakes the `count` that have waited longest.
  void notify(std::size_t count = 1) noexcept {
    while (count-- > 0 && !waiting_.is_empty()) waiting_.first()->wake();
  }
  void notify_all() noexcept { waiting_.wake_all(); }

  [[nodiscard]] std::size_t waiters() const noexcept { return waiting_.size(); }
  /// Returns `Condition (3 waiting)`, for logs; each lock has this call.
  [[nodiscard]] std::string to_string() const;

 private:
  WaitList waiting_;
};

/// A flag that coroutines wait for.
class Event {
 public:
  class Wait final : public detail::ListedWait {
   public:
    Wait(Event& event, const Deadline& deadline) noexcept
        : ListedWait(event.waiting_, deadline), event_(event) {}
    [[nodiscard]] bool await_ready() const noexcept { return event_.is_set_; }
    void await_resume() const { check(); }

   private:
    Event& event_;
  };

  [[nodiscard]] bool is_set() const noexcept { return is_set_; }
  /// Wakes all coroutines that wait; later waits go straight on until clear().
  void set() noexcept {
    is_set_ = true;
    waiting_.wake_all();
  }
  void clear() noexcept { is_set_ = false; }
  /// Waits until the flag is set: `co_await event.wait(5s);`
  /// @throws TimeoutError  (at the co_await)
  [[nodiscard]] Wait wait(const Deadline& deadline = {}) noexcept { return Wait(*this, deadline); }

  [[nodiscard]] std::size_t waiters() const noexcept { return waiting_.size(); }
  [[nodiscard]] std::string to_string() const;

 private:
  WaitList waiting_;
  bool is_set_ = false;
};

/// Lets `value` coroutines in at a time:
///
///     const bora::Semaphore::Permit permit = co_await semaphore.acquire();
class Semaphore {
 public:
  /// Releases what was acquired when it is destroyed.
  class [[nodiscard("what is acquired is released when the Permit goes")]] Permit {
   public:
    Permit() noexcept = default;
    Permit(Permit&& other) noexcept : semaphore_(std::exchange(other.semaphore_, nullptr)) {}
    Permit& operator=(Permit&& other) noexcept {
      if (this != &other) {
        release();
        semaphore_ = std::exchange(other.semaphore_, nullptr);
      }
      return *this;
    }
    ~Permit() { release(); }

    /// Releases before the Permit is destroyed.
    void release() noexcept {
      if (Semaphore* semaphore = std::exchange(semaphore_, nullptr)) semaphore->give();
    }
    /// Gives the duty to release away: the caller must call Semaphore::release() later.
    void detach() noexcept { semaphore_ = nullptr; }

   private:
    friend class Semaphore;
    explicit Permit(Semaphore& semaphore) noexcept : semaphore_(&semaphore) {}
    Semaphore* semaphore_ = nullptr;
  };

  class Acquire final : public detail::ListedWait {
   public:
    Acquire(Semaphore& semaphore, const Deadline& deadline) noexcept
        : ListedWait(semaphore.waiting_, deadline), semaphore_(semaphore) {}
    Acquire(Acquire&&) noexcept = default;
    /// Passes on a turn that it was given and did not use.
    ~Acquire() override {
      if (is_done() && !is_taken_) semaphore_.give();
    }
    [[nodiscard]] bool await_ready() noexcept {
      is_taken_ = semaphore_.try_take();
      return is_taken_;
    }
    Permit await_resume() {
      check();
      is_taken_ = true;
      return Permit(semaphore_);
    }

   private:
    Semaphore& semaphore_;
    bool is_taken_ = false;
  };

  /// @throws std::invalid_argument  `value` is negative.
  explicit Semaphore(std::ptrdiff_t value = 1)
      : Semaphore(value, std::numeric_limits<std::ptrdiff_t>::max(), "Semaphore") {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  /// @throws TimeoutError  (at the co_await)
  [[nodiscard]] Acquire acquire(const Deadline& deadline = {}) noexcept {
    return Acquire(*this, deadline);
  }
  /// Wakes the coroutine that has waited longest, or makes one more free.
  /// @throws std::logic_error  Nothing was acquired from this BoundedSemaphore or Lock.
  void release();

  /// The number that can still be acquired.
  [[nodiscard]] std::ptrdiff_t value() const noexcept { return value_; }
  [[nodiscard]] bool locked() const noexcept { return value_ == 0; }
  [[nodiscard]] std::size_t waiters() const noexcept { return waiting_.size(); }
  /// Returns `Lock (locked, 2 waiting)`, with the name of the class.
  [[nodiscard]] std::string to_string() const;

 protected:
  /// @param name  The class's name for to_string(): a literal, because it is not copied.
  Semaphore(std::ptrdiff_t value, std::ptrdiff_t limit, const char* name);

 private:
  bool try_take() noexcept {
    if (value_ == 0) return false;
    --value_;
    return true;
  }
  void give() noexcept {
    if (Operation* first = waiting_.first()) {
      first->wake();
    } else {
      ++value_;
    }
  }

  WaitList waiting_;
  std::ptrdiff_t value_;
  std::ptrdiff_t limit_;
  const char* name_;
};

/// A Semaphore whose value release() never lifts above the first one: more releases are a bug.
class BoundedSemaphore : public Semaphore {
 public:
  explicit BoundedSemaphore(std::ptrdiff_t value = 1)
      : BoundedSemaphore(value, "BoundedSemaphore") {}

 protected:
  BoundedSemaphore(std::ptrdiff_t value, const char* name) : Semaphore(value, value, name) {}
};

/// Lets one coroutine in at a time: `const bora::Lock::Permit permit = co_await lock.acquire();`
class Lock : public BoundedSemaphore {
 public:
  Lock() : BoundedSemaphore(1, "Lock") {}
};

}  // namespace bora
