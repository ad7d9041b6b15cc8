// Made by bora from "tests/golden/derived.html". Changes here are lost.
#pragma once

#include "views/derived.h"

namespace views::derived_ {

// The block 'content' can't be rendered alone: it uses 'section', which is introduced outside of it.

struct block_foot {
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views::derived_

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
inline void bora_render_views_derived_block_foot([[maybe_unused]] const ::views::derived_::block_foot& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"<footer>", 8},
    {"</footer><small>", 16},
    {"</small>", 8},
  };
  ::bora::render::PageWriter bora_out(bora_output, 32);
#line 2 "tests/golden/derived.html"
[[maybe_unused]] ::bora_views_derived::bora_fixed_0 
#line 2
       year
#line 2
            = 1999
#line 38 "views/derived.blocks.h"
  ;
#line 3 "tests/golden/middle.html"
[[maybe_unused]] ::bora_views_derived::bora_fixed_1 
#line 3
       title
#line 3
             = "Shop"
#line 46 "views/derived.blocks.h"
  ;
  const ::bora::render::Escaped o(bora_out);
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
#line 5 "tests/golden/layout.html"
                        o( title );
#line 61 "views/derived.blocks.h"
    bora_out.append_unchecked(bora_text[1]);
#if BORA_LINE_MARKERS
# 1 "tests/golden/middle.html" 2
#endif
#if BORA_LINE_MARKERS
# 1 "tests/golden/derived.html" 2
#endif
#line 4 "tests/golden/derived.html"
                                    o( year );
#line 71 "views/derived.blocks.h"
    bora_out.append_unchecked(bora_text[2]);
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

inline void views::derived_::block_foot::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_derived_block_foot(*this, bora_output);
}
