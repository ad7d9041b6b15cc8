// Made by bora from "tests/golden/layout.html". Changes here are lost.
#pragma once

#define BORA_GENERATED_CONTRACT 3
#include <bora/generated.h>

namespace bora_views_layout {
#line 1 "tests/golden/layout.html"
using bora_type_0 = ::bora::render::Required<
#line 1
         std::string_view>;
#line 13 "views/layout.h"
}  // namespace bora_views_layout

namespace views {

struct layout {
#line 1 "tests/golden/layout.html"
::bora_views_layout::bora_type_0 
#line 1
                          title;
#line 23 "views/layout.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views
