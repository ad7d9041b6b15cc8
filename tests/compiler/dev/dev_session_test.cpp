#include "compiler/dev/dev_session.h"

#include <algorithm>

#include "tests/compiler/dev/fake_machine.h"
#include "tests/support/catch.h"

using namespace bora::compiler;  // NOLINT
using bora::testing::FakeMachine;
using bora::testing::KeptScreen;
using bora::testing::MemoryFileSystem;
using std::chrono::milliseconds;

namespace {

constexpr char kPage[] = "{% param int n %}\n<p>Hello {{ n }}</p>\n";

/// A configured project in /shop with one page, and a session on it.
struct Project {
  MemoryFileSystem files;
  FakeMachine machine;
  KeptScreen screen;
  DevOptions options;
  std::string problem;

  Project() {
    files.add("/shop/CMakeLists.txt", "project(shop)\n");
    files.add("/shop/CMakePresets.json",
              R"({"configurePresets": [{"name": "base", "hidden": true,
                  "binaryDir": "${sourceDir}/build/${presetName}"}, // beside release
                 {"name": "release", "inherits": "base"}, {"name": "dev", "inherits": ["base"]}]})");
    files.add("/shop/build/dev/CMakeCache.txt",
              "CMAKE_GENERATOR:INTERNAL=Ninja\nCMAKE_MAKE_PROGRAM:FILEPATH=/usr/bin/ninja\n");
    files.add(
        "/shop/build/dev/bora/apps/shop.txt",
        "name=shop\nprogram=/shop/build/dev/shop\nsource=/shop\nout=/shop/build/dev/bora/shop\n"
        "templates=/shop/templates\nstatic=/shop/static\ndevelopment=1\n");
    files.add("/shop/build/dev/bora/shop/templates.list", "home.html\n");
    files.add("/shop/templates/home.html", kPage);
    files.add("/shop/static/app.css", "p {}\n");
    files.add("/shop/src/home.cpp", "int x;\n");
  }

  void edit(milliseconds when, const std::string& path, const std::string& text) {
    machine.at(when, [this, path, text] {
      files.add(path, text);
      machine.changed(path);
    });
  }

  ExitStatus run() {
    DevSession session(options, "/shop", machine, files, screen);
    return session.run(problem);
  }
};

}  // namespace

TEST_CASE("dev: builds, serves, and ends all that it started", "[dev]") {
  Project project;
  CHECK(project.run() == ExitStatus::fine);
  const auto& log = project.machine.log;
  REQUIRE(log.size() >= 5);
  CHECK(log[0] == "watch /shop");
  CHECK(log[1] == "start /usr/bin/ninja");
  CHECK(log[2] == "start /shop/build/dev/shop");
  CHECK(project.machine.started.at(1).command ==
        std::vector<std::string>{"/usr/bin/ninja", "-C", "/shop/build/dev", "shop"});
  CHECK(project.machine.started.at(2).is_server);
  CHECK(log.back() == "signal 15 to 2");
  CHECK(project.screen.text.find("http://127.0.0.1:8888") != std::string::npos);
  CHECK(project.machine.standing_in == nullptr);
}

TEST_CASE("dev: text of a template goes to the running program, without a build", "[dev]") {
  Project project;
  project.edit(milliseconds(2000), "/shop/templates/home.html",
               "{% param int n %}\n\n<p>Good day {{ n }}</p>\n");
  project.edit(milliseconds(3000), "/shop/static/app.css", "p { color: red }\n");
  project.run();
  CHECK(project.machine.count("start /usr/bin/ninja") == 1);
  CHECK(project.machine.count("send text to 2: 22:bora_render_views_home") == 1);
  CHECK(project.machine.count("send notify to 2: {\"type\":\"text\"") == 1);
  CHECK(project.machine.count("send notify to 2: {\"type\":\"style\"") == 1);
  CHECK(project.screen.text.find("text; shown in") != std::string::npos);
}

TEST_CASE("dev: code of a template, a handler, many files: one build each", "[dev]") {
  Project project;
  const std::string code = "{% param int n %}\n<p>Hello {{ n + 1 }}</p>\n";
  project.edit(milliseconds(2000), "/shop/templates/home.html", code);
  project.edit(milliseconds(4000), "/shop/src/home.cpp", "int y;\n");
  for (int i = 0; i < 500; ++i)  // A checkout takes a moment.
    project.edit(milliseconds(6000 + i / 10), "/shop/src/f" + std::to_string(i) + ".cpp",
                 "int f;\n");
  project.run();
  CHECK(project.machine.count("start /usr/bin/ninja") == 4);
  CHECK(project.machine.count("start /shop/build/dev/shop") == 4);
  CHECK(project.machine.count("send leave") == 3);
  CHECK(project.screen.text.find("src/f0.cpp and 499 more") != std::string::npos);
}

TEST_CASE("dev: a build that is superseded is stopped, and nothing of it is shown", "[dev]") {
  Project project;
  project.edit(milliseconds(2000), "/shop/src/home.cpp", "int a;\n");
  project.edit(milliseconds(2200), "/shop/src/home.cpp", "int b;\n");
  project.run();
  CHECK(project.machine.count("start /usr/bin/ninja") == 3);
  CHECK(project.machine.count("signal 15 to 3") == 1);
  CHECK(project.machine.count("start /shop/build/dev/shop") == 2);
}

TEST_CASE("dev: a broken build for an hour of edits, and the last good server goes on", "[dev]") {
  Project project;
  project.machine.results.emplace_back();
  constexpr int kEdits = 1200;
  for (int i = 0; i < kEdits; ++i) {
    project.machine.results.push_back(
        {1,
         "[bora 0/2] Building\nFAILED: home.o\nclang++ home.cpp\n/shop/src/home.cpp:1:1: error: "
         "unknown type name 'itn'; did you mean 'int'?\n    1 | itn x;\n      | ^~~\n      | int\n"
         "1 error generated.\nninja: build stopped: subcommand failed.\n"});
    project.edit(milliseconds(2000 + i * 3000), "/shop/src/home.cpp",
                 "itn x" + std::to_string(i) + ";\n");
  }
  project.edit(milliseconds(2000 + kEdits * 3000), "/shop/src/home.cpp", "int x;\n");
  project.run();
  CHECK(project.machine.count("start /usr/bin/ninja") == kEdits + 2);
  CHECK(project.machine.count("start /shop/build/dev/shop") == 2);
  CHECK(project.machine.count("send leave to 2") == 1);
  // Told once for each build, with the line and what is proposed; then gone.
  CHECK(project.machine.count("send state to 2: {\"type\":\"state\"") == kEdits + 1);
  const auto& log = project.machine.log;
  const auto broken = std::find_if(log.begin(), log.end(), [](const std::string& line) {
    return line.find("unknown type name 'itn'") != std::string::npos;
  });
  REQUIRE(broken != log.end());
  CHECK(broken->find(R"("shown":"src/home.cpp")") != std::string::npos);
  CHECK(broken->find(R"("line":1,"column":1)") != std::string::npos);
  CHECK(broken->find(R"("diff":"- itn x;\n+ int x;")") != std::string::npos);
  CHECK(project.screen.text.find("the last good version of shop goes on") != std::string::npos);
}

TEST_CASE("dev: a mistake in a template is told without a build, and taken back", "[dev]") {
  Project project;
  project.edit(milliseconds(2000), "/shop/templates/home.html",
               "{% param int n %}\n<p>{{ n </p>\n");
  project.edit(milliseconds(4000), "/shop/templates/home.html", kPage);
  project.run();
  CHECK(project.machine.count("start /usr/bin/ninja") == 1);
  CHECK(project.screen.text.find("templates/home.html:2:") != std::string::npos);
  CHECK(project.screen.text.find("fixed") != std::string::npos);
  CHECK(project.machine.log[project.machine.log.size() - 2].find("\"findings\":[]") !=
        std::string::npos);
}

TEST_CASE("dev: what a build found stays while templates are edited", "[dev]") {
  Project project;
  project.machine.results.emplace_back();
  const FakeMachine::Result broken{1, "/shop/src/home.cpp:1:1: error: no such thing\n"};
  for (int i = 0; i < 3; ++i) project.machine.results.push_back(broken);
  project.edit(milliseconds(2000), "/shop/src/home.cpp", "bad\n");
  project.edit(milliseconds(4000), "/shop/templates/home.html",
               "{% param int n %}\n<p>Hi {{ n }}</p>\n");
  project.machine.at(milliseconds(4900), [&] { project.machine.log.emplace_back("-- text"); });
  project.edit(milliseconds(5000), "/shop/templates/home.html", "{{ n( }}");
  project.edit(milliseconds(6000), "/shop/templates/home.html", kPage);  // Then it is built again.
  project.run();
  CHECK(project.machine.count("start /usr/bin/ninja") == 4);
  std::string state;
  for (const std::string& line : project.machine.log) {
    if (line.starts_with("send state")) state = line;
    if (line == "-- text") CHECK(state.find("no such thing") != std::string::npos);
  }
  CHECK(state.find("no such thing") != std::string::npos);
}

TEST_CASE("dev: a program that ends at its start leaves the former one", "[dev]") {
  Project project;
  project.machine.at(milliseconds(1500), [&] { project.machine.crash = "cannot open shop.db\n"; });
  project.edit(milliseconds(2000), "/shop/src/home.cpp", "int a;\n");
  project.run();
  CHECK(project.machine.count("send leave") == 0);
  CHECK(project.screen.text.find(
            "shop ended with status 1 before it served\n  cannot open shop.db") !=
        std::string::npos);
}

TEST_CASE("dev: browsers are answered while nothing runs", "[dev]") {
  Project project;
  project.machine.results.push_back(
      {1, "CMake Error at CMakeLists.txt:1 (project):\n  no such thing\n\n"});
  const StandIn* seen = nullptr;
  std::string state;
  project.machine.at(milliseconds(1000), [&] {
    seen = project.machine.standing_in;
    if (seen != nullptr) state = seen->state;
  });
  project.run();
  REQUIRE(seen != nullptr);
  CHECK(state.find(R"("phase":"broken")") != std::string::npos);
  CHECK(state.find(R"("source":"cmake","message":"no such thing")") != std::string::npos);
  CHECK(state.find(R"("file":"/shop/CMakeLists.txt")") != std::string::npos);
}

TEST_CASE("dev: a program that dies is started again once, then with the next edit", "[dev]") {
  Project project;
  project.machine.at(milliseconds(2000), [&] { project.machine.signal(2, SIGSEGV); });
  project.machine.at(milliseconds(2500), [&] { project.machine.signal(3, SIGSEGV); });
  project.edit(milliseconds(9000), "/shop/src/home.cpp", "int a;\n");
  project.run();
  CHECK(project.machine.count("start /shop/build/dev/shop") == 3);
  CHECK(project.screen.text.find("shop was ended by SIGSEGV") != std::string::npos);
}

TEST_CASE("dev: what can't work is refused in one sentence", "[dev]") {
  Project project;
  SECTION("two in one folder") {
    project.machine.locked_by = 4711;
    CHECK(project.run() == ExitStatus::environment);
    CHECK(project.problem.find("pid 4711") != std::string::npos);
  }
  SECTION("no such preset") {
    project.options.preset = "fast";
    CHECK(project.run() == ExitStatus::usage);
    CHECK(project.problem == "there is no preset 'fast' in /shop; it has release, dev");
  }
  SECTION("several apps, none named") {
    project.files.add("/shop/build/dev/bora/apps/admin.txt",
                      "name=admin\nsource=/shop\nprogram=/a\ndevelopment=1\n");
    CHECK(project.run() == ExitStatus::fine);
    CHECK(project.screen.text.find("several apps; say which: admin, shop") != std::string::npos);
  }
  SECTION("a Release build") {
    project.files.add("/shop/build/dev/bora/apps/shop.txt",
                      "name=shop\nprogram=/a\nsource=/shop\n");
    CHECK(project.run() == ExitStatus::fine);
    CHECK(project.screen.text.find("not for development") != std::string::npos);
    CHECK(project.machine.count("start") == 0);
  }
}
