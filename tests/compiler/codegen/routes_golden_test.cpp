// tests/golden/routes: a manifest, the two files that are made of it, which are a part of this
// program, and what they do. BORA_RENEW_GOLDEN=1 rewrites the files: read their diff like code.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <new>
#include <string>

#include <bora/web/route_table.h>

#include "compiler/codegen/routes_codegen.h"
#include "compiler/diagnostics/text_report.h"
#include "handlers.h"
#include "routes.h"
#include "tests/support/catch.h"
#include "tests/support/sanitizer.h"

using bora::web::Method;
using bora::web::RouteMatch;

// The handlers are only looked at, never made.
bora::Task<void> shop::blog::Entry::get(std::string_view) {
  return {};
}
bora::Task<void> shop::UserPost::post(const std::int64_t&, std::int64_t) {
  return {};
}

// What this thread allocates is counted: a match may not. A sanitizer needs its own operator new.
#if !BORA_TEST_HAS_SANITIZER
static thread_local std::size_t allocations = 0;

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
#endif

namespace {

namespace fs = std::filesystem;

const fs::path kFolder = "tests/golden/routes";

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string found(std::string_view path) {
  RouteMatch result;
  bora::web::match(routes::table, path, result);
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
  const auto manifest = bora::compiler::read_manifest(source, sink);
  INFO(bora::compiler::text_report(sink.diagnostics()));
  REQUIRE(manifest.has_value());
  const auto generated = bora::compiler::generate_routes(*manifest, "");
  if (std::getenv("BORA_RENEW_GOLDEN") != nullptr) {
    std::ofstream(kFolder / "routes.expected.h", std::ios::binary) << generated.header;
    std::ofstream(kFolder / "routes.expected.cpp", std::ios::binary) << generated.source;
  }
  CHECK(generated.header == read(kFolder / "routes.expected.h"));
  CHECK(generated.source == read(kFolder / "routes.expected.cpp"));
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
  CHECK(found("/nothing") == "none");
}

#if !BORA_TEST_HAS_SANITIZER
TEST_CASE("routes golden: a match allocates nothing", "[codegen]") {
  const std::string path = "/caf%c3%a9/" + std::string(300, 'x');
  RouteMatch result;
  const std::size_t before = allocations;
  for (const std::string_view tried :
       {std::string_view(path), std::string_view("/users/7/posts/8"),
        std::string_view("/users/x/posts/8"), std::string_view("/no/such")}) {
    bora::web::match(routes::table, tried, result);
  }
  CHECK(allocations == before);
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
  STATIC_REQUIRE(route::home() == "/");
  STATIC_REQUIRE(route::admin::index() == "/admin");
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

TEST_CASE("routes golden: routes are found by name at run time", "[codegen]") {
  CHECK(bora::web::reverse_url(routes::table, "post", {1, 2}) == "/users/1/posts/2");
  CHECK_THROWS_WITH(bora::web::reverse_url(routes::table, "psot", {1, 2}),
                    "there is no route 'psot'");
}
