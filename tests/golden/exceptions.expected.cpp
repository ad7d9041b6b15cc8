// Made by bora from "tests/golden/exceptions.html". Changes here are lost.
#include "views/exceptions.h"
#include <exception>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
static void bora_render_views_exceptions([[maybe_unused]] const ::views::exceptions& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"never", 5},
    {" (", 2},
    {")", 1},
    {"never", 5},
    {"\n", 1},
    {"never", 5},
    {" fine", 5},
    {", done", 6},
    {"\n", 1},
    {"caught", 6},
    {";", 1},
    {".", 1},
    {"\n", 1},
  };
  ::bora::render::PageWriter bora_out(bora_output, 40);
#line 2 "tests/golden/exceptions.html"
[[maybe_unused]] const auto& 
#line 2
                          numbers = bora_page.numbers;
#line 33 "views/exceptions.cpp"
  const ::bora::render::Escaped o(bora_out);
  {
    {
      bool bora_passed1 = false;
      try {
#line 3 "tests/golden/exceptions.html"
         o( shop::positive(1) );
#line 3
                                o( shop::positive(-1) );
#line 43 "views/exceptions.cpp"
        bora_out.append(bora_text[0]);
        bora_passed1 = true;
      }
#line 3 "tests/golden/exceptions.html"
                                                          catch (const std::runtime_error
#line 3
                                                                                            &error
#line 51 "views/exceptions.cpp"
      ) {
        {
          bora_out.append(bora_text[1]);
#line 3 "tests/golden/exceptions.html"
                                                                                                       o( error.what() );
#line 57 "views/exceptions.cpp"
          bora_out.append_unchecked(bora_text[2]);
        }
      }
      if (bora_passed1) {
        bora_out.append(bora_text[3]);
      }
    }
    bora_out.append(bora_text[4]);
    {
      ::std::exception_ptr bora_finally2_error;
      [[maybe_unused]] int bora_finally2_jump = 0;
      try {
        bool bora_passed3 = false;
        try {
#line 4 "tests/golden/exceptions.html"
         o( shop::positive(2) );
#line 74 "views/exceptions.cpp"
          bora_passed3 = true;
        }
#line 4 "tests/golden/exceptions.html"
                                   catch (const std::runtime_error&
#line 79 "views/exceptions.cpp"
        ) {
          {
            bora_out.append(bora_text[5]);
          }
        }
        if (bora_passed3) {
          bora_out.append(bora_text[6]);
        }
      } catch (...) {
        bora_finally2_error = ::std::current_exception();
      }
      {
        bora_out.append(bora_text[7]);
      }
      if (bora_finally2_error) ::std::rethrow_exception(bora_finally2_error);
    }
    bora_out.append(bora_text[8]);
#line 5 "tests/golden/exceptions.html"
       for ([[maybe_unused]] auto&&
#line 5
       number
#line 5
                 :
#line 5
                 numbers ) {
#line 105 "views/exceptions.cpp"
      {
        ::std::exception_ptr bora_finally4_error;
        [[maybe_unused]] int bora_finally4_jump = 0;
        try {
          {
            {
              ::std::exception_ptr bora_finally5_error;
              [[maybe_unused]] int bora_finally5_jump = 0;
              try {
                try {
#line 5 "tests/golden/exceptions.html"
                                               if (number == 2 ) {
#line 118 "views/exceptions.cpp"
                    { bora_finally5_jump = 2; goto bora_finally5; }
                  }
#line 5 "tests/golden/exceptions.html"
                                                                              else if (number == 4 ) {
#line 123 "views/exceptions.cpp"
                    { bora_finally5_jump = 1; goto bora_finally5; }
                  }
#line 5 "tests/golden/exceptions.html"
                                                                                                                         o( shop::positive(number) );
#line 128 "views/exceptions.cpp"
                }
                catch (...) {
                  {
                    bora_out.append(bora_text[9]);
                  }
                }
              } catch (...) {
                bora_finally5_error = ::std::current_exception();
              }
              bora_finally5:
              {
                bora_out.append(bora_text[10]);
              }
              if (bora_finally5_error) ::std::rethrow_exception(bora_finally5_error);
              if (bora_finally5_jump == 1) {
                { bora_finally4_jump = 1; goto bora_finally4; }
              }
              if (bora_finally5_jump == 2) {
                { bora_finally4_jump = 2; goto bora_finally4; }
              }
            }
          }
        } catch (...) {
          bora_finally4_error = ::std::current_exception();
        }
        bora_finally4:
        {
          bora_out.append(bora_text[11]);
        }
        if (bora_finally4_error) ::std::rethrow_exception(bora_finally4_error);
        if (bora_finally4_jump == 1) {
          break;
        }
        if (bora_finally4_jump == 2) {
          continue;
        }
      }
    }
    bora_out.append(bora_text[12]);
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

void views::exceptions::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_exceptions(*this, bora_output);
}
