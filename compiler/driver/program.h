#pragma once

#include <string>
#include <vector>

namespace bora::compiler {

/// How a program ended, and what it wrote to standard error.
struct ProgramResult {
  int status =
      0;  ///< Its exit status; 128 and the signal's number if one ended it, as shells say it.
  std::string err{};
  std::string problem{};  ///< Why it could not be started; empty if it was.
};

/// Runs a program, found by PATH, and waits for its end. It has this program's input and output.
ProgramResult run_program(const std::vector<std::string>& command);

}  // namespace bora::compiler
