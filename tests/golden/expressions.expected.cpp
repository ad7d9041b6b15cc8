// Made by bora from "tests/golden/expressions.html". Changes here are lost.
#include "views/expressions.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
static void bora_render_views_expressions([[maybe_unused]] const ::views::expressions& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"<p>", 3},
    {" ", 1},
    {" ", 1},
    {" ", 1},
    {" ", 1},
    {"</p>\n"
     "<p>", 8},
    {" ", 1},
    {" ", 1},
    {"</p>\n"
     "<p>", 8},
    {"</p>\n", 5},
  };
  ::bora::render::PageWriter bora_out(bora_output, 30);
#line 2 "tests/golden/expressions.html"
[[maybe_unused]] const auto& 
#line 2
                    item = bora_page.item;
#line 3
[[maybe_unused]] const auto& 
#line 3
                    mood = bora_page.mood;
#line 4
[[maybe_unused]] const auto& 
#line 4
                     note = bora_page.note;
#line 39 "views/expressions.cpp"
  const ::bora::render::Escaped o(bora_out);
  const ::bora::render::Raw w(bora_out);
  {
    bora_out.append_unchecked(bora_text[0]);
#line 5 "tests/golden/expressions.html"
   o( item.name );
#line 46 "views/expressions.cpp"
    bora_out.append_unchecked(bora_text[1]);
#line 5 "tests/golden/expressions.html"
                        w(item.name );
#line 50 "views/expressions.cpp"
    bora_out.append_unchecked(bora_text[2]);
#line 5 "tests/golden/expressions.html"
                                       o( item.price * 2 );
#line 54 "views/expressions.cpp"
    bora_out.append_unchecked(bora_text[3]);
#line 5 "tests/golden/expressions.html"
                                                            o(item.sold);
#line 58 "views/expressions.cpp"
    bora_out.append_unchecked(bora_text[4]);
#line 5 "tests/golden/expressions.html"
                                                                          o( mood );
#line 62 "views/expressions.cpp"
    bora_out.append_unchecked(bora_text[5]);
#line 6 "tests/golden/expressions.html"
   o( note );
#line 6
             o( "}}" );
#line 6
                       o( 'x' );
#line 70 "views/expressions.cpp"
    bora_out.append_unchecked(bora_text[6]);
#line 6 "tests/golden/expressions.html"
                                 o( 0.5 );
#line 74 "views/expressions.cpp"
    bora_out.append_unchecked(bora_text[7]);
#line 6 "tests/golden/expressions.html"
                                           o( std::string_view{"a<b"} );
#line 78 "views/expressions.cpp"
    bora_out.append_unchecked(bora_text[8]);
#line 7 "tests/golden/expressions.html"
   o( item.sold
        ? "sold"  // it's gone
        : "for sale"
#line 9
                     );
#line 86 "views/expressions.cpp"
    bora_out.append_unchecked(bora_text[9]);
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

void views::expressions::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_expressions(*this, bora_output);
}
