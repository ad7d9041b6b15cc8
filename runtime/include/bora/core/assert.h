#pragma once

namespace bora::detail {
[[noreturn]] void assertion_failed(const char* claim, const char* file, int line) noexcept;
}

/// Ends the program when a claim that only a bug can break is broken; in every build. The claim
/// should be cheap, and read well in the message: `BORA_ASSERT(!is_running_ && "start() inside
/// start()")`.
#define BORA_ASSERT(claim)                            \
  (__builtin_expect(static_cast<bool>(claim), 1) != 0 \
       ? void()                                       \
       : ::bora::detail::assertion_failed(#claim, __FILE__, __LINE__))
