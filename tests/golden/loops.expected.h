// Made by bora from "tests/golden/loops.html". Changes here are lost.
#pragma once

#define BORA_GENERATED_CONTRACT 3
#include <bora/generated.h>
#line 1 "tests/golden/loops.html"
 #include <tests/golden/models.h>
#line 9 "views/loops.h"

namespace bora_views_loops {
#line 2 "tests/golden/loops.html"
using bora_type_0 = ::bora::render::Required<
#line 2
         std::vector<shop::Item>>;
#line 3
using bora_type_1 = ::bora::render::Defaulted<
#line 3
         std::map<std::string, int>>;
#line 3
inline bora_type_1 bora_default_1() { return 
#line 3
                                            {}; }
#line 24 "views/loops.h"
}  // namespace bora_views_loops

namespace views {

struct loops {
#line 2 "tests/golden/loops.html"
 ::bora_views_loops::bora_type_0 items;
#line 3
    ::bora_views_loops::bora_type_1 stock = ::bora_views_loops::bora_default_1();
#line 34 "views/loops.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views
