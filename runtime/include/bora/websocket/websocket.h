#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <bora/core/detail/chrono.h>
#include <bora/core/task.h>

// Types that the two ends of a WebSocket have in common: WebSocketHandler and websocket_connect().

namespace bora::websocket {

/// The type of a message. Text is always valid UTF-8.
enum class MessageType : std::uint8_t { text, binary };

/// A message that owns its bytes.
struct Message {
  std::string data;
  MessageType type = MessageType::text;

  [[nodiscard]] bool is_binary() const { return type == MessageType::binary; }
};

/// The reasons for which a connection ends (RFC 6455, 7.4.1). Programs use 4000 to 4999 for their
/// own.
enum CloseCode : std::uint16_t {
  kCloseNormal = 1000,
  kCloseGoingAway = 1001,  ///< The server stops, or the user left the page.
  kCloseProtocolError = 1002,
  kCloseUnsupportedData = 1003,
  kCloseInvalidData = 1007,  ///< A text is not UTF-8, or a message has the wrong form.
  kClosePolicyViolation = 1008,
  kCloseMessageTooBig = 1009,
  kCloseInternalError = 1011,
  kCloseServiceRestart = 1012,
  kCloseTryAgainLater = 1013,
};

/// A message was written to a connection that is closed or closing.
class WebSocketClosedError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A message is not what on_message() accepts.
class BadMessageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// How messages are compressed (permessage-deflate, RFC 7692) if the peer supports it, too.
///
/// Without context takeover, which is the default, each message is compressed by itself, and all
/// connections of a thread share one compressor: nothing is kept for a connection. With context
/// takeover a message may refer to earlier ones, which makes small messages of one kind much
/// smaller, and each connection keeps 2^(window bits + 2) + 2^(mem_level + 9) bytes to compress
/// (usually 256 KiB) and 2^(window bits) + 8 KiB to decompress.
struct CompressionOptions {
  int compression_level = 6;  ///< From 1 (fast) to 9 (small).
  int mem_level = 8;          ///< From 1 to 9.
  bool server_context_takeover = false;
  bool client_context_takeover = false;
  int server_max_window_bits = 15;  ///< From 9 to 15.
  int client_max_window_bits = 15;  ///< From 9 to 15; for clients that support the setting.
  std::size_t threshold = 256;      ///< In bytes; shorter messages are not compressed.

  friend bool operator==(const CompressionOptions&, const CompressionOptions&) = default;
};

/// What happens to messages for a peer that reads too slowly, when `max_queue_size` bytes wait.
enum class OverflowPolicy : std::uint8_t {
  /// `co_await write_message(…)` waits until there is room. A message whose write is not awaited is
  /// dropped.
  wait,
  /// The oldest messages that have not begun to leave are dropped to make room for the new one.
  drop_oldest,
  /// The connection is closed with 1013.
  close,
};

/// The result of write_message(): await it for flow control, or drop it; see OverflowPolicy::wait.
class Sending : public Task<void> {
 public:
  Sending() noexcept = default;
  Sending(Task<void> rest) noexcept : Task<void>(std::move(rest)) {}
};

/// Limits and times of a connection.
struct WebSocketOptions {
  /// The longest message that is accepted, in bytes, before and after decompression; a longer one
  /// closes the connection with 1009.
  std::size_t max_message_size = 10 * 1024 * 1024;
  /// The most frames that a message may consist of; more close the connection with 1008.
  std::uint32_t max_fragments = 16 * 1024;

  /// A ping is sent each time that this long has passed; zero means never.
  std::chrono::seconds ping_interval{0};
  /// If no pong comes within this time, the connection closes (1000, "ping timed out"). If it is
  /// not set, or longer than the interval, the interval is used. Zero means that no pong is
  /// expected.
  std::optional<std::chrono::seconds> ping_timeout{};
  /// How long the connection waits for the peer's part of the closing handshake.
  std::chrono::seconds close_timeout{5};
  /// A connection whose peer takes no byte for this long is closed; zero means never.
  std::chrono::seconds write_timeout{60};

  /// How many bytes may wait for a peer that reads slowly, and what happens with more.
  std::size_t max_queue_size = 1024 * 1024;
  OverflowPolicy overflow = OverflowPolicy::wait;

  /// If it is empty, nothing is compressed, as in Tornado.
  std::optional<CompressionOptions> compression{};

  friend bool operator==(const WebSocketOptions&, const WebSocketOptions&) = default;
};

}  // namespace bora::websocket
