#pragma once

#include <string>
#include <vector>

namespace bora::compiler {

/// How a program ended, and what it wrote to standard error.
struct ProgramResult {
  int status =
      0;  ///< its exit status; 128 plus the signal's number if a signal ended it, as in shells
  std::string err{};
  std::string problem{};  ///< why it could not be started; empty if it was started
};

/// Runs a program, found by PATH, and waits for its end. It has this program's input and output.
ProgramResult run_program(const std::vector<std::string>& command);

}  // namespace bora::compiler
