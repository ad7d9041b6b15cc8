#include "compiler/cli/command_line.h"

#include <algorithm>
#include <string>
#include <vector>

#include "tests/compiler/cli/program.h"
#include "tests/support/catch.h"

using bora::testing::contains;
using bora::testing::Program;

namespace {

/// Runs a wrong command line and returns its one line of complaint.
std::string usage_error(const std::vector<std::string>& arguments) {
  Program program;
  program.files.add("templates/a.html", "text");
  CHECK(program.run(arguments) == 2);
  CHECK(program.out.empty());
  CHECK(std::count(program.err.begin(), program.err.end(), '\n') == 1);
  CHECK(program.files.changes.empty());
  return program.err;
}

}  // namespace

TEST_CASE("command_line: no arguments at all show the help", "[cli]") {
  Program program;
  CHECK(program.run({}) == 2);
  CHECK(program.out.empty());
  CHECK(contains(program.err, "Usage: bora"));
}

TEST_CASE("command_line: help lists every command and explains each", "[cli]") {
  Program program;
  REQUIRE(program.run({"help"}) == 0);
  const std::string all = program.out;
  CHECK(program.err.empty());
  for (const char* command : {"new", "check", "routes", "messages", "explain", "compile", "cxx",
                              "db", "secret", "help", "version"}) {
    INFO(command);
    CHECK(contains(all, std::string("  ") + command + ' '));
    REQUIRE(program.run({"help", command}) == 0);
    CHECK(contains(program.out, std::string("Usage: bora ") + command));
    const std::string explained = program.out;
    REQUIRE(program.run({command, "--help"}) == 0);
    CHECK(program.out == explained);
  }
  REQUIRE(program.run({"--help"}) == 0);
  CHECK(program.out == all);
}

TEST_CASE("command_line: the version is told in two ways", "[cli]") {
  Program program;
  REQUIRE(program.run({"version"}) == 0);
  CHECK(program.out.starts_with("bora 0."));
  CHECK(program.out.ends_with("\n"));
  const std::string version = program.out;
  REQUIRE(program.run({"--version"}) == 0);
  CHECK(program.out == version);
}

TEST_CASE("command_line: unknown commands get the nearest name", "[cli]") {
  CHECK(usage_error({"chekc"}) == "bora: there is no command 'chekc'; did you mean 'check'?\n");
  CHECK(usage_error({"frobnicate"}) ==
        "bora: there is no command 'frobnicate'; `bora help` lists them\n");
  CHECK(usage_error({"help", "rotues"}) ==
        "bora help: there is no command 'rotues'; did you mean 'routes'?\n");
  CHECK(usage_error({"--color=never", "nwe"}) ==
        "bora: there is no command 'nwe'; did you mean 'new'?\n");
}

TEST_CASE("command_line: unknown options get the nearest name", "[cli]") {
  CHECK(usage_error({"check", "--fromat=json"}) ==
        "bora check: there is no option '--fromat'; did you mean '--format'?\n");
  CHECK(usage_error({"check", "--templtes", "dir"}) ==
        "bora check: there is no option '--templtes'; did you mean '--templates'?\n");
  CHECK(usage_error({"new", "--knd", "minimal"}) ==
        "bora new: there is no option '--knd'; did you mean '--kind'?\n");
  CHECK(usage_error({"--colour", "never", "check"}) ==
        "bora check: there is no option '--colour'; did you mean '--color'?\n");
  CHECK(usage_error({"check", "-q"}) == "bora check: there is no option '-q'\n");
}

TEST_CASE("command_line: what can't be understood is one line", "[cli]") {
  CHECK(usage_error({"new"}) == "bora new: NAME is required\n");
  CHECK(usage_error({"new", "shop", "extra"}) ==
        "bora new: there is nothing that 'extra' could stand for; `bora new --help` lists what it "
        "takes\n");
  CHECK(usage_error({"new", "shop", "--kind"}) == "bora new: --kind needs a value\n");
  CHECK(usage_error({"check", "--format", "json", "--format", "human"}) ==
        "bora check: --format can be given once only\n");
  CHECK(usage_error({"check", "--format", "xml"}) ==
        "bora check: there is no format 'xml'; it is human or json\n");
  CHECK(usage_error({"routes", "--json=maybe"}) == "bora routes: --json takes no value\n");
  CHECK(usage_error({"check", "--color", "blue"}) ==
        "bora: --color is auto, always or never, not 'blue'\n");
  CHECK(usage_error({"--color"}) == "bora: --color needs a value\n");
}

TEST_CASE("command_line: control characters of arguments do not reach the terminal", "[cli]") {
  CHECK_FALSE(contains(usage_error({"\x1b[31mred"}), "\x1b"));
}

TEST_CASE("command_line: a command's name can be an argument of another", "[cli]") {
  Program program;
  program.files.add("templates/a.html", "text");
  CHECK(program.run({"check", "new"}) == 2);
  CHECK(contains(program.err, "'new' is not below"));
}

TEST_CASE("command_line: colours are for terminals that want them", "[cli]") {
  Program program;
  program.files.add("templates/a.html", "{{ }}");
  const auto is_colored = [&](std::vector<std::string> arguments) {
    CHECK(program.run(arguments) == 1);
    CHECK(contains(program.out, "T009"));
    return contains(program.out, "\x1b[");
  };
  CHECK_FALSE(is_colored({"check"}));
  CHECK(is_colored({"check", "--color=always"}));
  CHECK(is_colored({"--color", "always", "check"}));
  program.is_terminal = true;
  CHECK(is_colored({"check"}));
  CHECK_FALSE(is_colored({"check", "--color=never"}));
  program.no_color = true;
  CHECK_FALSE(is_colored({"check"}));
  CHECK(is_colored({"check", "--color=always"}));
  program.no_color = false;
  program.is_dumb_terminal = true;
  CHECK_FALSE(is_colored({"check"}));
}

TEST_CASE("command_line: explain prints the page of a code", "[cli]") {
  Program program;
  REQUIRE(program.run({"explain", "t013"}) == 0);
  CHECK(program.out.starts_with("T013: a directive lacks its {% end %}\n\n"));
  CHECK(contains(program.out, "\nFixed\n"));
  CHECK_FALSE(contains(program.out, "```"));
  CHECK_FALSE(contains(program.out, "\x1b"));
  CHECK(program.run({"explain", "T013", "--color", "always"}) == 0);
  CHECK(program.out.starts_with("\x1b[1mT013: "));
}

TEST_CASE("command_line: explain lists all codes, and guesses at a wrong one", "[cli]") {
  Program program;
  REQUIRE(program.run({"explain"}) == 0);
  CHECK(contains(program.out, "\nT013  a directive lacks its {% end %}\n"));
  CHECK(program.run({"explain", "X999"}) == 2);
  CHECK(program.err == "bora explain: there is no code 'X999'; `bora explain` lists them all\n");
  CHECK(program.run({"explain", "TO13"}) == 2);
  CHECK(program.err == "bora explain: there is no code 'TO13'; did you mean 'T013'?\n");
}

TEST_CASE("secret: a key of 32 random bytes, another one each time", "[cli]") {
  Program program;
  REQUIRE(program.run({"secret"}) == 0);
  const std::string first = program.out;
  CHECK(first.size() == 65);
  CHECK(first.find_first_not_of("0123456789abcdef") == 64);
  CHECK(first.ends_with("\n"));
  CHECK(program.err.empty());
  REQUIRE(program.run({"secret"}) == 0);
  CHECK(program.out != first);
}
