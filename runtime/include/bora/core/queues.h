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
// Who waits is served in the order of coming. A wait that was cancelled or timed out neither takes
// nor delivers an item. A queue must outlive its waits.

namespace bora {

/// get_nowait() on an empty queue.
class QueueEmpty : public std::runtime_error {
 public:
  QueueEmpty() : std::runtime_error("the queue is empty") {}
};
/// put_nowait() on a full queue.
class QueueFull : public std::runtime_error {
 public:
  QueueFull() : std::runtime_error("the queue is full") {}
};
/// put() after close(), or get() when nothing is left then.
class QueueClosed : public std::runtime_error {
 public:
  QueueClosed() : std::runtime_error("the queue is closed") {}
};

/// What Queue, PriorityQueue and LifoQueue have in common. `Store` keeps the items: put(item),
/// get(), put_back(item) for one that could not be delivered, and size(); kName, if it has one, is
/// the name that to_string() tells.
template <class T, class Store>
class BasicQueue {
 public:
  // What waits; each may be given to multi(), with_timeout() and the like before it is awaited.
  using Put = detail::QueuePut<T, Store>;
  using Get = detail::QueueGet<T, Store>;
  using Next = detail::QueueNext<T, Store>;

  /// @param maxsize  0 is no limit.
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

  /// `co_await queue.put(item);` waits while the queue is full.
  ///
  /// g++ before 13 can't await a call that is given an aggregate made in place (put({.id = 1})) and
  /// refuses it: give the item a name first, or what put() returns (docs/coroutines.md).
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

  /// `T item = co_await queue.get();` waits while the queue is empty.
  /// @throws TimeoutError, QueueClosed  (at the co_await)
  [[nodiscard]] Get get(const Deadline& deadline = {}) { return Get(core_, deadline); }
  /// The same for a loop: empty when the queue is closed and nothing is left.
  [[nodiscard]] Next next(const Deadline& deadline = {}) { return Next(core_, deadline); }
  /// @throws QueueEmpty, QueueClosed
  T get_nowait() {
    std::optional<T> item = core_.try_get();
    if (!item && is_closed()) throw QueueClosed();
    if (!item) throw QueueEmpty();
    return std::move(*item);
  }

  /// No more can be put: who waits to put ends with QueueClosed. What is in the queue can still be
  /// got.
  void close() noexcept { core_.close(); }
  [[nodiscard]] bool is_closed() const noexcept { return core_.is_closed; }

  /// To be called once for each item that was got and dealt with; see join().
  /// @throws std::logic_error  More often than items were put.
  void task_done() { core_.task_done(); }
  /// `co_await queue.join();` waits until each item that was put is done.
  /// @throws TimeoutError  (at the co_await)
  [[nodiscard]] Event::Wait join(const Deadline& deadline = {}) noexcept {
    return core_.finished.wait(deadline);
  }

  /// `Queue (2 of 10, 1 putting, 4 unfinished)`, for logs.
  [[nodiscard]] std::string to_string() const {
    const char* name = "Queue";
    if constexpr (requires { Store::kName; }) name = Store::kName;
    return detail::describe({name, qsize(), maxsize(), core_.putters.size(), core_.getters.size(),
                             core_.unfinished, is_closed()});
  }

 private:
  detail::QueueCore<T, Store> core_;
};

/// First in, first out.
template <class T>
class Queue : public BasicQueue<T, detail::FifoStore<T>> {
 public:
  using BasicQueue<T, detail::FifoStore<T>>::BasicQueue;
};

/// The smallest by Compare first.
template <class T, class Compare = std::less<T>>
class PriorityQueue : public BasicQueue<T, detail::PriorityStore<T, Compare>> {
 public:
  using BasicQueue<T, detail::PriorityStore<T, Compare>>::BasicQueue;
};

/// Last in, first out.
template <class T>
class LifoQueue : public BasicQueue<T, detail::LifoStore<T>> {
 public:
  using BasicQueue<T, detail::LifoStore<T>>::BasicQueue;
};

}  // namespace bora
