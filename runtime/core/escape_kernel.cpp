// HTML escaping sixteen bytes at a time.
//
// Text is copied while it is searched: a block is loaded, stored unchanged, and compared. Usually
// that is all. Where characters match, the bytes before the first one are in place already; its
// entity is one store of eight bytes, and the rest of the block, shifted in the register, is stored
// after it. Nothing outside of the text is read: the last, shorter block is put together by loads
// that overlap.
//
// The comparison is one shuffle: each byte's low half is an index into a table of sixteen bytes, in
// which only the five characters find themselves. For bytes from 0x80 on the shuffle gives 0, which
// differs from them.

#include "runtime/core/escape_kernel.h"

#include <cstdint>
#include <cstring>
#include <initializer_list>

#if defined(__x86_64__) || defined(_M_X64)
#define BORA_ESCAPE_X86 1
#include <immintrin.h>
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define BORA_ESCAPE_NEON 1
#include <arm_neon.h>
#endif

namespace bora {
namespace {

constexpr std::uint64_t entity(const char* text) {
  std::uint64_t word = 0;
  std::uint64_t size = 0;
  for (; text[size] != '\0'; ++size) {
    word |= static_cast<std::uint64_t>(static_cast<unsigned char>(text[size])) << (8 * size);
  }
  return word | size << 56;
}

// Indexed by a character's low half: the entity as little-endian bytes, the last being its size.
constexpr std::uint64_t kEntities[16] = {0,
                                         0,
                                         entity("&quot;"),
                                         0,
                                         0,
                                         0,
                                         entity("&amp;"),
                                         entity("&#x27;"),
                                         0,
                                         0,
                                         0,
                                         0,
                                         entity("&lt;"),
                                         0,
                                         entity("&gt;"),
                                         0};

#if BORA_ESCAPE_X86 || BORA_ESCAPE_NEON

inline char* put_entity(char* to, char c) {
  const std::uint64_t word = kEntities[c & 15];
  std::memcpy(to, &word, sizeof word);
  return to + (word >> 56);
}

template <class Word>
inline std::uint64_t load(const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

struct ShortText {
  std::uint64_t low;
  std::uint64_t high;
};

// The first `size` bytes at `from`, fewer than 16, and zeros.
inline ShortText load_words(const char* from, std::size_t size) {
  if (size >= 8) {
    return {load<std::uint64_t>(from),
            load<std::uint64_t>(from + size - 8) >> (8 * (15 - size)) >> 8};
  }
  if (size >= 4) {
    return {load<std::uint32_t>(from) | load<std::uint32_t>(from + size - 4) << (8 * (size - 4)),
            0};
  }
  if (size == 0) return {0, 0};
  return {load<std::uint8_t>(from) | load<std::uint8_t>(from + size / 2) << (8 * (size / 2)) |
              load<std::uint8_t>(from + size - 1) << (8 * (size - 1)),
          0};
}

// kShift + n: the control of a shuffle that moves the bytes from n on to the front.
alignas(16) constexpr unsigned char kShift[32] = {
    0,    1,    2,    3,    4,    5,    6,    7,    8,    9,    10,   11,   12,   13,   14,   15,
    0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80};

#endif

#if BORA_ESCAPE_X86

inline __m128i load_short(const char* from, std::size_t size) {
  const ShortText words = load_words(from, size);
  return _mm_set_epi64x(static_cast<long long>(words.high), static_cast<long long>(words.low));
}

inline void store(char* to, __m128i bytes) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
}
inline __m128i load_block(const char* from) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

inline unsigned first_bit(unsigned mask) {
  return static_cast<unsigned>(__builtin_ctz(mask));
}

char* escape_sse2(char* to, const char* text, std::size_t size) {
  while (size > 0) {
    const std::size_t count = size < 16 ? size : 16;
    const __m128i block = count == 16 ? load_block(text) : load_short(text, count);
    store(to, block);
    // & and ' differ in one bit, and so do < and >.
    const __m128i ampersand =
        _mm_cmpeq_epi8(_mm_and_si128(block, _mm_set1_epi8('\xfe')), _mm_set1_epi8('&'));
    const __m128i angle =
        _mm_cmpeq_epi8(_mm_and_si128(block, _mm_set1_epi8('\xfd')), _mm_set1_epi8('<'));
    const __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
    const auto mask = static_cast<unsigned>(
        _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(ampersand, angle), quote)));
    std::size_t done = count;
    to += count;
    if (mask != 0) {
      done = first_bit(mask);
      to = put_entity(to - count + done, text[done]);
      ++done;
    }
    text += done;
    size -= done;
  }
  return to;
}

#define BORA_TARGET(isa) __attribute__((target(isa)))
#define BORA_INLINE __attribute__((always_inline)) inline

BORA_TARGET("ssse3") BORA_INLINE __m128i shifted(__m128i block, std::size_t count) {
  return _mm_shuffle_epi8(block, load_block(reinterpret_cast<const char*>(kShift) + count));
}

BORA_TARGET("ssse3") BORA_INLINE unsigned matches(__m128i block) {
  const __m128i table = _mm_setr_epi8(1, 0, '"', 0, 0, 0, '&', '\'', 0, 0, 0, 0, '<', 0, '>', 0);
  return static_cast<unsigned>(
      _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_shuffle_epi8(table, block), block)));
}

// Writes the first `count` bytes of `block`, which were read from `text`.
BORA_TARGET("ssse3")
BORA_INLINE char* put_block(char* to, __m128i block, const char* text, std::size_t count) {
  store(to, block);
  unsigned mask = matches(block);
  std::size_t done = 0;
  for (; mask != 0; mask &= mask - 1) {
    const std::size_t next = first_bit(mask);
    to = put_entity(to + (next - done), text[next]);
    done = next + 1;
    store(to, shifted(block, done));
  }
  return to + (count - done);
}

BORA_TARGET("ssse3")
BORA_INLINE char* put_end(char* to, const char* text, std::size_t size) {
  while (size >= 16) {
    to = put_block(to, load_block(text), text, 16);
    text += 16;
    size -= 16;
  }
  return size == 0 ? to : put_block(to, load_short(text, size), text, size);
}

BORA_TARGET("ssse3") char* escape_ssse3(char* to, const char* text, std::size_t size) {
  return put_end(to, text, size);
}

BORA_TARGET("avx2") char* escape_avx2(char* to, const char* text, std::size_t size) {
  if (size < 32) return put_end(to, text, size);
  const __m256i table = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(1, 0, '"', 0, 0, 0, '&', '\'', 0, 0, 0, 0, '<', 0, '>', 0));
  do {
    const __m256i block = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text));
    const __m256i equal = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, block), block);
    if (_mm256_testz_si256(equal, equal) != 0) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), block);
      to += 32;
    } else {
      to = put_block(to, _mm256_castsi256_si128(block), text, 16);
      to = put_block(to, _mm256_extracti128_si256(block, 1), text + 16, 16);
    }
    text += 32;
    size -= 32;
  } while (size >= 32);
  return put_end(to, text, size);
}

#endif  // BORA_ESCAPE_X86

#if BORA_ESCAPE_NEON

inline uint8x16_t load_block(const char* from) {
  return vld1q_u8(reinterpret_cast<const std::uint8_t*>(from));
}
inline uint8x16_t load_short(const char* from, std::size_t size) {
  const ShortText words = load_words(from, size);
  return vcombine_u8(vcreate_u8(words.low), vcreate_u8(words.high));
}
inline void store(char* to, uint8x16_t bytes) {
  vst1q_u8(reinterpret_cast<std::uint8_t*>(to), bytes);
}

// One bit in four for each byte.
inline std::uint64_t matches(uint8x16_t block) {
  constexpr std::uint8_t table[16] = {1, 0, '"', 0, 0, 0, '&', '\'', 0, 0, 0, 0, '<', 0, '>', 0};
  const uint8x16_t low_halves = vandq_u8(block, vdupq_n_u8(15));
  const uint8x16_t equal = vceqq_u8(vqtbl1q_u8(vld1q_u8(table), low_halves), block);
  const uint8x8_t halves = vshrn_n_u16(vreinterpretq_u16_u8(equal), 4);
  return vget_lane_u64(vreinterpret_u64_u8(halves), 0) & 0x8888888888888888;
}

// Writes the first `count` bytes of `block`, which were read from `text`.
inline char* put_block(char* to, uint8x16_t block, const char* text, std::size_t count) {
  store(to, block);
  std::size_t done = 0;
  for (std::uint64_t mask = matches(block); mask != 0; mask &= mask - 1) {
    const auto next = static_cast<std::size_t>(__builtin_ctzll(mask)) / 4;
    to = put_entity(to + (next - done), text[next]);
    done = next + 1;
    store(to, vqtbl1q_u8(block, vld1q_u8(kShift + done)));
  }
  return to + (count - done);
}

char* escape_neon(char* to, const char* text, std::size_t size) {
  while (size >= 16) {
    to = put_block(to, load_block(text), text, 16);
    text += 16;
    size -= 16;
  }
  return size == 0 ? to : put_block(to, load_short(text, size), text, size);
}

#endif  // BORA_ESCAPE_NEON

constexpr bool is_special(char c) {
  return c == '&' || c == '<' || c == '>' || c == '"' || c == '\'';
}

char* escape_scalar(char* to, const char* text, std::size_t size) {
  for (const char* end = text + size; text != end; ++text) {
    if (!is_special(*text)) {
      *to++ = *text;
      continue;
    }
    std::uint64_t word = kEntities[*text & 15];
    for (std::uint64_t left = word >> 56; left > 0; --left, word >>= 8) {
      *to++ = static_cast<char>(word & 0xff);
    }
  }
  return to;
}

EscapeFunction best_function() {
  for (const EscapeKernel kernel :
       {EscapeKernel::avx2, EscapeKernel::ssse3, EscapeKernel::sse2, EscapeKernel::neon}) {
    if (const EscapeFunction function = escape_function(kernel)) return function;
  }
  return escape_scalar;
}

char* choose_and_escape(char* to, const char* text, std::size_t size) {
  const EscapeFunction function = best_function();
  chosen_escape.store(function, std::memory_order_relaxed);
  return function(to, text, size);
}

}  // namespace

// The first call chooses it, because a constructor of another file may need it before one of this
// file would have run.
constinit std::atomic<EscapeFunction> chosen_escape = choose_and_escape;

EscapeFunction escape_function(EscapeKernel kernel) {
  switch (kernel) {
    case EscapeKernel::scalar:
      return escape_scalar;
#if BORA_ESCAPE_X86
    case EscapeKernel::sse2:
      return escape_sse2;
    case EscapeKernel::ssse3:
      return __builtin_cpu_supports("ssse3") ? escape_ssse3 : nullptr;
    case EscapeKernel::avx2:
      return __builtin_cpu_supports("avx2") ? escape_avx2 : nullptr;
#endif
#if BORA_ESCAPE_NEON
    case EscapeKernel::neon:
      return escape_neon;
#endif
    default:
      return nullptr;
  }
}

char* escape_html(char* to, const char* text, std::size_t size) {
  return chosen_escape.load(std::memory_order_relaxed)(to, text, size);
}

}  // namespace bora
