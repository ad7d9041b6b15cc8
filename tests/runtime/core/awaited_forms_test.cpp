// g++ before 13 would compile some forms of Bora's own calls to programs that destroy objects
// twice. It refuses them with one sentence that says what to write instead, and that form works.

#include <string>

#include "tests/support/catch.h"
#include "tests/support/compilers.h"

using bora::test::check_accepted;
using bora::test::check_refused;
using bora::test::ProgramFolder;
using bora::test::Ran;
using bora::test::run_command;

namespace {

constexpr const char* kSentence =
    "g++ before 13 miscompiles this co_await, because a lambda with captures or an object made by "
    "braces stands in it: write auto name = ...; and then co_await name; (or use clang, or g++ 13)";

std::string program(const std::string& header, const std::string& body) {
  return "#include <memory>\n#include <string>\n#include <bora/core/" + header +
         ">\nstruct Row { std::string name; int number = 0; };\n" + body;
}

}  // namespace

TEST_CASE("awaited forms: named arguments work with both compilers", "[core][compilers]") {
  const ProgramFolder folder;
  const std::string program = folder.path("forms");
  for (const std::string compiler : {BORA_TEST_GXX, BORA_TEST_CLANGXX}) {
    for (const char* optimisation : {"-O0", "-O2"}) {
      const Ran compiled =
          run_command(compiler + " -std=c++20 -g -Wall -Wextra -Werror " + optimisation +
                      " -fsanitize=address,undefined -I" + BORA_TEST_RUNTIME_INCLUDE + " " +
                      BORA_TEST_SOURCE_DIR + "/tests/runtime/core/awaited_forms.cpp " +
                      BORA_TEST_CORE_LIBRARY + " -lz -ldl -pthread -o " + program);
      INFO(compiler << optimisation << '\n' << compiled.output);
      REQUIRE(compiled.status == 0);
      const Ran ran = run_command(program);
      INFO(ran.output);
      CHECK(ran.status == 0);
    }
  }
}

TEST_CASE("awaited forms: a lambda with captures in run_in_executor()", "[core][compilers]") {
  check_refused(program("executor.h", R"(
struct Service {
  int id = 1;
  bora::Task<int> load(std::shared_ptr<int> link) {
    co_return co_await bora::run_in_executor([this, link] { return id + *link; });
  }
};)"),
                kSentence);
}

TEST_CASE("awaited forms: such a call among others", "[core][compilers]") {
  check_refused(program("executor.h", R"(
#include <bora/core/gen.h>
bora::Task<void> load(std::string path) {
  co_await bora::multi(bora::run_in_executor([path] { return path.size(); }), bora::moment);
})"),
                kSentence);
}

TEST_CASE("awaited forms: a lambda with captures in task_group()", "[core][compilers]") {
  check_refused(program("gen.h", R"(
bora::Task<void> load(std::string path) {
  co_await bora::task_group([path](bora::TaskGroup&) -> bora::Task<void> { co_return; });
})"),
                kSentence);
}

TEST_CASE("awaited forms: an aggregate that is put into a queue", "[core][compilers]") {
  check_refused(program("queues.h", R"(
bora::Task<void> fill(bora::Queue<Row>& rows) {
  co_await rows.put({.name = "first", .number = 1});
})"),
                kSentence);
}

TEST_CASE("awaited forms: what needs no name", "[core][compilers]") {
  check_accepted(program("executor.h", R"(
#include <bora/core/gen.h>
#include <bora/core/queues.h>
bora::Task<void> run(std::string& text, bora::Queue<std::string>& words, bora::Queue<int>& numbers) {
  co_await bora::run_in_executor([&text] { text += 'x'; });
  co_await bora::run_in_executor([] { return 1; });
  co_await bora::task_group([&](bora::TaskGroup& group) -> bora::Task<void> {
    group.spawn(bora::sleep(std::chrono::seconds(1)));
    co_return;
  });
  co_await words.put("word");
  co_await words.put(std::string("a") + text);
  co_await numbers.put(1);
  co_await bora::multi(numbers.put(2), words.put(text), bora::moment);
})"));
}

TEST_CASE("awaited forms: what can't be awaited is reported in one sentence", "[core][compilers]") {
  const ProgramFolder folder;
  const auto says = [&](const std::string& body, const std::string& sentence) {
    INFO(body);
    for (const char* compiler : {BORA_TEST_GXX, BORA_TEST_CLANGXX}) {
      const Ran ran =
          folder.check(compiler, program("gen.h", "#include <bora/core/queues.h>\n" + body));
      INFO(ran.output);
      CHECK(ran.status != 0);
      CHECK(ran.output.find(sentence) != std::string::npos);
    }
  };
  const std::string no_awaitable =
      "this argument can't be awaited: give a Task, a Future, or what a call such as queue.get() "
      "or "
      "event.wait() returns";
  says("bora::Task<int> f(); auto g() { return bora::multi(f(), 42); }", no_awaitable);
  says("auto g() { return bora::first_of(42); }", no_awaitable);
  says("auto g() { return bora::spawn(42); }", no_awaitable);
  says("auto g() { return bora::with_timeout(std::chrono::seconds(1), 42); }", no_awaitable);
  says("auto g() { return bora::multi(std::vector<int>()); }", no_awaitable);
  says("void g() { bora::IOLoop::current().spawn(42); }", no_awaitable);
  says("void g() { bora::IOLoop::current().run_sync(42); }", no_awaitable);
  says("bora::Task<int> f(); auto g() { return bora::spawn(f); }",
       "this argument is a function: call it, so that what it returns is awaited");
  says("bora::Task<int> f(); auto g() { auto task = f(); return bora::multi(task); }",
       "what is awaited here is handed over: write std::move(task)");
  says("bora::Task<int&> f(); auto g() { return bora::multi(f()); }",
       "what is awaited here gives a reference, which can't be kept");
  says("auto g() { return bora::task_group([] {}); }",
       "the body of task_group() is a function from TaskGroup& to Task<void>");
}
