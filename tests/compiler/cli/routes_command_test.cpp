#include "compiler/cli/routes_command.h"

#include <algorithm>
#include <string>

#include "tests/compiler/cli/program.h"
#include "tests/support/catch.h"

using bora::testing::contains;
using bora::testing::Program;

namespace {

const char* const kManifest = R"([app]
namespace = "shop"
use = ["handlers.h"]

[routes]
home = { path = "/", handler = "Home" }
post = { path = "/users/{id:int}", handler = "blog::Post", methods = ["GET", "POST"] }

[groups.admin]
prefix = "/admin"
[groups.admin.routes]
users = { path = "/café", handler = "Users", methods = ["GET"] }

[static]
assets = { mount = "/static/", dir = "static" }

[redirects]
old = { path = "/old", to = "/" }
)";

}  // namespace

TEST_CASE("routes: a table with the place of each route", "[cli]") {
  Program program;
  program.files.add("routes.toml", kManifest);
  REQUIRE(program.run({"routes"}) == 0);
  CHECK(program.err.empty());
  CHECK(program.out ==
        "METHOD     PATTERN              NAME         HANDLER          PLACE\n"
        "auto       /                    home         Home             routes.toml:6\n"
        "GET, POST  /users/{id:int}      post         blog::Post       routes.toml:7\n"
        "GET        /admin/café          admin.users  Users            routes.toml:12\n"
        "GET, HEAD  /static/{path:path}  assets       files of static  routes.toml:15\n"
        "any        /old                 old          redirect to /    routes.toml:18\n");
}

TEST_CASE("routes: JSON holds the same", "[cli]") {
  Program program;
  program.files.add("app/routes.toml", kManifest);
  REQUIRE(program.run({"routes", "--json", "app/routes.toml"}) == 0);
  CHECK(contains(program.out,
                 R"({"name":"post","kind":"handler","methods":["GET","POST"],"host":"",)"
                 R"("pattern":"/users/{id:int}","handler":"blog::Post","directory":"","target":"",)"
                 R"("file":"app/routes.toml","line":7})"));
  CHECK(std::count(program.out.begin(), program.out.end(), '\n') == 7);
}

TEST_CASE("routes: --match says which route answers, and why the nearest others do not", "[cli]") {
  Program program;
  program.files.add("app/routes.toml", kManifest);
  REQUIRE(program.run({"routes", "--match", "GET /users/7?page=2", "app/routes.toml"}) == 0);
  CHECK(program.out ==
        "GET, POST  /users/{id:int}  post  blog::Post  app/routes.toml:7\n"
        "  id = 7\n"
        "not, of the nearest:\n"
        "  / (home): the path goes on with 'users'\n"
        "  /admin/café (admin.users): 'users' is not 'admin'\n"
        "  /static/{path:path} (assets): 'users' is not 'static'\n");
  CHECK(program.run({"routes", "--match", "/users/x", "app/routes.toml"}) == 1);
  CHECK(
      program.out.starts_with("no route answers GET /users/x\nnot, of the nearest:\n"
                              "  /users/{id:int} (post): 'x' is not of type int\n"));
  CHECK(program.run({"routes", "--match", "PUT /users/7", "app/routes.toml"}) == 1);
  CHECK(contains(program.out, "(post): only for GET, POST\n"));
  CHECK(program.run({"routes", "--match", "/static/a/b", "app/routes.toml"}) == 0);
  CHECK(contains(program.out, "  path = a/b\n"));
  CHECK(program.run({"routes", "--match", "/", "app/routes.toml"}) == 0);
  CHECK(program.out.starts_with("auto  /  home"));
  CHECK(program.run({"routes", "--match", "users", "app/routes.toml"}) == 2);
}

TEST_CASE("routes: --unused lists the handlers that no route names", "[cli]") {
  Program program;
  program.files.add("app/routes.toml", kManifest);
  program.files.add("app/handlers.h",
                    "class Base : public bora::web::RequestHandler {};\n"
                    "struct Home final : Base { void get(); };\n"
                    "// struct Comment : Base {};\n"
                    "struct Old : private Other, Base {\n};\n"
                    "struct Declared; enum class Kind : int { a };\n"
                    "struct Plain : Thing {}; const char* text = \"struct Text : Base {\";\n"
                    "namespace blog { struct Post : bora::web::RequestHandler {}; }\n");
  program.files.add("app/sub/more.cpp", "struct More : Old {};\n");
  CHECK(program.run({"routes", "--unused", "app/routes.toml"}) == 1);
  CHECK(program.out == "app/sub/more.cpp:1: no route leads to More\n");
  program.files.add("app/sub/more.cpp", "");
  CHECK(program.run({"routes", "--unused", "app/routes.toml"}) == 1);
  CHECK(program.out == "app/handlers.h:4: no route leads to Old\n");
  CHECK(program.run({"routes", "--unused", "--sources", "app/sub", "app/routes.toml"}) == 0);
  CHECK(program.out == "a route leads to every handler\n");
}

TEST_CASE("routes: an error in the manifest is shown instead of a table", "[cli]") {
  Program program;
  program.files.add("routes.toml", "[routes]\nhome = { handler = \"Home\" }\n");
  CHECK(program.run({"routes"}) == 1);
  CHECK(program.out.empty());
  CHECK(program.err.starts_with("routes.toml:2:"));
  CHECK(program.run({"routes", "none.toml"}) == 1);
  CHECK(contains(program.err, "none.toml: error: there is no such route manifest"));
}

TEST_CASE("routes: finds the manifest of the project around", "[cli]") {
  Program program;
  CHECK(program.run({"routes"}) == 2);
  CHECK(program.err ==
        "bora routes: there is no routes.toml here or in a folder above; name the manifest\n");
  program.files.add("/routes.toml", kManifest);
  REQUIRE(program.run({"routes"}) == 0);
  CHECK(contains(program.out, "../routes.toml:6\n"));
}
