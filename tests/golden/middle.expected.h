// Made by bora from "tests/golden/middle.html". Changes here are lost.
#pragma once

#define BORA_GENERATED_CONTRACT 3
#include <bora/generated.h>

namespace bora_views_middle {
#line 2 "tests/golden/middle.html"
using bora_type_0 = ::bora::render::Defaulted<
#line 2
         int>;
#line 2
inline bora_type_0 bora_default_0() { return 
#line 2
                    2026; }
#line 1 "tests/golden/layout.html"
using bora_fixed_0 = ::bora::render::Required<
#line 1
         std::string_view>;
#line 21 "views/middle.h"
}  // namespace bora_views_middle

namespace views {

struct middle {
#line 2 "tests/golden/middle.html"
::bora_views_middle::bora_type_0 
#line 2
             year = ::bora_views_middle::bora_default_0();
#line 31 "views/middle.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views
