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

// What the two ends of a WebSocket have in common: WebSocketHandler and websocket_connect().

namespace bora::websocket {

/// What a message is. Text is always valid UTF-8.
enum class MessageType : std::uint8_t { text, binary };

/// A message that owns its bytes.
struct Message {
  std::string data;
  MessageType type = MessageType::text;

  [[nodiscard]] bool is_binary() const { return type == MessageType::binary; }
};

/// RFC 6455, 7.4.1: why a connection ends. Programs of your own use 4000 to 4999.
enum CloseCode : std::uint16_t {
  kCloseNormal = 1000,
  kCloseGoingAway = 1001,  ///< The server stops, or the page was left.
  kCloseProtocolError = 1002,
  kCloseUnsupportedData = 1003,
  kCloseInvalidData = 1007,  ///< Text that is not UTF-8, or a message of the wrong form.
  kClosePolicyViolation = 1008,
  kCloseMessageTooBig = 1009,
  kCloseInternalError = 1011,
  kCloseServiceRestart = 1012,
  kCloseTryAgainLater = 1013,
};

/// A message was written to a connection that is closed, or on its way there.
class WebSocketClosedError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A message is not what on_message() takes.
class BadMessageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// How messages are compressed (permessage-deflate, RFC 7692) where the peer can do it, too.
///
/// Without context takeover, as here, each message is compressed by itself, and all connections of
/// a thread share one compressor: nothing is kept for a connection. With it a message may refer to
/// those before, which makes small messages of one kind much smaller, and each connection keeps
/// 2^(window bits + 2) + 2^(mem_level + 9) bytes to compress (256 KiB as a rule) and
/// 2^(window bits) + 8 KiB to decompress.
struct CompressionOptions {
  int compression_level = 6;  ///< 1 (fast) to 9 (small).
  int mem_level = 8;          ///< 1 to 9.
  bool server_context_takeover = false;
  bool client_context_takeover = false;
  int server_max_window_bits = 15;  ///< 9 to 15.
  int client_max_window_bits = 15;  ///< 9 to 15; for clients that can be told.
  std::size_t threshold = 256;      ///< Shorter messages are sent as they are; bytes.

  friend bool operator==(const CompressionOptions&, const CompressionOptions&) = default;
};

/// What happens to messages for a peer that reads too slowly, when `max_queue_size` bytes wait.
enum class OverflowPolicy : std::uint8_t {
  /// `co_await write_message(…)` waits until there is room. A message whose write is not awaited is
  /// dropped.
  wait,
  /// The oldest messages that have not begun to leave are dropped for the new one.
  drop_oldest,
  /// The connection is closed with 1013.
  close,
};

/// What write_message() returns: await it for flow control, or drop it; see OverflowPolicy::wait.
class Sending : public Task<void> {
 public:
  Sending() noexcept = default;
  Sending(Task<void> rest) noexcept : Task<void>(std::move(rest)) {}
};

/// Limits and times of a connection.
struct WebSocketOptions {
  /// The longest message that is taken, in bytes, before and after decompression; a longer one
  /// closes the connection with 1009.
  std::size_t max_message_size = 10 * 1024 * 1024;
  /// The most frames that a message may come in; more close the connection with 1008.
  std::uint32_t max_fragments = 16 * 1024;

  /// A ping is sent after so much time; zero: none is.
  std::chrono::seconds ping_interval{0};
  /// No pong within this time closes the connection (1000, "ping timed out"). Not set, or longer
  /// than the interval: the interval. Zero: nothing is waited for.
  std::optional<std::chrono::seconds> ping_timeout{};
  /// How long the peer's part of the closing handshake is waited for.
  std::chrono::seconds close_timeout{5};
  /// A peer that takes no byte for so long is given up; zero: never.
  std::chrono::seconds write_timeout{60};

  /// How many bytes may wait for a peer that reads slowly, and what happens beyond.
  std::size_t max_queue_size = 1024 * 1024;
  OverflowPolicy overflow = OverflowPolicy::wait;

  /// Empty: nothing is compressed, as in Tornado.
  std::optional<CompressionOptions> compression{};

  friend bool operator==(const WebSocketOptions&, const WebSocketOptions&) = default;
};

}  // namespace bora::websocket
