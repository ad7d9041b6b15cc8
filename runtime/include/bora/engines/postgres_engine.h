#pragma once

#include <memory>

#include <bora/core/detail/chrono.h>
#include <bora/postgres/pool.h>
#include <bora/websocket/channel_engine.h>

namespace bora::websocket {

/// The options of postgres_engine().
struct PostgresEngineOptions {
  postgres::ConnectOptions postgres{};
  /// A process that sends nothing for this long counts as dead, and its members have left.
  std::chrono::milliseconds presence_ttl{30'000};
  /// How long a call waits that can't succeed at the moment.
  std::chrono::milliseconds timeout{5'000};
};

/// Channels through PostgreSQL, for any number of processes and machines: messages go by NOTIFY,
/// those that are too long for that through a table, and kept ones into another. The first call
/// makes its tables (bora_channel…). Each process has up to three connections, one of them to
/// listen on, with one LISTEN for each channel.
std::shared_ptr<ChannelEngine> postgres_engine(PostgresEngineOptions options);

}  // namespace bora::websocket
