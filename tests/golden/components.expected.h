// Made by bora from "tests/golden/components.html". Changes here are lost.
#pragma once

#define BORA_GENERATED_CONTRACT 3
#include <bora/generated.h>
#line 1 "tests/golden/components.html"
 #include <tests/golden/models.h>
#line 9 "views/components.h"

namespace bora_views_components {
#line 3 "tests/golden/components.html"
using bora_type_0 = ::bora::render::Required<
#line 3
         std::string_view>;
#line 16 "views/components.h"
}  // namespace bora_views_components

namespace views {

struct components {
#line 3 "tests/golden/components.html"
::bora_views_components::bora_type_0 
#line 3
                          title;
#line 26 "views/components.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views
