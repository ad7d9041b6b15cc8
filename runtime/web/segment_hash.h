#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace bora::web::detail {

// The compiler writes these hashes into tables (compiler/codegen/dispatch_table.cpp has the same
// function; a test compares them), so bytes are read in little-endian order everywhere.

inline std::uint64_t byte_swapped(std::uint64_t value) {
  std::uint64_t result = 0;
  for (int i = 0; i < 8; ++i) result |= ((value >> (8 * i)) & 0xff) << (56 - 8 * i);
  return result;
}

inline std::uint64_t load_8(const char* bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes, 8);
  return std::endian::native == std::endian::little ? value : byte_swapped(value);
}

inline std::uint64_t load_4(const char* bytes) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes, 4);
  return std::endian::native == std::endian::little ? value : byte_swapped(value) >> 32;
}

/// Reads no byte outside `segment`. Up to 8 bytes, texts of one size never share a hash: the words
/// below hold every byte, and what follows can be undone.
inline std::uint64_t hash_of(std::string_view segment) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  const char* bytes = segment.data();
  const std::size_t size = segment.size();
  std::uint64_t hash = 0;
  if (size >= 8) {
    hash = load_8(bytes);
    for (std::size_t i = 8; i + 8 < size; i += 8) hash = hash * kOdd ^ load_8(bytes + i);
    if (size > 8) hash = std::rotl(hash * kOdd, 32) ^ load_8(bytes + size - 8);
  } else if (size >= 4) {
    hash = load_4(bytes) | load_4(bytes + size - 4) << 32;
  } else if (size > 0) {
    const auto byte = [bytes](std::size_t i) {
      return std::uint64_t(static_cast<unsigned char>(bytes[i]));
    };
    hash = byte(0) | byte(size / 2) << 8 | byte(size - 1) << 16;
  }
  return hash ^ size * kOdd;
}

}  // namespace bora::web::detail
