#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <bora/core/future.h>
#include <bora/websocket/channel_engine.h>

#include "runtime/websocket/listeners.h"

namespace bora::websocket {

/// An event of a channel that a server reports.
struct BrokerEvent {
  enum class Kind : std::uint8_t { message, join, leave };
  Kind kind = Kind::message;
  std::string epoch{};
  std::shared_ptr<const ChannelMessage> message{};
  ChannelMember member{};
};

/// Receives the events of a Broker.
class BrokerSink {
 public:
  virtual void on_event(const std::string& channel, BrokerEvent event) = 0;
  /// Events of any channel may have been lost.
  virtual void on_break() = 0;

 protected:
  ~BrokerSink() = default;
};

/// A server that keeps channels, as this process reaches it. Offsets of a channel grow by one from
/// kept message to kept message. All Tasks throw ChannelError, after a time-out of their own.
class Broker {
 public:
  virtual ~Broker() = default;

  /// Must be called once, on the loop, before anything else. Events come until close().
  virtual void start(BrokerSink& sink) = 0;
  virtual void close() noexcept = 0;

  /// Ends when events come; from then on they also come after a reconnection.
  virtual Task<void> listen(std::string channel) = 0;
  virtual void unlisten(std::string channel) noexcept = 0;
  virtual Task<ChannelPosition> publish(std::string channel, ChannelMessage message,
                                        ChannelLimits limits) = 0;
  virtual Task<ChannelHistory> history(std::string channel, std::optional<ChannelPosition> since,
                                       std::size_t limit) = 0;
  /// Adds members, or prolongs their stay.
  virtual Task<void> join(std::string channel, std::vector<ChannelMember> members) = 0;
  virtual Task<void> leave(std::string channel, std::string user) = 0;
  virtual Task<std::vector<ChannelMember>> members(std::string channel) = 0;
};

/// An engine on a Broker. It keeps one subscription for each channel, however many listeners that
/// has, and the order of messages; it fetches the messages that were missed during a break, and
/// reports its members repeatedly, so that they do not expire.
class BrokerEngine final : public ChannelEngine {
 public:
  BrokerEngine(std::unique_ptr<Broker> broker, std::chrono::milliseconds presence_ttl);
  ~BrokerEngine() override;

  Task<ChannelPosition> publish(std::string_view channel, ChannelMessage message,
                                const ChannelLimits& limits) override;
  Task<ChannelPosition> subscribe(std::string_view channel, ChannelListener& listener) override;
  void unsubscribe(std::string_view channel, ChannelListener& listener) noexcept override;
  Task<ChannelHistory> history(std::string_view channel,
                               const std::optional<ChannelPosition>& since,
                               std::size_t limit) override;
  Task<void> join(std::string_view channel, ChannelMember member) override;
  Task<void> leave(std::string_view channel, std::string_view user) override;
  Task<std::vector<ChannelMember>> members(std::string_view channel) override;

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace bora::websocket
