// Made by bora from "tests/golden/kept_base.html". Changes here are lost.
#pragma once

#define BORA_GENERATED_CONTRACT 3
#include <bora/generated.h>
#include <bora/render/kept.h>

namespace bora_views_kept_base {
#line 1 "tests/golden/kept_base.html"
using bora_type_0 = ::bora::render::Required<
#line 1
         std::string_view>;
#line 2
inline auto bora_default_1() { return ::bora::render::kept(
#line 2
                                   std::string("a footer that is ") + "made for this page alone"); }
#line 2
using bora_type_1 = ::bora::render::DefaultedBy<
#line 2
         std::string_view, decltype(bora_default_1())>;
#line 3
using bora_type_2 = ::bora::render::Required<
#line 3
         int>;
#line 26 "views/kept_base.h"
}  // namespace bora_views_kept_base

namespace views {

struct kept_base {
#line 1 "tests/golden/kept_base.html"
::bora_views_kept_base::bora_type_0 
#line 1
                          title;
#line 2
::bora_views_kept_base::bora_type_1 
#line 2
                          footer = ::bora_views_kept_base::bora_default_1();
#line 3
::bora_views_kept_base::bora_type_2 
#line 3
             level;
#line 44 "views/kept_base.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views
