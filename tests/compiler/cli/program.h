#pragma once

#include <functional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "compiler/cli/command_line.h"
#include "tests/support/memory_file_system.h"

namespace bora::testing {

/// The whole `bora` program, with files in memory.
struct Program {
  MemoryFileSystem files;
  bool is_terminal = false;
  bool no_color = false;
  bool is_dumb_terminal = false;
  bool wants_raw_compiler_output = false;
  std::string input;  ///< standard input
  /// Stands in for other programs. If null, they can't be started.
  std::function<compiler::ProgramResult(const std::vector<std::string>&)> run_program;

  /// The output of the last run.
  std::string out;
  std::string err;

  /// Returns the exit status.
  int run(const std::vector<std::string>& arguments) {
    std::ostringstream out_stream;
    std::ostringstream err_stream;
    compiler::Host host{.files = files,
                        .out = {.text = out_stream, .is_terminal = is_terminal},
                        .err = {.text = err_stream, .is_terminal = is_terminal},
                        .no_color = no_color,
                        .is_dumb_terminal = is_dumb_terminal,
                        .wants_raw_compiler_output = wants_raw_compiler_output,
                        .read_input = [this] { return input; }};
    host.run_program = [this](const std::vector<std::string>& command) {
      return run_program ? run_program(command) : compiler::ProgramResult{.problem = "no program"};
    };
    const compiler::ExitStatus status = compiler::run_command_line(arguments, host);
    out = std::move(out_stream).str();
    err = std::move(err_stream).str();
    return static_cast<int>(status);
  }
};

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace bora::testing
