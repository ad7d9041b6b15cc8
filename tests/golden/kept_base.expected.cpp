// Made by bora from "tests/golden/kept_base.html". Changes here are lost.
#include "views/kept_base.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
static void bora_render_views_kept_base([[maybe_unused]] const ::views::kept_base& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"<title>", 7},
    {" ", 1},
    {"</title><footer>", 16},
    {"</footer>\n", 10},
  };
  ::bora::render::PageWriter bora_out(bora_output, 34);
#line 1 "tests/golden/kept_base.html"
[[maybe_unused]] const auto& 
#line 1
                          title = bora_page.title;
#line 2
[[maybe_unused]] const auto& 
#line 2
                          footer = ::bora::render::given(bora_page.footer);
#line 3
[[maybe_unused]] const auto& 
#line 3
             level = bora_page.level;
#line 31 "views/kept_base.cpp"
  const ::bora::render::EscapedText o(bora_out);
  const ::bora::render::Escaped w(bora_out);
  {
    bora_out.append_unchecked(bora_text[0]);
#line 4 "tests/golden/kept_base.html"
                        o( title );
#line 38 "views/kept_base.cpp"
    bora_out.append_unchecked(bora_text[1]);
#line 4 "tests/golden/kept_base.html"
                                    o( level );
#line 42 "views/kept_base.cpp"
    bora_out.append_unchecked(bora_text[2]);
#line 4 "tests/golden/kept_base.html"
                                                                                                    w( footer );
#line 46 "views/kept_base.cpp"
    bora_out.append_unchecked(bora_text[3]);
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

void views::kept_base::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_kept_base(*this, bora_output);
}
