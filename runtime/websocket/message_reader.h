#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "runtime/websocket/frame.h"
#include "runtime/websocket/mask.h"
#include "runtime/websocket/utf8_checker.h"

namespace bora::websocket {

class Inflater;

/// The rules for the bytes of a peer; they are the same for all connections of a kind.
struct ReadRules {
  bool expects_mask = true;  ///< True for a server, whose clients mask; false for a client.
  std::size_t max_message_size = 10 * 1024 * 1024;  ///< Before and after decompression.
  std::uint32_t max_fragments = 16 * 1024;          ///< The frames of one message.
};

/// The decompression of messages; null where compression was not agreed on.
struct Inflation {
  Inflater& inflater;
  std::string& message;  ///< Holds the last one.
  bool keeps_context;
};

/// Turns the bytes that a peer sends into messages (RFC 6455, 5 to 8).
///
/// It accepts any division of the stream. A message that lies whole in the input is unmasked and
/// delivered where it is; only one that is divided is gathered in memory, which the reader frees
/// when the message was delivered. So an idle reader is one pointer.
class MessageReader {
 public:
  MessageReader();
  ~MessageReader();
  MessageReader(const MessageReader&) = delete;
  MessageReader& operator=(const MessageReader&) = delete;

  enum class Kind : std::uint8_t {
    none,    ///< All of the input is used; no message is complete.
    text,    ///< A message, valid UTF-8.
    binary,  ///< A message.
    ping,    ///< It must be answered by a pong with the same payload.
    pong,
    close,    ///< The peer's close frame: `code` (1005 if it names none) and the reason.
    failure,  ///< The peer broke a rule: close with `code`, and with `payload` as the reason.
  };
  struct Event {
    Kind kind = Kind::none;
    std::uint16_t code = 0;
    std::string_view payload{};  ///< Valid until the next call for this reader or, compressed, for
                                 ///< another one that shares the inflater.
  };

  /// Takes bytes from the front of `input`, which it changes, up to the end of what it delivers. It
  /// must not be called again after `close` or `failure`.
  Event next(std::span<char>& input, const ReadRules& rules, const Inflation* inflation) {
    if (partial_ == nullptr) {
      if (input.empty()) return {};
      Event event;
      if (rules.expects_mask && take_plain_message(input, rules, event)) return event;
    }
    return next_of_all(input, rules, inflation);
  }

  /// Whether a message or a frame has begun and is not complete.
  [[nodiscard]] bool is_within_message() const { return partial_ != nullptr; }

 private:
  struct Partial;

  static bool take_plain_message(std::span<char>& input, const ReadRules& rules, Event& event);
  static Event not_utf8();
  Event next_of_all(std::span<char>& input, const ReadRules& rules, const Inflation* inflation);
  Event read_head(std::span<char>& input, const ReadRules& rules, const Inflation* inflation,
                  FrameHead& head, bool& is_complete);
  Event check(const FrameHead& head, const ReadRules& rules, const Inflation* inflation);
  Event read_payload(std::span<char>& input, const ReadRules& rules, const Inflation* inflation);
  Event whole_message(Opcode opcode, bool is_compressed, std::string_view payload,
                      const ReadRules& rules, const Inflation* inflation, bool is_checked);
  Partial& partial();

  std::unique_ptr<Partial> partial_;
};

// This is the form of nearly every message of a client: one frame that is complete, shorter than 64
// KiB and not compressed. Everything else is left to the general code.
// @returns  False if it is something else; then nothing was taken.
inline bool MessageReader::take_plain_message(std::span<char>& input, const ReadRules& rules,
                                              Event& event) {
  constexpr std::uint8_t kText = 0x81;  // and final
  constexpr std::uint8_t kBinary = 0x82;
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(input[i]); };
  std::size_t head = 2 + sizeof(MaskKey);
  if (input.size() < head || (byte(0) != kText && byte(0) != kBinary)) return false;
  std::size_t length = byte(1) ^ 0x80u;  // 128 and more: not masked
  if (length >= 126) {
    head += 2;
    if (length != 126 || input.size() < head) return false;
    length = static_cast<std::size_t>(byte(2)) << 8 | byte(3);
    if (length < 126) return false;
  }
  if (length > input.size() - head || length > rules.max_message_size) return false;
  char* const payload = input.data() + head;
  std::uint32_t key;
  std::memcpy(&key, payload - sizeof(key), sizeof(key));
  const bool is_ascii = detail::mask(payload, length, key);
  event.payload = {payload, length};
  event.kind = byte(0) == kBinary ? Kind::binary : Kind::text;
  if (!is_ascii && event.kind == Kind::text && !is_utf8(event.payload)) event = not_utf8();
  input = input.subspan(head + length);
  return true;
}

}  // namespace bora::websocket
