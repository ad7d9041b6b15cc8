// Made by bora from "tests/golden/variables.html". Changes here are lost.
#pragma once

#define BORA_GENERATED_CONTRACT 3
#include <bora/generated.h>
#line 1 "tests/golden/variables.html"
 #include <tests/golden/models.h>
#line 9 "views/variables.h"

namespace bora_views_variables {
#line 3 "tests/golden/variables.html"
using bora_type_0 = ::bora::render::Required<
#line 3
         std::string_view>;
#line 4
using bora_type_1 = ::bora::render::Defaulted<
#line 4
         std::vector<int>>;
#line 4
inline bora_type_1 bora_default_1() { return 
#line 4
                                    {1, 2, 3}; }
#line 24 "views/variables.h"
}  // namespace bora_views_variables

namespace views {

struct variables {
#line 3 "tests/golden/variables.html"
::bora_views_variables::bora_type_0 
#line 3
                          title;
#line 4
::bora_views_variables::bora_type_1 
#line 4
                          numbers = ::bora_views_variables::bora_default_1();
#line 38 "views/variables.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views
