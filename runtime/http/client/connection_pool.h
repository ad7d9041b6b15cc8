#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <bora/core/operation.h>
#include <bora/net/io_stream.h>

#include "runtime/net/poller.h"

namespace bora::http {

class ConnectionPool;

struct PoolOrigin;

/// A connection that carries one request at a time, between two of them in the pool.
class ClientConnection final : public net::CoarseDeadline {
 public:
  explicit ClientConnection(net::IOStream the_stream) : stream(std::move(the_stream)) {}
  ~ClientConnection() { *self_ = nullptr; }

  net::IOStream stream;
  std::string address;  ///< "192.0.2.1:443"
  std::uint64_t requests = 0;

 private:
  friend class ConnectionPool;
  void on_deadline() override;

  ConnectionPool* pool_ = nullptr;  ///< set while it is idle
  PoolOrigin* origin_ = nullptr;    ///< set while it is idle
  bool tells_of_its_end_ = false;
  std::chrono::nanoseconds expires_{};
  std::list<std::unique_ptr<ClientConnection>>::iterator place_;
  /// For the stream's close callback, which may be called after this object was destroyed.
  std::shared_ptr<ClientConnection*> self_ = std::make_shared<ClientConnection*>(this);
};

/// Decides whose turn it is, and keeps the connections that wait for the next request of their
/// origin.
///
/// A request first acquires a Lease: one of `max_clients`, and one of `max_per_origin`. Waiting
/// requests are served in their order, except those for origins that have no room.
class ConnectionPool {
 public:
  struct Limits {
    std::size_t max_clients;
    std::size_t max_per_origin;
    std::size_t max_idle;
    std::chrono::nanoseconds idle_timeout;
  };

  explicit ConnectionPool(const Limits& limits);
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  using Origin = PoolOrigin;

  /// The right to use one connection to an origin; ends with the object, whatever happens.
  class Lease {
   public:
    Lease() noexcept = default;
    Lease(Lease&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)),
          origin_(std::exchange(other.origin_, nullptr)) {}
    Lease& operator=(Lease&& other) noexcept {
      if (this != &other) {
        release();
        pool_ = std::exchange(other.pool_, nullptr);
        origin_ = std::exchange(other.origin_, nullptr);
      }
      return *this;
    }
    ~Lease() { release(); }

    /// A connection that is idle and, as far as known, open; null if there is none.
    /// @param asks  Whether to ask the system too, which may know of an end that the loop has not
    ///              seen yet: for requests that can't be sent again.
    std::unique_ptr<ClientConnection> take_idle(bool asks = false);
    /// Keeps a connection for the next request, for at most `limit`.
    void give_back(std::unique_ptr<ClientConnection> connection, std::chrono::nanoseconds limit);
    void release() noexcept;

   private:
    friend class ConnectionPool;
    Lease(ConnectionPool* pool, Origin* origin) noexcept : pool_(pool), origin_(origin) {}

    ConnectionPool* pool_ = nullptr;
    Origin* origin_ = nullptr;
  };

  class Acquire;
  /// The pool must outlive the wait.
  [[nodiscard]] Acquire acquire(const std::string& origin);

  void close_idle() noexcept;

  [[nodiscard]] std::size_t running() const noexcept { return running_; }
  [[nodiscard]] std::size_t waiting() const noexcept;
  [[nodiscard]] std::size_t idle() const noexcept { return idle_.size(); }

 private:
  friend class ClientConnection;

  [[nodiscard]] bool has_room(const Origin& origin) const noexcept;
  bool try_take(Origin& origin) noexcept;
  void give_up(Origin& origin) noexcept;
  void serve() noexcept;
  void forget_if_unused(Origin& origin) noexcept;
  std::unique_ptr<ClientConnection> take_out(ClientConnection& connection);
  void drop(ClientConnection& connection) { take_out(connection); }
  Origin& origin_of(const std::string& key);

  Limits limits_;
  net::Poller& poller_;
  std::size_t running_ = 0;
  std::uint64_t last_number_ = 0;
  std::unordered_map<std::string, std::unique_ptr<Origin>> origins_;
  std::set<std::pair<std::uint64_t, Origin*>> lines_;  ///< by the first waiter of each
  std::list<std::unique_ptr<ClientConnection>> idle_;  ///< The one that was used last is the last.
};

struct PoolOrigin {
  explicit PoolOrigin(std::string the_key) : key(std::move(the_key)) {}

  std::string key;
  std::size_t running = 0;
  std::size_t references = 0;  ///< the Acquires that are not done
  WaitList waiting;
  std::vector<ClientConnection*> idle;
};

class ConnectionPool::Acquire final : public Operation {
 public:
  Acquire(ConnectionPool& pool, Origin& origin) noexcept;
  Acquire(Acquire&& other) noexcept;
  ~Acquire() override;

  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
  [[nodiscard]] bool await_ready() noexcept {
    if (pool_->try_take(*origin_)) state_ = State::granted;
    return state_ == State::granted;
  }
  template <class Caller>
  bool await_suspend(std::coroutine_handle<Caller> caller) {
    if (!suspend(caller)) return false;
    join();
    return true;
  }
  Lease await_resume();

 private:
  friend class ConnectionPool;
  enum class State : std::uint8_t { asking, granted, over };

  void join();
  void grant() noexcept {
    state_ = State::granted;
    wake();
  }

  ConnectionPool* pool_;
  Origin* origin_;
  std::uint64_t number_ = 0;
  State state_ = State::asking;
};

}  // namespace bora::http
