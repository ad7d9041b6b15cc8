#include <csignal>
#include <string>

#include "tests/samples/running_program.h"
#include "tests/support/catch.h"

using bora::testing::RunningProgram;

TEST_CASE("clock: shows the zones in turn, as often as it is told to", "[samples]") {
  RunningProgram program("clock",
                         {"--every=2ms", "--format=at %Z", "--zones=UTC,EST5", "--count=3"});
  CHECK(program.wait() == 0);
  CHECK(program.output() == "UTC: at UTC\nEST5: at EST\nUTC: at UTC\n3 times shown\n");
}

TEST_CASE("clock: SIGUSR1 pauses it and lets it go on; SIGTERM stops it", "[samples]") {
  RunningProgram program("clock", {"--every=2ms"});
  program.wait_for_output("UTC: ");
  program.signal(SIGUSR1);
  program.signal(SIGTERM);
  CHECK(program.wait() == 0);
  CHECK(program.output().find(" times shown\n") != std::string::npos);
}

TEST_CASE("clock: mistakes in options are told", "[samples]") {
  RunningProgram wrong("clock", {"--every=soon"});
  CHECK(wrong.wait() == 2);
  CHECK(wrong.errors().find("every") != std::string::npos);
  RunningProgram never("clock", {"--every=0"});
  CHECK(never.wait() == 1);
  CHECK(never.errors().starts_with("clock: "));
}
