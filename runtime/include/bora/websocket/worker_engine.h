#pragma once

#include <cstddef>
#include <memory>

#include <bora/websocket/channel_engine.h>

namespace bora::websocket {

struct WorkerEngineOptions {
  /// For the messages of all channels that are kept, in bytes. When it is full the oldest ones go,
  /// whatever the channels' limits say. Used up by and by, and only once for all workers.
  std::size_t capacity = 64 * 1024 * 1024;
  /// How many processes may be there at a time: twice the workers, for a reload.
  std::size_t max_processes = 64;
  /// For the members that one process has in all its channels.
  std::size_t member_bytes = 1024 * 1024;
};

/// Joins the workers of one program (net::fork_processes(), HTTPServer::start(n)): what one of them
/// publishes, all hear, and all in the same order. No server is needed, and none of the workers is
/// special: the messages are in memory that all of them share, and they wake one another over
/// sockets of the Unix domain. So a worker that dies, or is replaced by a reload, takes no message
/// along; what it had not yet sent its clients get when they come back. When it is gone without a
/// word, its members leave the channels within some seconds.
///
/// Make it before the workers are forked, and give it to the channels:
///
///     auto engine = bora::websocket::worker_engine();
///     bora::websocket::Channels rooms({.history = 100, .ttl = 60s}, engine);
///     server.bind(8888);
///     server.start(0);
///
/// In a program that does not fork it is an engine like memory_engine().
///
/// A worker whose loop stands still for so long that all memory is used up meanwhile has missed
/// messages: its channels' subscribers are told (ChannelListener::on_gap()).
///
/// @throws std::system_error  There is no such memory.
std::shared_ptr<ChannelEngine> worker_engine(const WorkerEngineOptions& options = {});

}  // namespace bora::websocket
