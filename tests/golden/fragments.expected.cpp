// Made by bora from "tests/golden/fragments.html". Changes here are lost.
#include "views/fragments.h"
#include <bora/render/context_sink.h>
#include <bora/render/script_sink.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
static void bora_render_views_fragments([[maybe_unused]] const ::views::fragments& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"\n"
     "<title>", 8},
    {"</title>\n"
     "<ul>\n", 14},
    {"<li>", 4},
    {"</li>", 5},
    {"\n"
     "</ul><a href=\"?page=", 21},
    {"\">", 2},
    {"</a>\n"
     "<b>", 8},
    {"</b>\n"
     "<script>var word = ", 24},
    {";</script>\n"
     "text\n", 16},
    {"\n", 1},
  };
  ::bora::render::PageWriter bora_out(bora_output, 103);
#line 2 "tests/golden/fragments.html"
        using shop::shorten;
#line 3
[[maybe_unused]] const auto& 
#line 3
                          title = bora_page.title;
#line 4
           [[maybe_unused]] const auto& items = bora_page.items;
#line 5
[[maybe_unused]] const auto& 
#line 5
             page = bora_page.page;
#line 45 "views/fragments.cpp"
  const ::bora::render::EscapedText o(bora_out);
  const ::bora::render::Escaped w(bora_out);
  const ::bora::render::URLComponentSink q(bora_out);
  const ::bora::render::JSValueSink p(bora_out);
  {
#line 6 "tests/golden/fragments.html"
[[maybe_unused]] auto 
#line 6
       currency
#line 6
                = "EUR" ;
#line 57 "views/fragments.cpp"
    bora_out.append_unchecked(bora_text[0]);
#line 7 "tests/golden/fragments.html"
                        o( title );
#line 61 "views/fragments.cpp"
    bora_out.append_unchecked(bora_text[1]);
#line 9 "tests/golden/fragments.html"
       for ([[maybe_unused]] auto&&
#line 9
       item
#line 9
               :
#line 9
               items ) {
#line 71 "views/fragments.cpp"
      bora_out.append(bora_text[2]);
#line 9 "tests/golden/fragments.html"
                                          w( shorten(item.name) );
#line 75 "views/fragments.cpp"
      bora_out.append_unchecked(bora_text[3]);
    }
    bora_out.append(bora_text[4]);
#line 10 "tests/golden/fragments.html"
                                     q( page + 1 );
#line 81 "views/fragments.cpp"
    bora_out.append_unchecked(bora_text[5]);
#line 10 "tests/golden/fragments.html"
                                                     w( page );
#line 85 "views/fragments.cpp"
    bora_out.append_unchecked(bora_text[6]);
#line 11 "tests/golden/fragments.html"
                    w( currency );
#line 89 "views/fragments.cpp"
    bora_out.append_unchecked(bora_text[7]);
#line 12 "tests/golden/fragments.html"
                                   p( title );
#line 93 "views/fragments.cpp"
    bora_out.append_unchecked(bora_text[8]);
#line 14 "tests/golden/fragments.html"
       for ([[maybe_unused]] auto&&
#line 14
       i
#line 14
            :
#line 14
            {1, 2} ) {
#line 103 "views/fragments.cpp"
      break;
    }
    bora_out.append(bora_text[9]);
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

void views::fragments::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_fragments(*this, bora_output);
}
