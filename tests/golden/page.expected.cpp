// Made by bora from "tests/golden/page.html". Changes here are lost.
#include "views/page.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
static void bora_render_views_page([[maybe_unused]] const ::views::page& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"<title>", 7},
    {"</title>\n", 9},
    {"\n"
     "<p>", 4},
    {" in ", 4},
    {"</p>\n", 5},
    {"<i>", 3},
    {" ", 1},
    {"</i>\n", 5},
    {"<i>", 3},
    {" ", 1},
    {"</i>\n"
     "\n"
     "<footer>", 14},
    {"</footer>\n", 10},
  };
  ::bora::render::PageWriter bora_out(bora_output, 66);
#line 1 "tests/golden/layout.html"
[[maybe_unused]] const auto& 
#line 1
                          title = bora_page.title;
#line 3 "tests/golden/page.html"
[[maybe_unused]] const auto& 
#line 3
                          text = bora_page.text;
#line 38 "views/page.cpp"
  const ::bora::render::EscapedText o(bora_out);
  const ::bora::render::Raw w(bora_out);
  const ::bora::render::Escaped q(bora_out);
  {
    bora_out.append_unchecked(bora_text[0]);
#if BORA_LINE_MARKERS
#line 1 "tests/golden/page.html"
# 1 "tests/golden/layout.html" 1
#endif
#line 2 "tests/golden/layout.html"
       o( title );
#line 50 "views/page.cpp"
    bora_out.append_unchecked(bora_text[1]);
#line 3 "tests/golden/layout.html"
[[maybe_unused]] auto 
#line 3
       section
#line 3
               = "none" ;
#line 58 "views/page.cpp"
    bora_out.append_unchecked(bora_text[2]);
#if BORA_LINE_MARKERS
# 1 "tests/golden/page.html" 2
#endif
#line 4 "tests/golden/page.html"
                      w( text );
#line 65 "views/page.cpp"
    bora_out.append_unchecked(bora_text[3]);
#line 4 "tests/golden/page.html"
                                    w( section );
#line 69 "views/page.cpp"
    bora_out.append_unchecked(bora_text[4]);
#if BORA_LINE_MARKERS
#line 5 "tests/golden/page.html"
# 1 "tests/golden/part.html" 1
#endif
#line 1 "tests/golden/part.html"
[[maybe_unused]] auto 
#line 1
       visits
#line 1
              = 1 ;
#line 81 "views/page.cpp"
    bora_out.append_unchecked(bora_text[5]);
#line 1 "tests/golden/part.html"
                       q( text );
#line 85 "views/page.cpp"
    bora_out.append_unchecked(bora_text[6]);
#line 1 "tests/golden/part.html"
                                  q( visits );
#line 1
                                                     visits += 1 ;
#line 91 "views/page.cpp"
    bora_out.append_unchecked(bora_text[7]);
#if BORA_LINE_MARKERS
# 5 "tests/golden/page.html" 2
#endif
#if BORA_LINE_MARKERS
#line 5 "tests/golden/page.html"
# 1 "tests/golden/part.html" 1
#endif
#line 1 "tests/golden/part.html"
       visits
#line 1
              = 1 ;
#line 104 "views/page.cpp"
    bora_out.append_unchecked(bora_text[8]);
#line 1 "tests/golden/part.html"
                       q( text );
#line 108 "views/page.cpp"
    bora_out.append_unchecked(bora_text[9]);
#line 1 "tests/golden/part.html"
                                  q( visits );
#line 1
                                                     visits += 1 ;
#line 114 "views/page.cpp"
    bora_out.append_unchecked(bora_text[10]);
#if BORA_LINE_MARKERS
# 5 "tests/golden/page.html" 2
#endif
#if BORA_LINE_MARKERS
#line 1 "tests/golden/page.html"
# 1 "tests/golden/layout.html" 1
#endif
#line 5 "tests/golden/layout.html"
                        q( title );
#line 125 "views/page.cpp"
    bora_out.append_unchecked(bora_text[11]);
#if BORA_LINE_MARKERS
# 1 "tests/golden/page.html" 2
#endif
#line 130 "views/page.cpp"
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

void views::page::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_page(*this, bora_output);
}
