#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <bora/core/detail/chrono.h>
#include <bora/core/task.h>

// What carries the messages of channels (<bora/websocket/channel.h>): within a process, between the
// workers of one program, or between machines. Nothing in a handler changes with the engine.

namespace bora::websocket {

/// What a message of a channel is. JSON goes to raw subscribers as a text message.
enum class ChannelFormat : std::uint8_t { text, binary, json };

/// A place in a channel's stream of messages. Within one epoch the offsets of a channel grow from
/// message to message, not necessarily by one. Another epoch is another stream: what was before it
/// is not known any more.
struct ChannelPosition {
  std::string epoch;         ///< Printable ASCII, at most 64 bytes.
  std::uint64_t offset = 0;  ///< Of the last message; 0: before the first one. At most 2^53 - 1.

  friend bool operator==(const ChannelPosition&, const ChannelPosition&) = default;
};

/// A message as it is published, and as it comes out again.
struct ChannelMessage {
  std::string data;
  ChannelFormat format = ChannelFormat::text;
  /// Set by the engine. 0: the message is not kept, and has no place in the stream.
  std::uint64_t offset = 0;
};

/// What is kept of a channel. Each publish() of a message that is kept says it anew, and the last
/// word counts.
struct ChannelLimits {
  std::size_t history = 0;           ///< Messages. 0: this one is not kept; the others stay.
  std::chrono::milliseconds ttl{0};  ///< No message is kept for longer; 0: no limit of time.

  friend bool operator==(const ChannelLimits&, const ChannelLimits&) = default;
};

/// Somebody who is in a channel, on however many connections and workers.
struct ChannelMember {
  std::string user;
  std::string info{};  ///< JSON that everybody in the channel is told; may be empty.

  friend bool operator==(const ChannelMember&, const ChannelMember&) = default;
};

/// What history() found.
struct ChannelHistory {
  /// Where the channel is after these messages: its newest place.
  ChannelPosition position;
  /// Oldest first, all of them after the place that was asked for.
  std::vector<std::shared_ptr<const ChannelMessage>> messages;
  /// These are all kept messages that were published since: none was lost, or left out.
  bool is_complete = false;
};

/// The engine could not do what it was asked for: its server can't be reached, or refuses.
class ChannelError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Who hears what comes to a channel. Called by the engine on the loop's thread, never within
/// subscribe() before that has ended, and never after unsubscribe() was called. The calls do not
/// throw. They may call the engine, publish() and unsubscribe() included.
class ChannelListener {
 public:
  /// Each message once, in the order of the channel; those that are kept with growing offsets.
  virtual void on_message(const std::shared_ptr<const ChannelMessage>& message) = 0;
  /// Messages are missing here, and can't be had any more: the connection to the engine's server
  /// was lost for longer than the history reaches, or that has lost its memory. `position` is where
  /// the stream goes on, maybe in another epoch.
  virtual void on_gap(const ChannelPosition& position) = 0;
  /// Somebody came who was not in the channel, or whose `info` has changed.
  virtual void on_join(const ChannelMember& member) = 0;
  /// Somebody is not in the channel any more, on no connection of any process.
  virtual void on_leave(const ChannelMember& member) = 0;

 protected:
  ~ChannelListener() = default;
};

/// Carries messages, remembers them, and knows who is there. Channels call it on one loop's thread.
/// It may be made before that loop, even before the process forks: it begins its work, connections
/// and timers, with the first call of another function.
///
/// **Order.** All listeners of a channel, in all processes, hear its messages in the same order.
/// publish() calls that were begun one after the other on one loop come in that order, whether or
/// not the former was awaited, and so do join() and leave(). Between channels there is no order.
///
/// **Once.** A message is heard once by each listener. An engine that loses its server connects
/// anew by itself, with growing pauses, subscribes again, and asks for what was published meanwhile
/// (history() since the last message heard); where that is not complete it says on_gap().
///
/// **Own messages** come back like those of others: who publishes hears the message in its place in
/// the order, maybe before the Task of publish() ends.
///
/// **Failures.** What can't be done for now waits, for some seconds at most (each engine says for
/// how long), then ends with ChannelError. All Tasks can be cancelled. Destroying the engine ends
/// what is pending with ChannelError; no listener may be subscribed then.
///
/// The views and references that are passed in need live only until the function returns its Task:
/// what it needs longer it copies before (so it is a plain function that calls a coroutine, not a
/// coroutine itself).
class ChannelEngine {
 public:
  ChannelEngine() = default;
  ChannelEngine(const ChannelEngine&) = delete;
  ChannelEngine& operator=(const ChannelEngine&) = delete;
  virtual ~ChannelEngine() = default;

  /// Gives `message` (whose offset is not looked at) its place in the stream, keeps it within
  /// `limits`, and brings it to all listeners. `limits.history` of 0: it is not kept, its offset is
  /// 0, and the messages that are kept stay as they are.
  ///
  /// @returns  The place of the message, or, if it is not kept, the channel's present one.
  /// @throws ChannelError  It was not published; or, if the connection was lost after it was sent,
  ///                       it is not known whether it was.
  virtual Task<ChannelPosition> publish(std::string_view channel, ChannelMessage message,
                                        const ChannelLimits& limits) = 0;

  /// From its end on, `listener` hears the channel: everything after the place that is returned.
  /// One listener may hear several channels only through objects of its own, and a channel may have
  /// several listeners.
  /// @throws ChannelError  The listener is not subscribed.
  virtual Task<ChannelPosition> subscribe(std::string_view channel, ChannelListener& listener) = 0;
  /// At once, also while subscribe() waits, whose Task then ends as it likes. Harmless for a
  /// listener that is not subscribed.
  virtual void unsubscribe(std::string_view channel, ChannelListener& listener) noexcept = 0;

  /// What was published after `since`; without it, the newest messages that are kept.
  /// @param since  Of another epoch, or older than what is kept: all that is kept, and is_complete
  ///               is false. From the future: likewise.
  /// @param limit  At most so many messages, the newest ones; if that leaves out any, is_complete
  ///               is false.
  virtual Task<ChannelHistory> history(std::string_view channel,
                                       const std::optional<ChannelPosition>& since,
                                       std::size_t limit) = 0;

  /// `member` is in the channel, through this process; again with other `info` replaces that. Every
  /// process hears on_join() if nobody of this name was there.
  virtual Task<void> join(std::string_view channel, ChannelMember member) = 0;
  /// This process has no connection of `user` in the channel any more. When no other one has, every
  /// process hears on_leave(). So it is, by and by, when a process ends without saying it.
  virtual Task<void> leave(std::string_view channel, std::string_view user) = 0;
  /// Who is there, in all processes: each user once, sorted by name.
  virtual Task<std::vector<ChannelMember>> members(std::string_view channel) = 0;
};

}  // namespace bora::websocket
