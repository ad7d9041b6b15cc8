// Made by bora from "tests/golden/conditions.html". Changes here are lost.
#pragma once

#define BORA_GENERATED_CONTRACT 3
#include <bora/generated.h>

namespace bora_views_conditions {
#line 1 "tests/golden/conditions.html"
using bora_type_0 = ::bora::render::Required<
#line 1
         int>;
#line 13 "views/conditions.h"
}  // namespace bora_views_conditions

namespace views {

struct conditions {
#line 1 "tests/golden/conditions.html"
::bora_views_conditions::bora_type_0 
#line 1
             n;
#line 23 "views/conditions.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views
