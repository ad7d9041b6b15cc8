#include <bora/render/loop.h>

#include <forward_list>
#include <string>
#include <vector>

#include "tests/support/catch.h"

using namespace bora::render;

TEST_CASE("loop: counts from one and knows its ends", "[render]") {
  Loop loop;
  loop.length = 3;
  std::string seen;
  for (int i = 0; i < 3; ++i) {
    loop.bora_step();
    seen += std::to_string(loop.index) + std::to_string(loop.index0);
    if (loop.first) seen += "f";
    if (loop.last) seen += "l";
    seen += ' ';
  }
  CHECK(seen == "10f 21 32l ");
}

TEST_CASE("loop_length: sized ranges, arrays, lists without a size, and what is no range",
          "[render]") {
  const int array[] = {1, 2, 3};
  CHECK(loop_length(std::vector<int>{1, 2}) == 2);
  CHECK(loop_length(array) == 3);
  CHECK(loop_length(std::forward_list<int>{1, 2, 3, 4}) == 4);
  CHECK(loop_length(7) == 0);
}
