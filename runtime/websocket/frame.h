#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

// RFC 6455, 5: the frames that messages travel in.

namespace bora::websocket {

/// RFC 6455, 5.2. The other eleven values are reserved.
enum class Opcode : std::uint8_t {
  continuation = 0x0,
  text = 0x1,
  binary = 0x2,
  close = 0x8,
  ping = 0x9,
  pong = 0xa,
};

/// Control frames may stand between the fragments of a message (RFC 6455, 5.5).
constexpr bool is_control(Opcode opcode) {
  return static_cast<std::uint8_t>(opcode) >= 8;
}

/// The longest payload of a control frame.
inline constexpr std::size_t kMaxControlPayload = 125;
/// The longest head of a frame: two bytes, a length of eight, a key of four.
inline constexpr std::size_t kMaxFrameHead = 14;

using MaskKey = std::array<std::uint8_t, 4>;

/// The head of a frame, before its payload.
struct FrameHead {
  std::uint64_t length = 0;  ///< the bytes of payload, at most 2^63 - 1
  MaskKey mask{};
  Opcode opcode = Opcode::continuation;
  std::uint8_t size = 0;  ///< the bytes of the head itself
  bool is_final = false;
  bool is_compressed = false;  ///< RSV1 (RFC 7692, 6).
  bool is_masked = false;
};

enum class FrameHeadStatus : std::uint8_t {
  complete,
  incomplete,    ///< More bytes are needed.
  reserved_bit,  ///< RSV2 or RSV3 is set.
  reserved_opcode,
  control_fragmented,  ///< A control frame without FIN.
  control_too_long,    ///< A control frame of more than 125 bytes.
  length_not_minimal,  ///< RFC 6455, 5.2: the shortest form must be used.
  length_too_large,    ///< The highest bit of an eight-byte length is set.
};

/// Reads the head at the beginning of `bytes`. An error is reported with the first byte that shows
/// it, so that nobody waits for the rest of a frame that is refused anyway.
FrameHeadStatus read_frame_head(std::string_view bytes, FrameHead& head);

/// Writes a head and returns its size.
/// @param to    Room for kMaxFrameHead bytes.
/// @param mask  Null if the frame is not masked, as a server sends it.
std::size_t write_frame_head(char* to, Opcode opcode, bool is_final, bool is_compressed,
                             std::uint64_t length, const MaskKey* mask);

/// Masks or unmasks in place (RFC 6455, 5.3).
/// @param offset  The number of bytes of the same payload that came before.
/// @returns  Whether all of the bytes are ASCII now.
bool apply_mask(char* data, std::size_t size, const MaskKey& key, std::uint64_t offset = 0);

/// Whether an endpoint may send `code` in a close frame (RFC 6455, 7.4; 1012 to 1014 are IANA's).
bool is_sendable_close_code(std::uint16_t code);

}  // namespace bora::websocket
