// The golden units are compiled into this program, and rendered with data.

#include <algorithm>
#include <string>

#include <bora/render/compiled_template.h>

#include "tests/golden/models.h"
#include "tests/support/catch.h"
#include "views/autoescape.h"
#include "views/capture.h"
#include "views/components.h"
#include "views/conditions.h"
#include "views/derived.blocks.h"
#include "views/derived.h"
#include "views/empty.h"
#include "views/exceptions.h"
#include "views/expressions.h"
#include "views/fragments.blocks.h"
#include "views/kept.blocks.h"
#include "views/kept.h"
#include "views/kept_base.h"
#include "views/layout.h"
#include "views/loops.h"
#include "views/middle.h"
#include "views/names.h"
#include "views/page.blocks.h"
#include "views/page.h"
#include "views/text.h"
#include "views/variables.h"

namespace {

// The page without the empty lines that its {% param %} and {% import %} tags leave at the top.
template <class Page>
std::string rendered(const Page& page) {
  const std::string text = bora::render::render_to_string(page);
  return text.substr(std::min(text.find_first_not_of('\n'), text.size()));
}

std::string without_empty_lines(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c != '\n' || (!result.empty() && result.back() != '\n')) result += c;
  }
  return result;
}

}  // namespace

TEST_CASE("rendering: text comes out as it was written", "[codegen]") {
  CHECK(rendered(views::text{}) ==
        "<!DOCTYPE html>\n"
        "<p>\"Quotes\", \\backslashes\\, ?\?= trigraphs, {{braces}} and ünïcödé.</p>\n"
        "<pre>\n"
        "\ta tab,   blanks\n"
        "</pre>\n"
        "<i>adjacent</i><b>text</b>\n");
}

TEST_CASE("rendering: expressions are escaped unless raw", "[codegen]") {
  const shop::Item item{"<Tea & Co>", 250, true};
  CHECK(rendered(views::expressions{.item = item}) ==
        "<p>&lt;Tea &amp; Co&gt; <Tea & Co> 500 true calm</p>\n"
        "<p>}}x 0.5 a&lt;b</p>\n"
        "<p>sold</p>\n");
  CHECK(rendered(views::expressions{.item = item, .mood = shop::Mood::wild, .note = "it's"}) ==
        "<p>&lt;Tea &amp; Co&gt; <Tea & Co> 500 true &lt;wild&gt;</p>\n"
        "<p>it&#x27;s}}x 0.5 a&lt;b</p>\n"
        "<p>sold</p>\n");
}

TEST_CASE("rendering: a function of one's own escapes", "[codegen]") {
  CHECK(rendered(views::autoescape{.name = "<tea>", .count = 12345}) ==
        "<p><te\u2026 123\u2026 <tea></p>\n");
}

TEST_CASE("rendering: conditions", "[codegen]") {
  const auto text = [](int n) { return rendered(views::conditions{.n = n}); };
  CHECK(text(0) == "none\n");
  CHECK(text(1) == "one\n");
  CHECK(text(-5) == "");
  CHECK(text(7) == "7 many\n");
  CHECK(text(8) == "8 many\n");
}

TEST_CASE("rendering: loops", "[codegen]") {
  const std::vector<shop::Item> items{
      {"a", 1, false}, {"b", 2, true}, {"c", 3, false}, {"d", 101, false}, {"e", 1, false}};
  CHECK(rendered(views::loops{.items = items, .stock = {{"x", 1}, {"y", 2}}}) ==
        "1/5 a, 2/5 b, 3/5 c, 4/5 d, 5/5 e\n"
        "x=1;y=2;\n"
        "1.a 2.b 3.c 4.d 5.e \n"
        "ac\n"
        "\n"
        "321\n"
        ".....\n");
  CHECK(rendered(views::loops{.items = {}}) == "no items\n\n\n\n\n321\n\n");
}

TEST_CASE("rendering: variables are Tornado's, counters and all", "[codegen]") {
  CHECK(rendered(views::variables{.title = "Bora"}) ==
        "10 20 30 \n"
        "7\n"
        "Bor… short…\n"
        "7 seven\n"
        "8 eight\n"
        "6 &lt;wild&gt;\n");
}

TEST_CASE("rendering: a base alone and a page that extends it", "[codegen]") {
  CHECK(rendered(views::layout{.title = "<t>"}) ==
        "<title>&lt;t&gt;</title>\n\n<p>nothing in none</p>\n<footer>&lt;t&gt;</footer>\n");
  // The page's own block is raw, as its own file says; the base and the include keep their
  // settings.
  CHECK(rendered(views::page{.title = "<t>", .text = "<i>"}) ==
        "<title>&lt;t&gt;</title>\n\n<p><i> in none</p>\n"
        "<i>&lt;i&gt; 1</i>\n<i>&lt;i&gt; 1</i>\n\n<footer>&lt;t&gt;</footer>\n");
}

TEST_CASE("rendering: try, except, else and finally", "[codegen]") {
  CHECK(rendered(views::exceptions{.numbers = {1, 2, -3, 4, 5}}) ==
        "1 (negative)\n"
        "2 fine, done\n"
        "1;.;.caught;.;.\n");
}

TEST_CASE("rendering: apply writes what the function makes of its body", "[codegen]") {
  CHECK(rendered(views::capture{.name = "<x>"}) ==
        "A &LT;X&GT; B1B1 <X>\n"
        "4\n"
        "1111"
        "2121\n");
}

TEST_CASE("rendering: components, slots and files with arguments", "[codegen]") {
  CHECK(without_empty_lines(rendered(views::components{.title = "<t>"})) ==
        "<h2 id=\"l4\">a&lt;b</h2>&lt;t&gt; 5<footer>&lt;t&gt;&lt;t&gt;</footer>\n"
        "<h2 id=\"l2\">untitled</h2>nothing<footer>no footer</footer>\n"
        "<h2 id=\"l1\">untitled</h2>[6]<footer>no footer</footer>\n"
        "<h2 id=\"l2\">untitled</h2>[6]<footer>no footer</footer>\n"
        "<h2 id=\"l6\">&lt;t&gt;</h2>nothing<footer>no footer</footer>\n"
        "<h2 id=\"l9\">untitled</h2>nothing<footer>no footer</footer>\n"
        "6\n");
}

TEST_CASE("rendering: what a value is made of lives until what uses it is written", "[codegen]") {
  const std::string lines =
      "tea, 2 boxes, for the shop in the harbour;salt, 1 bag, for the baker at the corner;";
  CHECK(without_empty_lines(rendered(views::kept{.user = "Ada"})) ==
        "<title>the page of the customer called Ada 3</title>\n"
        "<b>hello there, dear customer called Ada|and a text of its own, made for it alone|0</b>\n"
        "<b>AdaAda|tea, 2 boxes, for the shop in the harbour|2</b>Ada\n"
        "<b>Ada|and a text of its own, made for it alone|0</b>\n" +
            lines +
            "\n1/2 tea, 2 boxes, for the shop in the harbour;"
            "2/2 salt, 1 bag, for the baker at the corner;\n"
            "1 tea, 2 boxes, for the shop in the harbour;"
            "2 salt, 1 bag, for the baker at the corner;\n"
            "salt=1;salt.and.a.long.list.of.others.tea=2;tea.and.a.long.list.of.others.\n"
            "tea, 2 boxes, for the shop in the harbour\n"
            "Ada\n"
            "tea, 2 boxes, for the shop in the harbour\n"
            "true\n"
            "<footer>a footer that is made for this page alone</footer>\n");
  CHECK(bora::render::render_to_string(views::kept_::block_title{.user = "Ada"}) ==
        "the page of the customer called Ada 3");
}

TEST_CASE("rendering: a parameter takes what it is given instead of a made default", "[codegen]") {
  const auto text = [](const auto& page) { return without_empty_lines(rendered(page)); };
  const std::string made = "made by hand and longer than what a string holds in itself";
  CHECK(text(views::kept_base{.title = "t", .footer = "literal", .level = 1}) ==
        "<title>t 1</title><footer>literal</footer>\n");
  CHECK(text(views::kept_base{.title = "t", .footer = made, .level = 1}) ==
        "<title>t 1</title><footer>" + made + "</footer>\n");
  CHECK(text(views::kept_base{.title = "t", .footer = made + "!", .level = 1}) ==
        "<title>t 1</title><footer>" + made + "!</footer>\n");
  CHECK(text(views::kept_base{.title = "t", .footer = std::string_view(made), .level = 1}) ==
        "<title>t 1</title><footer>" + made + "</footer>\n");
}

TEST_CASE("rendering: a child gives parameters and adds to blocks", "[codegen]") {
  CHECK(without_empty_lines(rendered(views::middle{.year = 1})) ==
        "<title>Shop</title>\n"
        "<main><p>nothing in none</p></main>\n"
        "<footer>Shop</footer>\n");
  CHECK(without_empty_lines(rendered(views::derived{})) ==
        "<title>Shop</title>\n"
        "<main><p>nothing in none</p></main><main><p>nothing in none</p></main>\n"
        "<footer>Shop</footer><small>1999</small>\n");
}

TEST_CASE("rendering: an empty page", "[codegen]") {
  CHECK(rendered(views::empty{}).empty());
}

TEST_CASE("rendering: parameters may have the names of everything", "[codegen]") {
  CHECK(rendered(views::names{.o = 1, .w = 2, .names = 3, .loop = 4}) == "123561\na+b%26c\n");
}

TEST_CASE("rendering: a block alone takes what it uses", "[codegen]") {
  using namespace views::fragments_;
  const auto text = [](const auto& page) { return bora::render::render_to_string(page); };
  const std::vector<shop::Item> items = {{"<a>", 1, false}, {"coffee", 2, false}};
  CHECK(text(block_title{.title = "a & b"}) == "a &amp; b");
  CHECK(text(block_list{.items = items}) ==
        "<ul>\n<li>&lt;a&gt;</li><li>cof\u2026</li>\n</ul><a href=\"?page=2\">1</a>");
  CHECK(text(block_pager{.page = 7}) == "<a href=\"?page=8\">7</a>");
  CHECK(text(block_plain{}) == "text");
}

TEST_CASE("rendering: a block alone is written as in its place", "[codegen]") {
  CHECK(bora::render::render_to_string(views::fragments_::block_word{.title = "</script>'"}) ==
        "\"\\u003C\\/script\\u003E\\u0027\"");
}

TEST_CASE("rendering: a block alone shows what the page makes of it", "[codegen]") {
  // The block has a super, a parameter that a base has fixed, and one that the page has fixed.
  CHECK(bora::render::render_to_string(views::derived_::block_foot{}) ==
        "<footer>Shop</footer><small>1999</small>");
}
