// tests/golden/routes: a manifest, the files that are generated from it, which are a part of this
// program, and what they do. BORA_RENEW_GOLDEN=1 rewrites the files: read their diff like code.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include <bora/testing/http_test.h>
#include <bora/web/application.h>
#include <bora/web/route_table.h>

#include "compiler/codegen/routes_codegen.h"
#include "compiler/diagnostics/text_report.h"
#include "handlers.h"
#include "routes.h"
#include "tests/support/allocations.h"
#include "tests/support/catch.h"

using bora::web::Method;
using bora::web::RouteMatch;

// The handlers are declared for the compiler, but never made.
bora::Task<void> shop::blog::Entry::get(std::string_view) {
  return {};
}
bora::Task<void> shop::UserPost::post(const std::int64_t&, std::int64_t) {
  return {};
}

namespace {

namespace fs = std::filesystem;

const fs::path kFolder = "tests/golden/routes";

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The folder of the golden manifest's includes.
class GoldenFiles : public bora::compiler::ManifestFiles {
 public:
  bora::lang::SourcePtr load(const std::string& name, const bora::lang::SourceText&,
                             std::string&) override {
    const fs::path path = kFolder / name;
    return std::make_shared<const bora::lang::SourceText>(path.string(), read(path));
  }
};

std::string found(std::string_view path, std::string_view host = "localhost") {
  RouteMatch result;
  bora::web::match(routes::table, host, path, result);
  if (result.route == nullptr) return "none";
  std::string text(result.route->name);
  for (std::size_t i = 0; i < result.arguments.size(); ++i) {
    text.append(" [").append(result.arguments.text(i)).append("]");
  }
  return text;
}

constexpr bora::web::MethodMask bit(Method method) {
  return static_cast<bora::web::MethodMask>(1U << static_cast<unsigned>(method));
}

}  // namespace

TEST_CASE("routes golden: the files are as expected", "[codegen]") {
  bora::lang::DiagnosticSink sink;
  const auto source = std::make_shared<const bora::lang::SourceText>(
      "tests/golden/routes/routes.toml", read(kFolder / "routes.toml"));
  GoldenFiles files;
  const auto manifest = bora::compiler::read_manifest(source, sink, &files);
  INFO(bora::compiler::text_report(sink.diagnostics()));
  REQUIRE(manifest.has_value());
  const auto generated = bora::compiler::generate_routes(*manifest, "");
  if (std::getenv("BORA_RENEW_GOLDEN") != nullptr) {
    std::ofstream(kFolder / "routes.expected.h", std::ios::binary) << generated.header;
    std::ofstream(kFolder / "routes.expected.cpp", std::ios::binary) << generated.source;
    std::ofstream(kFolder / "route_urls.expected.cpp", std::ios::binary) << generated.urls;
  }
  CHECK(generated.header == read(kFolder / "routes.expected.h"));
  CHECK(generated.source == read(kFolder / "routes.expected.cpp"));
  CHECK(generated.urls == read(kFolder / "route_urls.expected.cpp"));
}

TEST_CASE("routes golden: the table finds every route", "[codegen]") {
  CHECK(found("/") == "home");
  CHECK(found("/entry/x%2Fy") == "entry [x%2Fy]");
  CHECK(found("/users/7/posts/-2") == "post [7] [-2]");
  CHECK(found("/users/x/posts/1") == "none");
  CHECK(found("/caf%c3%a9/a/b") == "files [a/b]");
  CHECK(found("/admin") == "admin.index");
  CHECK(found("/admin/users/ann") == "admin.user [ann]");
  CHECK(found("/static/css/app.css") == "assets [css/app.css]");
  CHECK(found("/old/x") == "old [x]");
  CHECK(found("/dav/") == "dav []");
  CHECK(found("/nothing") == "none");
}

#if !BORA_TEST_HAS_SANITIZER
TEST_CASE("routes golden: a match allocates nothing", "[codegen]") {
  const std::string path = "/caf%c3%a9/" + std::string(300, 'x');
  RouteMatch result;
  const std::size_t before = bora::test::allocations;
  for (const std::string_view tried :
       {std::string_view(path), std::string_view("/users/7/posts/8"),
        std::string_view("/users/x/posts/8"), std::string_view("/no/such")}) {
    bora::web::match(routes::table, tried, result);
  }
  CHECK(bora::test::allocations == before);
}
#endif

TEST_CASE("routes golden: endpoints have the methods of the class, or those listed", "[codegen]") {
  RouteMatch result;
  bora::web::match(routes::table, "/users/1/posts/2", result);
  REQUIRE(result.route != nullptr);
  CHECK(result.route->endpoint->methods() == (bit(Method::get) | bit(Method::post)));
  REQUIRE(result.route->next != nullptr);
  CHECK(result.route->next->endpoint->methods() == bit(Method::put));
  CHECK(bora::web::methods_of(*result.route) ==
        (bit(Method::get) | bit(Method::post) | bit(Method::put)));

  bora::web::match(routes::table, "/", result);
  CHECK(result.route->endpoint->methods() == (bit(Method::get) | bit(Method::post)));
  CHECK(result.route->endpoint->prepare != nullptr);
  CHECK(result.route->endpoint->initialize == nullptr);
  bora::web::match(routes::table, "/entry/x", result);
  CHECK(result.route->endpoint->initialize != nullptr);
}

TEST_CASE("routes golden: mounts and redirects are data", "[codegen]") {
  RouteMatch result;
  bora::web::match(routes::table, "/static/x", result);
  REQUIRE(result.route->mount != nullptr);
  CHECK(result.route->mount->path == "/static/");
  CHECK(result.route->mount->directory == "static");
  bora::web::match(routes::table, "/old/x", result);
  REQUIRE(result.route->redirect != nullptr);
  CHECK(result.route->redirect->location == "/entry/{0}");
  CHECK(result.route->redirect->permanent);
}

TEST_CASE("routes golden: functions make URLs that lead back", "[codegen]") {
  CHECK(route::home() == "/");
  CHECK(route::admin::index() == "/admin");
  CHECK(route::entry("a b/ü") == "/entry/a%20b%2F%C3%BC");
  CHECK(route::post(7, -1) == "/users/7/posts/-1");
  CHECK(route::files("x/y z") == "/caf%C3%A9/x/y%20z");
  CHECK(route::admin::user("ann") == "/admin/users/ann");
  CHECK(found(route::entry("a b/ü")) == "entry [a%20b%2F%C3%BC]");
  CHECK(found(route::files("")) == "files []");
  CHECK_THROWS_WITH(
      route::admin::user(""),
      "URL of route 'admin.user' (/admin/users/{std}): parameter 'std' must not be empty");
}

TEST_CASE("routes golden: a host's routes come first, its captures in front", "[codegen]") {
  CHECK(found("/", "www.example.com") == "www.home");
  CHECK(found("/", "acme.example.com") == "api.home [acme]");
  CHECK(found("/users/7", "acme.example.com") == "api.users [acme] [7]");
  CHECK(found("/users/7", "www.example.com") == "api.users [www] [7]");
  CHECK(found("/users/7", "a.b.example.com") == "none");
  CHECK(found("/users/7", "example.com") == "none");
  CHECK(found("/users/7", ".example.com") == "none");
  CHECK(found("/", "elsewhere.org") == "home");
  CHECK(found("/entry/x", "acme.example.com") == "entry [x]");
}

TEST_CASE("routes golden: a URL of a host's route names the host", "[codegen]") {
  CHECK(route::www::home() == "//www.example.com/");
  CHECK(route::api::users("acme", 7) == "//acme.example.com/users/7");
  for (const char* bad : {"", "a.b", "a/b", "a b", "evil.org/", "é", "a@b", "a:1"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(route::api::users(bad, 7), std::invalid_argument);
  }
}

TEST_CASE("routes golden: what groups say is done", "[codegen]") {
  bora::web::Application app(routes::table, {.login_url = "/login"});
  bora::testing::HTTPTest test(app);
  const auto body = [&test](const char* target) { return test.fetch(target).body; };

  CHECK(body("/office/blue/7/?user") == "blue/7 limit 5 strict none kept");
  CHECK(body("/office/blue/") == "blue limit -1 y, the hall, the hall");
  CHECK(body("/office/blue/?stop") == "stopped");
  CHECK(body("/nothing") == "nothing at /nothing");
  CHECK(test.fetch("/nothing").status == 404);
  const auto filtered = test.fetch("/office/blue/7/?user");
  CHECK(filtered.headers.get("X-Note") == "seen, opened");
  const auto unknown = test.fetch("/office/blue/7/?a=b");
  CHECK(unknown.status == 302);
  CHECK(unknown.headers.get("Location") == "/login?next=%2Foffice%2Fblue%2F7%2F%3Fa%3Db");
  CHECK(test.fetch("/office/blue/7/", {.method = "POST"}).status == 403);
  CHECK(test.fetch("/office/blue/7/?user", {.method = "POST"}).status == 200);
}

TEST_CASE("routes golden: a class's methods beyond the seven", "[codegen]") {
  bora::web::Application app(routes::table);
  bora::testing::HTTPTest test(app);
  const auto body = [&test](const char* method, const char* target) {
    return test.fetch(target, {.method = method}).body;
  };
  CHECK(body("GET", "/dav/a/b") == "a/b");
  CHECK(body("PROPFIND", "/dav/a/b") == "found a/b");
  CHECK(body("REPORT", "/dav/a%20b") == "report of a b");
  CHECK(body("REPORT", "/read/a") == "report of a");
  const auto refused = test.fetch("/read/a", {.method = "PROPFIND"});
  CHECK(refused.status == 405);
  CHECK(refused.headers.get("Allow") == "GET, HEAD, OPTIONS, REPORT");
  CHECK(test.fetch("/dav/a", {.method = "PUT"}).headers.get("Allow") ==
        "GET, HEAD, OPTIONS, PROPFIND, REPORT");
}

TEST_CASE("routes golden: WEB-071: an absolute login page is told the absolute address",
          "[codegen]") {
  const auto login = [](const std::string& url) {
    bora::web::Application app(routes::table, {.login_url = url});
    bora::testing::HTTPTest test(app);
    return test.fetch("/office/blue/7/", {.headers = {{"Host", "shop.example"}}})
        .headers.get("Location");
  };
  CHECK(login("https://id.example/login") ==
        "https://id.example/login?next=http%3A%2F%2Fshop.example%2Foffice%2Fblue%2F7%2F");
  CHECK(login("/login?from=shop") == "/login?from=shop");
  CHECK(login("/login#top?x") == "/login?next=%2Foffice%2Fblue%2F7%2F#top?x");
}

TEST_CASE("routes golden: the slash at the end is put right for GET and HEAD", "[codegen]") {
  bora::web::Application app(routes::table);
  bora::testing::HTTPTest test(app);
  auto answer = test.fetch("/office/bl%C3%BCe/7?a=b");
  CHECK(answer.status == 301);
  CHECK(answer.headers.get("Location") == "/office/bl%C3%BCe/7/?a=b");
  CHECK(test.fetch("/office/blue/7", {.method = "HEAD"}).status == 301);
  CHECK(test.fetch("/office/blue/7", {.method = "POST"}).status == 404);
  CHECK(test.fetch("/office/%2Fevil", {}).headers.get("Location") == "/office/%2Fevil/");
}

TEST_CASE("routes golden: a redirect to a route of another host names it", "[codegen]") {
  bora::web::Application app(routes::table);
  bora::testing::HTTPTest test(app);
  const auto from = [&test](const std::string& target) {
    return test.fetch(target, {.headers = {{"Host", "www.example.com:8888"}}});
  };
  CHECK(from("/").body == "www");
  CHECK(from("/users/7").body == "www has user 7");
  CHECK(from("/api/acme").headers.get("Location") == "//acme.example.com/");
}

TEST_CASE("routes golden: routes are found by name at run time", "[codegen]") {
  CHECK(bora::web::reverse_url(routes::table, "post", {1, 2}) == "/users/1/posts/2");
  CHECK_THROWS_WITH(bora::web::reverse_url(routes::table, "psot", {1, 2}),
                    "there is no route 'psot'; did you mean 'post'?");
}
