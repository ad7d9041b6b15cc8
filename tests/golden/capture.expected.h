// Made by bora from "tests/golden/capture.html". Changes here are lost.
#pragma once

#define BORA_GENERATED_CONTRACT 3
#include <bora/generated.h>
#line 1 "tests/golden/capture.html"
 #include <tests/golden/models.h>
#line 9 "views/capture.h"

namespace bora_views_capture {
#line 3 "tests/golden/capture.html"
using bora_type_0 = ::bora::render::Required<
#line 3
         std::string_view>;
#line 16 "views/capture.h"
}  // namespace bora_views_capture

namespace views {

struct capture {
#line 3 "tests/golden/capture.html"
::bora_views_capture::bora_type_0 
#line 3
                          name;
#line 26 "views/capture.h"
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views
