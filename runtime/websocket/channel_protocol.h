#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <bora/websocket/channel.h>
#include <bora/websocket/websocket.h>

// The messages between bora-channel.js and a ChannelHandler: JSON in text messages, one object
// each. docs/websocket.md, "The protocol", describes them.

namespace bora::websocket {

/// The request of a client.
struct ChannelRequest {
  enum class Kind : std::uint8_t { subscribe, unsubscribe, publish };

  Kind kind = Kind::subscribe;
  std::string channel;
  std::optional<ChannelPosition> since{};  ///< subscribe
  std::string data{};                      ///< publish: a JSON text
  bool keep = true;                        ///< publish
};

inline constexpr std::size_t kMaxChannelName = 256;

/// @param text  Valid UTF-8.
/// @throws BadMessageError  It is not a request.
ChannelRequest parse_channel_request(std::string_view text);

// The messages of a server.

/// @param previous  The offset of the message that was kept before.
std::string message_envelope(std::string_view channel, const ChannelMessage& message,
                             std::uint64_t previous);
std::string subscribed_envelope(std::string_view channel, const Subscribed& subscribed);
std::string unsubscribed_envelope(std::string_view channel);
std::string gap_envelope(std::string_view channel, const ChannelPosition& position);
std::string join_envelope(std::string_view channel, const ChannelMember& member);
std::string leave_envelope(std::string_view channel, const ChannelMember& member);
/// @param channel  Empty if the request names none.
/// @param code     One word for programs.
std::string error_envelope(std::string_view channel, std::string_view code,
                           std::string_view sentence);

}  // namespace bora::websocket
