// Made by bora from "tests/golden/names.html". Changes here are lost.
#pragma once

#define BORA_GENERATED_CONTRACT 3
#include <bora/generated.h>

namespace bora_views_names {
#line 1 "tests/golden/names.html"
using bora_type_0 = ::bora::render::Required<
#line 1
         int>;
#line 2
using bora_type_1 = ::bora::render::Required<
#line 2
         int>;
#line 3
using bora_type_2 = ::bora::render::Required<
#line 3
         int>;
#line 4
using bora_type_3 = ::bora::render::Required<
#line 4
         int>;
#line 25 "views/names.h"
}  // namespace bora_views_names

namespace views {

struct names {
#line 1 "tests/golden/names.html"
::bora_views_names::bora_type_0 
#line 1
             o;
#line 2
::bora_views_names::bora_type_1 
#line 2
             w;
#line 3
::bora_views_names::bora_type_2 
#line 3
             names;
#line 4
::bora_views_names::bora_type_3 
#line 4
             loop;
#line 47 "views/names.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views
