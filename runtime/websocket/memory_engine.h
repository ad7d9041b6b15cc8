#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <bora/websocket/channel_engine.h>

#include "runtime/websocket/listeners.h"

namespace bora::websocket {

/// Channels within one process: nothing waits, and everything ends within the call.
///
/// Offsets count the messages of all channels, so that a channel that was dropped can begin again
/// without using the same offset twice.
class MemoryEngine final : public ChannelEngine {
 public:
  MemoryEngine();

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

  /// The number of channels about which it keeps anything.
  [[nodiscard]] std::size_t channels() const { return streams_.size(); }

 private:
  using Time = std::chrono::nanoseconds;
  struct Kept {
    std::shared_ptr<const ChannelMessage> message;
    Time time;
  };
  struct Stream {
    std::deque<Kept> history;
    ChannelLimits limits;
    std::uint64_t newest = 0;
    std::uint64_t lost = 0;  ///< the last offset that is not kept any more
    std::shared_ptr<Listeners> listeners;
    std::map<std::string, ChannelMember> members;
  };

  Stream& stream(std::string_view channel);
  [[nodiscard]] ChannelPosition position_of(const Stream& stream) const;
  static void trim(Stream& stream, Time now);
  void forget_if_unused(std::string_view channel);
  void sweep();

  const std::string epoch_;
  std::uint64_t newest_ = 0;
  std::uint64_t forgotten_ = 0;  ///< no message of a channel that was dropped is newer
  std::size_t next_sweep_ = 256;
  std::unordered_map<std::string, Stream> streams_;
};

/// The present thread's engine.
std::shared_ptr<ChannelEngine> default_engine();

/// A name for a new epoch.
std::string new_epoch();

}  // namespace bora::websocket
