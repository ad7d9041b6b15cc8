#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace bora::websocket {

/// A frame that many connections send.
using SharedFrame = std::shared_ptr<const std::string>;

/// Frames that the socket has not taken. Each is whole, so that one that has not begun to leave can
/// be dropped.
class SendQueue {
 public:
  /// Adds a frame made of two pieces, which are copied.
  void add(std::string_view first, std::string_view second, bool is_message);
  /// Adds a message's frame that other connections send, too.
  void add(SharedFrame frame);
  /// Adds several frames in one piece, which stays in one piece: TLS may have seen it already.
  void add_block(std::string_view frames);

  [[nodiscard]] bool is_empty() const { return frames_.empty(); }
  /// Whether a pong waits (other than in a block).
  [[nodiscard]] bool has_pong() const { return pongs_ > 0; }
  [[nodiscard]] std::size_t size() const { return size_; }

  /// Fills `parts` with the first bytes in order, and returns how many parts that are.
  std::size_t gather(std::span<iovec> parts) const;
  /// The first frame is on its way, though none of its bytes has left: it must not be dropped.
  void hold_first() { has_begun_ = !frames_.empty(); }
  /// Removes the first `count` bytes, which have left.
  void consume(std::size_t count);

  /// Drops messages, the oldest first, until `room` more bytes fit into `limit`; control frames and
  /// a frame that has begun to leave stay.
  /// @returns  How many messages were dropped.
  std::size_t drop_oldest(std::size_t room, std::size_t limit);
  /// The number of messages that have not left, or not all of their bytes.
  [[nodiscard]] std::size_t messages() const;

 private:
  struct Frame {
    std::string own;
    SharedFrame shared;
    bool is_message = false;
    bool is_block = false;
    bool is_pong = false;

    [[nodiscard]] std::string_view bytes() const { return shared ? *shared : own; }
  };

  static std::size_t messages_of(std::string_view block, std::size_t sent);

  std::deque<Frame> frames_;
  std::size_t sent_ = 0;  ///< the bytes of the first frame that have left
  std::size_t size_ = 0;
  std::size_t pongs_ = 0;
  bool has_begun_ = false;  ///< whether the first frame has
};

}  // namespace bora::websocket
