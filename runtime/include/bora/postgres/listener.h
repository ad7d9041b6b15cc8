#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <bora/core/deadline.h>
#include <bora/core/task.h>
#include <bora/postgres/pool.h>

namespace bora::postgres {

/// A message of NOTIFY.
struct Notification {
  std::string channel{};
  std::string payload{};
  int sender = 0;  ///< The number of the sender's server process.
  /// If true, the connection was lost and made again: notifications may have been missed. The other
  /// members are empty.
  bool is_gap = false;
};

/// Receives the notifications of channels, on a connection of its own, which is made again when it
/// is lost.
///
///     postgres::Listener listener({.where = "…"});
///     co_await listener.listen("orders");
///     for (;;) {
///       const postgres::Notification told = co_await listener.next();
///       …
///     }
///
/// To send one: `co_await db.execute("select pg_notify('orders', $1)", text);`.
class Listener {
 public:
  explicit Listener(ConnectOptions options);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Listens on a channel from now on, and after every reconnection. The Task ends when the server
  /// has agreed; while the server can't be reached, it waits.
  /// @throws TimeoutError  The deadline passed; listening begins as soon as the server is reached.
  Task<void> listen(std::string channel, Deadline deadline = {});
  Task<void> unlisten(std::string channel);

  /// The next notification, in the order of arrival.
  /// @throws TimeoutError
  Task<Notification> next(Deadline deadline = {});
  /// The number of notifications that came and that next() has not returned yet.
  [[nodiscard]] std::size_t pending() const noexcept;
  [[nodiscard]] bool is_connected() const noexcept;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace bora::postgres
