#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <bora/core/deadline.h>
#include <bora/core/task.h>
#include <bora/postgres/pool.h>

namespace bora::postgres {

/// What NOTIFY told.
struct Notification {
  std::string channel{};
  std::string payload{};
  int sender = 0;  ///< The server's process of who told it.
  /// The connection was lost and is there again: there may have been others meanwhile, which nobody
  /// tells any more. The other members are empty.
  bool is_gap = false;
};

/// Hears what is told on channels, on a connection of its own, which is made again when it is lost.
///
///     postgres::Listener listener({.where = "…"});
///     co_await listener.listen("orders");
///     for (;;) {
///       const postgres::Notification told = co_await listener.next();
///       …
///     }
///
/// To tell: `co_await db.execute("select pg_notify('orders', $1)", text);`.
class Listener {
 public:
  explicit Listener(ConnectOptions options);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Hears this channel from now on, and after every reconnection. Returns when the server has
  /// agreed; while it can't be reached, waits.
  /// @throws TimeoutError  The channel is heard as soon as the server is reached.
  Task<void> listen(std::string channel, Deadline deadline = {});
  Task<void> unlisten(std::string channel);

  /// The next one, in the order in which they came.
  /// @throws TimeoutError
  Task<Notification> next(Deadline deadline = {});
  /// How many came that next() has not given yet.
  [[nodiscard]] std::size_t pending() const noexcept;
  [[nodiscard]] bool is_connected() const noexcept;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace bora::postgres
