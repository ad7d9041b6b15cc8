#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace bora::web {

/// The positions of a path's slashes, found in one pass before the walk, and whether it has a '%'.
///
/// Paths up to 64 bytes, which are nearly all, need no second look. It reads no byte outside the
/// path.
class PathScan {
 public:
  explicit PathScan(std::string_view path) : path_(path) {
    const std::size_t size = std::min<std::size_t>(path.size(), 64);
#if defined(__SSE2__)
    if (size >= 16) {
      for (std::size_t i = 0; i + 16 <= size; i += 16) scan_16(i);
      scan_16(size - 16);  // overlaps the one before: bits are only set
    } else if (size >= 8) {
      scan_8(0);
      scan_8(size - 8);
    } else {
      scan_bytes(size);
    }
#else
    scan_bytes(size);
#endif
    if (path.size() > 64 && !has_escapes_)
      has_escapes_ = path.find('%', 64) != std::string_view::npos;
  }

  [[nodiscard]] bool has_escapes() const { return has_escapes_; }

  /// The first slash at or after `begin`, or the path's end.
  [[nodiscard]] std::size_t slash_from(std::size_t begin) const {
    if (begin < 64) {
      const std::uint64_t rest = slashes_ >> begin;
      if (rest != 0) return begin + static_cast<std::size_t>(std::countr_zero(rest));
      if (path_.size() <= 64) return path_.size();
      begin = 64;
    }
    return std::min(path_.find('/', begin), path_.size());
  }

 private:
  void scan_bytes(std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      if (path_[i] == '/') slashes_ |= std::uint64_t{1} << i;
      has_escapes_ |= path_[i] == '%';
    }
  }

#if defined(__SSE2__)
  static std::uint64_t equal(__m128i bytes, char c) {
    return static_cast<std::uint64_t>(
        static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)))));
  }
  void scan_16(std::size_t at) {
    add(_mm_loadu_si128(reinterpret_cast<const __m128i*>(path_.data() + at)), at);
  }
  // The upper half of the register is zero, so it has neither character.
  void scan_8(std::size_t at) {
    add(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(path_.data() + at)), at);
  }
  void add(__m128i bytes, std::size_t at) {
    slashes_ |= equal(bytes, '/') << at;
    has_escapes_ |= equal(bytes, '%') != 0;
  }
#endif

  std::string_view path_;
  std::uint64_t slashes_ = 0;
  bool has_escapes_ = false;
};

}  // namespace bora::web
