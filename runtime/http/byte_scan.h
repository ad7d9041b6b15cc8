#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/http/characters.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#include <arm_neon.h>
#endif

// Looks for the end of a run of bytes of one kind, sixteen bytes at a time where the processor can.
//
// A kind tells for sixteen bytes where a run may end, by a few comparisons, and for one byte
// whether it really does: letters and digits are skipped together, the rarer other bytes of a kind
// one by one.

namespace bora::http {

namespace detail {

#if defined(__SSE2__)

#define BORA_HTTP_LANES 1
using Lanes = __m128i;
inline constexpr unsigned kBitsPerLane = 1;

inline Lanes load_lanes(const char* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}
/// Eight bytes from each.
inline Lanes load_halves(const char* first, const char* second) {
  return _mm_unpacklo_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(first)),
                            _mm_loadl_epi64(reinterpret_cast<const __m128i*>(second)));
}
inline Lanes equal(Lanes bytes, char c) {
  return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c));
}
// The bytes from `first` to `last`, shifted to where signed numbers begin.
inline Lanes within(Lanes bytes, char first, char last) {
  const Lanes moved = _mm_add_epi8(bytes, _mm_set1_epi8(static_cast<char>(-128 - first)));
  return _mm_cmplt_epi8(moved, _mm_set1_epi8(static_cast<char>(-128 + (last - first + 1))));
}
inline Lanes either(Lanes a, Lanes b) {
  return _mm_or_si128(a, b);
}
inline Lanes in_lower_case(Lanes bytes) {
  return _mm_or_si128(bytes, _mm_set1_epi8(0x20));
}
inline std::uint64_t mask_of(Lanes hits) {
  return static_cast<unsigned>(_mm_movemask_epi8(hits));
}
inline std::uint64_t mask_of_others(Lanes hits) {
  return mask_of(hits) ^ 0xffff;
}

#elif defined(__aarch64__) && defined(__AARCH64EL__)

#define BORA_HTTP_LANES 1
using Lanes = uint8x16_t;
inline constexpr unsigned kBitsPerLane = 4;

inline Lanes load_lanes(const char* at) {
  return vld1q_u8(reinterpret_cast<const std::uint8_t*>(at));
}
/// Eight bytes from each.
inline Lanes load_halves(const char* first, const char* second) {
  return vcombine_u8(vld1_u8(reinterpret_cast<const std::uint8_t*>(first)),
                     vld1_u8(reinterpret_cast<const std::uint8_t*>(second)));
}
inline Lanes equal(Lanes bytes, char c) {
  return vceqq_u8(bytes, vdupq_n_u8(static_cast<std::uint8_t>(c)));
}
inline Lanes within(Lanes bytes, char first, char last) {
  const Lanes moved = vsubq_u8(bytes, vdupq_n_u8(static_cast<std::uint8_t>(first)));
  return vcleq_u8(moved, vdupq_n_u8(static_cast<std::uint8_t>(last - first)));
}
inline Lanes either(Lanes a, Lanes b) {
  return vorrq_u8(a, b);
}
inline Lanes in_lower_case(Lanes bytes) {
  return vorrq_u8(bytes, vdupq_n_u8(0x20));
}
inline std::uint64_t mask_of(Lanes hits) {
  const uint8x8_t halves = vshrn_n_u16(vreinterpretq_u16_u8(hits), 4);
  return vget_lane_u64(vreinterpret_u64_u8(halves), 0);
}
inline std::uint64_t mask_of_others(Lanes hits) {
  return ~mask_of(hits);
}

#endif

#ifdef BORA_HTTP_LANES
inline Lanes letters(Lanes bytes) {
  return within(in_lower_case(bytes), 'a', 'z');
}
inline Lanes letters_and_digits(Lanes bytes) {
  return either(letters(bytes), within(bytes, '0', '9'));
}
// Letters, digits, '-', '.' and '/'.
inline Lanes path_letters(Lanes bytes) {
  return either(letters(bytes), within(bytes, '-', '9'));
}
#endif

}  // namespace detail

/// RFC 9110, 5.6.2: token.
struct TokenRun {
  static bool holds(char c) { return is_token_character(c); }
#ifdef BORA_HTTP_LANES
  static std::uint64_t stops(detail::Lanes bytes) {
    return detail::mask_of_others(
        detail::either(detail::letters_and_digits(bytes), detail::equal(bytes, '-')));
  }
#endif
};

/// The same without '_', because names with it are checked more closely.
struct FieldNameRun : TokenRun {
  static bool holds(char c) { return c != '_' && is_token_character(c); }
};

/// RFC 9110, 5.5: what the value of a field may hold.
struct FieldValueRun {
  static bool holds(char c) { return has_class(c, detail::kFieldByte); }
#ifdef BORA_HTTP_LANES
  static std::uint64_t stops(detail::Lanes bytes) {
    return detail::mask_of(
        detail::either(detail::within(bytes, '\0', '\x1f'), detail::equal(bytes, '\x7f')));
  }
#endif
};

struct PathRun {
  static bool holds(char c) { return has_class(c, detail::kPathByte); }
#ifdef BORA_HTTP_LANES
  static std::uint64_t stops(detail::Lanes bytes) {
    return detail::mask_of_others(detail::path_letters(bytes));
  }
#endif
};

struct QueryRun {
  static bool holds(char c) { return has_class(c, detail::kQueryByte); }
#ifdef BORA_HTTP_LANES
  static std::uint64_t stops(detail::Lanes bytes) {
    return detail::mask_of_others(
        detail::either(detail::path_letters(bytes), detail::equal(bytes, '=')));
  }
#endif
};

struct HostRun {
  static bool holds(char c) { return has_class(c, detail::kHostByte); }
#ifdef BORA_HTTP_LANES
  static std::uint64_t stops(detail::Lanes bytes) {
    return detail::mask_of_others(
        detail::either(detail::letters_and_digits(bytes), detail::within(bytes, '-', '.')));
  }
#endif
};

/// Bytes to be searched. The last ones are read together with those before them, so nothing outside
/// is ever read.
struct ScanText {
  const char* begin;
  const char* end;
};

/// The first byte from `at` on that is not of the kind, or text.end.
template <class Run>
inline const char* skip(const char* at, ScanText text) {
#ifdef BORA_HTTP_LANES
  constexpr std::ptrdiff_t kLanes = 16;
  const auto first_of = [](std::uint64_t stops) {
    return static_cast<unsigned>(__builtin_ctzll(stops)) / detail::kBitsPerLane;
  };
  if (text.end - text.begin >= kLanes) {
    const char* const last = text.end - kLanes;  // after it there are fewer than sixteen bytes
    while (at <= last) {
      const std::uint64_t stops = Run::stops(detail::load_lanes(at));
      if (stops == 0) {
        at += kLanes;
        continue;
      }
      at += first_of(stops);
      if (!Run::holds(*at)) return at;
      ++at;
    }
    for (; at != text.end; ++at) {
      const auto seen = static_cast<unsigned>(kLanes - (text.end - at));
      const std::uint64_t stops =
          Run::stops(detail::load_lanes(last)) >> (detail::kBitsPerLane * seen);
      if (stops == 0) return text.end;
      at += first_of(stops);
      if (!Run::holds(*at)) return at;
    }
    return at;
  }
#endif
  while (at != text.end && Run::holds(*at)) ++at;
  return at;
}

/// RFC 9110, 5.5: visible characters, obs-text, SP and HTAB.
inline bool is_field_value(std::string_view text) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
#ifdef BORA_HTTP_LANES
  const bool is_short = text.size() >= 8 && text.size() <= 16;
  if (is_short && FieldValueRun::stops(detail::load_halves(begin, end - 8)) == 0) return true;
#endif
  return skip<FieldValueRun>(begin, {begin, end}) == end;
}

}  // namespace bora::http
