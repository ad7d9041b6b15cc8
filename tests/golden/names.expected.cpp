// Made by bora from "tests/golden/names.html". Changes here are lost.
#include "views/names.h"
#include <bora/core/escape.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
static void bora_render_views_names([[maybe_unused]] const ::views::names& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"\n", 1},
    {"\n", 1},
  };
  ::bora::render::PageWriter bora_out(bora_output, 2);
  using ::bora::url_escape;
#line 1 "tests/golden/names.html"
[[maybe_unused]] const auto& 
#line 1
             o = bora_page.o;
#line 2
[[maybe_unused]] const auto& 
#line 2
             w = bora_page.w;
#line 3
[[maybe_unused]] const auto& 
#line 3
             names = bora_page.names;
#line 4
[[maybe_unused]] const auto& 
#line 4
             loop = bora_page.loop;
#line 35 "views/names.cpp"
  const ::bora::render::Escaped q(bora_out);
  const ::bora::render::Raw p(bora_out);
  {
#line 5 "tests/golden/names.html"
q( o );
#line 5
       q( w );
#line 5
              q( names );
#line 5
                                for ([[maybe_unused]] auto&&
#line 5
                                i
#line 5
                                     :
#line 5
                                     {1, 2} ) {
#line 5
                                              q( loop + i );
#line 55 "views/names.cpp"
    }
#line 5 "tests/golden/names.html"
                                                                          p(o );
#line 59 "views/names.cpp"
    bora_out.append(bora_text[0]);
#line 6 "tests/golden/names.html"
q( url_escape("a b&c") );
#line 63 "views/names.cpp"
    bora_out.append_unchecked(bora_text[1]);
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

void views::names::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_names(*this, bora_output);
}
