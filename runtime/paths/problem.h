#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bora::paths {

/// An error in a part of a pattern's text.
struct Problem {
  std::string_view code;  ///< one of codes.h
  std::size_t begin = 0;  ///< the part, in bytes of the text
  std::size_t end = 0;
  std::string message;
  std::string help;  ///< May be empty.
};

}  // namespace bora::paths
