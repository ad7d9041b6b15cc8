// Made by bora from "tests/golden/layout.html". Changes here are lost.
#include "views/layout.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
static void bora_render_views_layout([[maybe_unused]] const ::views::layout& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"<title>", 7},
    {"</title>\n", 9},
    {"\n"
     "<p>nothing in ", 15},
    {"</p>\n"
     "<footer>", 13},
    {"</footer>\n", 10},
  };
  ::bora::render::PageWriter bora_out(bora_output, 54);
#line 1 "tests/golden/layout.html"
[[maybe_unused]] const auto& 
#line 1
                          title = bora_page.title;
#line 26 "views/layout.cpp"
  const ::bora::render::EscapedText o(bora_out);
  const ::bora::render::Escaped w(bora_out);
  {
    bora_out.append_unchecked(bora_text[0]);
#line 2 "tests/golden/layout.html"
       o( title );
#line 33 "views/layout.cpp"
    bora_out.append_unchecked(bora_text[1]);
#line 3 "tests/golden/layout.html"
[[maybe_unused]] auto 
#line 3
       section
#line 3
               = "none" ;
#line 41 "views/layout.cpp"
    bora_out.append_unchecked(bora_text[2]);
#line 4 "tests/golden/layout.html"
                                 w( section );
#line 45 "views/layout.cpp"
    bora_out.append_unchecked(bora_text[3]);
#line 5 "tests/golden/layout.html"
                        w( title );
#line 49 "views/layout.cpp"
    bora_out.append_unchecked(bora_text[4]);
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

void views::layout::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_layout(*this, bora_output);
}
