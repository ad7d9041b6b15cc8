#pragma once

#include <cstddef>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace bora::http {

/// find_byte() may read this many bytes behind `end`; what they are does not matter.
inline constexpr std::size_t kScanPadding = 16;

/// The first `wanted` from `at` on, or `end`. For the short runs of a request's head, where a call
/// of memchr costs more than the search.
inline const char* find_byte(const char* at, const char* end, char wanted) {
#ifdef __SSE2__
  const __m128i pattern = _mm_set1_epi8(wanted);
  for (; at < end; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const int hits = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, pattern));
    if (hits == 0) continue;
    const char* const hit = at + __builtin_ctz(static_cast<unsigned>(hits));
    return hit < end ? hit : end;
  }
  return end;
#else
  const void* const hit = std::memchr(at, wanted, static_cast<std::size_t>(end - at));
  return hit == nullptr ? end : static_cast<const char*>(hit);
#endif
}

}  // namespace bora::http
