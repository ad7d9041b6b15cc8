#pragma once

#include <cstddef>
#include <memory>

#include <bora/websocket/channel_engine.h>

namespace bora::websocket {

/// The options of worker_engine().
struct WorkerEngineOptions {
  /// The memory for the messages of all channels that are kept, in bytes. When it is full the
  /// oldest ones are dropped, whatever the channels' limits are. The system provides it as it is
  /// used, once for all workers.
  std::size_t capacity = 64 * 1024 * 1024;
  /// The most processes at a time: twice the number of workers, to allow for a reload.
  std::size_t max_processes = 64;
  /// The memory for the members that one process has in all its channels, in bytes.
  std::size_t member_bytes = 1024 * 1024;
};

/// Makes an engine that joins the workers of one program (net::fork_processes(),
/// HTTPServer::start(n)): the messages of each worker reach all of them, in the same order. No
/// server is needed, and no worker is special: the messages are in memory that all of them share,
/// and they wake one another over Unix-domain sockets. So a worker that dies, or is replaced by a
/// reload, takes no message along; its clients get the messages that it had not yet sent when they
/// come back. When it ends without a leave, its members leave the channels within some seconds.
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
/// messages: the subscribers of its channels are notified (ChannelListener::on_gap()).
///
/// @throws std::system_error  The memory is not available.
std::shared_ptr<ChannelEngine> worker_engine(const WorkerEngineOptions& options = {});

}  // namespace bora::websocket
