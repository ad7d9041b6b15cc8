#include "compiler/codegen/template_codegen.h"

#include <string>

#include "compiler/codegen/cpp_expression.h"
#include "compiler/codegen/runtime_names.h"
#include "tests/compiler/codegen/template_unit.h"
#include "tests/support/catch.h"

using namespace bora;
using compiler::unit_name;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::optional<compiler::Enumerate> enumerate(std::string_view text) {
  return compiler::parse_enumerate(text, {0, static_cast<std::uint32_t>(text.size())});
}

}  // namespace

TEST_CASE("unit_name: namespaces are folders, the struct is the stem", "[codegen]") {
  CHECK(unit_name("home.html").qualified() == "views::home");
  CHECK(unit_name("blog/entry.html").qualified() == "views::blog::entry");
  CHECK(unit_name("blog/entry.html").header == "views/blog/entry.h");
  CHECK(unit_name("blog/entry.html").source == "views/blog/entry.cpp");
  CHECK(unit_name("a.b.txt").struct_name == "a_b");
  CHECK(unit_name("noending").struct_name == "noending");
  CHECK(unit_name(".hidden").struct_name == "_hidden");
}

TEST_CASE("unit_name: what is no identifier is made one", "[codegen]") {
  CHECK(unit_name("class.html").qualified() == "views::class_");
  CHECK(unit_name("new/delete.html").qualified() == "views::new_::delete_");
  CHECK(unit_name("linux.html").qualified() == "views::linux_");
  CHECK(unit_name("unix/NULL.html").qualified() == "views::unix_::NULL_");
  CHECK(unit_name("EAGAIN.html").qualified() == "views::EAGAIN_");
  CHECK(unit_name("my-page.html").qualified() == "views::my_page");
  CHECK(unit_name("my-page.html").header == "views/my-page.h");
  CHECK(unit_name("404.html").qualified() == "views::_404");
  CHECK(unit_name("\xc3\xa9t\xc3\xa9.html").qualified() == "views::_t_");
}

TEST_CASE("unit_name: names that generated code needs are left to it", "[codegen]") {
  CHECK(unit_name("std/string.html").qualified() == "views::std_::string");
  CHECK(unit_name("bora.html").qualified() == "views::bora_");
  CHECK(unit_name("route.html").qualified() == "views::route_");
}

TEST_CASE("enumerate: found only as the whole range", "[codegen]") {
  REQUIRE(enumerate("enumerate(xs)"));
  CHECK(enumerate("enumerate(xs)")->start == "0");
  CHECK(enumerate("enumerate(xs)")->range == lang::Span{10, 12});
  REQUIRE(enumerate("enumerate( f(a, 1) , 5 )"));
  CHECK(enumerate("enumerate( f(a, 1) , 5 )")->range == lang::Span{11, 18});
  CHECK(enumerate("enumerate( f(a, 1) , 5 )")->start == "5");
  CHECK(enumerate("enumerate(f(a, 1))")->start == "0");
  CHECK_FALSE(enumerate("enumerate(xs).rest()"));
  CHECK_FALSE(enumerate("enumerate(xs)(1)"));
  CHECK_FALSE(enumerate("enumerate()"));
  CHECK_FALSE(enumerate("my::enumerate(xs)"));
  CHECK_FALSE(enumerate("xs"));
}

TEST_CASE("template_codegen: the contract and one runtime header, nothing else", "[codegen]") {
  const auto unit = testing::generate("{% param int n %}<p>{{ n }}</p>");
  CHECK(contains(unit.header, "#define BORA_GENERATED_CONTRACT " +
                                  std::to_string(compiler::runtime::kContract) + "\n"));
  CHECK(contains(unit.header, "#include <bora/generated.h>\n"));
  CHECK(contains(unit.source, "#include \"views/page.h\"\n"));
  CHECK_FALSE(contains(unit.source, "routes.h"));
  CHECK_FALSE(contains(unit.source, "escape.h"));
}

TEST_CASE("template_codegen: a header of the app is not taken for that of the page", "[codegen]") {
  const auto unit = testing::generate("{% import \"page.h\" %}{% import <string> %}");
  CHECK(contains(unit.header, "#include <page.h>\n"));
  CHECK(contains(unit.header, "#include <string>\n"));
}

TEST_CASE("template_codegen: text is one literal across tags that write nothing", "[codegen]") {
  const auto unit = testing::generate("a{# x #}b{% block c %}d{% end %}{% comment y %}e");
  CHECK(contains(unit.source, "{\"abde\", 4},"));
  CHECK(contains(unit.source, "PageWriter bora_out(bora_output, 4);"));
}

TEST_CASE("template_codegen: a page without text has no table", "[codegen]") {
  const auto unit = testing::generate("");
  CHECK_FALSE(contains(unit.source, "bora_text"));
  CHECK_FALSE(contains(unit.source, "Escaped"));
}

TEST_CASE("template_codegen: sinks are named by letters that the page does not use", "[codegen]") {
  const auto unit = testing::generate("{% param int o %}{{ o }}{% raw o %}{{ w.x }}");
  CHECK(contains(unit.source, "::bora::render::Escaped q(bora_out);"));
  CHECK(contains(unit.source, "::bora::render::Raw p(bora_out);"));

  std::string all = "{{ 0";
  for (char letter = 'a'; letter <= 'z'; ++letter) all += std::string("+") + letter;
  for (char letter = 'A'; letter <= 'Z'; ++letter) all += std::string("+") + letter;
  CHECK(contains(testing::generate(all + " }}").source, "Escaped bora_sink0(bora_out);"));
}

TEST_CASE("template_codegen: routes and escape functions come in where they are named",
          "[codegen]") {
  const auto routes = testing::generate("{{ route::home() }}");
  CHECK(contains(routes.source, "#include \"routes.h\"\n"));
  CHECK_FALSE(contains(routes.header, "routes.h"));
  CHECK_FALSE(contains(testing::generate("{{ \"route::home()\" }}").source, "routes.h"));
  const auto param = testing::generate("{% param std::string next = route::home() %}{{ next }}");
  CHECK(contains(param.header, "#include \"routes.h\"\n"));

  const auto escape = testing::generate("{{ url_escape(\"a\") }}");
  CHECK(contains(escape.source, "#include <bora/core/escape.h>\n"));
  CHECK(contains(escape.source, "using ::bora::url_escape;"));
  CHECK_FALSE(contains(testing::generate("{{ x.url_escape() }}").source, "escape.h"));
  CHECK_FALSE(contains(testing::generate("{{ my::url_escape(x) }}").source, "escape.h"));
}

TEST_CASE("template_codegen: a parameter or import hides an escape function", "[codegen]") {
  const auto param = testing::generate("{% param int url_escape %}{{ url_escape }}");
  CHECK_FALSE(contains(param.source, "using ::bora::url_escape;"));
  const auto import = testing::generate("{% from my import url_escape %}{{ url_escape(1) }}");
  CHECK_FALSE(contains(import.source, "using ::bora::url_escape;"));
}

TEST_CASE("template_codegen: a page that names something of the request takes its handler",
          "[codegen]") {
  const auto plain = testing::generate("{{ x.request }}{{ my::handler }}{{ \"locale\" }}");
  CHECK(contains(plain.header, "void bora_render(::bora::render::Output& bora_output) const;"));
  CHECK_FALSE(contains(plain.source, "request_handler.h"));

  const auto light = testing::generate("{{ static_url(\"a.css\") }}");
  CHECK(contains(light.header, "using bora_handler_type = ::bora::web::RequestHandler;"));
  CHECK(contains(light.header,
                 "void bora_render(::bora::render::Output& bora_output, bora_handler_type& "
                 "bora_handler) const;"));
  CHECK(contains(light.source, "const ::bora::web::StaticURL static_url(bora_handler);"));
  CHECK(contains(light.source, "#include <bora/generated_web.h>\n"));
  CHECK_FALSE(contains(light.source, "request_handler.h"));

  const auto full = testing::generate("{{ request.path() }}{{ handler.x }}");
  CHECK(contains(full.source, "auto& handler = bora_handler;"));
  CHECK(contains(full.source, "auto&& request = bora_handler.request();"));
  CHECK(contains(full.source, "#include <bora/web/request_handler.h>\n"));
}

TEST_CASE("template_codegen: what a page introduces itself is not the request's", "[codegen]") {
  for (const char* text :
       {"{% param int request %}{{ request }}", "{% for _, locale in xs %}{{ _ }}{% end %}",
        "{% set handler = 1 %}{{ handler }}", "{% from my import static_url %}{{ static_url(1) }}",
        "{% for x in xs %}{% set modules = x %}{{ modules }}{% end %}"}) {
    CAPTURE(text);
    CHECK_FALSE(contains(testing::generate(text).header, "bora_handler"));
  }
  // After the body that introduces it, the name is the request's again.
  CHECK(contains(testing::generate("{% for _ in xs %}{% end %}{{ _(\"Home\") }}").source,
                 "const ::bora::web::Translate _(bora_handler);"));
}

TEST_CASE("template_codegen: the handler's class is the nearest file's", "[codegen]") {
  // This has a name, because g++ can't choose a constructor for a list of two pairs.
  const std::map<std::string, std::string> texts{
      {"page.html", "{% extends \"base.html\" %}{% handler shop::Page %}"},
      {"base.html", "{% handler shop::Base %}{{ current_user }}"}};
  testing::UnitTemplates templates(texts);
  const auto page = testing::generate(templates, "page.html");
  CHECK(contains(page.header, "shop::Page;"));
  CHECK_FALSE(contains(page.header, "shop::Base"));
  CHECK_FALSE(contains(page.header, "class RequestHandler;"));
  CHECK(contains(testing::generate(templates, "base.html").header, "shop::Base;"));
}

TEST_CASE("template_codegen: a page that flushes is a coroutine", "[codegen]") {
  const auto unit = testing::generate("a{% flush %}b");
  CHECK(contains(unit.header, "#include <bora/core/task.h>\n"));
  CHECK(contains(unit.header, "::bora::Task<void> bora_render("));
  CHECK(contains(unit.source, "    co_await bora_handler.flush();\n"));
}

TEST_CASE("template_codegen: loop is made only where it is named", "[codegen]") {
  CHECK(contains(testing::generate("{% for x in xs %}{{ loop.index }}{% end %}").source,
                 "::bora::render::Loop loop;"));
  CHECK_FALSE(contains(testing::generate("{% for x in xs %}{{ x.loop }}{% end %}").source, "Loop"));
  CHECK_FALSE(
      contains(testing::generate("{% for loop in xs %}{{ loop }}{% end %}").source, "Loop"));
  CHECK_FALSE(
      contains(testing::generate("{% param int loop %}{% for x in xs %}{{ loop }}{% end %}").source,
               "Loop"));
}

TEST_CASE("template_codegen: names of files with quotes and backslashes", "[codegen]") {
  testing::UnitTemplates templates({{"page.html", "{{ 1 }}"}}, "we\"ird\\dir/");
  const auto unit = testing::generate(templates, "page.html");
  CHECK(contains(unit.source, "#line 1 \"we\\\"ird\\\\dir/page.html\"\n"));
}

TEST_CASE("template_codegen: one endless line does not become gigabytes", "[codegen]") {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "<td class=\"cell\">{{ x }}</td>";
  const auto unit = testing::generate(text);
  CHECK(unit.source.size() < 10 * text.size());
}
