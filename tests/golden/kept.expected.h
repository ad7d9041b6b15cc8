// Made by bora from "tests/golden/kept.html". Changes here are lost.
#pragma once

#define BORA_GENERATED_CONTRACT 3
#include <bora/generated.h>
#line 2 "tests/golden/kept.html"
 #include <tests/golden/models.h>
#line 9 "views/kept.h"
#include <bora/render/kept.h>

namespace bora_views_kept {
#line 2 "tests/golden/kept_base.html"
inline auto bora_default_0() { return ::bora::render::kept(
#line 2
                                   std::string("a footer that is ") + "made for this page alone"); }
#line 2
using bora_type_0 = ::bora::render::DefaultedBy<
#line 2
         std::string_view, decltype(bora_default_0())>;
#line 3 "tests/golden/kept.html"
using bora_type_1 = ::bora::render::Required<
#line 3
         std::string>;
#line 1 "tests/golden/kept_base.html"
using bora_fixed_0 = ::bora::render::Required<
#line 1
         std::string_view>;
#line 3
using bora_fixed_1 = ::bora::render::Required<
#line 3
         int>;
#line 33 "views/kept.h"
}  // namespace bora_views_kept

namespace views {

struct kept {
#line 2 "tests/golden/kept_base.html"
::bora_views_kept::bora_type_0 
#line 2
                          footer = ::bora_views_kept::bora_default_0();
#line 3 "tests/golden/kept.html"
::bora_views_kept::bora_type_1 
#line 3
                     user;
#line 47 "views/kept.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views
