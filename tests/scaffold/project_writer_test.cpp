#include "scaffold/project_writer.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "scaffold/embedded_skeletons.h"
#include "tests/support/catch.h"

namespace {

using bora::scaffold::kinds;
using bora::scaffold::name_problem;
using bora::scaffold::project_files;
using bora::scaffold::ProjectFile;

// Tests run in the source tree.
std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

std::set<std::string> paths_of(const std::vector<ProjectFile>& files) {
  std::set<std::string> paths;
  for (const ProjectFile& file : files) paths.insert(file.path);
  return paths;
}

std::string text_of(const std::vector<ProjectFile>& files, const std::string& path) {
  const auto found = std::find_if(files.begin(), files.end(),
                                  [&](const ProjectFile& file) { return file.path == path; });
  REQUIRE(found != files.end());
  return found->text;
}

bool mentions(const ProjectFile& file, const std::string& word) {
  return file.path.find(word) != std::string::npos || file.text.find(word) != std::string::npos;
}

}  // namespace

TEST_CASE("skeletons: what is embedded is what lies in the tree, byte for byte", "[scaffold]") {
  REQUIRE(!bora::scaffold::embedded_skeletons().empty());
  for (const auto& file : bora::scaffold::embedded_skeletons()) {
    CAPTURE(file.path);
    CHECK(file.text == read_file("scaffold/skeletons/" + std::string(file.path)));
  }
}

TEST_CASE("skeletons: files whose name begins with a dot are embedded too", "[scaffold]") {
  CHECK(paths_of(project_files("site", "shop")).count(".gitignore") == 1);
  CHECK(paths_of(project_files("minimal", "shop")).count(".gitignore") == 1);
}

TEST_CASE("skeletons: what belongs to one machine is not embedded", "[scaffold]") {
  for (const auto& file : bora::scaffold::embedded_skeletons()) {
    CAPTURE(file.path);
    CHECK(file.path.find("/build/") == std::string_view::npos);
    CHECK(file.path.find("CMakeUserPresets") == std::string_view::npos);
  }
}

TEST_CASE("skeletons: all kinds choose their compiler alike", "[scaffold]") {
  const std::string first = text_of(project_files("site", "shop"), "cmake/compiler.cmake");
  for (const auto& kind : kinds()) {
    CHECK(text_of(project_files(kind.name, "shop"), "cmake/compiler.cmake") == first);
  }
}

TEST_CASE("project_writer: there are three kinds, and site is the default", "[scaffold]") {
  REQUIRE(kinds().size() == 3);
  CHECK(kinds()[0].name == "site");
  CHECK(kinds()[1].name == "api");
  CHECK(kinds()[2].name == "minimal");
  for (const auto& kind : kinds()) CHECK(!kind.summary.empty());
}

TEST_CASE("project_writer: the skeleton's name is replaced in paths and in text", "[scaffold]") {
  for (const auto& kind : kinds()) {
    CAPTURE(kind.name);
    const auto files = project_files(kind.name, "zq-Odd_9");
    REQUIRE(!files.empty());
    for (const ProjectFile& file : files) {
      CAPTURE(file.path);
      CHECK(!mentions(file, "guestbook_site"));
      CHECK(!mentions(file, "Guestbook site"));
      CHECK(!mentions(file, "notes_service"));
      CHECK(!mentions(file, "Notes service"));
      CHECK(!mentions(file, "hello_page"));
      CHECK(!mentions(file, "Hello page"));
    }
    const std::string cmake = text_of(files, "CMakeLists.txt");
    CHECK(cmake.find("project(zq-Odd_9 ") != std::string::npos);
    CHECK(cmake.find("bora_add_app(zq-Odd_9") != std::string::npos);
    CHECK(text_of(files, "README.md").starts_with("# Zq Odd 9\n"));
  }
}

TEST_CASE("project_writer: a project named as a part of the skeleton is renamed once",
          "[scaffold]") {
  const auto files = project_files("site", "my_guestbook_site_2");
  CHECK(text_of(files, "CMakeLists.txt").find("project(my_guestbook_site_2 ") != std::string::npos);
  CHECK(text_of(files, "README.md").starts_with("# My guestbook site 2\n"));
}

TEST_CASE("project_writer: named as the skeleton, a project is the skeleton", "[scaffold]") {
  for (const ProjectFile& file : project_files("site", "guestbook_site")) {
    CAPTURE(file.path);
    CHECK(file.text == read_file("scaffold/skeletons/site/" + file.path));
  }
}

TEST_CASE("project_writer: every combination of options is whole", "[scaffold]") {
  const std::vector<std::string> all{"docker", "systemd", "nginx", "ci"};
  for (const char* kind : {"site", "api"}) {
    for (const char* db : {"", "sqlite", "postgres"}) {
      for (const bool auth : {false, true}) {
        CAPTURE(kind, db, auth);
        const auto files = project_files(kind, "zq-Odd_9", {db, auth, all});
        CHECK(paths_of(files).count("Containerfile") == 1);
        CHECK(paths_of(files).count("deploy/zq-Odd_9.service") == 1);
        const bool has_database = *db != '\0' || (auth && std::string(kind) == "site");
        for (const ProjectFile& file : files) {
          CAPTURE(file.path);
          CHECK(!file.path.ends_with(".edit"));
          CHECK(!mentions(file, "guestbook_site"));
          CHECK(!mentions(file, "Guestbook site"));
          CHECK(!mentions(file, "notes_service"));
          CHECK(!mentions(file, "<<<<"));
          if (std::string(db) == "postgres") CHECK(!mentions(file, "sqlite"));
          if (!has_database) CHECK(!mentions(file, "migrations"));
        }
      }
    }
  }
  CHECK(paths_of(project_files("minimal", "shop", {"", false, all})).count("deploy/nginx.conf") ==
        1);
}

TEST_CASE("project_writer: files are ordered by path, each once", "[scaffold]") {
  for (const auto& kind : kinds()) {
    const auto files = project_files(kind.name, "shop");
    CHECK(
        std::is_sorted(files.begin(), files.end(),
                       [](const ProjectFile& a, const ProjectFile& b) { return a.path < b.path; }));
    CHECK(paths_of(files).size() == files.size());
  }
}

TEST_CASE("project_writer: paths stay inside the project", "[scaffold]") {
  for (const auto& kind : kinds()) {
    for (const ProjectFile& file : project_files(kind.name, "shop")) {
      CAPTURE(file.path);
      CHECK(!file.path.starts_with("/"));
      CHECK(file.path.find("..") == std::string::npos);
      CHECK(file.path.find('\\') == std::string::npos);
    }
  }
}

TEST_CASE("project_writer: an unknown kind or a bad name is refused", "[scaffold]") {
  CHECK_THROWS_AS(project_files("sight", "shop"), std::invalid_argument);
  CHECK_THROWS_AS(project_files("", "shop"), std::invalid_argument);
  CHECK_THROWS_AS(project_files("site", ""), std::invalid_argument);
  CHECK_THROWS_AS(project_files("site", "../shop"), std::invalid_argument);
}

TEST_CASE("name_problem: usual names have none", "[scaffold]") {
  for (const char* name : {"shop", "Shop", "my-shop", "my_shop", "s", "shop2", "a1-b2_c3",
                           "classes", "time", "tests", "Class"}) {
    CAPTURE(name);
    CHECK(name_problem(name).empty());
  }
  CHECK(name_problem(std::string(64, 'a')).empty());
}

TEST_CASE("name_problem: each rule has its own sentence", "[scaffold]") {
  CHECK(name_problem("") == "a project needs a name");
  CHECK(name_problem(std::string(65, 'a')) == "a project's name has at most 64 characters");
  CHECK(name_problem("9lives") == "'9lives' does not begin with a letter");
  CHECK(name_problem("-x") == "'-x' does not begin with a letter");
  CHECK(name_problem("_x") == "'_x' does not begin with a letter");
  CHECK(name_problem(".hidden") == "'.hidden' does not begin with a letter");
  CHECK(name_problem("shop-") == "'shop-' does not end with a letter or a digit");
  CHECK(name_problem("class") == "'class' is a keyword of C++");
  CHECK(name_problem("co_await") == "'co_await' is a keyword of C++");
  CHECK(name_problem("Test") == "'Test' is a name that CMake uses itself");
  CHECK(name_problem("bora") == "'bora' is a name that Bora uses itself");
  CHECK(name_problem("bora_web") == "'bora_web' is a name that Bora uses itself");
}

TEST_CASE("name_problem: characters that a path, a shell or CMake would misread", "[scaffold]") {
  for (const std::string name : {"a b", "a/b", "a\\b", "a;b", "a$b", "a\"b", "a.b", "a+b",
                                 "caf\xC3\xA9", "a\nb", "shop\n"}) {
    CAPTURE(name);
    CHECK(name_problem(name).find("has characters other than letters") != std::string::npos);
  }
  CHECK(name_problem(std::string("a\0b", 3)).find("has characters") != std::string::npos);
}
