#pragma once

#include <atomic>
#include <cstddef>

// The one loop that writes HTML entities, for xhtml_escape() and for pages.

namespace bora {

/// The most bytes that one byte of text can become.
inline constexpr std::size_t kMaxEntitySize = 6;

/// How far past its result escape_html() may write; bytes there are overwritten.
inline constexpr std::size_t kEscapeSlack = 32;

/// Writes `text` to `to` with `& < > " '` as entities. It reads nothing outside of `text`.
///
/// @param to  Room for kMaxEntitySize * size + kEscapeSlack bytes. Must not overlap `text`.
/// @returns   The end of the result.
char* escape_html(char* to, const char* text, std::size_t size);

/// The implementations of escape_html(); it uses the best one that the processor supports. All give
/// the same result; they are here to be tested and measured beside each other.
enum class EscapeKernel { scalar, sse2, ssse3, avx2, neon };

using EscapeFunction = char* (*)(char* to, const char* text, std::size_t size);

/// Null if this processor cannot run it.
EscapeFunction escape_function(EscapeKernel kernel);

/// The implementation of escape_html(), for callers that save a function call.
extern std::atomic<EscapeFunction> chosen_escape;

}  // namespace bora
