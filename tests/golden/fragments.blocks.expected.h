// Made by bora from "tests/golden/fragments.html". Changes here are lost.
#pragma once

#include "views/fragments.h"
#include <bora/render/context_sink.h>
#include <bora/render/script_sink.h>

namespace views::fragments_ {

// The block 'jump' can't be rendered alone: it leaves a loop around it.

struct block_list {
#line 4 "tests/golden/fragments.html"
    ::bora_views_fragments::bora_type_1 items;
#line 5
::bora_views_fragments::bora_type_2 
#line 5
             page = ::bora_views_fragments::bora_default_2();
#line 20 "views/fragments.blocks.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

struct block_pager {
#line 5 "tests/golden/fragments.html"
::bora_views_fragments::bora_type_2 
#line 5
             page = ::bora_views_fragments::bora_default_2();
#line 31 "views/fragments.blocks.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

struct block_plain {
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

// The block 'price' can't be rendered alone: it uses 'currency', which is introduced outside of it.

// The block 'row' can't be rendered alone: it uses 'item', which is introduced outside of it.

struct block_title {
#line 3 "tests/golden/fragments.html"
::bora_views_fragments::bora_type_0 
#line 3
                          title;
#line 52 "views/fragments.blocks.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

struct block_word {
#line 3 "tests/golden/fragments.html"
::bora_views_fragments::bora_type_0 
#line 3
                          title;
#line 63 "views/fragments.blocks.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views::fragments_

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
inline void bora_render_views_fragments_block_list([[maybe_unused]] const ::views::fragments_::block_list& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"<ul>\n", 5},
    {"<li>", 4},
    {"</li>", 5},
    {"\n"
     "</ul><a href=\"?page=", 21},
    {"\">", 2},
    {"</a>", 4},
  };
  ::bora::render::PageWriter bora_out(bora_output, 41);
#line 2 "tests/golden/fragments.html"
        using shop::shorten;
#line 4
           [[maybe_unused]] const auto& items = bora_page.items;
#line 5
[[maybe_unused]] const auto& 
#line 5
             page = bora_page.page;
#line 96 "views/fragments.blocks.h"
  const ::bora::render::Escaped o(bora_out);
  const ::bora::render::URLComponentSink w(bora_out);
  {
    bora_out.append_unchecked(bora_text[0]);
#line 9 "tests/golden/fragments.html"
       for ([[maybe_unused]] auto&&
#line 9
       item
#line 9
               :
#line 9
               items ) {
#line 109 "views/fragments.blocks.h"
      bora_out.append(bora_text[1]);
#line 9 "tests/golden/fragments.html"
                                          o( shorten(item.name) );
#line 113 "views/fragments.blocks.h"
      bora_out.append_unchecked(bora_text[2]);
    }
    bora_out.append(bora_text[3]);
#line 10 "tests/golden/fragments.html"
                                     w( page + 1 );
#line 119 "views/fragments.blocks.h"
    bora_out.append_unchecked(bora_text[4]);
#line 10 "tests/golden/fragments.html"
                                                     o( page );
#line 123 "views/fragments.blocks.h"
    bora_out.append_unchecked(bora_text[5]);
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

inline void views::fragments_::block_list::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_fragments_block_list(*this, bora_output);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
inline void bora_render_views_fragments_block_pager([[maybe_unused]] const ::views::fragments_::block_pager& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"<a href=\"?page=", 15},
    {"\">", 2},
    {"</a>", 4},
  };
  ::bora::render::PageWriter bora_out(bora_output, 21);
#line 2 "tests/golden/fragments.html"
        using shop::shorten;
#line 5
[[maybe_unused]] const auto& 
#line 5
             page = bora_page.page;
#line 153 "views/fragments.blocks.h"
  const ::bora::render::URLComponentSink o(bora_out);
  const ::bora::render::Escaped w(bora_out);
  {
    bora_out.append_unchecked(bora_text[0]);
#line 10 "tests/golden/fragments.html"
                                     o( page + 1 );
#line 160 "views/fragments.blocks.h"
    bora_out.append_unchecked(bora_text[1]);
#line 10 "tests/golden/fragments.html"
                                                     w( page );
#line 164 "views/fragments.blocks.h"
    bora_out.append_unchecked(bora_text[2]);
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

inline void views::fragments_::block_pager::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_fragments_block_pager(*this, bora_output);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
inline void bora_render_views_fragments_block_plain([[maybe_unused]] const ::views::fragments_::block_plain& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"text", 4},
  };
  ::bora::render::PageWriter bora_out(bora_output, 4);
#line 2 "tests/golden/fragments.html"
        using shop::shorten;
#line 188 "views/fragments.blocks.h"
  {
    bora_out.append_unchecked(bora_text[0]);
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

inline void views::fragments_::block_plain::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_fragments_block_plain(*this, bora_output);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
inline void bora_render_views_fragments_block_title([[maybe_unused]] const ::views::fragments_::block_title& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  ::bora::render::PageWriter bora_out(bora_output, 0);
#line 2 "tests/golden/fragments.html"
        using shop::shorten;
#line 3
[[maybe_unused]] const auto& 
#line 3
                          title = bora_page.title;
#line 214 "views/fragments.blocks.h"
  const ::bora::render::EscapedText o(bora_out);
  {
#line 7 "tests/golden/fragments.html"
                        o( title );
#line 219 "views/fragments.blocks.h"
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

inline void views::fragments_::block_title::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_fragments_block_title(*this, bora_output);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
inline void bora_render_views_fragments_block_word([[maybe_unused]] const ::views::fragments_::block_word& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  ::bora::render::PageWriter bora_out(bora_output, 0);
#line 2 "tests/golden/fragments.html"
        using shop::shorten;
#line 3
[[maybe_unused]] const auto& 
#line 3
                          title = bora_page.title;
#line 243 "views/fragments.blocks.h"
  const ::bora::render::JSValueSink o(bora_out);
  {
#line 12 "tests/golden/fragments.html"
                                   o( title );
#line 248 "views/fragments.blocks.h"
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

inline void views::fragments_::block_word::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_fragments_block_word(*this, bora_output);
}
