// Made by bora from "tests/golden/expressions.html". Changes here are lost.
#pragma once

#define BORA_GENERATED_CONTRACT 3
#include <bora/generated.h>
#line 1 "tests/golden/expressions.html"
 #include <tests/golden/models.h>
#line 9 "views/expressions.h"

namespace bora_views_expressions {
#line 2 "tests/golden/expressions.html"
using bora_type_0 = ::bora::render::Required<
#line 2
         shop::Item>;
#line 3
using bora_type_1 = ::bora::render::Defaulted<
#line 3
         shop::Mood>;
#line 3
inline bora_type_1 bora_default_1() { return 
#line 3
                           shop::Mood::calm; }
#line 4
using bora_type_2 = ::bora::render::Defaulted<
#line 4
         const char*>;
#line 4
inline bora_type_2 bora_default_2() { return 
#line 4
                            nullptr; }
#line 32 "views/expressions.h"
}  // namespace bora_views_expressions

namespace views {

struct expressions {
#line 2 "tests/golden/expressions.html"
::bora_views_expressions::bora_type_0 
#line 2
                    item;
#line 3
::bora_views_expressions::bora_type_1 
#line 3
                    mood = ::bora_views_expressions::bora_default_1();
#line 4
::bora_views_expressions::bora_type_2 
#line 4
                     note = ::bora_views_expressions::bora_default_2();
#line 50 "views/expressions.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views
