#include "compiler/cli/cxx_command.h"

#include <ostream>

#include "compiler/driver/compiler_report.h"

namespace bora::compiler {

ExitStatus run_cxx(const CxxOptions& options, Host& host) {
  if (options.command.empty())
    return usage_error(host, "cxx", "name the compiler and its arguments after --");
  std::vector<std::string> command = options.command;
  if (host.err.is_terminal && host.err.uses_colors)
    command.emplace_back("-fdiagnostics-color=always");

  const ProgramResult result = host.run_program(command);
  if (!result.problem.empty()) {
    constexpr int kNotStarted = 127;  // as in shells
    environment_error(host, "cxx", "cannot start '" + command.front() + "': " + result.problem);
    return static_cast<ExitStatus>(kNotStarted);
  }
  if (host.wants_raw_compiler_output) {
    host.err.text << result.err;
  } else if (!result.err.empty()) {
    // The report has colours if the compiler's output has them, since CMake and Ninja ask the
    // compiler for colours if they are wanted.
    const bool colours = result.err.find("\x1b[") != std::string::npos;
    host.err.text << compiler_report(result.err, {options.out, options.source_dir, colours},
                                     host.files);
  }
  return static_cast<ExitStatus>(result.status);
}

}  // namespace bora::compiler
