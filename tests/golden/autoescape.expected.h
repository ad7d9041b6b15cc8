// Made by bora from "tests/golden/autoescape.html". Changes here are lost.
#pragma once

#define BORA_GENERATED_CONTRACT 3
#include <bora/generated.h>
#line 1 "tests/golden/autoescape.html"
 #include <tests/golden/models.h>
#line 9 "views/autoescape.h"

namespace bora_views_autoescape {
#line 3 "tests/golden/autoescape.html"
using bora_type_0 = ::bora::render::Required<
#line 3
         const char*>;
#line 4
using bora_type_1 = ::bora::render::Required<
#line 4
         int>;
#line 20 "views/autoescape.h"
}  // namespace bora_views_autoescape

namespace views {

struct autoescape {
#line 3 "tests/golden/autoescape.html"
::bora_views_autoescape::bora_type_0 
#line 3
                     name;
#line 4
::bora_views_autoescape::bora_type_1 
#line 4
             count;
#line 34 "views/autoescape.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views
