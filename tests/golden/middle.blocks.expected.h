// Made by bora from "tests/golden/middle.html". Changes here are lost.
#pragma once

#include "views/middle.h"

namespace views::middle_ {

// The block 'content' can't be rendered alone: it uses 'section', which is introduced outside of it.

struct block_foot {
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views::middle_

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
inline void bora_render_views_middle_block_foot([[maybe_unused]] const ::views::middle_::block_foot& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"<footer>", 8},
    {"</footer>", 9},
  };
  ::bora::render::PageWriter bora_out(bora_output, 17);
#line 3 "tests/golden/middle.html"
[[maybe_unused]] ::bora_views_middle::bora_fixed_0 
#line 3
       title
#line 3
             = "Shop"
#line 37 "views/middle.blocks.h"
  ;
  const ::bora::render::Escaped o(bora_out);
  {
    bora_out.append_unchecked(bora_text[0]);
#if BORA_LINE_MARKERS
#line 1 "tests/golden/middle.html"
# 1 "tests/golden/layout.html" 1
#endif
#line 5 "tests/golden/layout.html"
                        o( title );
#line 48 "views/middle.blocks.h"
    bora_out.append_unchecked(bora_text[1]);
#if BORA_LINE_MARKERS
# 1 "tests/golden/middle.html" 2
#endif
#line 53 "views/middle.blocks.h"
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

inline void views::middle_::block_foot::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_middle_block_foot(*this, bora_output);
}
