#pragma once

#include <stdexcept>

#include <bora/core/assert.h>

namespace bora {

/// A wait took longer than its limit.
class TimeoutError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace bora
