#pragma once

#include <cstddef>

namespace bora::render {

/// The variable `loop` in the body of `{% for %}`, if the body uses it.
struct Loop {
  std::size_t index = 0;   ///< From 1.
  std::size_t index0 = 0;  ///< From 0.
  std::size_t length = 0;
  bool first = false;
  bool last = false;

  /// Advances to the next pass. Generated code calls it at the start of each pass.
  void bora_step() {
    index0 = index++;
    first = index == 1;
    last = index == length;
  }
};

/// The number of elements of a range; ranges without size() are walked through. It is 0 for a type
/// that is no range: then the loop itself is the error.
template <class Range>
std::size_t loop_length(const Range& range) {
  if constexpr (requires { range.size(); }) {
    return static_cast<std::size_t>(range.size());
  } else if constexpr (requires {
                         range.begin();
                         range.end();
                       }) {
    std::size_t length = 0;
    for (auto at = range.begin(); at != range.end(); ++at) ++length;
    return length;
  } else {
    return 0;
  }
}
template <class T, std::size_t size>
std::size_t loop_length(const T (&)[size]) {
  return size;
}

}  // namespace bora::render
