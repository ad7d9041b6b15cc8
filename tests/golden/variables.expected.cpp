// Made by bora from "tests/golden/variables.html". Changes here are lost.
#include "views/variables.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
static void bora_render_views_variables([[maybe_unused]] const ::views::variables& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"\n", 1},
    {" ", 1},
    {"\n", 1},
    {"\n", 1},
    {" ", 1},
    {"\n", 1},
    {" ", 1},
    {"\n", 1},
    {" ", 1},
    {"\n", 1},
    {" ", 1},
    {"\n", 1},
  };
  ::bora::render::PageWriter bora_out(bora_output, 12);
#line 2 "tests/golden/variables.html"
        using shop::shorten;
#line 2
[[maybe_unused]] const auto cut = [](auto&&... bora_values) -> decltype(auto) { return shop::
#line 2
                             shorten
#line 33 "views/variables.cpp"
  (static_cast<decltype(bora_values)&&>(bora_values)...); };
#line 2 "tests/golden/variables.html"
            using M [[maybe_unused]] = shop::Mood;
#line 3
[[maybe_unused]] const auto& 
#line 3
                          title = bora_page.title;
#line 4
[[maybe_unused]] const auto& 
#line 4
                          numbers = bora_page.numbers;
#line 45 "views/variables.cpp"
  const ::bora::render::Escaped o(bora_out);
  {
#line 5 "tests/golden/variables.html"
[[maybe_unused]] auto 
#line 5
       total
#line 5
             = 0 ;
#line 54 "views/variables.cpp"
    bora_out.append_unchecked(bora_text[0]);
#line 6 "tests/golden/variables.html"
       for ([[maybe_unused]] auto&&
#line 6
       number
#line 6
                 :
#line 6
                 numbers ) {
#line 64 "views/variables.cpp"
      {
#line 6 "tests/golden/variables.html"
                                  total
#line 6
  = ::bora::render::fits<decltype(total)>(total + number );
#line 6
                                                        auto bora_value1 = number * 10 ;
#line 6
                                            [[maybe_unused]] auto number
#line 74 "views/variables.cpp"
        = static_cast<decltype(bora_value1)&&>(bora_value1);
#line 6 "tests/golden/variables.html"
                                                                                         o( number );
#line 78 "views/variables.cpp"
        bora_out.append(bora_text[1]);
      }
    }
    bora_out.append(bora_text[2]);
#line 7 "tests/golden/variables.html"
       total += 1 ;
#line 7
                    o( total );
#line 87 "views/variables.cpp"
    bora_out.append_unchecked(bora_text[3]);
#line 8 "tests/golden/variables.html"
auto bora_value2 = 
#line 8
               cut(title) ;
#line 8
[[maybe_unused]] auto 
#line 8
       title
#line 97 "views/variables.cpp"
    = static_cast<decltype(bora_value2)&&>(bora_value2);
#line 8 "tests/golden/variables.html"
                            o( title );
#line 101 "views/variables.cpp"
    bora_out.append_unchecked(bora_text[4]);
#line 8 "tests/golden/variables.html"
                                        o( shorten("shorten me", 5) );
#line 105 "views/variables.cpp"
    bora_out.append_unchecked(bora_text[5]);
#line 9 "tests/golden/variables.html"
       [[maybe_unused]] auto
#line 9
      [rank
#line 9
           , word
#line 9
                ] = shop::best() ;
#line 9
                                   o( rank );
#line 117 "views/variables.cpp"
    bora_out.append_unchecked(bora_text[6]);
#line 9 "tests/golden/variables.html"
                                              o( word );
#line 121 "views/variables.cpp"
    bora_out.append_unchecked(bora_text[7]);
#line 10 "tests/golden/variables.html"
       [[maybe_unused]] auto
#line 10
[bora_value3, bora_value4] = 
#line 10
                    std::pair("eight", 8) ;
#line 10
       word
#line 131 "views/variables.cpp"
    = static_cast<decltype(bora_value3)&&>(bora_value3);
#line 10 "tests/golden/variables.html"
             rank
#line 135 "views/variables.cpp"
    = static_cast<decltype(bora_value4)&&>(bora_value4);
#line 10 "tests/golden/variables.html"
                                            o( rank );
#line 139 "views/variables.cpp"
    bora_out.append_unchecked(bora_text[8]);
#line 10 "tests/golden/variables.html"
                                                       o( word );
#line 143 "views/variables.cpp"
    bora_out.append_unchecked(bora_text[9]);
#line 11 "tests/golden/variables.html"
[[maybe_unused]] 
#line 11
       std::size_t
#line 11
                   size
#line 11
= ::bora::render::fits<decltype(size)>(
#line 11
                          title.size() );
#line 11
                                         o( size );
#line 157 "views/variables.cpp"
    bora_out.append_unchecked(bora_text[10]);
#line 11 "tests/golden/variables.html"
                                                    o( M::wild );
#line 161 "views/variables.cpp"
    bora_out.append_unchecked(bora_text[11]);
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

void views::variables::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_variables(*this, bora_output);
}
