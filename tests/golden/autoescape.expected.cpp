// Made by bora from "tests/golden/autoescape.html". Changes here are lost.
#include "views/autoescape.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
static void bora_render_views_autoescape([[maybe_unused]] const ::views::autoescape& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"<p>", 3},
    {" ", 1},
    {" ", 1},
    {"</p>\n", 5},
  };
  ::bora::render::PageWriter bora_out(bora_output, 10);
#line 3 "tests/golden/autoescape.html"
[[maybe_unused]] const auto& 
#line 3
                     name = bora_page.name;
#line 4
[[maybe_unused]] const auto& 
#line 4
             count = bora_page.count;
#line 27 "views/autoescape.cpp"
  const ::bora::render::EscapedBy o(bora_out, [](const auto& bora_value) -> decltype(
#line 2 "tests/golden/autoescape.html"
              shop::shorten(bora_value)) {
#line 31 "views/autoescape.cpp"
  return shop::shorten(bora_value); });
  const ::bora::render::Raw w(bora_out);
  {
    bora_out.append_unchecked(bora_text[0]);
#line 5 "tests/golden/autoescape.html"
   o( name );
#line 38 "views/autoescape.cpp"
    bora_out.append_unchecked(bora_text[1]);
#line 5 "tests/golden/autoescape.html"
              o( count );
#line 42 "views/autoescape.cpp"
    bora_out.append_unchecked(bora_text[2]);
#line 5 "tests/golden/autoescape.html"
                               w(name );
#line 46 "views/autoescape.cpp"
    bora_out.append_unchecked(bora_text[3]);
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

void views::autoescape::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_autoescape(*this, bora_output);
}
