#pragma once

#include <memory>
#include <string>

#include <bora/core/detail/chrono.h>
#include <bora/redis/client.h>
#include <bora/websocket/channel_engine.h>

namespace bora::websocket {

/// The options of redis_engine().
struct RedisEngineOptions {
  redis::Options redis{};
  std::string prefix = "bora";  ///< The beginning of all its keys.
  /// A process that sends nothing for this long counts as dead, and its members have left.
  std::chrono::milliseconds presence_ttl{30'000};
};

/// Channels through Redis, for any number of processes and machines: messages go by PUBLISH, kept
/// ones into a Stream for each channel, members into a sorted set. Each process has one connection
/// for commands and one for messages, with one subscription for each channel.
///
/// A call that can't succeed at the moment waits for RedisEngineOptions::redis.command_timeout,
/// five seconds by default. A Redis that comes back without its memory begins a new epoch:
/// listeners are notified that messages may be missing.
std::shared_ptr<ChannelEngine> redis_engine(RedisEngineOptions options);

}  // namespace bora::websocket
