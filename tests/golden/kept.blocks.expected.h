// Made by bora from "tests/golden/kept.html". Changes here are lost.
#pragma once

#include "views/kept.h"
#include <bora/render/kept.h>

namespace views::kept_ {

struct block_content {
#line 3 "tests/golden/kept.html"
::bora_views_kept::bora_type_1 
#line 3
                     user;
#line 15 "views/kept.blocks.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

struct block_title {
#line 3 "tests/golden/kept.html"
::bora_views_kept::bora_type_1 
#line 3
                     user;
#line 26 "views/kept.blocks.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views::kept_

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
inline void bora_render_views_kept_block_content([[maybe_unused]] const ::views::kept_::block_content& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"\n", 1},
    {"<b>", 3},
    {"|", 1},
    {"|", 1},
    {"</b>", 4},
    {"\n"
     "\n", 2},
    {"<b>", 3},
    {"|", 1},
    {"|", 1},
    {"</b>", 4},
    {"\n"
     "\n", 2},
    {"<b>", 3},
    {"|", 1},
    {"|", 1},
    {"</b>", 4},
    {"\n"
     "\n", 2},
    {";", 1},
    {"\n", 1},
    {"/", 1},
    {" ", 1},
    {";", 1},
    {"none", 4},
    {"\n", 1},
    {" ", 1},
    {";", 1},
    {"\n", 1},
    {"=", 1},
    {";", 1},
    {".", 1},
    {"\n", 1},
    {"\n", 1},
    {"\n", 1},
    {"\n", 1},
    {"\n", 1},
  };
  ::bora::render::PageWriter bora_out(bora_output, 55);
#line 3 "tests/golden/kept.html"
[[maybe_unused]] const auto& 
#line 3
                     user = bora_page.user;
#line 85 "views/kept.blocks.h"
  const ::bora::render::Escaped o(bora_out);
  {
    bora_out.append_unchecked(bora_text[0]);
    {
#if BORA_LINE_MARKERS
#line 7 "tests/golden/kept.html"
# 1 "tests/golden/label.html" 1
#endif
#line 1 "tests/golden/label.html"
using bora_value1_type = ::bora::render::Kept<
#line 1
         std::string_view      >;
#line 98 "views/kept.blocks.h"
      bora_value1_type::Pointer bora_value1 = nullptr;
#line 2 "tests/golden/label.html"
using bora_value2_type = ::bora::render::Kept<
#line 2
         std::string_view                                                                     >;
#line 104 "views/kept.blocks.h"
      bora_value2_type::Pointer bora_value2 = nullptr;
#line 3 "tests/golden/label.html"
[[maybe_unused]] ::bora::render::Required<
#line 3
         int
#line 3
           > bora_value3
#line 3
                   = 0 ;
#line 114 "views/kept.blocks.h"
      static_cast<void>(
#if BORA_LINE_MARKERS
# 7 "tests/golden/kept.html" 2
#endif
#line 7 "tests/golden/kept.html"
   bora_value1 = bora_value1_type(std::string("hello there, dear customer called ") + user ).at(),
#if BORA_LINE_MARKERS
#line 7
# 1 "tests/golden/label.html" 1
#endif
#line 2 "tests/golden/label.html"
  bora_value2 = bora_value2_type(std::string("and a text of its own, ") + "made for it alone" ).at(),
#line 127 "views/kept.blocks.h"
      [&] {
#line 1 "tests/golden/label.html"
[[maybe_unused]] const auto& 
#line 1
                          text
#line 133 "views/kept.blocks.h"
        = *bora_value1;
#line 2 "tests/golden/label.html"
[[maybe_unused]] const auto& 
#line 2
                          more
#line 139 "views/kept.blocks.h"
        = *bora_value2;
#line 3 "tests/golden/label.html"
[[maybe_unused]] const auto& 
#line 3
             least
#line 145 "views/kept.blocks.h"
        = bora_value3;
        {
          bora_out.append_unchecked(bora_text[1]);
#line 4 "tests/golden/label.html"
   o( text );
#line 151 "views/kept.blocks.h"
          bora_out.append_unchecked(bora_text[2]);
#line 4 "tests/golden/label.html"
              o( more );
#line 155 "views/kept.blocks.h"
          bora_out.append_unchecked(bora_text[3]);
#line 4 "tests/golden/label.html"
                         o( least );
#line 159 "views/kept.blocks.h"
          bora_out.append_unchecked(bora_text[4]);
          {
          }
        }
      }());
    }
    bora_out.append(bora_text[5]);
    {
      [[maybe_unused]] const auto bora_slot4 =
          [&]([[maybe_unused]] ::bora::render::Output& bora_output,
              [[maybe_unused]] ::bora::render::PageWriter& bora_out) {
        const ::bora::render::Escaped o(bora_out);
#if BORA_LINE_MARKERS
# 7 "tests/golden/kept.html" 2
#endif
#line 8 "tests/golden/kept.html"
                                                                                           o( user );
#line 177 "views/kept.blocks.h"
      };
      {
#if BORA_LINE_MARKERS
#line 8 "tests/golden/kept.html"
# 1 "tests/golden/label.html" 1
#endif
#line 1 "tests/golden/label.html"
using bora_value5_type = ::bora::render::Kept<
#line 1
         std::string_view      >;
#line 188 "views/kept.blocks.h"
        bora_value5_type::Pointer bora_value5 = nullptr;
#line 2 "tests/golden/label.html"
using bora_value6_type = ::bora::render::Kept<
#line 2
         std::string_view                                                                     >;
#line 194 "views/kept.blocks.h"
        bora_value6_type::Pointer bora_value6 = nullptr;
#line 3 "tests/golden/label.html"
using bora_value7_type = ::bora::render::Kept<
#line 3
         int           >;
#line 200 "views/kept.blocks.h"
        bora_value7_type::Pointer bora_value7 = nullptr;
        static_cast<void>(
#if BORA_LINE_MARKERS
# 8 "tests/golden/kept.html" 2
#endif
#line 8 "tests/golden/kept.html"
bora_value5 = bora_value5_type(
#line 8
                   shop::twice(user)                                                     ).at(),
#line 8
            bora_value6 = bora_value6_type(shop::ledger().title()                        ).at(),
#line 8
                                          bora_value7 = bora_value7_type(std::max(1, 2)  ).at(),
#line 214 "views/kept.blocks.h"
        [&] {
#if BORA_LINE_MARKERS
#line 8 "tests/golden/kept.html"
# 1 "tests/golden/label.html" 1
#endif
#line 1 "tests/golden/label.html"
[[maybe_unused]] const auto& 
#line 1
                          text
#line 224 "views/kept.blocks.h"
          = *bora_value5;
#line 2 "tests/golden/label.html"
[[maybe_unused]] const auto& 
#line 2
                          more
#line 230 "views/kept.blocks.h"
          = *bora_value6;
#line 3 "tests/golden/label.html"
[[maybe_unused]] const auto& 
#line 3
             least
#line 236 "views/kept.blocks.h"
          = *bora_value7;
          {
            bora_out.append(bora_text[6]);
#line 4 "tests/golden/label.html"
   o( text );
#line 242 "views/kept.blocks.h"
            bora_out.append_unchecked(bora_text[7]);
#line 4 "tests/golden/label.html"
              o( more );
#line 246 "views/kept.blocks.h"
            bora_out.append_unchecked(bora_text[8]);
#line 4 "tests/golden/label.html"
                         o( least );
#line 250 "views/kept.blocks.h"
            bora_out.append_unchecked(bora_text[9]);
            bora_slot4(bora_output, bora_out);
          }
        }());
      }
    }
    bora_out.append(bora_text[10]);
    {
#if BORA_LINE_MARKERS
# 8 "tests/golden/kept.html" 2
#endif
#if BORA_LINE_MARKERS
#line 9 "tests/golden/kept.html"
# 1 "tests/golden/label.html" 1
#endif
#line 1 "tests/golden/label.html"
using bora_value8_type = ::bora::render::Kept<
#line 1
         std::string_view      >;
#line 270 "views/kept.blocks.h"
      bora_value8_type::Pointer bora_value8 = nullptr;
#line 2 "tests/golden/label.html"
using bora_value9_type = ::bora::render::Kept<
#line 2
         std::string_view                                                                     >;
#line 276 "views/kept.blocks.h"
      bora_value9_type::Pointer bora_value9 = nullptr;
#line 3 "tests/golden/label.html"
[[maybe_unused]] ::bora::render::Required<
#line 3
         int
#line 3
           > bora_value10
#line 3
                   = 0 ;
#line 286 "views/kept.blocks.h"
      static_cast<void>(
#if BORA_LINE_MARKERS
# 9 "tests/golden/kept.html" 2
#endif
#line 9 "tests/golden/kept.html"
       bora_value8 = bora_value8_type(shop::first_word(user + " and whatever follows his name")  ).at(),
#if BORA_LINE_MARKERS
#line 9
# 1 "tests/golden/label.html" 1
#endif
#line 2 "tests/golden/label.html"
  bora_value9 = bora_value9_type(std::string("and a text of its own, ") + "made for it alone" ).at(),
#line 299 "views/kept.blocks.h"
      [&] {
#line 1 "tests/golden/label.html"
[[maybe_unused]] const auto& 
#line 1
                          text
#line 305 "views/kept.blocks.h"
        = *bora_value8;
#line 2 "tests/golden/label.html"
[[maybe_unused]] const auto& 
#line 2
                          more
#line 311 "views/kept.blocks.h"
        = *bora_value9;
#line 3 "tests/golden/label.html"
[[maybe_unused]] const auto& 
#line 3
             least
#line 317 "views/kept.blocks.h"
        = bora_value10;
        {
          bora_out.append_unchecked(bora_text[11]);
#line 4 "tests/golden/label.html"
   o( text );
#line 323 "views/kept.blocks.h"
          bora_out.append_unchecked(bora_text[12]);
#line 4 "tests/golden/label.html"
              o( more );
#line 327 "views/kept.blocks.h"
          bora_out.append_unchecked(bora_text[13]);
#line 4 "tests/golden/label.html"
                         o( least );
#line 331 "views/kept.blocks.h"
          bora_out.append_unchecked(bora_text[14]);
          {
          }
        }
      }());
    }
    bora_out.append(bora_text[15]);
    {
      const auto bora_with11 = [&](auto&& bora_then) -> decltype(auto) {
#if BORA_LINE_MARKERS
# 9 "tests/golden/kept.html" 2
#endif
#line 10 "tests/golden/kept.html"
return bora_then(
#line 10
               shop::ledger().lines() ); };
#line 10
bora_with11([&]([[maybe_unused]] ::bora::render::HeldBy<decltype(bora_with11)> 
#line 10
               bora_held12            ) {
#line 10
       for ([[maybe_unused]] auto&&
#line 10
       line
#line 10
               :
#line 10
               bora_held12            ) {
#line 10
                                        o( line );
#line 362 "views/kept.blocks.h"
          bora_out.append(bora_text[16]);
        }
      });
    }
    bora_out.append(bora_text[17]);
    {
      const auto bora_with13 = [&](auto&& bora_then) -> decltype(auto) {
#line 11 "tests/golden/kept.html"
return bora_then(
#line 11
               shop::ledger().lines() ); };
#line 11
bora_with13([&]([[maybe_unused]] ::bora::render::HeldBy<decltype(bora_with13)> 
#line 11
               bora_held14            ) {
#line 378 "views/kept.blocks.h"
        bool bora_ran15 = false;
        ::bora::render::Loop loop;
        loop.length = ::bora::render::loop_length(bora_held14);
#line 11 "tests/golden/kept.html"
       for ([[maybe_unused]] auto&&
#line 11
       line
#line 11
               :
#line 11
               bora_held14            ) {
#line 390 "views/kept.blocks.h"
          loop.bora_step();
          bora_ran15 = true;
#line 11 "tests/golden/kept.html"
                                        o( loop.index );
#line 395 "views/kept.blocks.h"
          bora_out.append(bora_text[18]);
#line 11 "tests/golden/kept.html"
                                                         o( loop.length );
#line 399 "views/kept.blocks.h"
          bora_out.append_unchecked(bora_text[19]);
#line 11 "tests/golden/kept.html"
                                                                           o( line );
#line 403 "views/kept.blocks.h"
          bora_out.append_unchecked(bora_text[20]);
        }
        if (!bora_ran15) {
          bora_out.append(bora_text[21]);
        }
      });
    }
    bora_out.append(bora_text[22]);
    {
      const auto bora_with16 = [&](auto&& bora_then) -> decltype(auto) {
#line 12 "tests/golden/kept.html"
           return bora_then(shop::ledger().lines()     ); };
#line 12
bora_with16([&]([[maybe_unused]] ::bora::render::HeldBy<decltype(bora_with16)> 
#line 12
                            bora_held17                ) {
#line 420 "views/kept.blocks.h"
        ::std::size_t bora_count18 = 1;
#line 12 "tests/golden/kept.html"
          for ([[maybe_unused]] auto&&
#line 12
          line
#line 12
                            :
#line 12
                            bora_held17                ) {
#line 12
[[maybe_unused]] const ::std::size_t 
#line 12
       i
#line 434 "views/kept.blocks.h"
          = bora_count18++;
#line 12 "tests/golden/kept.html"
                                                         o( i );
#line 438 "views/kept.blocks.h"
          bora_out.append(bora_text[23]);
#line 12 "tests/golden/kept.html"
                                                                 o( line );
#line 442 "views/kept.blocks.h"
          bora_out.append_unchecked(bora_text[24]);
#line 12 "tests/golden/kept.html"
                                                                              if (i == 1 ) {
#line 446 "views/kept.blocks.h"
            continue;
          }
          break;
        }
      });
    }
    bora_out.append(bora_text[25]);
    {
      const auto bora_with19 = [&](auto&& bora_then) -> decltype(auto) {
#line 13 "tests/golden/kept.html"
     return bora_then(shop::ledger().counts() ); };
#line 13
bora_with19([&]([[maybe_unused]] ::bora::render::HeldBy<decltype(bora_with19)> 
#line 13
                      bora_held20             ) {
#line 13
       for ([[maybe_unused]] auto&&
#line 13
      [name
#line 13
           , count
#line 13
                     ]:
#line 13
                      bora_held20             ) {
#line 13
                                                o( name );
#line 474 "views/kept.blocks.h"
          bora_out.append(bora_text[26]);
#line 13 "tests/golden/kept.html"
                                                           o( count );
#line 478 "views/kept.blocks.h"
          bora_out.append_unchecked(bora_text[27]);
          {
            const auto bora_with21 = [&](auto&& bora_then) -> decltype(auto) {
#line 13 "tests/golden/kept.html"
                                                                     return bora_then(shop::words(name + " and a long list of others") ); };
#line 13
       bora_with21([&]([[maybe_unused]] ::bora::render::HeldBy<decltype(bora_with21)> bora_held22                                      ) {
#line 13
                                                                              for ([[maybe_unused]] auto&&
#line 13
                                                                              word
#line 13
                                                                                      :
#line 13
                                                                                      bora_held22                                      ) {
#line 13
                                                                                                                                         o( word );
#line 496 "views/kept.blocks.h"
                bora_out.append(bora_text[28]);
              }
            });
          }
        }
      });
    }
    bora_out.append(bora_text[29]);
#line 14 "tests/golden/kept.html"
[[maybe_unused]] auto 
#line 14
       view
#line 14
= ::bora::render::kept(
#line 14
              shop::ledger().title() );
#line 14
                                       o( view );
#line 515 "views/kept.blocks.h"
    bora_out.append_unchecked(bora_text[30]);
#line 15 "tests/golden/kept.html"
       view
#line 15
= ::bora::render::fits<decltype(view)>(::bora::render::kept(
#line 15
              shop::first_word(user + " follows, and this is no short text") ));
#line 15
                                                                               o( view );
#line 525 "views/kept.blocks.h"
    bora_out.append_unchecked(bora_text[31]);
#line 16 "tests/golden/kept.html"
[[maybe_unused]] 
#line 16
       const auto&
#line 16
                   lines
#line 16
    = ::bora::render::kept(shop::ledger().lines() );
#line 16
                                                    o( lines[0] );
#line 537 "views/kept.blocks.h"
    bora_out.append_unchecked(bora_text[32]);
#line 17 "tests/golden/kept.html"
  if (const bool& is_open = 
#line 17
       ::bora::render::kept(shop::ledger().is_open() )) {
#line 17
                                                       o( is_open );
#line 545 "views/kept.blocks.h"
    }
    bora_out.append(bora_text[33]);
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

inline void views::kept_::block_content::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_kept_block_content(*this, bora_output);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
inline void bora_render_views_kept_block_title([[maybe_unused]] const ::views::kept_::block_title& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {" ", 1},
  };
  ::bora::render::PageWriter bora_out(bora_output, 1);
#line 3 "tests/golden/kept.html"
[[maybe_unused]] const auto& 
#line 3
                     user = bora_page.user;
#line 572 "views/kept.blocks.h"
  using bora_kept_0_type = ::bora::render::Kept<::bora_views_kept::bora_fixed_0>;
  bora_kept_0_type::Pointer bora_kept_0 = nullptr;
  static_cast<void>(
#line 4 "tests/golden/kept.html"
bora_kept_0 = bora_kept_0_type(
#line 4
               std::string("the page of the customer called ") + user
#line 580 "views/kept.blocks.h"
  ).at(),
  [&] {
#line 4 "tests/golden/kept.html"
[[maybe_unused]] const auto& 
#line 4
       title = *bora_kept_0;
#line 587 "views/kept.blocks.h"
    using bora_kept_1_type = ::bora::render::Kept<::bora_views_kept::bora_fixed_1>;
    bora_kept_1_type::Pointer bora_kept_1 = nullptr;
    static_cast<void>(
#line 5 "tests/golden/kept.html"
bora_kept_1 = bora_kept_1_type(
#line 5
               std::max(static_cast<int>(user.size()), 3)
#line 595 "views/kept.blocks.h"
    ).at(),
    [&] {
#line 5 "tests/golden/kept.html"
[[maybe_unused]] const auto& 
#line 5
       level = *bora_kept_1;
#line 602 "views/kept.blocks.h"
      const ::bora::render::EscapedText o(bora_out);
      {
#if BORA_LINE_MARKERS
#line 1 "tests/golden/kept.html"
# 1 "tests/golden/kept_base.html" 1
#endif
#line 4 "tests/golden/kept_base.html"
                        o( title );
#line 611 "views/kept.blocks.h"
        bora_out.append_unchecked(bora_text[0]);
#line 4 "tests/golden/kept_base.html"
                                    o( level );
#if BORA_LINE_MARKERS
# 1 "tests/golden/kept.html" 2
#endif
#line 618 "views/kept.blocks.h"
      }
      bora_out.finish();
    }());
  }());
}
#pragma GCC diagnostic pop

inline void views::kept_::block_title::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_kept_block_title(*this, bora_output);
}
