// Made by bora from "tests/golden/page.html". Changes here are lost.
#pragma once

#define BORA_GENERATED_CONTRACT 3
#include <bora/generated.h>

namespace bora_views_page {
#line 1 "tests/golden/layout.html"
using bora_type_0 = ::bora::render::Required<
#line 1
         std::string_view>;
#line 3 "tests/golden/page.html"
using bora_type_1 = ::bora::render::Required<
#line 3
         std::string_view>;
#line 17 "views/page.h"
}  // namespace bora_views_page

namespace views {

struct page {
#line 1 "tests/golden/layout.html"
::bora_views_page::bora_type_0 
#line 1
                          title;
#line 3 "tests/golden/page.html"
::bora_views_page::bora_type_1 
#line 3
                          text;
#line 31 "views/page.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views
