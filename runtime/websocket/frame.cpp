#include "runtime/websocket/frame.h"

#include <algorithm>
#include <cstring>

#include "runtime/websocket/mask.h"

namespace bora::websocket {

namespace {

constexpr std::uint8_t kFinal = 0x80;
constexpr std::uint8_t kCompressed = 0x40;
constexpr std::uint8_t kReserved = 0x30;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::uint8_t kLength16 = 126;
constexpr std::uint8_t kLength64 = 127;

bool is_known(std::uint8_t opcode) {
  return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

// Big-endian, as all lengths are.
std::uint64_t read_number(const char* at, std::size_t bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes; ++i) number = number << 8 | static_cast<unsigned char>(at[i]);
  return number;
}

void write_number(char* at, std::size_t bytes, std::uint64_t number) {
  for (std::size_t i = 0; i < bytes; ++i) {
    at[bytes - 1 - i] = static_cast<char>(number & 0xff);
    number >>= 8;
  }
}

}  // namespace

FrameHeadStatus read_frame_head(std::string_view bytes, FrameHead& head) {
  if (bytes.empty()) return FrameHeadStatus::incomplete;
  const auto first = static_cast<std::uint8_t>(bytes[0]);
  if ((first & kReserved) != 0) return FrameHeadStatus::reserved_bit;
  if (!is_known(first & 0x0f)) return FrameHeadStatus::reserved_opcode;
  head.is_final = (first & kFinal) != 0;
  head.is_compressed = (first & kCompressed) != 0;
  head.opcode = static_cast<Opcode>(first & 0x0f);
  if (is_control(head.opcode) && !head.is_final) return FrameHeadStatus::control_fragmented;
  if (bytes.size() < 2) return FrameHeadStatus::incomplete;

  const auto second = static_cast<std::uint8_t>(bytes[1]);
  head.is_masked = (second & kMasked) != 0;
  const std::uint8_t short_length = second & 0x7f;
  if (is_control(head.opcode) && short_length > kMaxControlPayload)
    return FrameHeadStatus::control_too_long;
  const std::size_t extra = short_length == kLength16 ? 2 : short_length == kLength64 ? 8 : 0;
  const std::size_t size = 2 + extra + (head.is_masked ? head.mask.size() : 0);
  if (extra == 0) {
    head.length = short_length;
  } else {
    if (bytes.size() < 2 + extra) return FrameHeadStatus::incomplete;
    head.length = read_number(bytes.data() + 2, extra);
    if (head.length < (extra == 2 ? std::uint64_t{126} : std::uint64_t{65536}))
      return FrameHeadStatus::length_not_minimal;
    if (head.length >> 63 != 0) return FrameHeadStatus::length_too_large;
  }
  if (bytes.size() < size) return FrameHeadStatus::incomplete;
  if (head.is_masked) std::memcpy(head.mask.data(), bytes.data() + 2 + extra, head.mask.size());
  head.size = static_cast<std::uint8_t>(size);
  return FrameHeadStatus::complete;
}

std::size_t write_frame_head(char* to, Opcode opcode, bool is_final, bool is_compressed,
                             std::uint64_t length, const MaskKey* mask) {
  to[0] = static_cast<char>((is_final ? kFinal : 0) | (is_compressed ? kCompressed : 0) |
                            static_cast<std::uint8_t>(opcode));
  const std::uint8_t masked = mask != nullptr ? kMasked : 0;
  std::size_t size = 2;
  if (length < kLength16) {
    to[1] = static_cast<char>(masked | length);
  } else if (length < 65536) {
    to[1] = static_cast<char>(masked | kLength16);
    write_number(to + 2, 2, length);
    size += 2;
  } else {
    to[1] = static_cast<char>(masked | kLength64);
    write_number(to + 2, 8, length);
    size += 8;
  }
  if (mask == nullptr) return size;
  std::memcpy(to + size, mask->data(), mask->size());
  return size + mask->size();
}

bool apply_mask(char* data, std::size_t size, const MaskKey& key, std::uint64_t offset) {
  MaskKey turned = key;
  const auto turn = static_cast<std::ptrdiff_t>(offset % key.size());
  if (turn != 0) std::rotate(turned.begin(), turned.begin() + turn, turned.end());
  std::uint32_t word;
  std::memcpy(&word, turned.data(), sizeof(word));
  return detail::mask(data, size, word);
}

bool is_sendable_close_code(std::uint16_t code) {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

}  // namespace bora::websocket
