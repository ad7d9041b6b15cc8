// Made by bora from "tests/golden/page.html". Changes here are lost.
#pragma once

#include "views/page.h"

namespace views::page_ {

// The block 'content' can't be rendered alone: it uses 'section', which is introduced outside of it.

struct block_foot {
#line 1 "tests/golden/layout.html"
::bora_views_page::bora_type_0 
#line 1
                          title;
#line 16 "views/page.blocks.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views::page_

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
inline void bora_render_views_page_block_foot([[maybe_unused]] const ::views::page_::block_foot& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"<footer>", 8},
    {"</footer>", 9},
  };
  ::bora::render::PageWriter bora_out(bora_output, 17);
#line 1 "tests/golden/layout.html"
[[maybe_unused]] const auto& 
#line 1
                          title = bora_page.title;
#line 40 "views/page.blocks.h"
  const ::bora::render::Escaped o(bora_out);
  {
    bora_out.append_unchecked(bora_text[0]);
#if BORA_LINE_MARKERS
#line 1 "tests/golden/page.html"
# 1 "tests/golden/layout.html" 1
#endif
#line 5 "tests/golden/layout.html"
                        o( title );
#line 50 "views/page.blocks.h"
    bora_out.append_unchecked(bora_text[1]);
#if BORA_LINE_MARKERS
# 1 "tests/golden/page.html" 2
#endif
#line 55 "views/page.blocks.h"
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

inline void views::page_::block_foot::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_page_block_foot(*this, bora_output);
}
