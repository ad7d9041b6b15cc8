// Made by bora from "tests/golden/empty.html". Changes here are lost.
#include "views/empty.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
static void bora_render_views_empty([[maybe_unused]] const ::views::empty& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  ::bora::render::PageWriter bora_out(bora_output, 0);
  {
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

void views::empty::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_empty(*this, bora_output);
}
