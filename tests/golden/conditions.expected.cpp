// Made by bora from "tests/golden/conditions.html". Changes here are lost.
#include "views/conditions.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
static void bora_render_views_conditions([[maybe_unused]] const ::views::conditions& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"none", 4},
    {"one", 3},
    {" many", 5},
    {"\n", 1},
  };
  ::bora::render::PageWriter bora_out(bora_output, 13);
#line 1 "tests/golden/conditions.html"
[[maybe_unused]] const auto& 
#line 1
             n = bora_page.n;
#line 23 "views/conditions.cpp"
  const ::bora::render::Escaped o(bora_out);
  {
#line 2 "tests/golden/conditions.html"
  if (n == 0 ) {
#line 28 "views/conditions.cpp"
      bora_out.append(bora_text[0]);
    }
#line 2 "tests/golden/conditions.html"
                  else if (n == 1 ) {
#line 33 "views/conditions.cpp"
      bora_out.append(bora_text[1]);
    }
#line 2 "tests/golden/conditions.html"
                                      else if (n < 0 ) {
#line 38 "views/conditions.cpp"
    }
    else {
#line 2 "tests/golden/conditions.html"
                                                                 o( n );
#line 43 "views/conditions.cpp"
      bora_out.append(bora_text[2]);
    }
    bora_out.append(bora_text[3]);
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

void views::conditions::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_conditions(*this, bora_output);
}
