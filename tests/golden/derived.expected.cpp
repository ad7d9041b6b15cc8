// Made by bora from "tests/golden/derived.html". Changes here are lost.
#include "views/derived.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
static void bora_render_views_derived([[maybe_unused]] const ::views::derived& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"<title>", 7},
    {"</title>\n", 9},
    {"\n"
     "<main><p>nothing in ", 21},
    {"</p></main>", 11},
    {"<main><p>nothing in ", 20},
    {"</p></main>", 11},
    {"\n"
     "<footer>", 9},
    {"</footer><small>", 16},
    {"</small>\n", 9},
  };
  ::bora::render::PageWriter bora_out(bora_output, 113);
#line 2 "tests/golden/derived.html"
[[maybe_unused]] ::bora_views_derived::bora_fixed_0 
#line 2
       year
#line 2
            = 1999
#line 32 "views/derived.cpp"
  ;
#line 3 "tests/golden/middle.html"
[[maybe_unused]] ::bora_views_derived::bora_fixed_1 
#line 3
       title
#line 3
             = "Shop"
#line 40 "views/derived.cpp"
  ;
  const ::bora::render::EscapedText o(bora_out);
  const ::bora::render::Escaped w(bora_out);
  {
    bora_out.append_unchecked(bora_text[0]);
#if BORA_LINE_MARKERS
#line 1 "tests/golden/derived.html"
# 1 "tests/golden/middle.html" 1
#endif
#if BORA_LINE_MARKERS
#line 1 "tests/golden/middle.html"
# 1 "tests/golden/layout.html" 1
#endif
#line 2 "tests/golden/layout.html"
       o( title );
#line 56 "views/derived.cpp"
    bora_out.append_unchecked(bora_text[1]);
#line 3 "tests/golden/layout.html"
[[maybe_unused]] auto 
#line 3
       section
#line 3
               = "none" ;
#line 64 "views/derived.cpp"
    bora_out.append_unchecked(bora_text[2]);
#line 4 "tests/golden/layout.html"
                                 w( section );
#line 68 "views/derived.cpp"
    bora_out.append_unchecked(bora_text[3]);
#if BORA_LINE_MARKERS
# 1 "tests/golden/middle.html" 2
#endif
#if BORA_LINE_MARKERS
# 1 "tests/golden/derived.html" 2
#endif
#line 3 "tests/golden/derived.html"
                                  if (year < 2000 ) {
#line 78 "views/derived.cpp"
      bora_out.append(bora_text[4]);
#if BORA_LINE_MARKERS
#line 1 "tests/golden/derived.html"
# 1 "tests/golden/middle.html" 1
#endif
#if BORA_LINE_MARKERS
#line 1 "tests/golden/middle.html"
# 1 "tests/golden/layout.html" 1
#endif
#line 4 "tests/golden/layout.html"
                                 w( section );
#line 90 "views/derived.cpp"
      bora_out.append_unchecked(bora_text[5]);
    }
    bora_out.append(bora_text[6]);
#line 5 "tests/golden/layout.html"
                        w( title );
#line 96 "views/derived.cpp"
    bora_out.append_unchecked(bora_text[7]);
#if BORA_LINE_MARKERS
# 1 "tests/golden/middle.html" 2
#endif
#if BORA_LINE_MARKERS
# 1 "tests/golden/derived.html" 2
#endif
#line 4 "tests/golden/derived.html"
                                    w( year );
#line 106 "views/derived.cpp"
    bora_out.append_unchecked(bora_text[8]);
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

void views::derived::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_derived(*this, bora_output);
}
