#include "compiler/cli/compile_command.h"

#include <string>
#include <vector>

#include "tests/compiler/cli/program.h"
#include "tests/support/catch.h"

using bora::testing::contains;
using bora::testing::Program;

namespace {

/// `bora compile ARGUMENTS` with the outputs that every call has.
int compile(Program& program, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"compile", "--out", "build/bora", "--stamp",
                                       "build/bora/x.stamp", "--depfile", "build/bora/x.d"});
  return program.run(arguments);
}

}  // namespace

TEST_CASE("compile: writes quietly", "[cli]") {
  Program program;
  program.files.add("templates/home.html", "text");
  REQUIRE(compile(program, {"--root", "templates", "home.html"}) == 0);
  CHECK(program.out.empty());
  CHECK(program.err.empty());
  CHECK(program.files.has("build/bora/views/home.h"));
  CHECK(program.files.has("build/bora/x.stamp"));
}

TEST_CASE("compile: --manifest tells templates about escaping", "[cli]") {
  Program program;
  program.files.add("templates/home.html", "{% param std::string x %}<a href=\"{{ x }}\">a</a>");
  program.files.add("routes.toml", "[escape]\nurl_schemes = [\"sms\", \"geo\"]\n");
  REQUIRE(compile(program, {"--root", "templates", "home.html"}) == 0);
  CHECK_FALSE(contains(program.files.text("build/bora/views/home.cpp"), "sms"));
  REQUIRE(compile(program, {"--root", "templates", "--manifest", "routes.toml", "home.html"}) == 0);
  const std::string source = program.files.text("build/bora/views/home.cpp");
  CHECK(contains(source, "[] = {\"sms\", \"geo\"};"));
  CHECK(contains(source, "::bora::render::OwnSchemesURLSink"));
  CHECK(contains(program.files.text("build/bora/x.d"), "routes.toml"));
  program.files.add("routes.toml", "[escape]\nurl_schemes = [\"data\"]\n");
  CHECK(compile(program, {"--root", "templates", "--manifest", "routes.toml", "home.html"}) == 1);
  CHECK(contains(program.err, "[R130]"));
  CHECK(compile(program, {"--root", "templates", "--manifest", "none.toml", "home.html"}) == 1);
  CHECK(compile(program, {"--routes", "routes.toml", "--manifest", "routes.toml"}) == 2);
}

TEST_CASE("compile: findings go to standard error in the text format", "[cli]") {
  Program program;
  program.files.add("templates/home.html", "a\n{{ b");
  CHECK(compile(program, {"--root", "../project/templates", "home.html"}) == 1);
  CHECK(program.out.empty());
  CHECK(program.err.starts_with("../project/templates/home.html:2:1: error: "));
  CHECK(program.files.changes.empty());
}

TEST_CASE("compile: exit statuses tell findings and environment apart", "[cli]") {
  Program program;
  program.files.add("templates/home.html", "text");
  CHECK(compile(program, {"--root", "templates", "none.html"}) == 1);
  CHECK(compile(program, {"--routes", "none.toml"}) == 1);
  CHECK(compile(program, {"--root", "none", "home.html"}) == 3);
  CHECK(compile(program, {"--root", "templates", "--pages", "none.txt"}) == 3);
  program.files.fail_writing("build/bora/views/home.cpp", "No space left on device");
  CHECK(compile(program, {"--root", "templates", "home.html"}) == 3);
  CHECK(contains(program.err, "build/bora/views/home.cpp"));
  CHECK(contains(program.err, "No space left on device"));
  CHECK_FALSE(program.files.has("build/bora/x.stamp"));
}

TEST_CASE("compile: options that do not fit together are wrong usage", "[cli]") {
  Program program;
  program.files.add("templates/home.html", "text");
  CHECK(compile(program, {}) == 2);
  CHECK(compile(program, {"--root", "templates"}) == 2);
  CHECK(compile(program, {"home.html"}) == 2);
  CHECK(compile(program, {"--root", "templates", "--routes", "routes.toml", "home.html"}) == 2);
  CHECK(compile(program, {"--routes", "routes.toml", "home.html"}) == 2);
  const std::vector<std::string> pages{"compile", "--root", "templates", "home.html"};
  CHECK(program.run(pages) == 2);
  CHECK(program.err == "bora compile: --out is missing: the folder of the generated files\n");
  CHECK(program.files.changes.empty());
}

TEST_CASE("compile: --live-text puts the text where it can be exchanged", "[cli]") {
  Program program;
  const auto shape_of = [&](const std::string& text) {
    program.files.add("templates/home.html", text);
    CHECK(compile(program, {"--root", "templates", "--live-text", "home.html"}) == 0);
    const std::string source = program.files.text("build/bora/views/home.cpp");
    const std::string lead =
        "::bora::render::LiveText bora_render_views_home_live(\"bora_render_views_home\", ";
    const std::size_t at = source.find(lead);
    REQUIRE(at != std::string::npos);
    CHECK(contains(
        source,
        "const ::bora::render::Literal* const bora_text = bora_render_views_home_live.texts();"));
    return source.substr(at + lead.size(), source.find(',', at + lead.size()) - at - lead.size());
  };
  const std::string shape = shape_of("{% param int n %}<p>{{ n }}</p>\n");
  // The text, its places and lengths differ, but the code is the same.
  CHECK(shape_of("{% param int n %}<p class=\"x\">\n\n   {{ n }}</p>\n") == shape);
  CHECK(shape_of("\n{# a #}\n{% param int n %}" + std::string(500, 'x') + "{{ n }}y") == shape);
  // The code differs.
  CHECK(shape_of("{% param int n %}<p>{{ n + 1 }}</p>\n") != shape);
  CHECK(shape_of("{% param int n %}<p>{{ n }}{{ n }}</p>\n") != shape);
  CHECK(shape_of("{% param long n %}<p>{{ n }}</p>\n") != shape);
  CHECK(shape_of("{% param int n %}<p title=\"{{ n }}\"></p>\n") != shape);
  // Blanks count in texts of expressions.
  CHECK(shape_of("{% param int n %}<p>{{ f(\"a b\") }}</p>\n") !=
        shape_of("{% param int n %}<p>{{ f(\"a  b\") }}</p>\n"));
}
