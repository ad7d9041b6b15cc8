// What `bora generate` refuses before it writes anything; tests/scaffold builds what it writes.

#include "tests/compiler/cli/program.h"
#include "tests/support/catch.h"

namespace {

using bora::testing::contains;
using bora::testing::Program;

constexpr const char* kManifest =
    "[app]\nnamespace = \"app\"\nuse = [\"home.h\"]\n\n[routes]\nhome = { path = \"/\", handler = "
    "\"Home\" }\n";

Program project() {
  Program program;
  program.files.add("CMakeLists.txt",
                    "bora_add_app(shop\n  SOURCES src/main.cpp\n  ROUTES routes.toml)\n");
  program.files.add("routes.toml", kManifest);
  program.files.add("src/main.cpp", "");
  return program;
}

}  // namespace

TEST_CASE("generate: a route that the build would refuse is not written", "[cli]") {
  struct Case {
    const char* path;
    const char* code;
  };
  for (const Case& one : {Case{"cart", "[R030]"}, {"/cart/{", "[R034]"}, {"/", "[R050]"}}) {
    Program program = project();
    CHECK(program.run({"generate", "handler", "cart", "--path", one.path}) == 1);
    CHECK(contains(program.err, one.code));
    CHECK(contains(program.err, "nothing was written"));
    CHECK(program.files.text("routes.toml") == kManifest);
    CHECK_FALSE(program.files.has("src/cart.h"));
  }
}

TEST_CASE("generate: a manifest with a mistake of its own hinders nobody", "[cli]") {
  Program program = project();
  program.files.add("routes.toml", std::string(kManifest) + "other = { path = \"other\" }\n");
  CHECK(program.run({"generate", "handler", "cart"}) == 0);
  CHECK(contains(program.files.text("routes.toml"), "path = \"/cart\""));
}

TEST_CASE("generate: classes of two folders have two names", "[cli]") {
  Program program = project();
  CHECK(program.run({"generate", "handler", "admin/home"}) == 0);
  CHECK(contains(program.files.text("src/admin/home.h"), "class AdminHome :"));
  CHECK(contains(program.files.text("routes.toml"), "handler = \"AdminHome\""));
  CHECK(program.run({"generate", "handler", "class"}) == 2);
  CHECK(contains(program.err, "no word of C++"));
}
