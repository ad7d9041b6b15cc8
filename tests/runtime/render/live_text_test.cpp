#include <bora/render/live_text.h>

#include "tests/support/catch.h"

using bora::render::Literal;
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
  // A page that waits goes on with what it began with.
  CHECK(replace("bora_render_views_test_page", 42, {"", ""}));
  CHECK(std::string_view(first[0].text, first[0].size) == "<em>");
  CHECK(page.texts()[0].size == 0);
}
