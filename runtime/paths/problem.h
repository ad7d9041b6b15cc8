#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bora::paths {

/// What is wrong with a part of a pattern's text.
struct Problem {
  std::string_view code;  ///< One of codes.h.
  std::size_t begin = 0;  ///< The part, in bytes of the text.
  std::size_t end = 0;
  std::string message;
  std::string help;  ///< May be empty.
};

}  // namespace bora::paths
