#pragma once

namespace bora::detail {
[[noreturn]] void assertion_failed(const char* claim, const char* file, int line) noexcept;
}

/// Ends the program, in every build, when `claim` is false: only a bug can make it so. The claim
/// should be cheap, and read well in the message:
/// `BORA_ASSERT(!is_running_ && "start() inside start()")`.
#define BORA_ASSERT(claim)                            \
  (__builtin_expect(static_cast<bool>(claim), 1) != 0 \
       ? void()                                       \
       : ::bora::detail::assertion_failed(#claim, __FILE__, __LINE__))
