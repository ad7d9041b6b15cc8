// Made by bora from "tests/golden/kept.html". Changes here are lost.
#include "views/kept.h"
#include <bora/render/kept.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
static void bora_render_views_kept([[maybe_unused]] const ::views::kept& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"<title>", 7},
    {" ", 1},
    {"</title>\n", 9},
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
    {"\n"
     "<footer>", 9},
    {"</footer>\n", 10},
  };
  ::bora::render::PageWriter bora_out(bora_output, 89);
#line 2 "tests/golden/kept_base.html"
[[maybe_unused]] const auto& 
#line 2
                          footer = ::bora::render::given(bora_page.footer);
#line 3 "tests/golden/kept.html"
[[maybe_unused]] const auto& 
#line 3
                     user = bora_page.user;
#line 65 "views/kept.cpp"
  using bora_kept_0_type = ::bora::render::Kept<::bora_views_kept::bora_fixed_0>;
  bora_kept_0_type::Pointer bora_kept_0 = nullptr;
  static_cast<void>(
#line 4 "tests/golden/kept.html"
bora_kept_0 = bora_kept_0_type(
#line 4
               std::string("the page of the customer called ") + user
#line 73 "views/kept.cpp"
  ).at(),
  [&] {
#line 4 "tests/golden/kept.html"
[[maybe_unused]] const auto& 
#line 4
       title = *bora_kept_0;
#line 80 "views/kept.cpp"
    using bora_kept_1_type = ::bora::render::Kept<::bora_views_kept::bora_fixed_1>;
    bora_kept_1_type::Pointer bora_kept_1 = nullptr;
    static_cast<void>(
#line 5 "tests/golden/kept.html"
bora_kept_1 = bora_kept_1_type(
#line 5
               std::max(static_cast<int>(user.size()), 3)
#line 88 "views/kept.cpp"
    ).at(),
    [&] {
#line 5 "tests/golden/kept.html"
[[maybe_unused]] const auto& 
#line 5
       level = *bora_kept_1;
#line 95 "views/kept.cpp"
      const ::bora::render::EscapedText o(bora_out);
      const ::bora::render::Escaped w(bora_out);
      {
        bora_out.append_unchecked(bora_text[0]);
#if BORA_LINE_MARKERS
#line 1 "tests/golden/kept.html"
# 1 "tests/golden/kept_base.html" 1
#endif
#line 4 "tests/golden/kept_base.html"
                        o( title );
#line 106 "views/kept.cpp"
        bora_out.append_unchecked(bora_text[1]);
#line 4 "tests/golden/kept_base.html"
                                    o( level );
#line 110 "views/kept.cpp"
        bora_out.append_unchecked(bora_text[2]);
        {
#if BORA_LINE_MARKERS
# 1 "tests/golden/kept.html" 2
#endif
#if BORA_LINE_MARKERS
#line 7 "tests/golden/kept.html"
# 1 "tests/golden/label.html" 1
#endif
#line 1 "tests/golden/label.html"
using bora_value1_type = ::bora::render::Kept<
#line 1
         std::string_view      >;
#line 124 "views/kept.cpp"
          bora_value1_type::Pointer bora_value1 = nullptr;
#line 2 "tests/golden/label.html"
using bora_value2_type = ::bora::render::Kept<
#line 2
         std::string_view                                                                     >;
#line 130 "views/kept.cpp"
          bora_value2_type::Pointer bora_value2 = nullptr;
#line 3 "tests/golden/label.html"
[[maybe_unused]] ::bora::render::Required<
#line 3
         int
#line 3
           > bora_value3
#line 3
                   = 0 ;
#line 140 "views/kept.cpp"
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
#line 153 "views/kept.cpp"
          [&] {
#line 1 "tests/golden/label.html"
[[maybe_unused]] const auto& 
#line 1
                          text
#line 159 "views/kept.cpp"
            = *bora_value1;
#line 2 "tests/golden/label.html"
[[maybe_unused]] const auto& 
#line 2
                          more
#line 165 "views/kept.cpp"
            = *bora_value2;
#line 3 "tests/golden/label.html"
[[maybe_unused]] const auto& 
#line 3
             least
#line 171 "views/kept.cpp"
            = bora_value3;
            {
              bora_out.append_unchecked(bora_text[3]);
#line 4 "tests/golden/label.html"
   w( text );
#line 177 "views/kept.cpp"
              bora_out.append_unchecked(bora_text[4]);
#line 4 "tests/golden/label.html"
              w( more );
#line 181 "views/kept.cpp"
              bora_out.append_unchecked(bora_text[5]);
#line 4 "tests/golden/label.html"
                         w( least );
#line 185 "views/kept.cpp"
              bora_out.append_unchecked(bora_text[6]);
              {
              }
            }
          }());
        }
        bora_out.append(bora_text[7]);
        {
          [[maybe_unused]] const auto bora_slot4 =
              [&]([[maybe_unused]] ::bora::render::Output& bora_output,
                  [[maybe_unused]] ::bora::render::PageWriter& bora_out) {
            const ::bora::render::Escaped w(bora_out);
#if BORA_LINE_MARKERS
# 7 "tests/golden/kept.html" 2
#endif
#line 8 "tests/golden/kept.html"
                                                                                           w( user );
#line 203 "views/kept.cpp"
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
#line 214 "views/kept.cpp"
            bora_value5_type::Pointer bora_value5 = nullptr;
#line 2 "tests/golden/label.html"
using bora_value6_type = ::bora::render::Kept<
#line 2
         std::string_view                                                                     >;
#line 220 "views/kept.cpp"
            bora_value6_type::Pointer bora_value6 = nullptr;
#line 3 "tests/golden/label.html"
using bora_value7_type = ::bora::render::Kept<
#line 3
         int           >;
#line 226 "views/kept.cpp"
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
#line 240 "views/kept.cpp"
            [&] {
#if BORA_LINE_MARKERS
#line 8 "tests/golden/kept.html"
# 1 "tests/golden/label.html" 1
#endif
#line 1 "tests/golden/label.html"
[[maybe_unused]] const auto& 
#line 1
                          text
#line 250 "views/kept.cpp"
              = *bora_value5;
#line 2 "tests/golden/label.html"
[[maybe_unused]] const auto& 
#line 2
                          more
#line 256 "views/kept.cpp"
              = *bora_value6;
#line 3 "tests/golden/label.html"
[[maybe_unused]] const auto& 
#line 3
             least
#line 262 "views/kept.cpp"
              = *bora_value7;
              {
                bora_out.append(bora_text[8]);
#line 4 "tests/golden/label.html"
   w( text );
#line 268 "views/kept.cpp"
                bora_out.append_unchecked(bora_text[9]);
#line 4 "tests/golden/label.html"
              w( more );
#line 272 "views/kept.cpp"
                bora_out.append_unchecked(bora_text[10]);
#line 4 "tests/golden/label.html"
                         w( least );
#line 276 "views/kept.cpp"
                bora_out.append_unchecked(bora_text[11]);
                bora_slot4(bora_output, bora_out);
              }
            }());
          }
        }
        bora_out.append(bora_text[12]);
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
#line 296 "views/kept.cpp"
          bora_value8_type::Pointer bora_value8 = nullptr;
#line 2 "tests/golden/label.html"
using bora_value9_type = ::bora::render::Kept<
#line 2
         std::string_view                                                                     >;
#line 302 "views/kept.cpp"
          bora_value9_type::Pointer bora_value9 = nullptr;
#line 3 "tests/golden/label.html"
[[maybe_unused]] ::bora::render::Required<
#line 3
         int
#line 3
           > bora_value10
#line 3
                   = 0 ;
#line 312 "views/kept.cpp"
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
#line 325 "views/kept.cpp"
          [&] {
#line 1 "tests/golden/label.html"
[[maybe_unused]] const auto& 
#line 1
                          text
#line 331 "views/kept.cpp"
            = *bora_value8;
#line 2 "tests/golden/label.html"
[[maybe_unused]] const auto& 
#line 2
                          more
#line 337 "views/kept.cpp"
            = *bora_value9;
#line 3 "tests/golden/label.html"
[[maybe_unused]] const auto& 
#line 3
             least
#line 343 "views/kept.cpp"
            = bora_value10;
            {
              bora_out.append_unchecked(bora_text[13]);
#line 4 "tests/golden/label.html"
   w( text );
#line 349 "views/kept.cpp"
              bora_out.append_unchecked(bora_text[14]);
#line 4 "tests/golden/label.html"
              w( more );
#line 353 "views/kept.cpp"
              bora_out.append_unchecked(bora_text[15]);
#line 4 "tests/golden/label.html"
                         w( least );
#line 357 "views/kept.cpp"
              bora_out.append_unchecked(bora_text[16]);
              {
              }
            }
          }());
        }
        bora_out.append(bora_text[17]);
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
                                        w( line );
#line 388 "views/kept.cpp"
              bora_out.append(bora_text[18]);
            }
          });
        }
        bora_out.append(bora_text[19]);
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
#line 404 "views/kept.cpp"
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
#line 416 "views/kept.cpp"
              loop.bora_step();
              bora_ran15 = true;
#line 11 "tests/golden/kept.html"
                                        w( loop.index );
#line 421 "views/kept.cpp"
              bora_out.append(bora_text[20]);
#line 11 "tests/golden/kept.html"
                                                         w( loop.length );
#line 425 "views/kept.cpp"
              bora_out.append_unchecked(bora_text[21]);
#line 11 "tests/golden/kept.html"
                                                                           w( line );
#line 429 "views/kept.cpp"
              bora_out.append_unchecked(bora_text[22]);
            }
            if (!bora_ran15) {
              bora_out.append(bora_text[23]);
            }
          });
        }
        bora_out.append(bora_text[24]);
        {
          const auto bora_with16 = [&](auto&& bora_then) -> decltype(auto) {
#line 12 "tests/golden/kept.html"
           return bora_then(shop::ledger().lines()     ); };
#line 12
bora_with16([&]([[maybe_unused]] ::bora::render::HeldBy<decltype(bora_with16)> 
#line 12
                            bora_held17                ) {
#line 446 "views/kept.cpp"
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
#line 460 "views/kept.cpp"
              = bora_count18++;
#line 12 "tests/golden/kept.html"
                                                         w( i );
#line 464 "views/kept.cpp"
              bora_out.append(bora_text[25]);
#line 12 "tests/golden/kept.html"
                                                                 w( line );
#line 468 "views/kept.cpp"
              bora_out.append_unchecked(bora_text[26]);
#line 12 "tests/golden/kept.html"
                                                                              if (i == 1 ) {
#line 472 "views/kept.cpp"
                continue;
              }
              break;
            }
          });
        }
        bora_out.append(bora_text[27]);
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
                                                w( name );
#line 500 "views/kept.cpp"
              bora_out.append(bora_text[28]);
#line 13 "tests/golden/kept.html"
                                                           w( count );
#line 504 "views/kept.cpp"
              bora_out.append_unchecked(bora_text[29]);
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
                                                                                                                                         w( word );
#line 522 "views/kept.cpp"
                    bora_out.append(bora_text[30]);
                  }
                });
              }
            }
          });
        }
        bora_out.append(bora_text[31]);
#line 14 "tests/golden/kept.html"
[[maybe_unused]] auto 
#line 14
       view
#line 14
= ::bora::render::kept(
#line 14
              shop::ledger().title() );
#line 14
                                       w( view );
#line 541 "views/kept.cpp"
        bora_out.append_unchecked(bora_text[32]);
#line 15 "tests/golden/kept.html"
       view
#line 15
= ::bora::render::fits<decltype(view)>(::bora::render::kept(
#line 15
              shop::first_word(user + " follows, and this is no short text") ));
#line 15
                                                                               w( view );
#line 551 "views/kept.cpp"
        bora_out.append_unchecked(bora_text[33]);
#line 16 "tests/golden/kept.html"
[[maybe_unused]] 
#line 16
       const auto&
#line 16
                   lines
#line 16
    = ::bora::render::kept(shop::ledger().lines() );
#line 16
                                                    w( lines[0] );
#line 563 "views/kept.cpp"
        bora_out.append_unchecked(bora_text[34]);
#line 17 "tests/golden/kept.html"
  if (const bool& is_open = 
#line 17
       ::bora::render::kept(shop::ledger().is_open() )) {
#line 17
                                                       w( is_open );
#line 571 "views/kept.cpp"
        }
        bora_out.append(bora_text[35]);
#if BORA_LINE_MARKERS
#line 1 "tests/golden/kept.html"
# 1 "tests/golden/kept_base.html" 1
#endif
#line 4 "tests/golden/kept_base.html"
                                                                                                    w( footer );
#line 580 "views/kept.cpp"
        bora_out.append_unchecked(bora_text[36]);
#if BORA_LINE_MARKERS
# 1 "tests/golden/kept.html" 2
#endif
#line 585 "views/kept.cpp"
      }
      bora_out.finish();
    }());
  }());
}
#pragma GCC diagnostic pop

void views::kept::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_kept(*this, bora_output);
}
