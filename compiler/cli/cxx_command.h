#pragma once

// `bora cxx [--out DIR] [--source-dir DIR] -- COMPILER ARGUMENTS...`: CMake runs it in place of the
// C++ compiler of an app, as a compiler launcher (BoraApp.cmake).
//
// The compiler runs as it would alone: same arguments, input, output and exit status. Its standard
// error is printed with the templates' own lines (compiler_report.h). It gets one more argument
// only if standard error is a terminal: the permission to write in colours, since it can't see the
// terminal.

#include <string>
#include <vector>

#include "compiler/cli/host.h"

namespace bora::compiler {

struct CxxOptions {
  std::string out;         ///< the folder of the generated files; empty if there is none
  std::string source_dir;  ///< the project's folder; paths below it are printed relative to it
  std::vector<std::string>
      command;  ///< the compiler, perhaps after another launcher, and its arguments
};

/// Returns the compiler's exit status; 127 if it could not be started.
ExitStatus run_cxx(const CxxOptions& options, Host& host);

}  // namespace bora::compiler
