#include "compiler/driver/program.h"

#include <string>

#include "tests/support/catch.h"

using bora::compiler::run_program;

TEST_CASE("program: its status and standard error are returned", "[driver]") {
  const auto result = run_program({"sh", "-c", "echo said >&2; exit 7"});
  CHECK(result.status == 7);
  CHECK(result.err == "said\n");
  CHECK(result.problem.empty());
}

TEST_CASE("program: more than a pipe holds comes whole", "[driver]") {
  const auto result = run_program({"sh", "-c", "head -c 1000000 /dev/zero >&2"});
  CHECK(result.status == 0);
  CHECK(result.err.size() == 1000000);
}

TEST_CASE("program: a signal's end is told as shells tell it", "[driver]") {
  CHECK(run_program({"sh", "-c", "kill -TERM $$"}).status == 143);
}

TEST_CASE("program: one that is not there is a problem", "[driver]") {
  CHECK(run_program({"/no/such/program"}).problem == "No such file or directory");
}
