#include <bora/core/unique_function.h>

#include <array>
#include <memory>
#include <string>

#include "tests/support/catch.h"

using bora::UniqueFunction;

TEST_CASE("unique_function: small and large callables are called, moved and destroyed", "[core]") {
  const auto owned = std::make_shared<int>(0);
  const auto check = [&](auto callable) {
    UniqueFunction<int()> function(std::move(callable));
    CHECK(owned.use_count() == 2);
    CHECK(function() == 7);
    UniqueFunction<int()> moved(std::move(function));
    CHECK_FALSE(function);
    CHECK(moved() == 7);
    function = std::move(moved);
    CHECK(owned.use_count() == 2);
    function = UniqueFunction<int()>();
    CHECK(owned.use_count() == 1);
  };
  check([owned = owned] { return 7; });
  check([owned = owned, large = std::array<char, 200>()] { return 7 + large[0]; });
}

TEST_CASE("unique_function: it keeps state between calls, and drops what a void one returns",
          "[core]") {
  int sum = 0;
  UniqueFunction<void()> function([count = 0, &sum]() mutable { return sum += ++count; });
  function();
  function();
  CHECK(sum == 3);
}

TEST_CASE("unique_function: assigning to itself changes nothing", "[core]") {
  UniqueFunction<int()> function([] { return 1; });
  auto& same = function;
  function = std::move(same);
  CHECK(function() == 1);
}
