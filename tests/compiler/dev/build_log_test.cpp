#include "compiler/dev/build_log.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "compiler/dev/change_gatherer.h"
#include "compiler/dev/dev_project.h"
#include "compiler/dev/file_watch.h"
#include "compiler/dev/json_value.h"
#include "compiler/dev/messages.h"
#include "tests/support/catch.h"
#include "tests/support/memory_file_system.h"

using namespace bora::compiler;  // NOLINT
using bora::testing::MemoryFileSystem;
using std::chrono::milliseconds;

namespace {

MemoryFileSystem shop_files() {
  MemoryFileSystem files;
  files.add("/shop/src/home.cpp", "one\ntwo\n  show();\n");
  files.add("/shop/templates/home.html", "<p>\n");
  files.add("/shop/CMakeLists.txt", "project(shop)\n");
  return files;
}

std::vector<DevFinding> read(const std::string& text) {
  MemoryFileSystem files = shop_files();
  return read_build_log(text, {"/shop", "/shop/build/dev"}, files);
}

}  // namespace

TEST_CASE("build_log: what each tool says of a mistake", "[dev]") {
  struct Case {
    std::string output;
    std::string source;
    std::string message;
    std::string shown;
    unsigned line;
    std::string code;
  };
  const Case cases[] = {
      {"[bora 1/4] Compiling the templates of shop\nFAILED: bora/shop/templates.stamp\nbora "
       "compile\n"
       "templates/home.html:1:4: error: '{% end %}' closes nothing [T012]\n   1 | <p>\n     |    "
       "^\n"
       "   = help: remove it\nbora explain T012\n",
       "template", "'{% end %}' closes nothing", "templates/home.html", 1, "T012"},
      {"FAILED: home.o\ng++ home.cpp\n/shop/src/home.cpp: In function 'void f()':\n"
       "../../src/home.cpp:3:3: error: 'show' was not declared in this scope\n    3 |   show();\n"
       "      |   ^~~~\n",
       "compiler", "'show' was not declared in this scope", "src/home.cpp", 3, ""},
      {"FAILED: shop\nclang++ …\nld.lld: error: undefined symbol: app::show()\n>>> referenced by "
       "home.cpp:3 (/shop/src/home.cpp:3)\n>>>               home.cpp.o:(f())\n",
       "linker", "'app::show()' is used and nowhere defined", "src/home.cpp", 3, ""},
      {"FAILED: shop\ng++ …\n/usr/bin/ld: home.cpp.o: in function `f()':\n/shop/src/home.cpp:3: "
       "undefined "
       "reference to `app::show()'\ncollect2: error: ld returned 1 exit status\n",
       "linker", "'app::show()' is used and nowhere defined", "src/home.cpp", 3, ""},
      {"CMake Error at CMakeLists.txt:1 (bora_add_app):\n  bora_add_app(shop): there is no file\n  "
       "'x.cpp'.\n\nCall Stack (most recent call first):\n",
       "cmake", "bora_add_app(shop): there is no file 'x.cpp'.", "CMakeLists.txt", 1, ""},
      {"CMake Error at CMakeLists.txt:1 (add_library):\n  Target \"shop\" links to:\n\n    "
       "Bora::gone\n\n  but the target was not found.\n\n",
       "cmake", "Target \"shop\" links to: Bora::gone", "CMakeLists.txt", 1, ""},
      {"ninja: error: '/shop/src/gone.cpp', needed by 'x', missing and no known rule to make it\n",
       "build", "'/shop/src/gone.cpp', needed by 'x', missing and no known rule to make it", "", 0,
       ""},
  };
  for (const Case& one : cases) {
    INFO(one.output);
    const std::vector<DevFinding> findings = read(one.output);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].source == one.source);
    CHECK(findings[0].message == one.message);
    CHECK(findings[0].shown == one.shown);
    CHECK(findings[0].line == one.line);
    CHECK(findings[0].code == one.code);
  }
  CHECK(read(cases[0].output)[0].help == "remove it");
  CHECK(read(cases[2].output)[0].excerpt == "  3 |   show();\n");
  CHECK(read("[bora 1/1] Linking shop\n").empty());
}

TEST_CASE("build_log: errors come first, each once, and proposals become a diff", "[dev]") {
  const std::string warning = "src/home.cpp:1:1: warning: unused\n    1 | one\n      | ^\n";
  const std::string error =
      "src/home.cpp:3:3: error: no member named 'shwo'; did you mean 'show'?\n    3 |   shwo();\n"
      "      |   ^~~~\n      |   show\nsrc/home.cpp:1:1: note: 'show' declared here\n";
  const auto findings = read(warning + error + error);
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].is_error);
  CHECK(findings[0].diff == "-   shwo();\n+   show();");
  CHECK(findings[0].more.find("declared here") != std::string::npos);
  CHECK_FALSE(findings[1].is_error);
  CHECK(progress_of("[bora 3/12] a\n[bora 4/12] b\n") == "4/12");
  CHECK(finding_text(findings[1], false).starts_with("src/home.cpp:1:1: warning: unused\n"));
}

TEST_CASE("change_gatherer: waits for editors, and for checkouts", "[dev]") {
  MemoryFileSystem files;
  for (const char* path : {"/a", "/b"}) files.add(path, "");
  const Clock::Time start{};
  ChangeGatherer gatherer;
  CHECK_FALSE(gatherer.due());

  gatherer.changed("/a", start);
  CHECK(gatherer.due() == start + ChangeGatherer::kQuiet);
  CHECK(gatherer.take(files) == std::vector<std::string>{"/a"});
  CHECK_FALSE(gatherer.due());

  // The file is half written: nothing is done before it is closed, or for 300 ms.
  gatherer.opened("/a", start);
  CHECK(gatherer.due() == start + ChangeGatherer::kQuietWhileOpen);
  gatherer.changed("/a", start + milliseconds(100));
  CHECK(gatherer.due() == start + milliseconds(100) + ChangeGatherer::kQuiet);
  gatherer.take(files);

  // An editor writes a new file, and renames it over the old one.
  gatherer.created("/sedX1", start);
  gatherer.changed("/sedX1", start);
  gatherer.changed("/b", start);
  CHECK(gatherer.take(files) == std::vector<std::string>{"/b"});

  for (int i = 0; i < 500; ++i) gatherer.changed("/f" + std::to_string(i), start + milliseconds(i));
  CHECK(gatherer.due() == start + milliseconds(499) + ChangeGatherer::kQuietOfMany);
  gatherer.changed("/f0", start + milliseconds(1999));
  CHECK(gatherer.due() == start + ChangeGatherer::kLongest);
  CHECK(gatherer.take(files).size() == 500);  // removed ones, too, because they existed before
}

TEST_CASE("read_json: presets, and what is none", "[dev]") {
  const auto json = read_json(R"({"a": [1, -2.5e3, true, false, null], // comment
                                  "b": {"c": "x\n\u00e9\"y"}})");
  REQUIRE(json);
  REQUIRE(json->find("a")->items.size() == 5);
  CHECK(json->find("a")->items[2].boolean);
  CHECK_FALSE(json->find("a")->items[3].boolean);
  CHECK(json->find("b")->string("c") == "x\n\u00e9\"y");
  CHECK(json->string("a").empty());
  for (const std::string bad :
       {"", "{", "[1,", "{\"a\" 1}", "\"x", "\"\\", "\"\\u12", "{} x", "tru", "[,]"})
    CHECK_FALSE(read_json(bad));
  CHECK_FALSE(read_json(std::string(100'000, '[')));
}

TEST_CASE("take_message: whole messages, cut anywhere", "[dev]") {
  const std::string all = channel_message("ready", "") + channel_message("edit", "a\nb");
  std::string input;
  std::vector<std::string> taken;
  std::string word;
  std::string body;
  for (const char c : all) {
    input += c;
    while (take_message(input, word, body)) taken.push_back(word + '=' + body);
  }
  CHECK(taken == std::vector<std::string>{"ready=", "edit=a\nb"});
  for (const std::string bad : {"x\n", "x y\n", " \n", "\n", "a 1x\nz"}) {
    input = bad;
    CHECK_FALSE(take_message(input, word, body));
    CHECK(input.empty());
  }
}

TEST_CASE("fields_of: what add_field() wrote, and nothing else", "[dev]") {
  std::string body;
  add_field(body, "a:b");
  add_field(body, "");
  CHECK(body == "3:a:b0:");
  CHECK(fields_of(body) == std::vector<std::string>{"a:b", ""});
  CHECK(fields_of("").empty());
  for (const char* bad : {"x", "3", "3:ab", ":a", "-1:a", "99999999999999999999:", "1:ab"})
    CHECK(fields_of(bad).empty());
}

TEST_CASE("file_watch: files and folders that come, change, move and go", "[dev]") {
  char name[] = "/tmp/bora_watch_XXXXXX";
  const std::string root = ::mkdtemp(name);
  const auto write = [](const std::string& path) { std::ofstream(path) << "text"; };
  ::mkdir((root + "/sub").c_str(), 0700);
  ::mkdir((root + "/build").c_str(), 0700);
  ::mkdir((root + "/later").c_str(), 0700);
  write(root + "/build/CMakeCache.txt");
  write(root + "/sub/old");
  const bool polls = GENERATE(false, true);
  InotifyWatch watch(polls ? 1 : 1000);
  const std::string warning = watch.watch(root, root + "/later");
  CHECK(warning.empty() == !polls);
  const auto changes = [&] {
    std::vector<MachineEvent> events;
    if (polls) {
      watch.look(events);
    } else {
      watch.read(events);
    }
    std::set<std::string> paths;
    for (const MachineEvent& event : events) paths.insert(event.text.substr(root.size()));
    return paths;
  };
  CHECK(changes().empty());
  write(root + "/a");
  write(root + "/build/object.o");
  write(root + "/later/CMakeCache.tmp");
  write(root + "/.hidden");
  write(root + "/a~");
  CHECK(changes() == std::set<std::string>{"/a"});
  ::mkdir((root + "/new").c_str(), 0700);
  write(root + "/new/b");
  CHECK(changes().contains("/new/b"));
  ::rename((root + "/new/b").c_str(), (root + "/new/c").c_str());
  CHECK(changes() == std::set<std::string>{"/new/b", "/new/c"});
  ::rename((root + "/new").c_str(), (root + "/sub/moved").c_str());
  CHECK(changes().contains("/sub/moved/c"));
  ::unlink((root + "/sub/moved/c").c_str());
  CHECK(changes() == std::set<std::string>{"/sub/moved/c"});
  for (const char* file : {"/a", "/a~", "/.hidden", "/sub/old", "/build/CMakeCache.txt",
                           "/later/CMakeCache.tmp", "/build/object.o"})
    ::unlink((root + file).c_str());
  for (const char* folder : {"/sub/moved", "/sub", "/build", "/later", ""})
    ::rmdir((root + folder).c_str());
}
