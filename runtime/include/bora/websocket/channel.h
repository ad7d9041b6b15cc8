#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/core/detail/chrono.h>
#include <bora/core/future.h>
#include <bora/core/task.h>
#include <bora/render/json.h>
#include <bora/websocket/channel_engine.h>
#include <bora/websocket/websocket_handler.h>

namespace bora::websocket {

/// The options of a channel.
struct ChannelOptions {
  /// The number of messages that are kept for clients that come back. 0 means none.
  std::size_t history = 0;
  /// How long they are kept; 0 means without limit. Set it where clients may invent names of
  /// channels: the data of a channel is deleted with its last message.
  std::chrono::milliseconds ttl{0};
  /// A member who comes back within this time after the last connection ended has not been away:
  /// the reload of a page is neither a leave nor a join.
  std::chrono::milliseconds leave_delay{0};
  /// A subscriber gets at most this many of the members, and the number of the others: in a channel
  /// of ten thousand nobody wants to read ten thousand names.
  std::size_t max_members = 200;
};

/// The options of a message.
struct PublishOptions {
  /// If false, the message matters only now, like a sign that somebody is typing. It is not in the
  /// history.
  bool keep = true;
};

/// The options of a subscription.
struct SubscribeOptions {
  /// Where the client was, if it comes back: it first gets what was published since then.
  std::optional<ChannelPosition> since{};
  /// The most messages of the history that it gets; without `since`, they are the newest ones.
  std::size_t replay = 0;
  /// If true, the messages are sent in the envelope of bora-channel.js (docs/websocket.md, "The
  /// protocol"), and joins and leaves are sent too.
  bool envelope = false;
  /// The member that the client is, for all to see; nobody if it is empty.
  std::optional<ChannelMember> member{};
};

/// The result of a subscription.
struct Subscribed {
  /// Where its stream of messages begins: it does not get earlier messages.
  ChannelPosition position;
  /// Whether it gets all that it missed since `since`; true without `since`.
  bool recovered = true;
  /// The members who are here, including itself; filled if there is a `member` or an envelope.
  /// There are at most ChannelOptions::max_members, the first ones by name and itself;
  /// Channel::members() lists all.
  std::vector<ChannelMember> members{};
  /// The number of other members.
  std::size_t more_members = 0;
};

/// The counts of a channel so far, in this process.
struct ChannelStatistics {
  std::uint64_t messages = 0;    ///< Messages from the engine.
  std::uint64_t deliveries = 0;  ///< Messages to connections: one for each subscriber.
};

namespace detail {
class ChannelState;
}

/// A channel that WebSockets subscribe to: a message that is published goes to all of them.
///
///     class Live : public bora::websocket::WebSocketHandler {
///      public:
///       void open() { news().subscribe(*this); }
///       void on_message(std::string_view text) { news().publish(text); }
///     };
///
/// A message is encoded, and compressed, once for all subscribers with the same settings. It leaves
/// at the end of the loop's present turn, together with the other messages that were published in
/// it.
///
/// It is a handle, cheap to copy: channels of the same name on the same engine and thread are one.
/// It belongs to one loop; it may be made before that.
///
/// If a slow subscriber's queue has no room for a message, OverflowPolicy decides (with `wait` the
/// message is dropped), and WebSocketHandler::on_drop() is called. Each message that is published
/// while a connection is subscribed is either sent or reported there, never both.
class Channel {
 public:
  /// @param name    UTF-8.
  /// @param engine  Null means that the messages stay in this process.
  explicit Channel(std::string_view name, const ChannelOptions& options = {},
                   std::shared_ptr<ChannelEngine> engine = nullptr);

  /// Sends a message to all subscribers, those of this process and the engine's. It is on its way
  /// when the call returns; await the Future to know its position, or what went wrong.
  /// @param data  Text is UTF-8; for ChannelFormat::json it is a valid JSON text.
  /// @throws BadMessageError  `data` is not UTF-8, and the format is not binary: clients would close.
  Future<ChannelPosition> publish(std::string_view data, ChannelFormat format = ChannelFormat::text,
                                  PublishOptions options = {}) const;
  Future<ChannelPosition> publish(const render::JSONText& json, PublishOptions options = {}) const {
    return publish(json.text(), ChannelFormat::json, options);
  }

  /// From now on `handler` gets the messages that are published, until it unsubscribes or its
  /// connection ends. With `since` or `replay`, messages of the history come first. A second call
  /// for a handler that is subscribed begins anew.
  ///
  /// The Future ends when these have been sent; it need not be awaited. A connection that ends
  /// meanwhile ends it too.
  Future<Subscribed> subscribe(WebSocketHandler& handler, SubscribeOptions options = {}) const;
  /// Ends the subscription. Messages that were published before are still sent. It does nothing for
  /// a handler that is not subscribed.
  void unsubscribe(WebSocketHandler& handler) const;
  [[nodiscard]] bool is_subscribed(const WebSocketHandler& handler) const;
  /// The number of subscribers in this process.
  [[nodiscard]] std::size_t subscribers() const;

  /// The same as ChannelEngine::history().
  Task<ChannelHistory> history(std::optional<ChannelPosition> since = std::nullopt,
                               std::size_t limit = SIZE_MAX) const;
  /// The members of the channel, sorted by name: those of all processes, each user once.
  Task<std::vector<ChannelMember>> members() const;

  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] ChannelStatistics statistics() const;

 private:
  friend class ChannelHandler;

  std::shared_ptr<detail::ChannelState> state_;
  ChannelOptions options_;
};

/// Channels by name, with the same options: `rooms["blue"].publish("hello")`.
class Channels {
 public:
  explicit Channels(const ChannelOptions& options = {},
                    std::shared_ptr<ChannelEngine> engine = nullptr)
      : options_(options), engine_(std::move(engine)) {}

  [[nodiscard]] Channel operator[](std::string_view name) const {
    return Channel(name, options_, engine_);
  }

 private:
  ChannelOptions options_;
  std::shared_ptr<ChannelEngine> engine_;
};

/// Makes an engine for one process. Each thread has one of its own, which channels use unless they
/// are given another; this makes a further one.
std::shared_ptr<ChannelEngine> memory_engine();

}  // namespace bora::websocket
