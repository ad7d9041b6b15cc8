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

// The interface of what carries the messages of channels (<bora/websocket/channel.h>): within a
// process, between the workers of one program, or between machines. A handler is the same with
// every engine.

namespace bora::websocket {

/// The format of a channel's message. JSON goes to raw subscribers as a text message.
enum class ChannelFormat : std::uint8_t { text, binary, json };

/// A place in a channel's stream of messages. Within one epoch the offsets of a channel grow from
/// message to message, not necessarily by one. Another epoch is another stream: nothing is known of
/// the messages before it.
struct ChannelPosition {
  std::string epoch;         ///< Printable ASCII, at most 64 bytes.
  std::uint64_t offset = 0;  ///< Of the last message; 0: before the first. At most 2^53 - 1.

  friend bool operator==(const ChannelPosition&, const ChannelPosition&) = default;
};

/// A message as it is published, and as it comes out again.
struct ChannelMessage {
  std::string data;
  ChannelFormat format = ChannelFormat::text;
  /// Set by the engine. 0 means that the message is not kept, and has no place in the stream.
  std::uint64_t offset = 0;
};

/// How much of a channel is kept. Each publish() of a message that is kept gives the limits anew,
/// and the last ones count.
struct ChannelLimits {
  std::size_t history = 0;           ///< Messages. With 0 this one is not kept; the others stay.
  std::chrono::milliseconds ttl{0};  ///< No message is kept for longer; 0: no limit of time.

  friend bool operator==(const ChannelLimits&, const ChannelLimits&) = default;
};

/// A user who is in a channel, on any number of connections and workers.
struct ChannelMember {
  std::string user;
  std::string info{};  ///< JSON that everybody in the channel gets; it may be empty.

  friend bool operator==(const ChannelMember&, const ChannelMember&) = default;
};

/// The result of history().
struct ChannelHistory {
  /// The newest place of the channel, after these messages.
  ChannelPosition position;
  /// The messages after the place that was asked for, oldest first.
  std::vector<std::shared_ptr<const ChannelMessage>> messages;
  /// Whether these are all kept messages that were published since then: none was lost or left out.
  bool is_complete = false;
};

/// The engine could not do what it was asked for: its server can't be reached, or refuses.
class ChannelError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Receives the messages of a channel. The engine calls it on the loop's thread, never before
/// subscribe() has ended, and never after unsubscribe() was called. The calls must not throw. They
/// may call the engine, including publish() and unsubscribe().
class ChannelListener {
 public:
  /// Receives each message once, in the order of the channel; the offsets of those that are kept
  /// grow.
  virtual void on_message(const std::shared_ptr<const ChannelMessage>& message) = 0;
  /// Messages are missing here, and can't be had any more: the connection to the engine's server
  /// was lost for longer than the history reaches, or that server has lost its memory. The stream
  /// goes on at `position`, maybe in another epoch.
  virtual void on_gap(const ChannelPosition& position) = 0;
  /// A user has come who was not in the channel, or whose `info` has changed.
  virtual void on_join(const ChannelMember& member) = 0;
  /// A user is no longer in the channel, on any connection of any process.
  virtual void on_leave(const ChannelMember& member) = 0;

 protected:
  ~ChannelListener() = default;
};

/// Carries messages, keeps them, and knows the members. Channels call it on one loop's thread. It
/// may be made before that loop, even before the process forks: its connections and timers begin
/// with the first call of another function.
///
/// **Order.** All listeners of a channel, in all processes, get its messages in the same order.
/// publish() calls that were begun one after the other on one loop come in that order, whether or
/// not the earlier one was awaited, and so do join() and leave(). Between channels there is no
/// order.
///
/// **Once.** Each listener gets a message once. An engine that loses its server connects again by
/// itself, with growing pauses, subscribes again, and asks for the messages that were published
/// meanwhile (history() since the last message); if these are not complete it calls on_gap().
///
/// **Own messages** come back like those of others: the publisher gets the message in its place in
/// the order, maybe before the Task of publish() ends.
///
/// **Failures.** A call that can't succeed at the moment waits, for some seconds at most (each
/// engine documents how long), then ends with ChannelError. All Tasks can be cancelled. Destroying
/// the engine ends pending calls with ChannelError; no listener may be subscribed then.
///
/// The views and references that are passed in need live only until the function returns its Task:
/// the engine copies before that what it needs longer (so the function is a plain one that calls a
/// coroutine, not a coroutine itself).
class ChannelEngine {
 public:
  ChannelEngine() = default;
  ChannelEngine(const ChannelEngine&) = delete;
  ChannelEngine& operator=(const ChannelEngine&) = delete;
  virtual ~ChannelEngine() = default;

  /// Gives `message` (whose offset is ignored) its place in the stream, keeps it within `limits`,
  /// and brings it to all listeners. If `limits.history` is 0, the message is not kept, its offset
  /// is 0, and the messages that are kept stay as they are.
  ///
  /// @returns  The place of the message, or, if it is not kept, the channel's present one.
  /// @throws ChannelError  The message was not published; or, if the connection was lost after it
  ///                       was sent, it is not known whether it was.
  virtual Task<ChannelPosition> publish(std::string_view channel, ChannelMessage message,
                                        const ChannelLimits& limits) = 0;

  /// When the Task has ended, `listener` gets the messages of the channel: all after the place that
  /// is returned. A listener object serves one channel; a channel may have several listeners.
  /// @throws ChannelError  The listener is not subscribed.
  virtual Task<ChannelPosition> subscribe(std::string_view channel, ChannelListener& listener) = 0;
  /// Ends the subscription at once, even while subscribe() waits; the Task of that may end in any
  /// way. It does nothing for a listener that is not subscribed.
  virtual void unsubscribe(std::string_view channel, ChannelListener& listener) noexcept = 0;

  /// The messages that were published after `since`; without it, the newest messages that are kept.
  /// @param since  If it is of another epoch, older than what is kept, or in the future, all that
  ///               is kept is returned, and is_complete is false.
  /// @param limit  The most messages to return, the newest ones; if that leaves out any,
  ///               is_complete is false.
  virtual Task<ChannelHistory> history(std::string_view channel,
                                       const std::optional<ChannelPosition>& since,
                                       std::size_t limit) = 0;

  /// Adds `member` to the channel, through this process; another `info` replaces the earlier one.
  /// Every process gets on_join() if nobody of this name was there.
  virtual Task<void> join(std::string_view channel, ChannelMember member) = 0;
  /// Tells that this process has no connection of `user` in the channel any more. When no other
  /// process has one, every process gets on_leave(). The same happens after a while when a process
  /// ends without a leave().
  virtual Task<void> leave(std::string_view channel, std::string_view user) = 0;
  /// The members in all processes: each user once, sorted by name.
  virtual Task<std::vector<ChannelMember>> members(std::string_view channel) = 0;
};

}  // namespace bora::websocket
