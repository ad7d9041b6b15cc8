// Made by bora from "tests/golden/kept_base.html". Changes here are lost.
#pragma once

#include "views/kept_base.h"

namespace views::kept_base_ {

struct block_content {
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

struct block_title {
#line 1 "tests/golden/kept_base.html"
::bora_views_kept_base::bora_type_0 
#line 1
                          title;
#line 3
::bora_views_kept_base::bora_type_2 
#line 3
             level;
#line 24 "views/kept_base.blocks.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views::kept_base_

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
inline void bora_render_views_kept_base_block_content([[maybe_unused]] const ::views::kept_base_::block_content& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  ::bora::render::PageWriter bora_out(bora_output, 0);
  {
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

inline void views::kept_base_::block_content::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_kept_base_block_content(*this, bora_output);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
inline void bora_render_views_kept_base_block_title([[maybe_unused]] const ::views::kept_base_::block_title& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {" ", 1},
  };
  ::bora::render::PageWriter bora_out(bora_output, 1);
#line 1 "tests/golden/kept_base.html"
[[maybe_unused]] const auto& 
#line 1
                          title = bora_page.title;
#line 3
[[maybe_unused]] const auto& 
#line 3
             level = bora_page.level;
#line 69 "views/kept_base.blocks.h"
  const ::bora::render::EscapedText o(bora_out);
  {
#line 4 "tests/golden/kept_base.html"
                        o( title );
#line 74 "views/kept_base.blocks.h"
    bora_out.append_unchecked(bora_text[0]);
#line 4 "tests/golden/kept_base.html"
                                    o( level );
#line 78 "views/kept_base.blocks.h"
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

inline void views::kept_base_::block_title::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_kept_base_block_title(*this, bora_output);
}
