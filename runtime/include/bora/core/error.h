#pragma once

#include <stdexcept>

#include <bora/core/assert.h>

namespace bora {

/// A wait took longer than its limit.
class TimeoutError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What a wait that was cancelled ends with (Task::cancel).
///
/// No std::exception, on purpose: a `catch (const std::exception&)` that logs and tries again must
/// not swallow the request. Whoever catches it to clean up throws it on.
class CancelledError {
 public:
  [[nodiscard]] const char* what() const noexcept { return "the wait was cancelled"; }
};

}  // namespace bora
