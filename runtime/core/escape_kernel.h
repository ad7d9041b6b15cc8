#pragma once

#include <atomic>
#include <cstddef>

// The one loop that writes HTML entities, for xhtml_escape() and for pages.

namespace bora {

/// The most bytes that one byte of text becomes.
inline constexpr std::size_t kMaxEntitySize = 6;

/// How far behind its result escape_html() may write; what stands there is overwritten.
inline constexpr std::size_t kEscapeSlack = 32;

/// Writes `text` to `to` with `& < > " '` as entities. Reads nothing outside of `text`.
///
/// @param to  Room for kMaxEntitySize * size + kEscapeSlack bytes. Must not overlap `text`.
/// @returns   Behind the last byte of the result.
char* escape_html(char* to, const char* text, std::size_t size);

/// The ways in which escape_html() can be done; it takes the best one that the processor has. Each
/// is the same function; they are here to be tested and measured beside each other.
enum class EscapeKernel { scalar, sse2, ssse3, avx2, neon };

using EscapeFunction = char* (*)(char* to, const char* text, std::size_t size);

/// Null if this processor cannot run it.
EscapeFunction escape_function(EscapeKernel kernel);

/// What escape_html() calls, for callers that have a function call to save.
extern std::atomic<EscapeFunction> chosen_escape;

}  // namespace bora
