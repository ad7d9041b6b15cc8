#pragma once

#include <string>

#include "tests/support/catch.h"

namespace bora::test {

/// A matcher for texts that contain `part`; each version of Catch2 has another name for it.
inline auto has_text(const std::string& part) {
#if __has_include(<catch2/catch.hpp>)
  return Catch::Matchers::Contains(part);
#else
  return Catch::Matchers::ContainsSubstring(part);
#endif
}

}  // namespace bora::test
