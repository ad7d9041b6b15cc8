#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

// RFC 6455, 5.3: each byte of a payload is combined with one of the four bytes of a key, in turn.
//
// The bytes are checked in the same pass: text that is ASCII needs no other check.

namespace bora::websocket::detail {

inline constexpr std::uint64_t kHighBits = 0x8080808080808080;
inline constexpr std::size_t kShortPayload = 32;

/// @param key  In the byte order of memory.
/// @returns    Whether all of the bytes are ASCII now.
using MaskFunction = bool (*)(char* data, std::size_t size, std::uint32_t key);

/// The implementations.
enum class MaskKernel : std::uint8_t { words, avx2 };

/// @returns  Null if the processor does not support it.
MaskFunction mask_function(MaskKernel kernel);

/// The best one, for long payloads.
extern std::atomic<MaskFunction> chosen_mask;

/// Masks the first and the last `Word` of the data, which usually overlap: both are read before one
/// is written.
template <class Word>
inline std::uint64_t mask_ends(char* data, std::size_t size, std::uint64_t first_key,
                               std::uint64_t last_key) {
  char* const at = data + size - sizeof(Word);
  Word first;
  Word last;
  std::memcpy(&first, data, sizeof(Word));
  std::memcpy(&last, at, sizeof(Word));
  first = static_cast<Word>(first ^ first_key);
  last = static_cast<Word>(last ^ last_key);
  std::memcpy(data, &first, sizeof(Word));
  std::memcpy(at, &last, sizeof(Word));
  return static_cast<std::uint64_t>(first) | last;
}

/// Masks at most kShortPayload bytes.
/// @returns  The highest bit of a byte is set if it was in one of the masked ones.
inline std::uint64_t mask_short(char* data, std::size_t size, std::uint32_t half) {
  // The key in the position of the last bytes.
  const int turn = static_cast<int>(size & 3) * 8;
  const std::uint32_t turned =
      std::endian::native == std::endian::little ? std::rotr(half, turn) : std::rotl(half, turn);
  const std::uint64_t key = std::uint64_t{half} << 32 | half;
  const std::uint64_t last_key = std::uint64_t{turned} << 32 | turned;
  if (size > 16) {
    // The inner words reach no further than the outer ones' ends together do.
    std::uint64_t words[4];
    char* const at = data + size - 16;
    std::memcpy(words, data, 16);
    std::memcpy(words + 2, at, 16);
    words[0] ^= key;
    words[1] ^= key;
    words[2] ^= last_key;
    words[3] ^= last_key;
    std::memcpy(data, words, 16);
    std::memcpy(at, words + 2, 16);
    return words[0] | words[1] | words[2] | words[3];
  }
  if (size >= 8) return mask_ends<std::uint64_t>(data, size, key, last_key);
  if (size >= 4) return mask_ends<std::uint32_t>(data, size, key, last_key);
  char bytes[4];
  std::memcpy(bytes, &half, sizeof(bytes));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < size; ++i) {
    data[i] = static_cast<char>(data[i] ^ bytes[i]);
    seen |= static_cast<unsigned char>(data[i]);
  }
  return seen;
}

inline bool mask(char* data, std::size_t size, std::uint32_t key) {
  if (size <= kShortPayload) return (mask_short(data, size, key) & kHighBits) == 0;
  return chosen_mask.load(std::memory_order_relaxed)(data, size, key);
}

}  // namespace bora::websocket::detail
