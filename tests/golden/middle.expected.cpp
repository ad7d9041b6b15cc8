// Made by bora from "tests/golden/middle.html". Changes here are lost.
#include "views/middle.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
static void bora_render_views_middle([[maybe_unused]] const ::views::middle& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"<title>", 7},
    {"</title>\n", 9},
    {"\n"
     "<main><p>nothing in ", 21},
    {"</p></main>\n"
     "<footer>", 20},
    {"</footer>\n", 10},
  };
  ::bora::render::PageWriter bora_out(bora_output, 67);
#line 2 "tests/golden/middle.html"
[[maybe_unused]] const auto& 
#line 2
             year = bora_page.year;
#line 3
[[maybe_unused]] ::bora_views_middle::bora_fixed_0 
#line 3
       title
#line 3
             = "Shop"
#line 32 "views/middle.cpp"
  ;
  const ::bora::render::EscapedText o(bora_out);
  const ::bora::render::Escaped w(bora_out);
  {
    bora_out.append_unchecked(bora_text[0]);
#if BORA_LINE_MARKERS
#line 1 "tests/golden/middle.html"
# 1 "tests/golden/layout.html" 1
#endif
#line 2 "tests/golden/layout.html"
       o( title );
#line 44 "views/middle.cpp"
    bora_out.append_unchecked(bora_text[1]);
#line 3 "tests/golden/layout.html"
[[maybe_unused]] auto 
#line 3
       section
#line 3
               = "none" ;
#line 52 "views/middle.cpp"
    bora_out.append_unchecked(bora_text[2]);
#line 4 "tests/golden/layout.html"
                                 w( section );
#line 56 "views/middle.cpp"
    bora_out.append_unchecked(bora_text[3]);
#line 5 "tests/golden/layout.html"
                        w( title );
#line 60 "views/middle.cpp"
    bora_out.append_unchecked(bora_text[4]);
#if BORA_LINE_MARKERS
# 1 "tests/golden/middle.html" 2
#endif
#line 65 "views/middle.cpp"
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

void views::middle::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_middle(*this, bora_output);
}
