#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/driver/exit_status.h"
#include "compiler/driver/file_system.h"
#include "compiler/driver/program.h"

namespace bora::compiler {

/// One output of the program, and how it is written.
struct OutputStream {
  std::ostream& text;
  bool is_terminal = false;
  bool uses_colors = false;  ///< run_command_line() sets it from --color and the environment
};

/// All of a command's access to the outside; tests pass strings and a file system in memory.
struct Host {
  FileSystem& files;
  OutputStream out;
  OutputStream err;
  bool no_color = false;                   ///< The environment's NO_COLOR is set and not empty.
  bool is_dumb_terminal = false;           ///< The environment's TERM is "dumb".
  bool wants_raw_compiler_output = false;  ///< The environment's BORA_COMPILER_OUTPUT is "raw".
  bool has_cookie_secret = false;  ///< BORA_COOKIE_SECRET or BORA_COOKIE_SECRET_FILE is set.
  /// Returns all of standard input.
  std::function<std::string()> read_input = [] { return std::string(); };
  std::function<ProgramResult(const std::vector<std::string>&)> run_program = compiler::run_program;
};

/// Writes a usage error as one line, "bora check: MESSAGE", and returns ExitStatus::usage.
/// @param command  Empty for errors before the command is known.
ExitStatus usage_error(Host& host, std::string_view command, std::string_view message);

/// The same for an error of the environment; returns ExitStatus::environment.
ExitStatus environment_error(Host& host, std::string_view command, std::string_view message);

/// "3 templates", "1 template".
std::string counted(std::size_t count, std::string_view noun);

}  // namespace bora::compiler
