#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <bora/core/deadline.h>
#include <bora/core/task.h>
#include <bora/redis/client.h>

namespace bora::redis {

/// A message of PUBLISH.
struct Message {
  std::string channel{};
  std::string pattern{};  ///< The pattern that matched; empty without one.
  std::string payload{};
  /// If true, the connection was lost and made again: messages may have been missed. The other
  /// members are empty.
  bool is_gap = false;
};

/// Receives the messages of channels, on a connection of its own, which is made again when it is
/// lost.
class Subscriber {
 public:
  explicit Subscriber(Options options);
  ~Subscriber();
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  /// Subscribes to a channel from now on, and after every reconnection. The Task ends when the
  /// server has agreed; while the server can't be reached, it waits.
  /// @throws TimeoutError  The deadline passed; the subscription begins as soon as the server is
  ///                       reached.
  Task<void> subscribe(std::string channel, Deadline deadline = {});
  Task<void> psubscribe(std::string pattern, Deadline deadline = {});
  void unsubscribe(std::string channel);
  void punsubscribe(std::string pattern);

  /// The next message, in the order of arrival.
  /// @throws TimeoutError
  Task<Message> next(Deadline deadline = {});
  [[nodiscard]] std::size_t pending() const noexcept;
  [[nodiscard]] bool is_connected() const noexcept;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace bora::redis
