#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bora/web.h>
#include <bora/websocket.h>

namespace chat {

/// Sets the engine for the rooms' messages. Call it before the workers are forked.
void use_engine(std::shared_ptr<bora::websocket::ChannelEngine> engine);

class Home : public bora::web::RequestHandler {
 public:
  void get();
};

/// The connection of a page, which is in one room or in several.
class Live : public bora::websocket::ChannelHandler {
 public:
  void open();

  std::optional<bora::websocket::Channel> find_channel(std::string_view name) override;
  std::optional<bora::websocket::ChannelMember> member(
      const bora::websocket::Channel& room) override;
  std::size_t replay(const bora::websocket::Channel& room) override;
  bora::Task<void> on_publish(const bora::websocket::Channel& room, std::string json,
                              bora::websocket::PublishOptions options) override;
  bora::websocket::WebSocketOptions websocket_options() override;

 private:
  std::string name_;
};

}  // namespace chat
