#include "compiler/cli/cxx_command.h"

#include <string>
#include <vector>

#include "tests/compiler/cli/program.h"
#include "tests/support/catch.h"

using bora::compiler::ProgramResult;
using bora::testing::Program;

namespace {

/// A compiler that writes `err` and ends with `status`.
struct Compiler {
  std::string err;
  int status = 0;
  std::string problem{};
  std::vector<std::string> command{};  ///< how it was called

  int run(Program& program,
          std::vector<std::string> arguments = {"cxx", "--", "c++", "-c", "x.cpp"}) {
    program.run_program = [this](const std::vector<std::string>& words) {
      command = words;
      return ProgramResult{status, err, problem};
    };
    return program.run(arguments);
  }
};

}  // namespace

TEST_CASE("cxx: the compiler runs as it would alone", "[cli]") {
  Program program;
  Compiler compiler{.err = "x.cpp:1:1: warning: odd\n", .status = 0};
  CHECK(compiler.run(program, {"cxx", "--out", "gen", "--", "ccache", "c++", "--out", "--",
                               "-DX=\"a b\""}) == 0);
  CHECK(compiler.command ==
        std::vector<std::string>{"ccache", "c++", "--out", "--", "-DX=\"a b\""});
  CHECK(program.out.empty());
  CHECK(program.err == compiler.err);
}

TEST_CASE("cxx: exit statuses come through", "[cli]") {
  Program program;
  for (const int status : {1, 2, 4, 134, 139}) {
    Compiler compiler{.err = "", .status = status};
    CHECK(compiler.run(program) == status);
    CHECK(program.err.empty());
  }
  Compiler missing{.err = "", .status = 0, .problem = "No such file or directory"};
  CHECK(missing.run(program) == 127);
  CHECK(program.err == "bora cxx: cannot start 'c++': No such file or directory\n");
  Compiler none{.err = ""};
  CHECK(none.run(program, {"cxx"}) == 2);
  CHECK(none.run(program, {"cxx", "--"}) == 2);
}

TEST_CASE("cxx: findings in templates are printed anew, unless they are wanted raw", "[cli]") {
  Program program;
  program.files.add("templates/a.html", "{{ b }}\n");
  Compiler compiler{.err = "templates/a.html:1:4: error: bad\n    1 | o( b );\n", .status = 1};
  CHECK(compiler.run(program) == 1);
  CHECK(program.err == "templates/a.html:1:4: error: bad\n   1 | {{ b }}\n     |    ^\n");
  program.wants_raw_compiler_output = true;
  CHECK(compiler.run(program) == 1);
  CHECK(program.err == compiler.err);
}

TEST_CASE("cxx: only a terminal makes it ask for colours", "[cli]") {
  Program program;
  Compiler compiler{.err = ""};
  program.is_terminal = true;
  compiler.run(program);
  CHECK(compiler.command.back() == "-fdiagnostics-color=always");
  program.no_color = true;
  compiler.run(program);
  CHECK(compiler.command.back() == "x.cpp");
}
