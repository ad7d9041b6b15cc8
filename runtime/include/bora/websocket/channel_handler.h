#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bora/core/task.h>
#include <bora/web/request_handler.h>
#include <bora/websocket/channel.h>
#include <bora/websocket/websocket_handler.h>

namespace bora::websocket {

/// The server's side of bora-channel.js: one connection on which a page subscribes to channels,
/// publishes, sees who is there, and comes back after a network failure without losing anything.
///
///     class Live : public bora::websocket::ChannelHandler {
///      public:
///       std::optional<Channel> find_channel(std::string_view name) override { return rooms[name]; }
///       Task<void> on_publish(const Channel& room, std::string json,
///                             PublishOptions options) override {
///         co_await room.publish(JSONText(std::move(json)), options);
///       }
///     };
///
/// Messages go out as JSON: a text as a string, bytes in base64. A handler of this kind may have
/// open(), on_close() and the other hooks of WebSocketHandler; only on_message() is used already. A
/// client that speaks another protocol is closed with 1002, and one that asks for too many channels
/// with 1008.
class ChannelHandler : public WebSocketHandler {
 public:
  /// The channel that the client may subscribe to by this name, or nothing: then the client is
  /// refused. Names come from clients: refuse those that your program does not know, or give
  /// channels with invented names a `ttl`.
  virtual std::optional<Channel> find_channel(std::string_view name) = 0;

  /// The member that the client is in the channel, for all to see. The default is none.
  virtual std::optional<ChannelMember> member(const Channel& channel) {
    (void)channel;
    return std::nullopt;
  }

  /// The most messages of the history that a new client gets. The default is none. A client that
  /// comes back gets all that it missed in any case.
  virtual std::size_t replay(const Channel& channel) {
    (void)channel;
    return 0;
  }

  /// Called when the client, which is subscribed, wants to publish a message. The default refuses
  /// it: override it to check the message and publish it, or something made of it. Nothing more is
  /// read from the client meanwhile. The text of a BadMessageError is sent to the client.
  /// @param json  A valid JSON text.
  virtual Task<void> on_publish(const Channel& channel, std::string json, PublishOptions options);

  /// The most channels that one connection may be subscribed to.
  virtual std::size_t max_channels() { return 100; }

  Task<void> on_message(std::string_view data, MessageType type);

 private:
  struct Entry {
    std::string name;
    Channel channel;
  };
  void subscribe(std::string name, std::optional<ChannelPosition> since);
  void failed(const std::string& name);
  void forget(std::string_view name);
  void tell(const std::string& envelope);
  Entry* find(std::string_view name);

  std::vector<Entry> channels_;
};

/// Serves bora-channel.js, the browser's side: one route,
///
///     script = { path = "/bora-channel.js", handler = "bora::websocket::ChannelScriptHandler" }
///
/// or `url<ChannelScriptHandler>("/bora-channel.js")`. A path that ends in ".d.ts" serves its types
/// for TypeScript.
class ChannelScriptHandler : public web::RequestHandler {
 public:
  void get();
};

/// The text of bora-channel.js, for programs that serve or bundle it in their own way.
std::string_view channel_script();
/// The text of bora-channel.d.ts.
std::string_view channel_script_types();

}  // namespace bora::websocket
