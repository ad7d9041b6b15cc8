#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace bora::paths {

// Tables hold these keys, so bytes are read in little-endian order everywhere.

inline std::uint64_t load_8(const char* bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes, 8);
  if constexpr (std::endian::native == std::endian::little) return value;
  std::uint64_t swapped = 0;
  for (int i = 0; i < 8; ++i) swapped |= (value >> (8 * i) & 0xff) << (56 - 8 * i);
  return swapped;
}

/// A segment's first 8 bytes, or fewer, and its last 8 if it is longer than that: together with the
/// size, all of a segment of up to 16 bytes.
struct SegmentKey {
  std::uint64_t head = 0;
  std::uint64_t tail = 0;

  explicit SegmentKey(std::string_view segment) {
    const std::size_t size = segment.size();
    char bytes[8] = {};
    std::memcpy(bytes, segment.data(), size < 8 ? size : 8);
    head = load_8(bytes);
    if (size > 8) tail = load_8(segment.data() + size - 8);
  }
  SegmentKey(std::uint64_t head_bytes, std::uint64_t tail_bytes)
      : head(head_bytes), tail(tail_bytes) {}

  /// The number that a node's multiplier is applied to: it depends on every byte of both words.
  [[nodiscard]] std::uint32_t mixed() const {
    return static_cast<std::uint32_t>((head * 0x9e3779b97f4a7c15 ^ tail * 0xc2b2ae3d27d4eb4f) >>
                                      32);
  }
};

/// The slot of a node to which a key belongs: the upper bits of a product depend on all bits.
inline std::uint32_t slot_of(std::uint32_t mixed, std::uint32_t multiplier, unsigned shift) {
  return static_cast<std::uint32_t>(std::uint64_t{mixed * multiplier} >> shift);
}

}  // namespace bora::paths
