#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bora/web.h>
#include <bora/websocket.h>

namespace chat {

/// Where the rooms' messages go: to be called before the workers are forked.
void use_engine(std::shared_ptr<bora::websocket::ChannelEngine> engine);

class Home : public bora::web::RequestHandler {
 public:
  void get();
};

/// One page's connection, on which it hears one room or several.
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
