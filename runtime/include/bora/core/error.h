#pragma once

#include <stdexcept>

namespace bora {

/// A wait took longer than its limit.
class TimeoutError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

namespace detail {
[[noreturn]] void assertion_failed(const char* claim, const char* file, int line) noexcept;
}

}  // namespace bora

/// Ends the program when a claim that only a bug can break is broken; in every build. `claim` should
/// be cheap, and read well in the message: `BORA_ASSERT(!running_ && "start() inside start()")`.
#define BORA_ASSERT(claim) \
  (__builtin_expect(static_cast<bool>(claim), 1) ? void() \
                                                 : ::bora::detail::assertion_failed(#claim, __FILE__, __LINE__))
