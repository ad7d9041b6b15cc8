// Made by bora from "tests/golden/capture.html". Changes here are lost.
#include "views/capture.h"
#include <string>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
static void bora_render_views_capture([[maybe_unused]] const ::views::capture& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"a ", 2},
    {" ", 1},
    {"b", 1},
    {" ", 1},
    {"\n", 1},
    {"four", 4},
    {"\n", 1},
    {"\n", 1},
  };
  ::bora::render::PageWriter bora_out(bora_output, 12);
#line 2 "tests/golden/capture.html"
        using shop::upper;
#line 2
               using shop::twice;
#line 3
[[maybe_unused]] const auto& 
#line 3
                          name = bora_page.name;
#line 32 "views/capture.cpp"
  const ::bora::render::Escaped o(bora_out);
  const ::bora::render::Raw w(bora_out);
  {
    {
      ::bora::render::Output bora_captured1;
      {
        [[maybe_unused]] ::bora::render::Output& bora_output = bora_captured1;
        ::bora::render::PageWriter bora_out(bora_output, 0);
        const ::bora::render::Escaped o(bora_out);
        const ::bora::render::Raw w(bora_out);
        bora_out.append(bora_text[0]);
#line 4 "tests/golden/capture.html"
                   o( name );
#line 46 "views/capture.cpp"
        bora_out.append_unchecked(bora_text[1]);
        {
          ::bora::render::Output bora_captured2;
          {
            [[maybe_unused]] ::bora::render::Output& bora_output = bora_captured2;
            ::bora::render::PageWriter bora_out(bora_output, 0);
            const ::bora::render::Escaped o(bora_out);
            bora_out.append(bora_text[2]);
#line 4 "tests/golden/capture.html"
                                                o( 1 );
#line 57 "views/capture.cpp"
            bora_out.finish();
          }
#line 4 "tests/golden/capture.html"
                                    w((twice )(::std::string(bora_captured2.text())));
#line 62 "views/capture.cpp"
        }
        bora_out.append(bora_text[3]);
#line 4 "tests/golden/capture.html"
                                                                      w(name );
#line 67 "views/capture.cpp"
        bora_out.finish();
      }
#line 4 "tests/golden/capture.html"
      w((upper )(::std::string(bora_captured1.text())));
#line 72 "views/capture.cpp"
    }
    bora_out.append(bora_text[4]);
    {
      ::bora::render::Output bora_captured3;
      {
        [[maybe_unused]] ::bora::render::Output& bora_output = bora_captured3;
        ::bora::render::PageWriter bora_out(bora_output, 0);
        bora_out.append(bora_text[5]);
        bora_out.finish();
      }
#line 5 "tests/golden/capture.html"
      w(([&](const auto& text) { return text.size(); } )(::std::string(bora_captured3.text())));
#line 85 "views/capture.cpp"
    }
    bora_out.append(bora_text[6]);
#line 6 "tests/golden/capture.html"
       for ([[maybe_unused]] auto&&
#line 6
       i
#line 6
            :
#line 6
            {1, 2} ) {
#line 96 "views/capture.cpp"
      {
        ::bora::render::Output bora_captured4;
        {
          [[maybe_unused]] ::bora::render::Output& bora_output = bora_captured4;
          ::bora::render::PageWriter bora_out(bora_output, 0);
          const ::bora::render::Escaped o(bora_out);
#line 6 "tests/golden/capture.html"
                                             for ([[maybe_unused]] auto&&
#line 6
                                             j
#line 6
                                                  :
#line 6
                                                  {1, 2, 3} ) {
#line 6
                                                                if (j == 2 ) {
#line 113 "views/capture.cpp"
              break;
            }
#line 6 "tests/golden/capture.html"
                                                                                                 o( i );
#line 6
                                                                                                        o( j );
#line 120 "views/capture.cpp"
          }
          bora_out.finish();
        }
#line 6 "tests/golden/capture.html"
                           w((twice )(::std::string(bora_captured4.text())));
#line 126 "views/capture.cpp"
      }
    }
    bora_out.append(bora_text[7]);
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

void views::capture::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_capture(*this, bora_output);
}
