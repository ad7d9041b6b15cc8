// Made by bora from "tests/golden/components.html". Changes here are lost.
#include "views/components.h"
#include <string>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
static void bora_render_views_components([[maybe_unused]] const ::views::components& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"\n", 1},
    {" ", 1},
    {"<h2 id=\"l", 9},
    {"\">", 2},
    {"</h2>", 5},
    {"<footer>", 8},
    {"</footer>\n", 10},
    {"\n"
     "\n", 2},
    {"<h2 id=\"l", 9},
    {"\">", 2},
    {"</h2>", 5},
    {"nothing", 7},
    {"<footer>", 8},
    {"no footer", 9},
    {"</footer>\n", 10},
    {"\n"
     "\n", 2},
    {"[", 1},
    {"]", 1},
    {"<h2 id=\"l", 9},
    {"\">", 2},
    {"</h2>", 5},
    {"<footer>", 8},
    {"no footer", 9},
    {"</footer>\n", 10},
    {"\n", 1},
    {"\n"
     "\n", 2},
    {"<h2 id=\"l", 9},
    {"\">", 2},
    {"</h2>", 5},
    {"nothing", 7},
    {"<footer>", 8},
    {"no footer", 9},
    {"</footer>\n", 10},
    {"\n"
     "\n", 2},
    {"<h2 id=\"l", 9},
    {"\">", 2},
    {"</h2>", 5},
    {"nothing", 7},
    {"<footer>", 8},
    {"no footer", 9},
    {"</footer>\n", 10},
    {"\n"
     "\n", 2},
    {"\n", 1},
  };
  ::bora::render::PageWriter bora_out(bora_output, 243);
#line 2 "tests/golden/components.html"
        using shop::twice;
#line 3
[[maybe_unused]] const auto& 
#line 3
                          title = bora_page.title;
#line 70 "views/components.cpp"
  const ::bora::render::Escaped o(bora_out);
  const ::bora::render::Raw w(bora_out);
  const ::bora::render::EscapedText q(bora_out);
  {
#line 4 "tests/golden/components.html"
[[maybe_unused]] auto 
#line 4
       level
#line 4
             = 5 ;
#line 81 "views/components.cpp"
    bora_out.append_unchecked(bora_text[0]);
    {
      [[maybe_unused]] const auto bora_slot1 =
          [&]([[maybe_unused]] ::bora::render::Output& bora_output,
              [[maybe_unused]] ::bora::render::PageWriter& bora_out) {
        const ::bora::render::Raw w(bora_out);
        {
          ::bora::render::Output bora_captured2;
          {
            [[maybe_unused]] ::bora::render::Output& bora_output = bora_captured2;
            ::bora::render::PageWriter bora_out(bora_output, 0);
            const ::bora::render::Escaped o(bora_out);
#line 5 "tests/golden/components.html"
                                                                                                                                 o( title );
#line 96 "views/components.cpp"
            bora_out.finish();
          }
#line 5 "tests/golden/components.html"
                                                                                                                      w((twice )(::std::string(bora_captured2.text())));
#line 101 "views/components.cpp"
        }
      };
      [[maybe_unused]] const auto bora_slot3 =
          [&]([[maybe_unused]] ::bora::render::Output& bora_output,
              [[maybe_unused]] ::bora::render::PageWriter& bora_out) {
        const ::bora::render::Escaped o(bora_out);
#line 5 "tests/golden/components.html"
                                             o( title );
#line 110 "views/components.cpp"
        bora_out.append(bora_text[1]);
#line 5 "tests/golden/components.html"
                                                         o( level );
#line 5
                                                                           level
#line 5
                                           = ::bora::render::fits<decltype(level)>(level + 1 );
#line 118 "views/components.cpp"
      };
      {
#if BORA_LINE_MARKERS
#line 5 "tests/golden/components.html"
# 1 "tests/golden/card.html" 1
#endif
#line 1 "tests/golden/card.html"
[[maybe_unused]] ::bora::render::Required<
#line 1
         std::string_view
#if BORA_LINE_MARKERS
# 5 "tests/golden/components.html" 2
#endif
#line 5 "tests/golden/components.html"
           > bora_value4
#line 5
                 = "a<b"                   ;
#line 5
     auto&& bora_value5_whole = level - 1  ;
#if BORA_LINE_MARKERS
#line 5
# 1 "tests/golden/card.html" 1
#endif
#line 2 "tests/golden/card.html"
[[maybe_unused]] ::bora::render::Required<
#line 2
         int
#if BORA_LINE_MARKERS
# 5 "tests/golden/components.html" 2
#endif
#line 5 "tests/golden/components.html"
                        > bora_value5
#line 5
                              = static_cast<decltype(bora_value5_whole)&&>(bora_value5_whole);
#line 153 "views/components.cpp"
        {
#if BORA_LINE_MARKERS
#line 5 "tests/golden/components.html"
# 1 "tests/golden/card.html" 1
#endif
#line 1 "tests/golden/card.html"
[[maybe_unused]] const auto& 
#line 1
                          title
#line 163 "views/components.cpp"
          = bora_value4;
#line 2 "tests/golden/card.html"
[[maybe_unused]] const auto& 
#line 2
             level
#line 169 "views/components.cpp"
          = bora_value5;
          {
            bora_out.append(bora_text[2]);
#line 3 "tests/golden/card.html"
         q( level );
#line 175 "views/components.cpp"
            bora_out.append_unchecked(bora_text[3]);
#line 3 "tests/golden/card.html"
                      o( title );
#line 179 "views/components.cpp"
            bora_out.append_unchecked(bora_text[4]);
            bora_slot3(bora_output, bora_out);
            bora_out.append(bora_text[5]);
            bora_slot1(bora_output, bora_out);
            bora_out.append(bora_text[6]);
#line 4 "tests/golden/card.html"
auto bora_value6 = 
#line 4
               0 ;
#line 4
[[maybe_unused]] auto 
#line 4
       level
#line 193 "views/components.cpp"
            = static_cast<decltype(bora_value6)&&>(bora_value6);
          }
        }
      }
    }
    bora_out.append_unchecked(bora_text[7]);
    {
      {
#if BORA_LINE_MARKERS
# 5 "tests/golden/components.html" 2
#endif
#if BORA_LINE_MARKERS
#line 6 "tests/golden/components.html"
# 1 "tests/golden/card.html" 1
#endif
#line 1 "tests/golden/card.html"
[[maybe_unused]] ::bora::render::Required<
#line 1
         std::string_view
#line 1
                        > bora_value7
#line 1
                                = "untitled" ;
#line 2
[[maybe_unused]] ::bora::render::Required<
#line 2
         int
#line 2
           > bora_value8
#line 2
                   = 2 ;
#line 225 "views/components.cpp"
        {
#line 1 "tests/golden/card.html"
[[maybe_unused]] const auto& 
#line 1
                          title
#line 231 "views/components.cpp"
          = bora_value7;
#line 2 "tests/golden/card.html"
[[maybe_unused]] const auto& 
#line 2
             level
#line 237 "views/components.cpp"
          = bora_value8;
          {
            bora_out.append_unchecked(bora_text[8]);
#line 3 "tests/golden/card.html"
         q( level );
#line 243 "views/components.cpp"
            bora_out.append_unchecked(bora_text[9]);
#line 3 "tests/golden/card.html"
                      o( title );
#line 247 "views/components.cpp"
            bora_out.append_unchecked(bora_text[10]);
            {
              bora_out.append(bora_text[11]);
            }
            bora_out.append(bora_text[12]);
            {
              bora_out.append(bora_text[13]);
            }
            bora_out.append(bora_text[14]);
#line 4 "tests/golden/card.html"
auto bora_value9 = 
#line 4
               0 ;
#line 4
[[maybe_unused]] auto 
#line 4
       level
#line 265 "views/components.cpp"
            = static_cast<decltype(bora_value9)&&>(bora_value9);
          }
        }
      }
    }
    bora_out.append_unchecked(bora_text[15]);
    {
      [[maybe_unused]] const auto bora_slot10 =
          [&]([[maybe_unused]] ::bora::render::Output& bora_output,
              [[maybe_unused]] ::bora::render::PageWriter& bora_out) {
        const ::bora::render::Escaped o(bora_out);
        bora_out.append(bora_text[16]);
#if BORA_LINE_MARKERS
# 6 "tests/golden/components.html" 2
#endif
#line 7 "tests/golden/components.html"
                                             o( level );
#line 283 "views/components.cpp"
        bora_out.append_unchecked(bora_text[17]);
      };
      {
#if BORA_LINE_MARKERS
#line 7 "tests/golden/components.html"
# 1 "tests/golden/panel.html" 1
#endif
#line 1 "tests/golden/panel.html"
[[maybe_unused]] ::bora::render::Required<
#line 1
         std::vector<int>
#if BORA_LINE_MARKERS
# 7 "tests/golden/components.html" 2
#endif
#line 7 "tests/golden/components.html"
            > bora_value11
#line 7
                  = {1, 2}  ;
#line 302 "views/components.cpp"
        {
#if BORA_LINE_MARKERS
#line 7 "tests/golden/components.html"
# 1 "tests/golden/panel.html" 1
#endif
#line 1 "tests/golden/panel.html"
[[maybe_unused]] const auto& 
#line 1
                          items
#line 312 "views/components.cpp"
          = bora_value11;
          {
#line 2 "tests/golden/panel.html"
       for ([[maybe_unused]] auto&&
#line 2
       item
#line 2
               :
#line 2
               items ) {
#line 323 "views/components.cpp"
              {
                [[maybe_unused]] const auto bora_slot12 =
                    [&]([[maybe_unused]] ::bora::render::Output& bora_output,
                        [[maybe_unused]] ::bora::render::PageWriter& bora_out) {
                  bora_slot10(bora_output, bora_out);
                };
                {
#if BORA_LINE_MARKERS
#line 2 "tests/golden/panel.html"
# 1 "tests/golden/card.html" 1
#endif
#line 1 "tests/golden/card.html"
[[maybe_unused]] ::bora::render::Required<
#line 1
         std::string_view
#line 1
                        > bora_value13
#line 1
                                = "untitled" ;
#line 2
[[maybe_unused]] ::bora::render::Required<
#line 2
         int
#if BORA_LINE_MARKERS
# 2 "tests/golden/panel.html" 2
#endif
#line 2 "tests/golden/panel.html"
                                  > bora_value14
#line 2
                                        = item  ;
#line 354 "views/components.cpp"
                  {
#if BORA_LINE_MARKERS
#line 2 "tests/golden/panel.html"
# 1 "tests/golden/card.html" 1
#endif
#line 1 "tests/golden/card.html"
[[maybe_unused]] const auto& 
#line 1
                          title
#line 364 "views/components.cpp"
                    = bora_value13;
#line 2 "tests/golden/card.html"
[[maybe_unused]] const auto& 
#line 2
             level
#line 370 "views/components.cpp"
                    = bora_value14;
                    {
                      bora_out.append(bora_text[18]);
#line 3 "tests/golden/card.html"
         q( level );
#line 376 "views/components.cpp"
                      bora_out.append_unchecked(bora_text[19]);
#line 3 "tests/golden/card.html"
                      o( title );
#line 380 "views/components.cpp"
                      bora_out.append_unchecked(bora_text[20]);
                      bora_slot12(bora_output, bora_out);
                      bora_out.append(bora_text[21]);
                      {
                        bora_out.append(bora_text[22]);
                      }
                      bora_out.append(bora_text[23]);
#line 4 "tests/golden/card.html"
auto bora_value15 = 
#line 4
               0 ;
#line 4
[[maybe_unused]] auto 
#line 4
       level
#line 396 "views/components.cpp"
                      = static_cast<decltype(bora_value15)&&>(bora_value15);
                    }
                  }
                }
              }
              bora_out.append_unchecked(bora_text[24]);
            }
          }
        }
      }
    }
    bora_out.append(bora_text[25]);
    {
#if BORA_LINE_MARKERS
# 2 "tests/golden/panel.html" 2
#endif
#if BORA_LINE_MARKERS
# 7 "tests/golden/components.html" 2
#endif
#if BORA_LINE_MARKERS
#line 8 "tests/golden/components.html"
# 1 "tests/golden/card.html" 1
#endif
#line 1 "tests/golden/card.html"
[[maybe_unused]] ::bora::render::Required<
#line 1
         std::string_view
#if BORA_LINE_MARKERS
# 8 "tests/golden/components.html" 2
#endif
#line 8 "tests/golden/components.html"
                          > bora_value16
#line 8
                                = title              ;
#if BORA_LINE_MARKERS
#line 8
# 1 "tests/golden/card.html" 1
#endif
#line 2 "tests/golden/card.html"
[[maybe_unused]] ::bora::render::Required<
#line 2
         int
#if BORA_LINE_MARKERS
# 8 "tests/golden/components.html" 2
#endif
#line 8 "tests/golden/components.html"
                                       > bora_value17
#line 8
                                             = level ;
#line 446 "views/components.cpp"
      {
#if BORA_LINE_MARKERS
#line 8 "tests/golden/components.html"
# 1 "tests/golden/card.html" 1
#endif
#line 1 "tests/golden/card.html"
[[maybe_unused]] const auto& 
#line 1
                          title
#line 456 "views/components.cpp"
        = bora_value16;
#line 2 "tests/golden/card.html"
[[maybe_unused]] const auto& 
#line 2
             level
#line 462 "views/components.cpp"
        = bora_value17;
        {
          bora_out.append_unchecked(bora_text[26]);
#line 3 "tests/golden/card.html"
         q( level );
#line 468 "views/components.cpp"
          bora_out.append_unchecked(bora_text[27]);
#line 3 "tests/golden/card.html"
                      o( title );
#line 472 "views/components.cpp"
          bora_out.append_unchecked(bora_text[28]);
          {
            bora_out.append(bora_text[29]);
          }
          bora_out.append(bora_text[30]);
          {
            bora_out.append(bora_text[31]);
          }
          bora_out.append(bora_text[32]);
#line 4 "tests/golden/card.html"
auto bora_value18 = 
#line 4
               0 ;
#line 4
[[maybe_unused]] auto 
#line 4
       level
#line 490 "views/components.cpp"
          = static_cast<decltype(bora_value18)&&>(bora_value18);
        }
      }
    }
    bora_out.append_unchecked(bora_text[33]);
    {
#if BORA_LINE_MARKERS
# 8 "tests/golden/components.html" 2
#endif
#if BORA_LINE_MARKERS
#line 9 "tests/golden/components.html"
# 1 "tests/golden/card.html" 1
#endif
#line 1 "tests/golden/card.html"
[[maybe_unused]] ::bora::render::Required<
#line 1
         std::string_view
#line 1
                        > bora_value19
#line 1
                                = "untitled" ;
#line 2
[[maybe_unused]] ::bora::render::Required<
#line 2
         int
#if BORA_LINE_MARKERS
# 9 "tests/golden/components.html" 2
#endif
#line 9 "tests/golden/components.html"
                              > bora_value20
#line 9
                                    = 9  ;
#line 523 "views/components.cpp"
      {
#if BORA_LINE_MARKERS
#line 9 "tests/golden/components.html"
# 1 "tests/golden/card.html" 1
#endif
#line 1 "tests/golden/card.html"
[[maybe_unused]] const auto& 
#line 1
                          title
#line 533 "views/components.cpp"
        = bora_value19;
#line 2 "tests/golden/card.html"
[[maybe_unused]] const auto& 
#line 2
             level
#line 539 "views/components.cpp"
        = bora_value20;
        {
          bora_out.append_unchecked(bora_text[34]);
#line 3 "tests/golden/card.html"
         q( level );
#line 545 "views/components.cpp"
          bora_out.append_unchecked(bora_text[35]);
#line 3 "tests/golden/card.html"
                      o( title );
#line 549 "views/components.cpp"
          bora_out.append_unchecked(bora_text[36]);
          {
            bora_out.append(bora_text[37]);
          }
          bora_out.append(bora_text[38]);
          {
            bora_out.append(bora_text[39]);
          }
          bora_out.append(bora_text[40]);
#line 4 "tests/golden/card.html"
auto bora_value21 = 
#line 4
               0 ;
#line 4
[[maybe_unused]] auto 
#line 4
       level
#line 567 "views/components.cpp"
          = static_cast<decltype(bora_value21)&&>(bora_value21);
        }
      }
    }
    bora_out.append_unchecked(bora_text[41]);
#if BORA_LINE_MARKERS
# 9 "tests/golden/components.html" 2
#endif
#line 10 "tests/golden/components.html"
o( level );
#line 578 "views/components.cpp"
    bora_out.append_unchecked(bora_text[42]);
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

void views::components::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_components(*this, bora_output);
}
