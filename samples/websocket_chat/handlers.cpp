#include "handlers.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <bora/core/future.h>
#include <bora/render/json.h>

#include "views/home.h"

namespace chat {

using bora::websocket::BadMessageError;
using bora::websocket::Channel;
using bora::websocket::ChannelEngine;
using bora::websocket::ChannelMember;
using bora::websocket::ChannelPosition;
using bora::websocket::Channels;
using bora::websocket::CompressionOptions;
using bora::websocket::PublishOptions;
using bora::websocket::WebSocketOptions;
using namespace std::chrono_literals;

namespace {

// Rooms keep a hundred messages for a day. A page that is loaded again has not left.
Channels& rooms() {
  static Channels rooms;
  return rooms;
}

bool is_room_name(std::string_view name) {
  const auto is_allowed = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-';
  };
  return !name.empty() && name.size() <= 32 && std::all_of(name.begin(), name.end(), is_allowed);
}

/// What everybody in the room gets: the user, the time, and the message.
struct Said {
  std::string_view user;
  std::int64_t at;
  std::string_view json;
};

void to_json(bora::render::JSONWriter& writer, const Said& said) {
  writer.begin_object();
  writer.member("user", said.user);
  writer.member("at", said.at);
  writer.key("said");
  writer.json(said.json);
  writer.end_object();
}

}  // namespace

void use_engine(std::shared_ptr<ChannelEngine> engine) {
  rooms() = Channels({.history = 100, .ttl = 24h, .leave_delay = 2s}, std::move(engine));
}

void Home::get() {
  render(views::home{});
}

void Live::open() {
  name_ = get_argument("name", "");
  if (name_.empty() || name_.size() > 64) close(bora::websocket::kClosePolicyViolation, "name");
}

std::optional<Channel> Live::find_channel(std::string_view name) {
  if (!is_room_name(name)) return std::nullopt;
  return rooms()[name];
}

std::optional<ChannelMember> Live::member(const Channel&) {
  return ChannelMember{name_};
}

std::size_t Live::replay(const Channel&) {
  return 50;
}

bora::Task<void> Live::on_publish(const Channel& room, std::string json, PublishOptions options) {
  if (json.size() > 8000) throw BadMessageError("that is too long");
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const Said said{name_, std::chrono::duration_cast<std::chrono::milliseconds>(now).count(), json};
  const bora::Future<ChannelPosition> publishing =
      room.publish(bora::render::json_encode(said), options);
  static_cast<void>(co_await publishing);
}

WebSocketOptions Live::websocket_options() {
  WebSocketOptions options = ChannelHandler::websocket_options();
  options.max_message_size = 16 * 1024;
  options.ping_interval = 20s;
  options.compression = CompressionOptions{};
  return options;
}

}  // namespace chat
