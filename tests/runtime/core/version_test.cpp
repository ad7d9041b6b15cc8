#include <bora/version.h>

#include <string>

#include "tests/support/catch.h"

TEST_CASE("UTL-06 version: text and numbers are the same", "[core]") {
  using bora::version_info;
  const std::string numbers = std::to_string(version_info.major) + '.' +
                              std::to_string(version_info.minor) + '.' +
                              std::to_string(version_info.patch);
  CHECK(bora::version == numbers);
}
