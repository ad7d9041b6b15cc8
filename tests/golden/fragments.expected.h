// Made by bora from "tests/golden/fragments.html". Changes here are lost.
#pragma once

#define BORA_GENERATED_CONTRACT 3
#include <bora/generated.h>
#line 1 "tests/golden/fragments.html"
 #include <tests/golden/models.h>
#line 9 "views/fragments.h"

namespace bora_views_fragments {
#line 3 "tests/golden/fragments.html"
using bora_type_0 = ::bora::render::Required<
#line 3
         std::string_view>;
#line 4
using bora_type_1 = ::bora::render::Required<
#line 4
         const std::vector<shop::Item>&>;
#line 5
using bora_type_2 = ::bora::render::Defaulted<
#line 5
         int>;
#line 5
inline bora_type_2 bora_default_2() { return 
#line 5
                    1; }
#line 28 "views/fragments.h"
}  // namespace bora_views_fragments

namespace views {

struct fragments {
#line 3 "tests/golden/fragments.html"
::bora_views_fragments::bora_type_0 
#line 3
                          title;
#line 4
    ::bora_views_fragments::bora_type_1 items;
#line 5
::bora_views_fragments::bora_type_2 
#line 5
             page = ::bora_views_fragments::bora_default_2();
#line 44 "views/fragments.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views
