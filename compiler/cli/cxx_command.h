#pragma once

// `bora cxx [--out DIR] [--source-dir DIR] -- COMPILER ARGUMENTS...`: what CMake runs in place of
// the C++ compiler of an app, as a compiler launcher (BoraApp.cmake).
//
// The compiler runs as it would alone: same arguments, input, output, exit status. What it writes
// to standard error is printed anew with the templates' own lines (compiler_report.h). It gets one
// more argument only where standard error is a terminal: that it may write in colours, which it
// can't see.

#include <string>
#include <vector>

#include "compiler/cli/host.h"

namespace bora::compiler {

struct CxxOptions {
  std::string out;         ///< Folder of the generated files; empty: none.
  std::string source_dir;  ///< The project's; paths below it are printed relative to it.
  std::vector<std::string>
      command;  ///< The compiler, perhaps behind another launcher, and arguments.
};

/// Returns the compiler's exit status; 127 if it could not be started.
ExitStatus run_cxx(const CxxOptions& options, Host& host);

}  // namespace bora::compiler
