#pragma once

#include <algorithm>
#include <concepts>
#include <coroutine>
#include <cstddef>
#include <deque>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <bora/core/deadline.h>
#include <bora/core/locks.h>
#include <bora/core/operation.h>

// The parts of <bora/core/queues.h>: who waits, and how items come from one to the other.

namespace bora {

class QueueClosed;

namespace detail {

template <class T, class Store>
class QueueCore;

[[noreturn]] void throw_queue_closed();

/// The wait until there is room for an item.
template <class T, class Store>
class QueuePut : public Operation {
 public:
  QueuePut(QueueCore<T, Store>& queue, T&& item, const Deadline& deadline)
      : queue_(queue), item_(std::move(item)), deadline_(deadline) {}
  QueuePut(QueueCore<T, Store>& queue, const T& item, const Deadline& deadline)
    requires std::copy_constructible<T>
      : queue_(queue), item_(item), deadline_(deadline) {}

  [[nodiscard]] bool await_ready() {
    is_put_ = !queue_.is_closed && queue_.try_put(item_);
    return is_put_ || queue_.is_closed;
  }
  template <class Caller>
  bool await_suspend(std::coroutine_handle<Caller> caller) {
    if (!this->suspend(caller, deadline_)) return false;
    queue_.putters.push_back(*this);
    return true;
  }
  void await_resume() {
    this->check();
    if (!is_put_) throw_queue_closed();
  }

 private:
  friend class QueueCore<T, Store>;
  QueueCore<T, Store>& queue_;
  T item_;
  Deadline deadline_;
  bool is_put_ = false;
};

/// Base of the waits for an item.
template <class T, class Store>
class QueueGetting : public Operation {
 public:
  QueueGetting(QueueCore<T, Store>& queue, const Deadline& deadline)
      : queue_(queue), deadline_(deadline) {}
  QueueGetting(QueueGetting&&) = default;
  /// Passes an item that it was given and did not use to the next in line.
  ~QueueGetting() override {
    if (item_) queue_.give_back(std::move(*item_));
  }
  [[nodiscard]] bool await_ready() {
    item_ = queue_.try_get();
    return item_ || queue_.is_closed;
  }
  template <class Caller>
  bool await_suspend(std::coroutine_handle<Caller> caller) {
    if (!this->suspend(caller, deadline_)) return false;
    queue_.getters.push_back(*this);
    return true;
  }

 protected:
  std::optional<T> take() {
    this->check();
    return std::exchange(item_, std::nullopt);
  }

 private:
  friend class QueueCore<T, Store>;
  QueueCore<T, Store>& queue_;
  Deadline deadline_;
  std::optional<T> item_;
};

template <class T, class Store>
class QueueGet final : public QueueGetting<T, Store> {
 public:
  using QueueGetting<T, Store>::QueueGetting;
  T await_resume() {
    std::optional<T> item = this->take();
    if (!item) throw_queue_closed();
    return std::move(*item);
  }
};

template <class T, class Store>
class QueueNext final : public QueueGetting<T, Store> {
 public:
  using QueueGetting<T, Store>::QueueGetting;
  std::optional<T> await_resume() { return this->take(); }
};

template <class T, class Store>
class QueueCore {
 public:
  using Put = QueuePut<T, Store>;
  using Getting = QueueGetting<T, Store>;

  explicit QueueCore(std::size_t size_limit) : maxsize(size_limit) { finished.set(); }
  QueueCore(const QueueCore&) = delete;
  QueueCore& operator=(const QueueCore&) = delete;

  [[nodiscard]] bool is_full() const noexcept { return maxsize != 0 && store.size() >= maxsize; }

  /// Moves from `item` if there is room or a coroutine waits for it.
  bool try_put(T& item) {
    if (is_full() && getters.is_empty()) return false;
    add(std::move(item));
    if (Operation* first = getters.first()) hand_over(static_cast<Getting&>(*first), store.get());
    return true;
  }
  std::optional<T> try_get() {
    if (Operation* first = putters.first()) {
      auto& putter = static_cast<Put&>(*first);
      add(std::move(putter.item_));
      putter.is_put_ = true;
      putter.wake();
    }
    if (store.size() == 0) return std::nullopt;
    return store.get();
  }
  void give_back(T item) noexcept {
    if (Operation* first = getters.first()) {
      hand_over(static_cast<Getting&>(*first), std::move(item));
    } else {
      store.put_back(std::move(item));
    }
  }
  void close() noexcept {
    is_closed = true;
    putters.wake_all();
    getters.wake_all();  // getters wait only when the queue is empty
  }
  void task_done() {
    if (unfinished == 0) throw std::logic_error("task_done() was called more often than put()");
    if (--unfinished == 0) finished.set();
  }

  Store store;
  WaitList putters;
  WaitList getters;
  Event finished;
  std::size_t unfinished = 0;
  std::size_t maxsize;
  bool is_closed = false;

 private:
  void add(T item) {
    store.put(std::move(item));
    ++unfinished;
    finished.clear();
  }
  void hand_over(Getting& getter, T item) {
    getter.item_.emplace(std::move(item));
    getter.wake();
  }
};

/// Writes `name (2 of 10, 1 putting, 3 getting, 5 unfinished, closed)`, without the parts that are
/// 0.
struct QueueState {
  const char* name;
  std::size_t size;
  std::size_t maxsize;
  std::size_t putting;
  std::size_t getting;
  std::size_t unfinished;
  bool is_closed;
};
std::string describe(const QueueState& state);

template <class T>
class FifoStore {
 public:
  static constexpr const char* kName = "Queue";
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
  static constexpr const char* kName = "LifoQueue";
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
  static constexpr const char* kName = "PriorityQueue";
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
}  // namespace bora
