#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <bora/core/deadline.h>
#include <bora/core/task.h>
#include <bora/redis/client.h>

namespace bora::redis {

/// What PUBLISH told.
struct Message {
  std::string channel{};
  std::string pattern{};  ///< Through which it came; empty: the channel itself.
  std::string payload{};
  /// The connection was lost and is there again: there may have been others meanwhile. The other
  /// members are empty.
  bool is_gap = false;
};

/// Hears channels, on a connection of its own, which is made again when it is lost.
class Subscriber {
 public:
  explicit Subscriber(Options options);
  ~Subscriber();
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  /// Hears this channel from now on, and after every reconnection. Returns when the server has
  /// agreed; while it can't be reached, waits.
  /// @throws TimeoutError  The channel is heard as soon as the server is reached.
  Task<void> subscribe(std::string channel, Deadline deadline = {});
  Task<void> psubscribe(std::string pattern, Deadline deadline = {});
  void unsubscribe(std::string channel);
  void punsubscribe(std::string pattern);

  /// The next one, in the order in which they came.
  /// @throws TimeoutError
  Task<Message> next(Deadline deadline = {});
  [[nodiscard]] std::size_t pending() const noexcept;
  [[nodiscard]] bool is_connected() const noexcept;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace bora::redis
