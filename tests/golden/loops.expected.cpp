// Made by bora from "tests/golden/loops.html". Changes here are lost.
#include "views/loops.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
static void bora_render_views_loops([[maybe_unused]] const ::views::loops& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"/", 1},
    {" ", 1},
    {", ", 2},
    {"no items", 8},
    {"\n", 1},
    {"=", 1},
    {";", 1},
    {"\n", 1},
    {".", 1},
    {" ", 1},
    {"\n", 1},
    {"\n", 1},
    {"\n", 1},
    {"never", 5},
    {"\n", 1},
    {".", 1},
    {"\n", 1},
  };
  ::bora::render::PageWriter bora_out(bora_output, 29);
#line 2 "tests/golden/loops.html"
    [[maybe_unused]] const auto& items = bora_page.items;
#line 3
       [[maybe_unused]] const auto& stock = bora_page.stock;
#line 36 "views/loops.cpp"
  const ::bora::render::Escaped o(bora_out);
  {
    {
      bool bora_ran1 = false;
#line 4 "tests/golden/loops.html"
auto&& bora_range2 = 
#line 4
               items ;
#line 45 "views/loops.cpp"
      ::bora::render::Loop loop;
      loop.length = ::bora::render::loop_length(bora_range2);
#line 4 "tests/golden/loops.html"
       for ([[maybe_unused]] auto&&
#line 4
       item
#line 4
               :
#line 4
               bora_range2) {
#line 56 "views/loops.cpp"
        loop.bora_step();
        bora_ran1 = true;
#line 4 "tests/golden/loops.html"
                       o( loop.index );
#line 61 "views/loops.cpp"
        bora_out.append(bora_text[0]);
#line 4 "tests/golden/loops.html"
                                        o( loop.length );
#line 65 "views/loops.cpp"
        bora_out.append_unchecked(bora_text[1]);
#line 4 "tests/golden/loops.html"
                                                          o( item.name );
#line 4
                                                                           if (!loop.last ) {
#line 71 "views/loops.cpp"
          bora_out.append(bora_text[2]);
        }
      }
      if (!bora_ran1) {
        bora_out.append(bora_text[3]);
      }
    }
    bora_out.append(bora_text[4]);
#line 5 "tests/golden/loops.html"
       for ([[maybe_unused]] auto&&
#line 5
      [name
#line 5
           , count
#line 5
                     ]:
#line 5
                      stock ) {
#line 5
                              o( name );
#line 92 "views/loops.cpp"
      bora_out.append(bora_text[5]);
#line 5 "tests/golden/loops.html"
                                         o( count );
#line 96 "views/loops.cpp"
      bora_out.append_unchecked(bora_text[6]);
    }
    bora_out.append(bora_text[7]);
    {
      ::std::size_t bora_count3 = 1;
#line 6 "tests/golden/loops.html"
          for ([[maybe_unused]] auto&&
#line 6
          item
#line 6
                            :
#line 6
                            items     ) {
#line 6
[[maybe_unused]] const ::std::size_t 
#line 6
       i
#line 114 "views/loops.cpp"
        = bora_count3++;
#line 6 "tests/golden/loops.html"
                                        o( i );
#line 118 "views/loops.cpp"
        bora_out.append(bora_text[8]);
#line 6 "tests/golden/loops.html"
                                                o( item.name );
#line 122 "views/loops.cpp"
        bora_out.append_unchecked(bora_text[9]);
      }
    }
    bora_out.append(bora_text[10]);
#line 7 "tests/golden/loops.html"
       for ([[maybe_unused]] auto&&
#line 7
       item
#line 7
               :
#line 7
               items ) {
#line 7
                         if (item.sold ) {
#line 137 "views/loops.cpp"
        continue;
      }
#line 7 "tests/golden/loops.html"
                                                                  if (item.price > 100 ) {
#line 142 "views/loops.cpp"
        break;
      }
#line 7 "tests/golden/loops.html"
                                                                                                             o( item.name );
#line 147 "views/loops.cpp"
    }
    bora_out.append(bora_text[11]);
#line 8 "tests/golden/loops.html"
[[maybe_unused]] auto 
#line 8
       n
#line 8
         = 3 ;
#line 156 "views/loops.cpp"
    bora_out.append_unchecked(bora_text[12]);
    {
      bool bora_ran4 = false;
#line 9 "tests/golden/loops.html"
  while (n > 0 ) {
#line 162 "views/loops.cpp"
        bora_ran4 = true;
#line 9 "tests/golden/loops.html"
                 o( n );
#line 9
                               n
#line 9
= ::bora::render::fits<decltype(n)>(
#line 9
                                   n - 1 );
#line 172 "views/loops.cpp"
      }
      if (!bora_ran4) {
        bora_out.append(bora_text[13]);
      }
    }
    bora_out.append(bora_text[14]);
#line 10 "tests/golden/loops.html"
       for ([[maybe_unused]] auto&&
#line 10
       unused
#line 10
                 :
#line 10
                 items ) {
#line 187 "views/loops.cpp"
      bora_out.append(bora_text[15]);
    }
    bora_out.append(bora_text[16]);
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

void views::loops::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_loops(*this, bora_output);
}
