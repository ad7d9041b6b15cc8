// Made by bora from "tests/golden/text.html". Changes here are lost.
#include "views/text.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wgnu-line-marker"
#endif
static void bora_render_views_text([[maybe_unused]] const ::views::text& bora_page,
    [[maybe_unused]] ::bora::render::Output& bora_output) {
  static constexpr ::bora::render::Literal bora_text[] = {
    {"<!DOCTYPE html>\n"
     "<p>\"Quotes\", \\backslashes\\, ?\?= trigraphs, {{braces}} and \303\274n\303\257c\303\266d\303\251.</p>\n"
     "<pre>\n"
     "\ta tab,   blanks\n"
     "</pre>\n"
     "<i>adjacent</i><b>text</b>\n", 148},
  };
  ::bora::render::PageWriter bora_out(bora_output, 148);
  {
    bora_out.append_unchecked(bora_text[0]);
  }
  bora_out.finish();
}
#pragma GCC diagnostic pop

void views::text::bora_render(::bora::render::Output& bora_output) const {
  bora_render_views_text(*this, bora_output);
}
