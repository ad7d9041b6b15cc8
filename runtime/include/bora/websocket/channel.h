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

struct ChannelOptions {
  /// How many messages are kept for clients that come back. 0: none.
  std::size_t history = 0;
  /// For how long; 0: no limit. Where clients may invent names of channels, set one: what is kept
  /// of a channel is forgotten with its last message.
  std::chrono::milliseconds ttl{0};
  /// Who comes back so soon after their last connection ended has not been away: a page that is
  /// loaded anew is neither a leave nor a join.
  std::chrono::milliseconds leave_delay{0};
  /// A subscriber is told so many of the members, and how many others there are: in a channel of
  /// ten thousand nobody wants to read ten thousand names, ten thousand times.
  std::size_t max_members = 200;
};

struct PublishOptions {
  /// False: for this moment only, like a sign that somebody is typing. Not in the history.
  bool keep = true;
};

/// How somebody subscribes.
struct SubscribeOptions {
  /// Where the client was, if it comes back: it first gets what was published since.
  std::optional<ChannelPosition> since{};
  /// The most messages of the history that it gets; without `since` the newest ones.
  std::size_t replay = 0;
  /// The messages go in the envelope of bora-channel.js (docs/websocket.md, "The protocol"), and
  /// joins and leaves are told too.
  bool envelope = false;
  /// Who this is, for all to see; nobody if it is empty.
  std::optional<ChannelMember> member{};
};

/// What a subscriber is told.
struct Subscribed {
  /// Where its stream of messages begins: what came before this place it does not get.
  ChannelPosition position;
  /// With `since`: it gets all that it missed. If there was no `since`, it is true.
  bool recovered = true;
  /// Who is here, itself included; asked for if there is a `member` or an envelope. At most
  /// ChannelOptions::max_members, the first ones by name and itself; Channel::members() lists all.
  std::vector<ChannelMember> members{};
  /// How many others are here.
  std::size_t more_members = 0;
};

/// What a channel has done so far, in this process.
struct ChannelStatistics {
  std::uint64_t messages = 0;    ///< That came from the engine.
  std::uint64_t deliveries = 0;  ///< Messages given to connections: one for each subscriber.
};

namespace detail {
class ChannelState;
}

/// A channel that WebSockets subscribe to: what is published goes to all of them.
///
///     class Live : public bora::websocket::WebSocketHandler {
///      public:
///       void open() { news().subscribe(*this); }
///       void on_message(std::string_view text) { news().publish(text); }
///     };
///
/// A message is encoded, and compressed, once for all subscribers with the same settings. It leaves
/// at the end of the loop's present turn, together with what else was published in it.
///
/// A handle, cheap to copy: channels of the same name on the same engine and thread are one.
/// Belongs to one loop; it may be made before that.
///
/// A message for which a slow subscriber's queue has no room goes the way of OverflowPolicy (with
/// `wait` it is dropped), and WebSocketHandler::on_drop() tells. Of n messages that are published
/// while a connection is subscribed, each is sent or told there, never both.
class Channel {
 public:
  /// @param name    UTF-8.
  /// @param engine  Null: the messages stay in this process.
  explicit Channel(std::string_view name, const ChannelOptions& options = {},
                   std::shared_ptr<ChannelEngine> engine = nullptr);

  /// Sends a message to all subscribers, this process's and the engine's. It is on its way when
  /// this returns; await the Future to know that it has its place, or what went wrong.
  /// @param data  Text is UTF-8; for ChannelFormat::json it is a valid JSON text.
  Future<ChannelPosition> publish(std::string_view data, ChannelFormat format = ChannelFormat::text,
                                  PublishOptions options = {}) const;
  Future<ChannelPosition> publish(const render::JSONText& json, PublishOptions options = {}) const {
    return publish(json.text(), ChannelFormat::json, options);
  }

  /// From now on `handler` gets what is published, until it unsubscribes or its connection ends.
  /// With `since` or `replay` messages of the history come first. Again, for a handler that is
  /// subscribed, begins anew.
  ///
  /// The Future ends when that has been sent; it need not be awaited. A connection that ends
  /// meanwhile ends it too.
  Future<Subscribed> subscribe(WebSocketHandler& handler, SubscribeOptions options = {}) const;
  /// What was published before is still sent. Harmless for a handler that is not subscribed.
  void unsubscribe(WebSocketHandler& handler) const;
  [[nodiscard]] bool is_subscribed(const WebSocketHandler& handler) const;
  /// In this process.
  [[nodiscard]] std::size_t subscribers() const;

  /// The same as ChannelEngine::history().
  Task<ChannelHistory> history(std::optional<ChannelPosition> since = std::nullopt,
                               std::size_t limit = SIZE_MAX) const;
  /// Who is here, sorted by name: in all processes, each user once.
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

/// An engine for one process. Each thread has one of its own, which channels use unless they are
/// given another; this makes a further one.
std::shared_ptr<ChannelEngine> memory_engine();

}  // namespace bora::websocket
