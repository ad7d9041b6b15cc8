#include "compiler/cli/new_command.h"

#include <algorithm>
#include <string>
#include <vector>

#include "scaffold/project_writer.h"
#include "tests/compiler/cli/program.h"
#include "tests/support/catch.h"

using bora::scaffold::project_files;
using bora::testing::contains;
using bora::testing::Program;

TEST_CASE("new: writes every file of the kind and prints its path", "[cli]") {
  for (const auto& kind : bora::scaffold::kinds()) {
    INFO(kind.name);
    Program program;
    REQUIRE(program.run({"new", "shop", "--kind", std::string(kind.name)}) == 0);
    const auto expected = project_files(kind.name, "shop");
    REQUIRE_FALSE(expected.empty());
    CHECK(program.files.all_files().size() == expected.size());
    for (const auto& file : expected) {
      CHECK(program.files.text("shop/" + file.path) == file.text);
      CHECK(contains(program.out, "  shop/" + file.path + "\n"));
    }
    CHECK(program.err.empty());
  }
}

TEST_CASE("new: makes a site by default and says what to type next", "[cli]") {
  Program program;
  REQUIRE(program.run({"new", "shop"}) == 0);
  CHECK(program.files.all_files().size() == project_files("site", "shop").size());
  CHECK(contains(program.out, "\n  cd shop\n"));
  CHECK(contains(program.out, "\n  bora dev "));
  CHECK(contains(program.out, "\n  cmake --preset dev\n"));
  CHECK(contains(program.out, "\n  ./build/dev/shop"));
}

TEST_CASE("new: --dir names the folder to make it in", "[cli]") {
  Program program;
  program.files.add_directory("work");
  REQUIRE(program.run({"new", "shop", "--kind=minimal", "--dir", "work"}) == 0);
  CHECK(program.files.has("work/shop/CMakeLists.txt"));
  CHECK(contains(program.out, "\n  cd work/shop\n"));
  CHECK(program.run({"new", "shop", "--dir", "none"}) == 3);
  CHECK(program.err == "bora new: cannot make 'none/shop': No such file or directory\n");
}

TEST_CASE("new: refuses names that can't be a project's", "[cli]") {
  for (const char* name : {"class", "1shop", "my shop", "a/b", "../x", "test", "all", "", ".",
                           "-shop", "sh\xC3\xB6p", "$(reboot)"}) {
    INFO(name);
    Program program;
    CHECK(program.run({"new", "--", name}) == 2);
    CHECK(program.err.starts_with("bora new: "));
    CHECK(std::count(program.err.begin(), program.err.end(), '\n') == 1);
    CHECK(program.files.changes.empty());
  }
}

TEST_CASE("new: refuses unknown kinds", "[cli]") {
  Program program;
  CHECK(program.run({"new", "shop", "--kind", "sites"}) == 2);
  CHECK(program.err == "bora new: there is no kind of project 'sites'; did you mean 'site'?\n");
  CHECK(program.run({"new", "shop", "--kind", "blog"}) == 2);
  CHECK(program.err ==
        "bora new: there is no kind of project 'blog'; the kinds are: site, api, minimal\n");
  CHECK(program.files.changes.empty());
}

TEST_CASE("new: options add what they name", "[cli]") {
  Program program;
  REQUIRE(program.run({"new", "shop", "--db", "postgres", "--auth", "--with", "docker,ci"}) == 0);
  const auto expected = project_files("site", "shop", {"postgres", true, {"docker", "ci"}});
  CHECK(program.files.all_files().size() == expected.size());
  for (const auto& file : expected) CHECK(program.files.text("shop/" + file.path) == file.text);
}

TEST_CASE("new: refuses options that there are not", "[cli]") {
  Program program;
  CHECK(program.run({"new", "shop", "--db", "oracle"}) == 2);
  CHECK(program.err == "bora new: there is no database 'oracle'; there are sqlite and postgres\n");
  CHECK(program.run({"new", "shop", "--with", "docker,helm"}) == 2);
  CHECK(program.err ==
        "bora new: there is nothing called 'helm' to add; there are docker, systemd, nginx and "
        "ci\n");
  CHECK(program.run({"new", "shop", "--kind", "minimal", "--auth"}) == 2);
  CHECK(program.err == "bora new: nobody signs in to a project of kind 'minimal'\n");
  CHECK(program.run({"new", "shop", "--kind", "minimal", "--db", "sqlite"}) == 2);
  CHECK(program.files.changes.empty());
}

TEST_CASE("new: touches nothing that exists", "[cli]") {
  Program program;
  program.files.add("shop/notes.txt", "mine");
  CHECK(program.run({"new", "shop"}) == 2);
  CHECK(program.err == "bora new: 'shop' exists already; nothing was written\n");
  program.files.add("file", "mine");
  CHECK(program.run({"new", "file"}) == 2);
  program.files.add_directory("empty");
  CHECK(program.run({"new", "empty"}) == 2);
  CHECK(program.files.changes.empty());
  CHECK(program.files.all_files().size() == 2);
}

TEST_CASE("new: a folder that can't be written to is the environment's fault", "[cli]") {
  Program program;
  program.files.fail_writing("shop", "Permission denied");
  CHECK(program.run({"new", "shop"}) == 3);
  CHECK(program.err == "bora new: cannot make 'shop': Permission denied\n");
}

TEST_CASE("new: a failure half-way takes back what was made", "[cli]") {
  Program program;
  const std::string last = "shop/" + project_files("site", "shop").back().path;
  program.files.fail_writing(last, "No space left on device");
  CHECK(program.run({"new", "shop"}) == 3);
  CHECK(program.err == "bora new: cannot make '" + last + "': No space left on device\n");
  CHECK(program.out.empty());
  CHECK(program.files.changes.size() > 2);
  CHECK(program.files.all_files().empty());
  CHECK_FALSE(program.files.has("shop"));
}
