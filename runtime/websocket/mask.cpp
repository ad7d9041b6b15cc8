#include "runtime/websocket/mask.h"

#if defined(__x86_64__)
#define BORA_MASK_X86 1
#include <immintrin.h>
#endif

namespace bora::websocket::detail {

namespace {

// Four words at a time, which the compiler turns into vector operations.
bool mask_words(char* data, std::size_t size, std::uint32_t half) {
  const std::uint64_t key = std::uint64_t{half} << 32 | half;
  std::uint64_t seen[4] = {};
  for (; size >= sizeof(seen); size -= sizeof(seen), data += sizeof(seen)) {
    std::uint64_t words[4];
    std::memcpy(words, data, sizeof(words));
    for (int i = 0; i < 4; ++i) {
      words[i] ^= key;
      seen[i] |= words[i];
    }
    std::memcpy(data, words, sizeof(words));
  }
  const std::uint64_t rest = mask_short(data, size, half);
  return ((seen[0] | seen[1] | seen[2] | seen[3] | rest) & kHighBits) == 0;
}

#if BORA_MASK_X86
__attribute__((target("avx2"))) bool mask_avx2(char* data, std::size_t size, std::uint32_t half) {
  constexpr std::size_t kStep = 4 * sizeof(__m256i);
  const __m256i key = _mm256_set1_epi32(static_cast<int>(half));
  __m256i seen = _mm256_setzero_si256();
  for (; size >= kStep; size -= kStep, data += kStep) {
    auto* const at = reinterpret_cast<__m256i*>(data);
    const __m256i first = _mm256_xor_si256(_mm256_loadu_si256(at), key);
    const __m256i second = _mm256_xor_si256(_mm256_loadu_si256(at + 1), key);
    const __m256i third = _mm256_xor_si256(_mm256_loadu_si256(at + 2), key);
    const __m256i fourth = _mm256_xor_si256(_mm256_loadu_si256(at + 3), key);
    _mm256_storeu_si256(at, first);
    _mm256_storeu_si256(at + 1, second);
    _mm256_storeu_si256(at + 2, third);
    _mm256_storeu_si256(at + 3, fourth);
    seen = _mm256_or_si256(
        seen, _mm256_or_si256(_mm256_or_si256(first, second), _mm256_or_si256(third, fourth)));
  }
  for (; size >= sizeof(__m256i); size -= sizeof(__m256i), data += sizeof(__m256i)) {
    auto* const at = reinterpret_cast<__m256i*>(data);
    const __m256i masked = _mm256_xor_si256(_mm256_loadu_si256(at), key);
    _mm256_storeu_si256(at, masked);
    seen = _mm256_or_si256(seen, masked);
  }
  const std::uint64_t rest = mask_short(data, size, half) & kHighBits;
  return rest == 0 && _mm256_movemask_epi8(seen) == 0;
}
#endif

bool choose_and_mask(char* data, std::size_t size, std::uint32_t key) {
  MaskFunction best = mask_function(MaskKernel::avx2);
  if (best == nullptr) best = mask_words;
  chosen_mask.store(best, std::memory_order_relaxed);
  return best(data, size, key);
}

}  // namespace

constinit std::atomic<MaskFunction> chosen_mask = choose_and_mask;

MaskFunction mask_function(MaskKernel kernel) {
  if (kernel == MaskKernel::words) return mask_words;
#if BORA_MASK_X86
  if (__builtin_cpu_supports("avx2")) return mask_avx2;
#endif
  return nullptr;
}

}  // namespace bora::websocket::detail
