#include "compiler/dev/dev_session.h"

#include <algorithm>
#include <csignal>

#include "compiler/dev/live_compiler.h"
#include "compiler/driver/build_step.h"
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
  for (int i = 0; i < 500; ++i)  // a checkout takes a moment
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
  // Pages get each build's findings once, with the line and what the compiler proposes; then these
  // are gone.
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
  project.edit(milliseconds(6000), "/shop/templates/home.html", kPage);  // then it is built again
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
  SECTION("a port that another program has") {
    project.machine.listen_problem = "it is taken";
    project.options.port = 80;
    CHECK(project.run() == ExitStatus::environment);
    CHECK(project.problem == "cannot listen on 127.0.0.1:80: it is taken; name another --port");
  }
  SECTION("an address of another machine") {
    project.machine.listen_problem = "it is not here";
    project.options.address = "1.2.3.4";
    CHECK(project.run() == ExitStatus::environment);
    CHECK(project.problem ==
          "cannot listen on 1.2.3.4:8888: it is not here; name another --address");
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

namespace {

/// A project whose pages can be compiled alone.
struct LiveProject : Project {
  explicit LiveProject(const std::string& page = kPage) {
    files.add(
        "/shop/build/dev/compile_commands.json",
        R"([{"directory": "/shop/build/dev", "file": "/shop/src/home.cpp", "command": "c++ -c x"},
                  {"directory": "/shop/build/dev", "file": "/shop/build/dev/bora/shop/pages_0.cpp",
                   "command": "/usr/bin/c++ -DNAME=\\\"shop\\\" -I/shop/src -g -O1 -Wall -Winvalid-pch -Xclang -include-pch -Xclang /x/cmake_pch.hxx.pch -Xclang -include -Xclang /x/cmake_pch.hxx -o a.o -c /shop/build/dev/bora/shop/pages_0.cpp"}])");
    files.add("/shop/templates/home.html", page);
    // These are the files that the build wrote.
    bora::lang::DiagnosticSink sink;
    TemplatesStep step{
        "/shop/templates", {"home.html"}, {}, {"/shop/build/dev/bora/shop", "/s", "/d"}};
    step.is_live = true;
    CHECK(compile_templates(files, step, sink) == ExitStatus::fine);
    add_field(machine.ready, "bora_render_views_home");
  }
};

}  // namespace

TEST_CASE("dev: code of a template is compiled alone, and the program calls it", "[dev]") {
  LiveProject project;
  project.edit(milliseconds(2000), "/shop/templates/home.html",
               "{% param int n %}\n<p>Hello {{ n + 1 }}</p>\n");
  // Then the text of the new code changes.
  project.edit(milliseconds(3000), "/shop/templates/home.html",
               "{% param int n %}\n<p>Hi {{ n + 1 }}</p>\n");
  // Then the parameters change, which needs a build.
  project.edit(milliseconds(4000), "/shop/templates/home.html",
               "{% param long n %}\n<p>Hi {{ n + 1 }}</p>\n");
  CHECK(project.run() == ExitStatus::fine);
  const FakeMachine& machine = project.machine;
  CHECK(machine.count("start /usr/bin/ninja") == 2);
  CHECK(machine.count("send code to 2: 35:/shop/build/dev/bora/shop/live/1.so"
                      "22:bora_render_views_home") == 1);
  CHECK(machine.count("send text to 2") == 1);
  CHECK(project.screen.text.find("templates/home.html  code; shown in 2") != std::string::npos);
  std::vector<std::string> command;
  for (const auto& [number, spec] : machine.started) {
    if (std::find(spec.command.begin(), spec.command.end(), "-shared") != spec.command.end())
      command = spec.command;
  }
  CHECK(command == std::vector<std::string>{
                       "/usr/bin/c++", "-DNAME=\"shop\"", "-I/shop/src", "-Wall", "-O0", "-g1",
                       "-fPIC", "-include", "/shop/build/dev/bora/shop/live/pages.h", "-shared",
                       "-nodefaultlibs", "/shop/build/dev/bora/shop/live/pages.cpp", "-o",
                       "/shop/build/dev/bora/shop/live/1.so"});
  const std::string code = project.files.text("/shop/build/dev/bora/shop/live/views/home.cpp");
  CHECK(code.find("extern \"C\" [[gnu::visibility(\"default\")]] auto bora_live_") !=
        std::string::npos);
  CHECK(code.find("home::bora_render") == std::string::npos);
}

TEST_CASE("dev: what a page's compiler finds is shown, and taken back", "[dev]") {
  LiveProject project;
  project.machine.patch_results.push_back(
      {1, "/shop/templates/home.html:2:14: error: use of undeclared identifier 'm'\n"});
  project.edit(milliseconds(2000), "/shop/templates/home.html",
               "{% param int n %}\n<p>Hello {{ m }}</p>\n");
  project.machine.at(milliseconds(2900), [&] {
    CHECK(project.screen.text.find("undeclared identifier 'm'") != std::string::npos);
    CHECK(project.screen.text.find("the last good version of shop goes on") != std::string::npos);
  });
  project.edit(milliseconds(3000), "/shop/templates/home.html", kPage);
  CHECK(project.run() == ExitStatus::fine);
  CHECK(project.machine.count("start /usr/bin/ninja") == 1);
  CHECK(project.machine.count("send code") == 0);
  CHECK(project.screen.text.find("templates/home.html  fixed") != std::string::npos);
  const auto& log = project.machine.log;
  CHECK(std::count_if(log.begin(), log.end(), [](const std::string& line) {
          return line.starts_with("send state") && line.find("undeclared") != std::string::npos;
        }) == 1);
}

TEST_CASE("dev: a program that can't load a page's code is built; so is one that died since",
          "[dev]") {
  SECTION("it refuses") {
    LiveProject project;
    project.machine.code_answer = channel_message("stale", "undefined symbol");
    for (int i = 1; i < 5; ++i) {
      project.edit(milliseconds(2000 * i), "/shop/templates/home.html",
                   "{% param int n %}\n<p>Hello {{ n + " + std::to_string(i) + " }}</p>\n");
    }
    CHECK(project.run() == ExitStatus::fine);
    CHECK(project.machine.count("send code") == 2);  // then it gets no code any more
    CHECK(project.machine.count("start /usr/bin/ninja") == 5);
  }
  SECTION("it died") {
    LiveProject project;
    project.edit(milliseconds(2000), "/shop/templates/home.html",
                 "{% param int n %}\n<p>Hello {{ n + 1 }}</p>\n");
    project.machine.at(milliseconds(6000), [&] { project.machine.signal(2, SIGSEGV); });
    CHECK(project.run() == ExitStatus::fine);
    CHECK(project.machine.count("start /usr/bin/ninja") == 2);
  }
  SECTION("another edit comes while it is compiled") {
    LiveProject project;
    project.edit(milliseconds(2000), "/shop/templates/home.html",
                 "{% param int n %}\n<p>Hello {{ n + 1 }}</p>\n");
    project.edit(milliseconds(2100), "/shop/templates/home.html",
                 "{% param int n %}\n<p>Hello {{ n + 2 }}</p>\n");
    CHECK(project.run() == ExitStatus::fine);
    CHECK(project.machine.count("send code") == 1);
    CHECK(project.machine.count("start /usr/bin/ninja") == 1);
    CHECK(project.files.text("/shop/build/dev/bora/shop/live/views/home.cpp").find("n + 2") !=
          std::string::npos);
  }
}

TEST_CASE("dev: a mistake in one template is not forgotten while another is edited", "[dev]") {
  Project project;
  project.files.add("/shop/build/dev/bora/shop/templates.list", "about.html\nhome.html\n");
  project.files.add("/shop/templates/about.html", "<p>About</p>\n");
  project.edit(milliseconds(2000), "/shop/templates/home.html",
               "{% param int n %}\n<p>Hello {{ n }</p>\n");
  project.edit(milliseconds(3000), "/shop/templates/about.html", "<p>About us</p>\n");
  CHECK(project.run() == ExitStatus::fine);
  std::string last;
  for (const std::string& line : project.machine.log) {
    if (line.starts_with("send state")) last = line;
  }
  CHECK(last.find("home.html") != std::string::npos);
}

TEST_CASE("dev: a file that a clock made older than the program", "[dev]") {
  Project project;
  project.machine.old = "/shop/src/home.cpp";
  project.machine.results = {{}, {0, "", false}};
  project.edit(milliseconds(2000), "/shop/src/home.cpp", "int y;\n");
  CHECK(project.run() == ExitStatus::fine);
  CHECK(project.screen.text.find("src/home.cpp was not built, since its time is before that of the "
                                 "program") != std::string::npos);
}

TEST_CASE("dev: a migration is read by a new program, though nothing is built", "[dev]") {
  Project project;
  project.machine.results = {{}, {0, "", false}, {0, "", false}};
  project.edit(milliseconds(2000), "/shop/migrations/0001_books.sql",
               "create table books (id int);\n");
  project.edit(milliseconds(4000), "/shop/README.md", "A shop.\n");
  CHECK(project.run() == ExitStatus::fine);
  CHECK(project.machine.count("start /shop/build/dev/shop") == 2);
  CHECK(project.machine.count("send leave") == 1);
  CHECK(project.screen.text.find("migrations/0001_books.sql  built and started in") !=
        std::string::npos);
}

TEST_CASE("words_of, live_options: a command of compile_commands.json", "[dev]") {
  CHECK(words_of("a \"b c\" 'd \\e' f\\ g \\\"h\\\"  ") ==
        std::vector<std::string>{"a", "b c", "d \\e", "f g", "\"h\""});
  // This is g++ after a launcher.
  CHECK(live_options(words_of("/usr/bin/ccache /usr/bin/g++ -isystem /x -std=gnu++20 -Winvalid-pch "
                              "-include /y/cmake_pch.hxx -include own.h -MD -MT a.o -MF a.d -ggdb "
                              "-fsanitize=address -fPIE -o a.o -c a.cpp"),
                     "/usr/bin/g++", "a.cpp") ==
        words_of("/usr/bin/g++ -isystem /x -std=gnu++20 -include own.h -fsanitize=address"));
}

TEST_CASE("find_build_tree, choose_app: an app inside a larger project, and several in one",
          "[dev]") {
  MemoryFileSystem files;
  files.add("/big/CMakeLists.txt", "");
  files.add("/big/apps/shop/CMakeLists.txt", "");
  files.add("/big/apps/shop/src/main.cpp", "");
  std::string problem;
  BuildTree tree = find_build_tree(files, "/big/apps/shop/src", "", problem);
  CHECK(problem.empty());
  CHECK(tree.source == "/big");
  CHECK(tree.folder == "/big/build/dev");
  CHECK(tree.preset.empty());
  // A folder with presets of its own is a project of its own.
  files.add("/big/apps/shop/CMakePresets.json",
            R"({"configurePresets": [{"name": "debug", "binaryDir": "out"}]})");
  tree = find_build_tree(files, "/big/apps/shop/src", "", problem);
  CHECK(tree.source == "/big/apps/shop");
  CHECK(tree.folder == "/big/apps/shop/out");
  find_build_tree(files, "/big/apps/shop", "release", problem);
  CHECK(problem == "there is no preset 'release' in /big/apps/shop; it has debug");
  problem.clear();
  find_build_tree(files, "/small", "", problem);
  CHECK(problem.starts_with("there is no CMakeLists.txt here"));

  problem.clear();
  std::vector<AppInfo> apps(2);
  apps[0].name = "shop";
  apps[0].source = "/big/apps/shop";
  apps[1].name = "admin";
  apps[1].source = "/big/apps/admin";
  CHECK(choose_app(apps, "", "/big/apps/admin/src", problem).name == "admin");
  CHECK(choose_app(apps, "shop", "/big/apps/admin", problem).name == "shop");
  CHECK(problem.empty());
  CHECK(choose_app(apps, "", "/big", problem).name.empty());
  CHECK(problem == "this project has several apps; say which: shop, admin");
}
