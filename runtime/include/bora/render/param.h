#pragma once

#include <type_traits>

namespace bora::render {

/// The member of a page's struct for a parameter without a default: a reference, so that a
/// forgotten one is an error, not a zero.
template <class T>
using Required = const std::remove_cvref_t<T>&;

/// The same for a parameter with a default: a value.
template <class T>
using Defaulted = std::remove_cvref_t<T>;

/// The last member of a page's struct. The struct holds references, often to temporaries, so it
/// must not outlive the expression in which it is made: it can't be copied, and is still an
/// aggregate.
struct PageGuard {
  PageGuard() = default;
  PageGuard(const PageGuard&) = delete;
  PageGuard& operator=(const PageGuard&) = delete;
};

}  // namespace bora::render
