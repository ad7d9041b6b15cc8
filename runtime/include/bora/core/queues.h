#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include <bora/core/deadline.h>
#include <bora/core/locks.h>
#include <bora/core/operation.h>

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
/// get(), put_back(item) for one that could not be delivered, and size().
template <class T, class Store>
class BasicQueue {
 public:
  class Put final : public Operation {
   public:
    Put(BasicQueue& queue, T item, const Deadline& deadline)
        : queue_(queue), item_(std::move(item)), deadline_(deadline) {}
    [[nodiscard]] bool await_ready() {
      is_put_ = !queue_.is_closed_ && queue_.try_put(item_);
      return is_put_ || queue_.is_closed_;
    }
    template <class Caller>
    bool await_suspend(std::coroutine_handle<Caller> caller) {
      if (!this->suspend(caller, deadline_)) return false;
      queue_.putters_.push_back(*this);
      return true;
    }
    void await_resume() {
      this->check();
      if (!is_put_) throw QueueClosed();
    }

   private:
    friend class BasicQueue;
    BasicQueue& queue_;
    T item_;
    Deadline deadline_;
    bool is_put_ = false;
  };

  /// Base of the waits for an item.
  class Getting : public Operation {
   public:
    Getting(BasicQueue& queue, const Deadline& deadline) : queue_(queue), deadline_(deadline) {}
    /// An item that arrived but can't be passed on goes to the next.
    ~Getting() override {
      if (item_) queue_.give_back(std::move(*item_));
    }
    [[nodiscard]] bool await_ready() {
      item_ = queue_.try_get();
      return item_ || queue_.is_closed_;
    }
    template <class Caller>
    bool await_suspend(std::coroutine_handle<Caller> caller) {
      if (!this->suspend(caller, deadline_)) return false;
      queue_.getters_.push_back(*this);
      return true;
    }

   protected:
    std::optional<T> take() {
      this->check();
      return std::exchange(item_, std::nullopt);
    }

   private:
    friend class BasicQueue;
    BasicQueue& queue_;
    Deadline deadline_;
    std::optional<T> item_;
  };
  class Get final : public Getting {
   public:
    using Getting::Getting;
    T await_resume() {
      std::optional<T> item = this->take();
      if (!item) throw QueueClosed();
      return std::move(*item);
    }
  };
  class Next final : public Getting {
   public:
    using Getting::Getting;
    std::optional<T> await_resume() { return this->take(); }
  };

  /// @param maxsize  0 is no limit.
  /// @throws std::invalid_argument  `maxsize` is negative.
  explicit BasicQueue(std::ptrdiff_t maxsize = 0) : maxsize_(static_cast<std::size_t>(maxsize)) {
    if (maxsize < 0) throw std::invalid_argument("a queue can't have a negative size");
    finished_.set();
  }
  BasicQueue(const BasicQueue&) = delete;
  BasicQueue& operator=(const BasicQueue&) = delete;

  [[nodiscard]] std::size_t maxsize() const noexcept { return maxsize_; }
  [[nodiscard]] std::size_t qsize() const noexcept { return store_.size(); }
  [[nodiscard]] bool empty() const noexcept { return qsize() == 0; }
  [[nodiscard]] bool full() const noexcept { return maxsize_ != 0 && qsize() >= maxsize_; }

  /// `co_await queue.put(item);` waits while the queue is full.
  /// @throws TimeoutError, QueueClosed  (at the co_await)
  [[nodiscard]] Put put(T item, const Deadline& deadline = {}) {
    return Put(*this, std::move(item), deadline);
  }
  /// @throws QueueFull, QueueClosed
  void put_nowait(T item) {
    if (is_closed_) throw QueueClosed();
    if (!try_put(item)) throw QueueFull();
  }

  /// `T item = co_await queue.get();` waits while the queue is empty.
  /// @throws TimeoutError, QueueClosed  (at the co_await)
  [[nodiscard]] Get get(const Deadline& deadline = {}) { return Get(*this, deadline); }
  /// The same for a loop: empty when the queue is closed and nothing is left.
  [[nodiscard]] Next next(const Deadline& deadline = {}) { return Next(*this, deadline); }
  /// @throws QueueEmpty, QueueClosed
  T get_nowait() {
    std::optional<T> item = try_get();
    if (!item && is_closed_) throw QueueClosed();
    if (!item) throw QueueEmpty();
    return std::move(*item);
  }

  /// No more can be put: who waits to put ends with QueueClosed. What is in the queue can still be
  /// got.
  void close() noexcept {
    is_closed_ = true;
    putters_.wake_all();
    getters_.wake_all();  // there are only any when it is empty
  }
  [[nodiscard]] bool is_closed() const noexcept { return is_closed_; }

  /// To be called once for each item that was got and dealt with; see join().
  /// @throws std::logic_error  More often than items were put.
  void task_done() {
    if (unfinished_ == 0) throw std::logic_error("task_done() was called more often than put()");
    if (--unfinished_ == 0) finished_.set();
  }
  /// `co_await queue.join();` waits until each item that was put is done.
  /// @throws TimeoutError  (at the co_await)
  [[nodiscard]] Event::Wait join(const Deadline& deadline = {}) noexcept {
    return finished_.wait(deadline);
  }

 private:
  /// Moves from `item` if there is room or somebody waits for it.
  bool try_put(T& item) {
    if (full() && getters_.is_empty()) return false;
    add(std::move(item));
    if (Operation* first = getters_.first()) hand_over(static_cast<Getting&>(*first), store_.get());
    return true;
  }
  std::optional<T> try_get() {
    if (Operation* first = putters_.first()) {
      auto& putter = static_cast<Put&>(*first);
      add(std::move(putter.item_));
      putter.is_put_ = true;
      putter.wake();
    }
    if (store_.size() == 0) return std::nullopt;
    return store_.get();
  }
  void add(T item) {
    store_.put(std::move(item));
    ++unfinished_;
    finished_.clear();
  }
  void hand_over(Getting& getter, T item) {
    getter.item_.emplace(std::move(item));
    getter.wake();
  }
  void give_back(T item) noexcept {
    if (Operation* first = getters_.first()) {
      hand_over(static_cast<Getting&>(*first), std::move(item));
    } else {
      store_.put_back(std::move(item));
    }
  }

  Store store_;
  WaitList putters_;
  WaitList getters_;
  Event finished_;
  std::size_t unfinished_ = 0;
  std::size_t maxsize_;
  bool is_closed_ = false;
};

namespace detail {

template <class T>
class FifoStore {
 public:
  void put(T item) { items_.push_back(std::move(item)); }
  void put_back(T item) { items_.push_front(std::move(item)); }
  T get() {
    T item = std::move(items_.front());
    items_.pop_front();
    return item;
  }
  [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }

 private:
  std::deque<T> items_;
};

template <class T>
class LifoStore {
 public:
  void put(T item) { items_.push_back(std::move(item)); }
  void put_back(T item) { put(std::move(item)); }
  T get() {
    T item = std::move(items_.back());
    items_.pop_back();
    return item;
  }
  [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }

 private:
  std::vector<T> items_;
};

template <class T, class Compare>
class PriorityStore {
 public:
  void put(T item) {
    items_.push_back(std::move(item));
    std::push_heap(items_.begin(), items_.end(), Later());
  }
  void put_back(T item) { put(std::move(item)); }
  T get() {
    std::pop_heap(items_.begin(), items_.end(), Later());
    T item = std::move(items_.back());
    items_.pop_back();
    return item;
  }
  [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }

 private:
  struct Later {
    bool operator()(const T& a, const T& b) const { return Compare()(b, a); }
  };
  std::vector<T> items_;
};

}  // namespace detail

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
