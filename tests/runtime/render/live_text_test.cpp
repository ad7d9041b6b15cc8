#include <bora/render/live_text.h>

#include <bora/render/live_code.h>

#include "tests/support/catch.h"

using bora::render::Literal;
using bora::render::LiveCode;
using bora::render::LiveText;

namespace {

constexpr Literal kBuilt[] = {{"<p>", 3}, {"</p>", 4}};
bool replace(std::string_view function, std::uint64_t shape,
             const std::vector<std::string_view>& texts) {
  return LiveText::replace(function, shape, texts.data(), texts.size());
}

LiveText page("bora_render_views_test_page", 42, kBuilt, 2);

}  // namespace

TEST_CASE("LiveText: takes other texts for the same code only", "[render]") {
  const Literal* const built = page.texts();
  CHECK(built == kBuilt);
  CHECK(replace("bora_render_views_other", 42, {"a", "b"}));  // not in the program: nothing to do
  CHECK_FALSE(replace("bora_render_views_test_page", 43, {"a", "b"}));
  CHECK_FALSE(replace("bora_render_views_test_page", 42, {"a"}));
  CHECK(page.texts() == kBuilt);
  CHECK(replace("bora_render_views_test_page", 42, {"<em>", std::string_view("\0x", 2)}));
  const Literal* const first = page.texts();
  CHECK(std::string_view(first[0].text, first[0].size) == "<em>");
  CHECK(first[1].size == 2);
  // A page that is waiting goes on with the texts that it began with.
  CHECK(replace("bora_render_views_test_page", 42, {"", ""}));
  CHECK(std::string_view(first[0].text, first[0].size) == "<em>");
  CHECK(page.texts()[0].size == 0);
}

TEST_CASE("LiveText: a page whose code was exchanged is there twice", "[render]") {
  static const LiveText newer("bora_render_views_test_page", 50, kBuilt, 1);
  CHECK(replace("bora_render_views_test_page", 50, {"new"}));
  CHECK(std::string_view(newer.texts()[0].text, newer.texts()[0].size) == "new");
  CHECK(replace("bora_render_views_test_page", 42, {"1", "2"}));
  CHECK(std::string_view(page.texts()[1].text, page.texts()[1].size) == "2");
  CHECK_FALSE(replace("bora_render_views_test_page", 51, {"1", "2"}));
}

TEST_CASE("LiveCode: other code for the same signature only", "[render]") {
  static int called = 0;
  static const LiveCode code("bora_render_views_test_code", 7, [] { called = 1; });
  code.entry()();
  CHECK(called == 1);
  CHECK_FALSE(LiveCode::replace("bora_render_views_test_code", 8, [] { called = 2; }));
  CHECK_FALSE(LiveCode::replace("bora_render_views_other", 7, [] { called = 2; }));
  code.entry()();
  CHECK(called == 1);
  CHECK(LiveCode::replace("bora_render_views_test_code", 7, [] { called = 3; }));
  code.entry()();
  CHECK(called == 3);
  CHECK(LiveCode::first()->function() == std::string_view("bora_render_views_test_code"));
  CHECK(LiveCode::first()->next() == nullptr);
}
