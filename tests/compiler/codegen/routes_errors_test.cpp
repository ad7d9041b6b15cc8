// Mistakes in a handler, and the messages of g++ and clang about them: one error, at the handler's
// name in the manifest.

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "compiler/codegen/routes_codegen.h"
#include "compiler/diagnostics/text_report.h"
#include "tests/compiler/codegen/compile_unit.h"
#include "tests/support/catch.h"

using namespace bora;
using namespace bora::testing;

namespace {

constexpr char kHandlers[] = R"(#pragma once
#include <bora/web/request_handler.h>
namespace shop {
struct Home : bora::web::RequestHandler { void get() {} };
struct Narrow : bora::web::RequestHandler { void get(bool) {} };
struct NoArgument : bora::web::RequestHandler { bora::Task<void> get() { co_return; } };
struct Swapped : bora::web::RequestHandler { void get(std::string_view, std::int64_t) {} };
struct TwoBad : bora::web::RequestHandler { void get(bool) {} void post(double) {} };
struct NotHandler { void get() {} };
struct Abstract : bora::web::RequestHandler { void get() {} virtual void paint() = 0; };
struct Declared;
class Private : public bora::web::RequestHandler { void get() {} };
struct Returns : bora::web::RequestHandler { int get() { return 1; } };
struct Empty : bora::web::RequestHandler {};
struct NoConstructor : bora::web::RequestHandler { explicit NoConstructor(int); void get() {} };
struct Initialize : bora::web::RequestHandler { void initialize(int) {} void get() {} };
struct Prepare : bora::web::RequestHandler { int prepare() { return 1; } void get() {} };
class StreamsInPrivate : public bora::web::RequestHandler {
  static constexpr bool stream_request_body = true;
 public:
  void data_received(std::string_view) {}
  void post() {}
};
struct NoData : bora::web::RequestHandler {
  static constexpr bool stream_request_body = true;
  void post() {}
};
struct NoStream : bora::web::RequestHandler {
  void data_received(std::string_view) {}
  void post() {}
};
struct BadData : bora::web::RequestHandler {
  static constexpr bool stream_request_body = true;
  int data_received(std::string_view) { return 1; }
  void post() {}
};
struct Database {};
inline Database db;
struct Served : bora::web::RequestHandler {
  struct Init { Database* db = nullptr; int number = 0; };
  void initialize(const Init&) {}
  void get() {}
};
struct BadUser : bora::web::RequestHandler { void get() {} void current_user() {} };
struct Limited : bora::web::RequestHandler {
  struct Init { std::string_view db; int limit = 5; bool strict = false; };
  void initialize(const Init&) {}
  void get() {}
};
void right(bora::web::RequestHandler&);
void wrong(int);
void twice(bora::web::RequestHandler&);
void twice(int);
int returns(bora::web::RequestHandler&);
struct Dav : bora::web::RequestHandler {
  void get(std::int64_t) {}
  bora::Task<void> propfind(std::string path);
  using SupportedMethods =
      bora::web::SupportedMethods<bora::web::Supports<"PROPFIND", &Dav::propfind>>;
};
struct BadList : bora::web::RequestHandler {
  void get() {}
  using SupportedMethods = bora::web::SupportedMethods<bora::web::Supports<"GET", &BadList::get>>;
};
struct Virtual : virtual bora::web::RequestHandler { void get() {} };
void function();
}
)";

struct Case {
  std::string name;
  std::string route;    // the text after "r7 = { path = '/7"
  std::string message;  // a part of both compilers' messages
};

std::vector<Case> cases() {
  const std::string tail = ", public, returning void or bora::Task<void>";
  const std::string streaming =
      "::data_received(std::string_view) must be public and return void or bora::Task<void>, "
      "beside "
      "a public static constexpr bool stream_request_body = true";
  return {
      {"a missing class", "', handler = 'Missing'", "Missing"},
      {"a typing error", "', handler = 'Hom'", "Hom"},
      {"a missing namespace", "', handler = 'blog::Entry'", "blog"},
      {"a function", "', handler = 'function'", "function"},
      {"a parameter that cuts", "/{id:int}', handler = 'Narrow'",
       "/{id:int} needs Narrow::get(std::int64_t id)" + tail},
      {"a parameter too few", "/{x}', handler = 'NoArgument'",
       "/{x} needs NoArgument::get(std::string_view x)" + tail},
      {"parameters in another order", "/{n:int}/{s}', handler = 'Swapped'",
       "/{n:int}/{s} needs Swapped::get(std::int64_t n, std::string_view s)" + tail},
      {"a listed method that is missing", "', handler = 'Home', methods = ['PUT']",
       " needs Home::put()" + tail},
      {"delete", "', handler = 'Home', methods = ['DELETE']", " needs Home::delete_()" + tail},
      {"no handler", "', handler = 'NotHandler'",
       "handler NotHandler must derive publicly, not virtually, from bora::web::RequestHandler"},
      {"virtually derived", "', handler = 'Virtual'",
       "handler Virtual must derive publicly, not virtually, from bora::web::RequestHandler"},
      {"abstract", "', handler = 'Abstract'",
       "handler Abstract is abstract: it must override every pure virtual function"},
      {"only declared", "', handler = 'Declared'",
       "handler Declared is declared but not defined: [app] use must name the header that defines "
       "it"},
      {"private", "', handler = 'Private'", " needs Private::get()" + tail},
      {"another result", "', handler = 'Returns'", " needs Returns::get()" + tail},
      {"no method", "', handler = 'Empty'", "handler Empty defines no method"},
      {"no constructor", "', handler = 'NoConstructor'",
       "handler NoConstructor needs a public default constructor and destructor"},
      {"initialize", "', handler = 'Initialize'",
       "Initialize::initialize() must be public, take nothing or const Initialize::Init& and "
       "return "
       "void"},
      {"prepare", "', handler = 'Prepare'",
       "Prepare::prepare() must be public, take nothing and return void or bora::Task<void>"},
      {"streams, but the constant is private", "', handler = 'StreamsInPrivate'",
       "StreamsInPrivate" + streaming},
      {"streams to nowhere", "', handler = 'NoData'", "NoData" + streaming},
      {"takes data, but does not stream", "', handler = 'NoStream'", "NoStream" + streaming},
      {"data_received", "', handler = 'BadData'", "BadData" + streaming},
      {"a user that can't be asked", "', handler = 'BadUser', authenticated = true",
       "an authenticated route needs BadUser::current_user(), public"},
      {"a path's and a host's captures", "/{id:int}', host = '{t}.org', handler = 'Home'",
       "{t}.org/24/{id:int} needs Home::get(std::string_view t, std::int64_t id)" + tail},
      {"a method of the class's own with another signature", "/{id:int}', handler = 'Dav'",
       "each function of Dav::SupportedMethods must take (std::int64_t id) for /25/{id:int} and "
       "return void or bora::Task<void>"},
      {"a listed method that the class does not support", "', handler = 'Home', methods = ['LOCK']",
       " needs Home::SupportedMethods with bora::web::Supports<"},
      {"own methods that are none", "', handler = 'BadList'",
       "BadList::SupportedMethods must be a bora::web::SupportedMethods<"},
      {"behind UTF-8", "/é', handler = 'Gone'", "Gone"},
  };
}

std::string run(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  char buffer[4096];
  while (const std::size_t size = fread(buffer, 1, sizeof buffer, pipe))
    output.append(buffer, size);
  pclose(pipe);
  return output;
}

void write_unit(const TemporaryFolder& folder, const std::string& manifest_text) {
  lang::DiagnosticSink sink;
  const auto source = std::make_shared<const lang::SourceText>("routes.toml", manifest_text);
  const auto manifest = compiler::read_manifest(source, sink);
  INFO(compiler::text_report(sink.diagnostics()));
  REQUIRE(manifest.has_value());
  const auto generated = compiler::generate_routes(*manifest);
  folder.add("routes.toml", manifest_text);
  folder.add("handlers.h", kHandlers);
  folder.add("routes.h", generated.header);
  folder.add("routes.cpp", generated.source);
}

std::string compile_routes(const TemporaryFolder& folder, const std::string& compiler,
                           const std::string& options = "-fsyntax-only") {
  return run("cd '" + folder.path() + "' && LC_ALL=C " + compiler + " -std=c++20 " + options +
             " -I. -I" + BORA_TEST_RUNTIME_INCLUDE + " -c routes.cpp 2>&1");
}

std::string manifest_with(const std::string& route) {
  return "[app]\nnamespace = 'shop'\nuse = ['handlers.h']\n[routes]\nr = { " + route + " }\n";
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

/// Returns the column of the handler's name in a line: clang counts bytes, g++ characters.
std::size_t column_of(const std::string& line, bool counts_characters) {
  const std::string key = "handler = '";
  const std::string before = line.substr(0, line.find(key) + key.size());
  const auto is_inside = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  const auto hidden = static_cast<std::size_t>(std::ranges::count_if(before, is_inside));
  return before.size() + 1 - (counts_characters ? hidden : 0);
}

/// Compiles all cases in one manifest, a line each. None may hide another one or add to it.
void check_cases(const std::string& compiler, bool is_gxx) {
  std::string text = "[app]\nnamespace = 'shop'\nuse = ['handlers.h']\n[routes]\n";
  std::vector<std::string> lines;
  for (const Case& wrong : cases()) {
    const std::string number = std::to_string(lines.size());
    lines.push_back("r" + number + " = { path = '/" + number + wrong.route + " }");
    text += lines.back() + "\n";
  }
  const TemporaryFolder folder;
  write_unit(folder, text);
  const std::string output =
      compile_routes(folder, compiler, is_gxx ? "-fsyntax-only" : "-fsyntax-only -ferror-limit=0");
  CAPTURE(output);
  CHECK(count(output, "error:") == lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Case wrong = cases()[i];
    const std::string place = "routes.toml:" + std::to_string(i + 5) + ":" +
                              std::to_string(column_of(lines[i], is_gxx)) + ": error: ";
    CAPTURE(wrong.name, place);
    const std::size_t at = output.find(place);
    REQUIRE(at != std::string::npos);
    CHECK(output.substr(at, output.find('\n', at) - at).find(wrong.message) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("routes errors: g++ says one thing of each, at the handler's name in the manifest",
          "[codegen]") {
  check_cases(require_compiler(BORA_TEST_GXX, "g++"), true);
}

TEST_CASE("routes errors: clang says one thing of each, at the handler's name in the manifest",
          "[codegen]") {
  check_cases(require_compiler(BORA_TEST_CLANGXX, "clang++-19"), false);
}

TEST_CASE("routes errors: init, filters and the like are told at their place in the manifest",
          "[codegen][compilers]") {
  const std::vector<std::string> compilers = {require_compiler(BORA_TEST_GXX, "g++"),
                                              require_compiler(BORA_TEST_CLANGXX, "clang++-19")};
  struct Wrong {
    std::string manifest;  // the text after [app]; the place is that of the '^' below it
    std::string message;
  };
  const std::vector<Wrong> wrongs = {
      {"a = { path = '/', handler = 'Home', init = { db = 'x', n = [1] } }\n"
       "                                             ^",
       "init needs Home::initialize(const Home::Init&), public, returning void, with struct Init { "
       "std::string_view db; std::vector<std::int64_t> n; }"},
      {"a = { path = '/', handler = 'Limited', init = { lmit = 7 } }\n"
       "                                                ^",
       "lmit"},
      {"a = { path = '/', handler = 'Limited', init = { limit = 'x' } }\n"
       "                                                         ^",
       "int"},
      {"a = { path = '/', handler = 'Limited', init = { limit = 5000000000 } }\n"
       "                                                        ^",
       "narrow"},
      {"a = { path = '/', handler = 'Served', init = { db = { object = 'dbb' } } }\n"
       "                                                                ^",
       "dbb"},
      {"a = { path = '/', handler = 'Served', init = { number = { object = 'db' } } }\n"
       "                                                                    ^",
       "init.number can't point to db nor take a copy of it"},
      {"a = { path = '/', handler = 'Served', init = { dbs = { object = 'db' } } }\n"
       "                                               ^",
       "dbs"},
      {"a = { path = '/', handler = 'Home', filters = ['right', 'log_itt'] }\n"
       "                                                         ^",
       "log_itt"},
      {"a = { path = '/', handler = 'Home', filters = ['twice'] }\n"
       "                                                ^",
       "'auto"},
      {"a = { path = '/', handler = 'Home', filters = ['wrong'] }\n"
       "                                                ^",
       "filter wrong must take a bora::web::RequestHandler& and return void or bora::Task<void>"},
      {"a = { path = '/', handler = 'Home', filters = ['returns'] }\n"
       "                                                ^",
       "filter returns must take a bora::web::RequestHandler&"},
      {"a = { path = '/', handler = 'Home', filters = [{ filter = 'Lmit' }] }\n"
       "                                                           ^",
       "Lmit"},
      {"a = { path = '/', handler = 'Home', filters = [{ filter = 'Home' }] }\n"
       "                                                           ^",
       "objects of the filter Home must be callable with a bora::web::RequestHandler&"},
      {"a = { path = '/', handler = 'Home', filters = [{ filter = 'bora::filters::RateLimit', lmit "
       "= 1 }] }\n"
       "                                                                                      ^",
       "lmit"},
      {"a = { path = '/', handler = 'Home', filters = [{ filter = 'bora::filters::RateLimit', per "
       "= "
       "'1 minute' }] }\n"
       "                                                                                           "
       "  "
       "^",
       "const"},
      {"a = { path = '/', websocket = 'Home' }\n"
       "                               ^",
       "websocket Home must derive from bora::websocket::WebSocketHandler"},
  };
  for (const std::string& compiler : compilers) {
    for (const Wrong& wrong : wrongs) {
      const std::size_t line_end = wrong.manifest.find('\n');
      const std::string route = wrong.manifest.substr(0, line_end);
      const std::string column = std::to_string(wrong.manifest.size() - line_end - 1) + ": ";
      // g++ reports the end of the braces.
      const std::string place = "routes.toml:5:" + (wrong.message == "narrow" ? "" : column);
      const TemporaryFolder folder;
      write_unit(folder, "[app]\nnamespace = 'shop'\nuse = ['handlers.h']\n[routes]\n" + route);
      const std::string output = compile_routes(folder, compiler);
      CAPTURE(output, route, place);
      // Newer versions of g++ report the call of a constant's function and what that throws.
      CHECK(count(output, "error:") <= (wrong.message == "const" ? 2U : 1U));
      const std::size_t at = output.find("error: ");
      REQUIRE(at != std::string::npos);
      const std::size_t begin = output.rfind('\n', at) + 1;
      const std::string line = output.substr(begin, output.find('\n', at) - begin);
      CHECK(line.find(wrong.message) != std::string::npos);
      // clang reports the declaration of an overloaded name, g++ what the value of a constant
      // throws.
      if (wrong.message == "const") {
        CHECK(output.find("routes.toml:5:") != std::string::npos);
      } else if (wrong.message != "'auto") {
        CHECK(line.rfind(place, 0) == 0);
      }
    }
  }
}

TEST_CASE("routes errors: two wrong methods are two errors, a class used twice is one",
          "[codegen]") {
  const std::vector<std::string> compilers = {require_compiler(BORA_TEST_GXX, "g++"),
                                              require_compiler(BORA_TEST_CLANGXX, "clang++-19")};
  for (const std::string& compiler : compilers) {
    const TemporaryFolder folder;
    write_unit(folder, manifest_with("path = '/', handler = 'TwoBad' }\n"
                                     "a = { path = '/a', handler = 'Missing' }\n"
                                     "b = { path = '/b/{x}', handler = 'Missing'"));
    const std::string output = compile_routes(folder, compiler);
    CAPTURE(output);
    CHECK(count(output, "error:") == 3);
    CHECK(count(output, "routes.toml:5:30: error:") == 2);
    const std::string tail = ", public, returning void or bora::Task<void>";
    CHECK(count(output, "GET / needs TwoBad::get()" + tail) == 1);
    CHECK(count(output, "POST / needs TwoBad::post()" + tail) == 1);
    CHECK(count(output, "routes.toml:6:31: error:") == 1);
  }
}

TEST_CASE("routes errors: a missing header and a missing namespace are told at their place",
          "[codegen]") {
  const std::vector<std::string> compilers = {require_compiler(BORA_TEST_GXX, "g++"),
                                              require_compiler(BORA_TEST_CLANGXX, "clang++-19")};
  for (const std::string& compiler : compilers) {
    const TemporaryFolder folder;
    write_unit(folder,
               "[app]\nuse = ['hndlers.h']\n[routes]\na = { path = '/', handler = 'Home' }\n");
    std::string output = compile_routes(folder, compiler);
    CAPTURE(output);
    CHECK(output.rfind("routes.toml:2:8: fatal error:", 0) == 0);
    CHECK(output.find("hndlers.h") != std::string::npos);

    write_unit(folder,
               "[app]\nnamespace = 'shpo'\nuse = ['handlers.h']\n[routes]\n"
               "a = { path = '/', handler = 'shop::Home' }\n");
    output = compile_routes(folder, compiler);
    CHECK(count(output, "error:") == 1);
    CHECK(output.rfind("routes.toml:2:14: error:", 0) == 0);
  }
}

TEST_CASE("routes errors: right handlers give no warning", "[codegen]") {
  const std::vector<std::string> compilers = {require_compiler(BORA_TEST_GXX, "g++"),
                                              require_compiler(BORA_TEST_CLANGXX, "clang++-19")};
  for (const std::string& compiler : compilers) {
    const TemporaryFolder folder;
    write_unit(folder,
               manifest_with("path = '/', handler = 'Home' }\n"
                             "o = { path = '/{int}/{class}/{x:path}', handler = 'shop::Three'"));
    folder.add("handlers.h",
               std::string(kHandlers) +
                   "namespace shop { struct Three : bora::web::RequestHandler { void get("
                   "std::string_view, std::string_view, std::string_view) {} }; }\n");
    CHECK(compile_routes(folder, compiler, "-O1 -Wall -Wextra -Wpedantic -Wshadow -Wconversion") ==
          "");
  }
}

TEST_CASE("routes codegen: the header needs no handler and stands alone", "[codegen]") {
  const TemporaryFolder folder;
  write_unit(folder, manifest_with("path = '/{id:int}', handler = 'Narrow'"));
  folder.add("routes.cpp",
             "#include \"routes.h\"\nstd::string f() { return route::r(7); }\n"
             "const bora::web::RouteTable& g() { return routes::table; }\n");
  folder.add("handlers.h", "#error\n");
  CHECK(compile_routes(folder, require_compiler(BORA_TEST_GXX, "g++")) == "");
}

TEST_CASE("routes codegen: a wrong call of a URL function is an error where it stands",
          "[codegen]") {
  const TemporaryFolder folder;
  write_unit(folder, manifest_with("path = '/{id:int}', handler = 'Narrow'"));
  folder.add("routes.cpp",
             "#include \"routes.h\"\nauto a = route::r();\nauto b = route::r(\"x\");\n");
  const std::string output =
      compile_routes(folder, require_compiler(BORA_TEST_CLANGXX, "clang++-19"));
  CAPTURE(output);
  CHECK(count(output, "error:") == 2);
  CHECK(output.find("routes.cpp:2:") != std::string::npos);
  CHECK(output.find("routes.cpp:3:") != std::string::npos);
}
