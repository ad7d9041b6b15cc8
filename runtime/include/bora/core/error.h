#pragma once

#include <stdexcept>

#include <bora/core/assert.h>

namespace bora {

/// A wait took longer than its limit.
class TimeoutError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The exception that ends a wait that was cancelled (Task::cancel).
///
/// It is not derived from std::exception, on purpose: a `catch (const std::exception&)` that logs
/// and tries again must not swallow the request. Code that catches it in order to clean up must
/// throw it again.
class CancelledError {
 public:
  [[nodiscard]] const char* what() const noexcept { return "the wait was cancelled"; }
};

}  // namespace bora
