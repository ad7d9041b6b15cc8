// Made by bora from "tests/golden/text.html". Changes here are lost.
#pragma once

#define BORA_GENERATED_CONTRACT 3
#include <bora/generated.h>

namespace views {

struct text {
  [[no_unique_address]] ::bora::render::PageGuard bora_guard = {};

  void bora_render(::bora::render::Output& bora_output) const;
};

}  // namespace views
