// Made by bora from "tests/golden/derived.html". Changes here are lost.
#pragma once

#define BORA_GENERATED_CONTRACT 3
#include <bora/generated.h>

namespace bora_views_derived {
#line 2 "tests/golden/middle.html"
using bora_fixed_0 = ::bora::render::Required<
#line 2
         int>;
#line 1 "tests/golden/layout.html"
using bora_fixed_1 = ::bora::render::Required<
#line 1
         std::string_view>;
#line 17 "views/derived.h"
}  // namespace bora_views_derived

namespace views {

struct derived {
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views
