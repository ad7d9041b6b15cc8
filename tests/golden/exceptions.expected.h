// Made by bora from "tests/golden/exceptions.html". Changes here are lost.
#pragma once

#define BORA_GENERATED_CONTRACT 3
#include <bora/generated.h>
#line 1 "tests/golden/exceptions.html"
 #include <tests/golden/models.h>
#line 9 "views/exceptions.h"

namespace bora_views_exceptions {
#line 2 "tests/golden/exceptions.html"
using bora_type_0 = ::bora::render::Required<
#line 2
         std::vector<int>>;
#line 16 "views/exceptions.h"
}  // namespace bora_views_exceptions

namespace views {

struct exceptions {
#line 2 "tests/golden/exceptions.html"
::bora_views_exceptions::bora_type_0 
#line 2
                          numbers;
#line 26 "views/exceptions.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views
