#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/websocket/frame.h"
#include "runtime/websocket/message_reader.h"

namespace bora::websocket {

/// How a test's frame differs from a plain, final, masked one.
struct FrameOptions {
  bool is_final = true;
  bool is_compressed = false;
  bool is_masked = true;
};

/// A frame as a client sends it.
inline std::string frame(Opcode opcode, std::string_view payload, FrameOptions options = {}) {
  const MaskKey key{0x37, 0xfa, 0x21, 0x3d};
  char head[kMaxFrameHead];
  const std::size_t size = write_frame_head(head, opcode, options.is_final, options.is_compressed,
                                            payload.size(), options.is_masked ? &key : nullptr);
  std::string result(head, size);
  result += payload;
  if (options.is_masked) apply_mask(result.data() + size, payload.size(), key);
  return result;
}

inline std::string close_payload(std::uint16_t code, std::string_view reason = {}) {
  std::string result{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  return result += reason;
}

/// An event that owns its bytes.
struct Seen {
  MessageReader::Kind kind;
  std::uint16_t code;
  std::string payload;

  friend bool operator==(const Seen&, const Seen&) = default;
};

/// Feeds `bytes` in pieces of `step` bytes and collects the events, up to a close or a failure.
inline std::vector<Seen> read_all(std::string bytes, std::size_t step, const ReadRules& rules = {},
                                  const Inflation* inflation = nullptr) {
  MessageReader reader;
  std::vector<Seen> seen;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    std::span<char> input(bytes.data() + at, std::min(step, bytes.size() - at));
    for (;;) {
      const MessageReader::Event event = reader.next(input, rules, inflation);
      if (event.kind == MessageReader::Kind::none) break;
      seen.push_back({event.kind, event.code, std::string(event.payload)});
      if (event.kind == MessageReader::Kind::close || event.kind == MessageReader::Kind::failure)
        return seen;
    }
  }
  return seen;
}

}  // namespace bora::websocket
