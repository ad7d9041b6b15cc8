#include "compiler/routes/manifest.h"

#include <memory>
#include <string>

#include "compiler/diagnostics/text_report.h"
#include "compiler/routes/cpp_names.h"
#include "tests/support/catch.h"

namespace bora::compiler {
namespace {

RouteManifest read(const std::string& text) {
  lang::DiagnosticSink sink;
  auto manifest =
      read_manifest(std::make_shared<const lang::SourceText>("routes.toml", text), sink);
  INFO(text_report(sink.diagnostics()));
  CHECK(sink.diagnostics().empty());
  REQUIRE(manifest.has_value());
  return std::move(*manifest);
}

std::string report_on(const std::string& text) {
  lang::DiagnosticSink sink;
  read_manifest(std::make_shared<const lang::SourceText>("routes.toml", text), sink);
  return text_report(sink.diagnostics());
}

constexpr char kShop[] = R"([app]
namespace = "shop"
use = ["handlers.h", 'admin/handlers.h']

[routes]
home  = { path = "/", handler = "Home" }
entry = { path = "/entry/{slug}", handler = "blog::Entry" }
post.path = "/users/{id:int}/posts/{n:int}"
post.handler = "::shop::UserPost"
post.methods = ["GET", "POST"]

[groups.admin]
prefix = "/admin"
[groups.admin.routes]
index = { path = "", handler = "admin::Index" }
users = { path = "/users/", handler = "admin::Users" }
[groups.admin.groups.reports.routes]
list = { path = "/reports", handler = "admin::Reports" }

[static]
assets = { mount = "/static/", dir = "static", index = "index.html" }

[redirects]
old = { path = "/old/{slug}", to = "entry", permanent = true }
)";

TEST_CASE("manifest: what a project says about escaping", "[routes]") {
  const char text[] =
      "[escape]\nwithout = [\"vue\"]\nurl_schemes = [\"sms\", \"GEO:\"]\n"
      "[escape.attributes]\nData-Bind = \"javascript\"\n\"up-*\" = \"url\"\n"
      "[routes]\nhome = { path = \"/\", handler = \"Home\" }\n";
  const auto check = [](const lang::EscapeRules& rules) {
    CHECK_FALSE(rules.uses(lang::Library::vue));
    CHECK(rules.uses(lang::Library::alpine));
    CHECK(rules.url_schemes == std::vector<std::string>{"sms", "geo"});
    CHECK(rules.language_of("data-bind") == lang::HTMLContext::Language::js);
    CHECK(rules.language_of("up-a") == lang::HTMLContext::Language::url);
    CHECK_FALSE(rules.language_of("data-text"));
  };
  check(read(text).escape);
  lang::DiagnosticSink sink;
  const auto rules =
      read_escape_rules(std::make_shared<const lang::SourceText>("routes.toml", text), sink);
  REQUIRE(rules);
  check(*rules);
  CHECK(sink.diagnostics().empty());
  CHECK_FALSE(
      read_escape_rules(std::make_shared<const lang::SourceText>("routes.toml", "[a"), sink));
  CHECK(sink.has_errors());
}

const Route& route(const RouteManifest& manifest, std::string_view name) {
  for (const Route& route : manifest.routes) {
    if (route.full_name() == name) return route;
  }
  FAIL("no route " << name);
  throw 0;
}

TEST_CASE("manifest: a shop's is read whole", "[routes]") {
  const RouteManifest manifest = read(kShop);
  CHECK(manifest.app_namespace.text == "shop");
  REQUIRE(manifest.headers.size() == 2);
  CHECK(manifest.headers[1].text.text == "admin/handlers.h");
  std::string names;
  for (const Route& route : manifest.routes) names += route.full_name() + " ";
  CHECK(names == "home entry post admin.index admin.users admin.reports.list assets old ");

  const Route& post = route(manifest, "post");
  CHECK(post.handler.text == "::shop::UserPost");
  CHECK(post.methods.size() == 2);
  CHECK(post.path.shape() == "/users/{int}/posts/{int}");
  CHECK(post.path.parameters[1].name == "n");
}

TEST_CASE("manifest: everything has its place", "[routes]") {
  const RouteManifest manifest = read(kShop);
  const lang::SourceText& source = *manifest.source;
  const Route& entry = route(manifest, "entry");
  CHECK(source.position(entry.name.span.begin) == lang::Position{7, 1});
  CHECK(source.text(entry.path.span) == "/entry/{slug}");
  CHECK(source.text({entry.path.parameters[0].begin, entry.path.parameters[0].end}) == "slug");
  CHECK(source.text(entry.handler.span) == "blog::Entry");
  CHECK(source.text(manifest.app_namespace.span) == "shop");
  CHECK(source.text(manifest.headers[1].text.span) == "admin/handlers.h");
}

TEST_CASE("manifest: places are right behind a byte order mark, CR LF and wide letters",
          "[routes]") {
  const RouteManifest manifest =
      read("\xEF\xBB\xBF[routes] # é\r\nhome = { path = \"/é\", handler = \"Home\" }\r\n");
  const Text& handler = manifest.routes[0].handler;
  CHECK(manifest.source->text(handler.span) == "Home");
  CHECK(manifest.source->position(handler.span.begin) == lang::Position{2, 35});
}

TEST_CASE("manifest: a string with escapes is cited as a whole", "[routes]") {
  CHECK(report_on("[routes]\nhome = { path = \"/\\u0061b//c\", handler = \"Home\" }\n") ==
        "routes.toml:2:18: error: the path has an empty segment ('//') [R031]\n"
        "   2 | home = { path = \"/\\u0061b//c\", handler = \"Home\" }\n"
        "     |                  ^~~~~~~~~~~\n"
        "     = help: remove one slash\n");
}

TEST_CASE("manifest: a group puts its prefix and its name in front", "[routes]") {
  const RouteManifest manifest = read(kShop);
  CHECK(route(manifest, "admin.index").path.text == "/admin");
  CHECK(route(manifest, "admin.users").path.shape() == "/admin/users/");
  CHECK(route(manifest, "admin.reports.list").path.text == "/admin/reports");
}

TEST_CASE("manifest: a mount takes the rest below it, a redirect carries captures over",
          "[routes]") {
  const RouteManifest manifest = read(kShop);
  const Route& assets = route(manifest, "assets");
  CHECK(assets.mount == "/static/");
  CHECK(assets.directory == "static");
  CHECK(assets.index == "index.html");
  CHECK(assets.path.shape() == "/static/{path}");
  const Route& old = route(manifest, "old");
  CHECK(old.location == "/entry/{0}");
  CHECK(old.permanent);
}

TEST_CASE("manifest: redirects lead to paths and URLs too", "[routes]") {
  const RouteManifest manifest = read(R"([redirects]
a = { path = "/a/{x}/{y:int}", to = "/b/{y}?from={x}#top" }
b = { path = "/b/{p:path}", to = "https://example.com:8443/{p}" }
c = { path = "/c", to = "/café" }
)");
  CHECK(manifest.routes[0].location == "/b/{1}?from={0}#top");
  CHECK(manifest.routes[1].location == "https://example.com:8443/{0}");
  CHECK(manifest.routes[2].location == "/caf%C3%A9");
}

TEST_CASE("manifest: routes may share a path if they list other methods", "[routes]") {
  const RouteManifest manifest = read(R"([routes]
a = { path = "/x/{a}", handler = "A", methods = ["GET", "HEAD"] }
b = { path = "/x/{b}", handler = "B", methods = ["POST"] }
)");
  CHECK(manifest.routes[0].path.shape() == manifest.routes[1].path.shape());
}

TEST_CASE("manifest: what is more particular hides nothing", "[routes]") {
  CHECK(read(R"([routes]
a = { path = "/x/{p:path}", handler = "A" }
b = { path = "/x/{s}", handler = "A" }
c = { path = "/x/{n:int}", handler = "A" }
d = { path = "/x/y", handler = "A" }
e = { path = "/x/", handler = "A" }
)")
            .routes.size() == 5);
}

TEST_CASE("manifest: literals are normalised", "[routes]") {
  CHECK(canonical_literal("café") == "caf%C3%A9");
  CHECK(canonical_literal("caf%c3%a9") == "caf%C3%A9");
  CHECK(canonical_literal("%7euser") == "~user");
  CHECK(canonical_literal("a%2fb") == "a%2Fb");
  CHECK(canonical_literal("x:y@z") == "x:y@z");
  CHECK(canonical_literal("%3a%40%2B%24") == ":@+$");
  CHECK(canonical_literal("%3f%23%5b") == "%3F%23%5B");
}

TEST_CASE("manifest: warnings alone leave a manifest", "[routes]") {
  lang::DiagnosticSink sink;
  const auto source =
      std::make_shared<const lang::SourceText>("routes.toml",
                                               "[routes]\na = { path = \"/a\", handler = \"A\" "
                                               "}\nb = { path = \"/a/\", handler = \"A\" }\n");
  CHECK(read_manifest(source, sink).has_value());
  CHECK(sink.warning_count() == 1);
  CHECK(sink.error_count() == 0);
}

TEST_CASE("manifest: earlier findings of other files change nothing", "[routes]") {
  lang::DiagnosticSink sink;
  lang::Diagnostic other;
  other.code = "T001";
  sink.report(other);
  const auto good = std::make_shared<const lang::SourceText>(
      "routes.toml", "[routes]\na = { path = \"/a\", handler = \"A\" }\n");
  CHECK(read_manifest(good, sink).has_value());
  const auto empty = std::make_shared<const lang::SourceText>("routes.toml", "");
  CHECK_FALSE(read_manifest(empty, sink).has_value());
  CHECK(sink.error_count() == 2);
}

TEST_CASE("manifest: a thousand mistakes are no flood", "[routes]") {
  std::string text = "[routes]\n";
  for (int i = 0; i < 1000; ++i)
    text += "r" + std::to_string(i) + " = { path = \"x\", handlr = 1 }\n";
  text += "[redirects]\n";
  for (int i = 0; i < 1000; ++i) {
    const std::string n = std::to_string(i);
    text += "d" + n + " = { path = \"/" + n + "\", to = \"nowhere" + n + "\" }\n";
  }
  lang::DiagnosticSink sink;
  CHECK_FALSE(read_manifest(std::make_shared<const lang::SourceText>("routes.toml", text), sink));
  CHECK(sink.diagnostics().size() == lang::DiagnosticSink::kMaxDiagnostics);
}

TEST_CASE("cpp names: only ASCII identifiers pass", "[routes]") {
  for (const char* good : {"Home", "::Home", "a::b::C", "_x", "x1"}) {
    CAPTURE(good);
    CHECK(is_qualified_name(good));
  }
  for (const char* bad : {"", "::", "a::", "a:b", "a:::b", "1a", "a b", "a<b>", "class", "a::class",
                          "a.b", "é", "H\xD0\xBEme", "a\n", "bora_x", "a::bora_x", "a;", "::::a"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_qualified_name(bad));
  }
}

TEST_CASE("cpp names: what was probably meant", "[routes]") {
  CHECK(as_identifier("user-post") == "user_post");
  CHECK(as_identifier("a.b c") == "a_b_c");
  CHECK(as_identifier("2fa") == "route_2fa");
  CHECK(as_identifier("delete") == "delete_");
  CHECK(as_identifier("-x-") == "x");
  CHECK(as_identifier("") == "route");
}

}  // namespace
}  // namespace bora::compiler
