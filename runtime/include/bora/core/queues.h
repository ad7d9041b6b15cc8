#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include <bora/core/deadline.h>
#include <bora/core/detail/await_by_name.h>
#include <bora/core/detail/queue.h>
#include <bora/core/locks.h>

// Queues between the coroutines of one loop:
//
//   bora::Queue<Job> jobs(100);                       // put() waits while there are 100
//
//   while (std::optional<Job> job = co_await jobs.next()) …   // until close(); with g++ 12 hoist
//
// Coroutines are served in the order in which they began to wait. A wait that was cancelled or
// timed out neither takes nor delivers an item. A queue must outlive its waits.

namespace bora {

/// get_nowait() was called on an empty queue.
class QueueEmpty : public std::runtime_error {
 public:
  QueueEmpty() : std::runtime_error("the queue is empty") {}
};
/// put_nowait() was called on a full queue.
class QueueFull : public std::runtime_error {
 public:
  QueueFull() : std::runtime_error("the queue is full") {}
};
/// put() was called after close(), or get() when nothing was left after it.
class QueueClosed : public std::runtime_error {
 public:
  QueueClosed() : std::runtime_error("the queue is closed") {}
};

/// What Queue, PriorityQueue and LifoQueue have in common. `Store` keeps the items: put(item),
/// get(), put_back(item) for one that could not be delivered, and size(); its kName, if it has one,
/// is the name that to_string() writes.
template <class T, class Store>
class BasicQueue {
 public:
  // The waits; each may be given to multi(), with_timeout() and the like before it is awaited.
  using Put = detail::QueuePut<T, Store>;
  using Get = detail::QueueGet<T, Store>;
  using Next = detail::QueueNext<T, Store>;

  /// @param maxsize  The most items that the queue holds; 0 means no limit.
  /// @throws std::invalid_argument  `maxsize` is negative.
  explicit BasicQueue(std::ptrdiff_t maxsize = 0) : core_(static_cast<std::size_t>(maxsize)) {
    if (maxsize < 0) throw std::invalid_argument("a queue can't have a negative size");
  }
  BasicQueue(const BasicQueue&) = delete;
  BasicQueue& operator=(const BasicQueue&) = delete;

  [[nodiscard]] std::size_t maxsize() const noexcept { return core_.maxsize; }
  [[nodiscard]] std::size_t qsize() const noexcept { return core_.store.size(); }
  [[nodiscard]] bool empty() const noexcept { return qsize() == 0; }
  [[nodiscard]] bool full() const noexcept { return core_.is_full(); }

  /// Adds an item, and waits while the queue is full: `co_await queue.put(item);`
  ///
  /// g++ before 13 can't await a call that is given an aggregate made in place (put({.id = 1})) and
  /// refuses it: give a name to the item first, or to the result of put() (docs/coroutines.md).
  /// @throws TimeoutError, QueueClosed  (at the co_await)
  [[nodiscard]] auto put(T&& item, const Deadline& deadline = {}) {
    return detail::AwaitByNameIf<detail::LostTemporary<T>, Put>(core_, std::move(item), deadline);
  }
  [[nodiscard]] Put put(const T& item, const Deadline& deadline = {})
    requires std::copy_constructible<T>
  {
    return Put(core_, item, deadline);
  }
  /// @throws QueueFull, QueueClosed
  void put_nowait(T item) {
    if (is_closed()) throw QueueClosed();
    if (!core_.try_put(item)) throw QueueFull();
  }

  /// Takes an item, and waits while the queue is empty: `T item = co_await queue.get();`
  /// @throws TimeoutError, QueueClosed  (at the co_await)
  [[nodiscard]] Get get(const Deadline& deadline = {}) { return Get(core_, deadline); }
  /// The same for a loop: it gives an empty optional when the queue is closed and nothing is left.
  [[nodiscard]] Next next(const Deadline& deadline = {}) { return Next(core_, deadline); }
  /// @throws QueueEmpty, QueueClosed
  T get_nowait() {
    std::optional<T> item = core_.try_get();
    if (!item && is_closed()) throw QueueClosed();
    if (!item) throw QueueEmpty();
    return std::move(*item);
  }

  /// Closes the queue: a put() that waits, or comes later, ends with QueueClosed. Items that are in
  /// the queue can still be got.
  void close() noexcept { core_.close(); }
  [[nodiscard]] bool is_closed() const noexcept { return core_.is_closed; }

  /// Tells join() that an item is dealt with. Must be called once for each item that was got.
  /// @throws std::logic_error  There were more calls than items.
  void task_done() { core_.task_done(); }
  /// Waits until each item that was put is dealt with: `co_await queue.join();`
  /// @throws TimeoutError  (at the co_await)
  [[nodiscard]] Event::Wait join(const Deadline& deadline = {}) noexcept {
    return core_.finished.wait(deadline);
  }

  /// Returns `Queue (2 of 10, 1 putting, 4 unfinished)`, for logs.
  [[nodiscard]] std::string to_string() const {
    const char* name = "Queue";
    if constexpr (requires { Store::kName; }) name = Store::kName;
    return detail::describe({name, qsize(), maxsize(), core_.putters.size(), core_.getters.size(),
                             core_.unfinished, is_closed()});
  }

 private:
  detail::QueueCore<T, Store> core_;
};

/// A queue that gives the oldest item first.
template <class T>
class Queue : public BasicQueue<T, detail::FifoStore<T>> {
 public:
  using BasicQueue<T, detail::FifoStore<T>>::BasicQueue;
};

/// A queue that gives the smallest item, as Compare orders them, first.
template <class T, class Compare = std::less<T>>
class PriorityQueue : public BasicQueue<T, detail::PriorityStore<T, Compare>> {
 public:
  using BasicQueue<T, detail::PriorityStore<T, Compare>>::BasicQueue;
};

/// A queue that gives the newest item first.
template <class T>
class LifoQueue : public BasicQueue<T, detail::LifoStore<T>> {
 public:
  using BasicQueue<T, detail::LifoStore<T>>::BasicQueue;
};

}  // namespace bora
