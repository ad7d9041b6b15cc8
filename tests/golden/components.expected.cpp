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
    {"\n"
     "\n"
     "\n", 3},
    {"\n", 1},
    {" ", 1},
    {"\n"
     "\n"
     "<h2 id=\"l", 11},
    {"\">", 2},
    {"</h2>", 5},
    {"<footer>", 8},
    {"</footer>\n", 10},
    {"\n"
     "\n", 2},
    {"\n"
     "\n"
     "<h2 id=\"l", 11},
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
    {"\n", 1},
    {"\n"
     "\n"
     "<h2 id=\"l", 11},
    {"\">", 2},
    {"</h2>", 5},
    {"<footer>", 8},
    {"no footer", 9},
    {"</footer>\n", 10},
    {"\n", 1},
    {"\n"
     "\n", 2},
    {"\n"
     "\n"
     "<h2 id=\"l", 11},
    {"\">", 2},
    {"</h2>", 5},
    {"nothing", 7},
    {"<footer>", 8},
    {"no footer", 9},
    {"</footer>\n", 10},
    {"\n"
     "\n", 2},
    {"\n"
     "\n"
     "<h2 id=\"l", 11},
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
  ::bora::render::PageWriter bora_out(bora_output, 257);
#line 2 "tests/golden/components.html"
        using shop::twice;
#line 3
[[maybe_unused]] const auto& 
#line 3
                          title = bora_page.title;
#line 84 "views/components.cpp"
  const ::bora::render::Escaped o(bora_out);
  const ::bora::render::Raw w(bora_out);
  const ::bora::render::EscapedText q(bora_out);
  {
    bora_out.append_unchecked(bora_text[0]);
#line 4 "tests/golden/components.html"
[[maybe_unused]] auto 
#line 4
       level
#line 4
             = 5 ;
#line 96 "views/components.cpp"
    bora_out.append_unchecked(bora_text[1]);
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
#line 111 "views/components.cpp"
            bora_out.finish();
          }
#line 5 "tests/golden/components.html"
                                                                                                                      w((twice )(::std::string(bora_captured2.text())));
#line 116 "views/components.cpp"
        }
      };
      [[maybe_unused]] const auto bora_slot3 =
          [&]([[maybe_unused]] ::bora::render::Output& bora_output,
              [[maybe_unused]] ::bora::render::PageWriter& bora_out) {
        const ::bora::render::Escaped o(bora_out);
#line 5 "tests/golden/components.html"
                                             o( title );
#line 125 "views/components.cpp"
        bora_out.append(bora_text[2]);
#line 5 "tests/golden/components.html"
                                                         o( level );
#line 5
                                                                           level
#line 5
                                           = ::bora::render::fits<decltype(level)>(level + 1 );
#line 133 "views/components.cpp"
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
#line 168 "views/components.cpp"
        {
#if BORA_LINE_MARKERS
#line 5 "tests/golden/components.html"
# 1 "tests/golden/card.html" 1
#endif
#line 1 "tests/golden/card.html"
[[maybe_unused]] const auto& 
#line 1
                          title
#line 178 "views/components.cpp"
          = bora_value4;
#line 2 "tests/golden/card.html"
[[maybe_unused]] const auto& 
#line 2
             level
#line 184 "views/components.cpp"
          = bora_value5;
          {
            bora_out.append(bora_text[3]);
#line 3 "tests/golden/card.html"
         q( level );
#line 190 "views/components.cpp"
            bora_out.append_unchecked(bora_text[4]);
#line 3 "tests/golden/card.html"
                      o( title );
#line 194 "views/components.cpp"
            bora_out.append_unchecked(bora_text[5]);
            bora_slot3(bora_output, bora_out);
            bora_out.append(bora_text[6]);
            bora_slot1(bora_output, bora_out);
            bora_out.append(bora_text[7]);
#line 4 "tests/golden/card.html"
auto bora_value6 = 
#line 4
               0 ;
#line 4
[[maybe_unused]] auto 
#line 4
       level
#line 208 "views/components.cpp"
            = static_cast<decltype(bora_value6)&&>(bora_value6);
          }
        }
      }
    }
    bora_out.append_unchecked(bora_text[8]);
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
#line 240 "views/components.cpp"
        {
#line 1 "tests/golden/card.html"
[[maybe_unused]] const auto& 
#line 1
                          title
#line 246 "views/components.cpp"
          = bora_value7;
#line 2 "tests/golden/card.html"
[[maybe_unused]] const auto& 
#line 2
             level
#line 252 "views/components.cpp"
          = bora_value8;
          {
            bora_out.append_unchecked(bora_text[9]);
#line 3 "tests/golden/card.html"
         q( level );
#line 258 "views/components.cpp"
            bora_out.append_unchecked(bora_text[10]);
#line 3 "tests/golden/card.html"
                      o( title );
#line 262 "views/components.cpp"
            bora_out.append_unchecked(bora_text[11]);
            {
              bora_out.append(bora_text[12]);
            }
            bora_out.append(bora_text[13]);
            {
              bora_out.append(bora_text[14]);
            }
            bora_out.append(bora_text[15]);
#line 4 "tests/golden/card.html"
auto bora_value9 = 
#line 4
               0 ;
#line 4
[[maybe_unused]] auto 
#line 4
       level
#line 280 "views/components.cpp"
            = static_cast<decltype(bora_value9)&&>(bora_value9);
          }
        }
      }
    }
    bora_out.append_unchecked(bora_text[16]);
    {
      [[maybe_unused]] const auto bora_slot10 =
          [&]([[maybe_unused]] ::bora::render::Output& bora_output,
              [[maybe_unused]] ::bora::render::PageWriter& bora_out) {
        const ::bora::render::Escaped o(bora_out);
        bora_out.append(bora_text[17]);
#if BORA_LINE_MARKERS
# 6 "tests/golden/components.html" 2
#endif
#line 7 "tests/golden/components.html"
                                             o( level );
#line 298 "views/components.cpp"
        bora_out.append_unchecked(bora_text[18]);
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
#line 317 "views/components.cpp"
        {
#if BORA_LINE_MARKERS
#line 7 "tests/golden/components.html"
# 1 "tests/golden/panel.html" 1
#endif
#line 1 "tests/golden/panel.html"
[[maybe_unused]] const auto& 
#line 1
                          items
#line 327 "views/components.cpp"
          = bora_value11;
          {
            bora_out.append(bora_text[19]);
#line 2 "tests/golden/panel.html"
       for ([[maybe_unused]] auto&&
#line 2
       item
#line 2
               :
#line 2
               items ) {
#line 339 "views/components.cpp"
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
#line 370 "views/components.cpp"
                  {
#if BORA_LINE_MARKERS
#line 2 "tests/golden/panel.html"
# 1 "tests/golden/card.html" 1
#endif
#line 1 "tests/golden/card.html"
[[maybe_unused]] const auto& 
#line 1
                          title
#line 380 "views/components.cpp"
                    = bora_value13;
#line 2 "tests/golden/card.html"
[[maybe_unused]] const auto& 
#line 2
             level
#line 386 "views/components.cpp"
                    = bora_value14;
                    {
                      bora_out.append(bora_text[20]);
#line 3 "tests/golden/card.html"
         q( level );
#line 392 "views/components.cpp"
                      bora_out.append_unchecked(bora_text[21]);
#line 3 "tests/golden/card.html"
                      o( title );
#line 396 "views/components.cpp"
                      bora_out.append_unchecked(bora_text[22]);
                      bora_slot12(bora_output, bora_out);
                      bora_out.append(bora_text[23]);
                      {
                        bora_out.append(bora_text[24]);
                      }
                      bora_out.append(bora_text[25]);
#line 4 "tests/golden/card.html"
auto bora_value15 = 
#line 4
               0 ;
#line 4
[[maybe_unused]] auto 
#line 4
       level
#line 412 "views/components.cpp"
                      = static_cast<decltype(bora_value15)&&>(bora_value15);
                    }
                  }
                }
              }
              bora_out.append_unchecked(bora_text[26]);
            }
          }
        }
      }
    }
    bora_out.append(bora_text[27]);
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
#line 462 "views/components.cpp"
      {
#if BORA_LINE_MARKERS
#line 8 "tests/golden/components.html"
# 1 "tests/golden/card.html" 1
#endif
#line 1 "tests/golden/card.html"
[[maybe_unused]] const auto& 
#line 1
                          title
#line 472 "views/components.cpp"
        = bora_value16;
#line 2 "tests/golden/card.html"
[[maybe_unused]] const auto& 
#line 2
             level
#line 478 "views/components.cpp"
        = bora_value17;
        {
          bora_out.append_unchecked(bora_text[28]);
#line 3 "tests/golden/card.html"
         q( level );
#line 484 "views/components.cpp"
          bora_out.append_unchecked(bora_text[29]);
#line 3 "tests/golden/card.html"
                      o( title );
#line 488 "views/components.cpp"
          bora_out.append_unchecked(bora_text[30]);
          {
            bora_out.append(bora_text[31]);
          }
          bora_out.append(bora_text[32]);
          {
            bora_out.append(bora_text[33]);
          }
          bora_out.append(bora_text[34]);
#line 4 "tests/golden/card.html"
auto bora_value18 = 
#line 4
               0 ;
#line 4
[[maybe_unused]] auto 
#line 4
       level
#line 506 "views/components.cpp"
          = static_cast<decltype(bora_value18)&&>(bora_value18);
        }
      }
    }
    bora_out.append_unchecked(bora_text[35]);
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
#line 539 "views/components.cpp"
      {
#if BORA_LINE_MARKERS
#line 9 "tests/golden/components.html"
# 1 "tests/golden/card.html" 1
#endif
#line 1 "tests/golden/card.html"
[[maybe_unused]] const auto& 
#line 1
                          title
#line 549 "views/components.cpp"
        = bora_value19;
#line 2 "tests/golden/card.html"
[[maybe_unused]] const auto& 
#line 2
             level
#line 555 "views/components.cpp"
        = bora_value20;
        {
          bora_out.append_unchecked(bora_text[36]);
#line 3 "tests/golden/card.html"
         q( level );
#line 561 "views/components.cpp"
          bora_out.append_unchecked(bora_text[37]);
#line 3 "tests/golden/card.html"
                      o( title );
#line 565 "views/components.cpp"
          bora_out.append_unchecked(bora_text[38]);
          {
            bora_out.append(bora_text[39]);
          }
          bora_out.append(bora_text[40]);
          {
            bora_out.append(bora_text[41]);
          }
          bora_out.append(bora_text[42]);
#line 4 "tests/golden/card.html"
auto bora_value21 = 
#line 4
               0 ;
#line 4
[[maybe_unused]] auto 
#line 4
       level
#line 583 "views/components.cpp"
          = static_cast<decltype(bora_value21)&&>(bora_value21);
        }
      }
    }
    bora_out.append_unchecked(bora_text[43]);
#if BORA_LINE_MARKERS
# 9 "tests/golden/components.html" 2
#endif
#line 10 "tests/golden/components.html"
o( level );
#line 594 "views/components.cpp"
    bora_out.append_unchecked(bora_text[44]);
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

void views::components::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_components(*this, bora_output);
}
