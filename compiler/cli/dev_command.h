#pragma once

#include "compiler/cli/host.h"
#include "compiler/dev/dev_session.h"

namespace bora::compiler {

/// `bora dev [APP] [-- ARGUMENTS...]`: builds, serves and watches until Ctrl-C; see docs/dev.md.
ExitStatus run_dev(const DevOptions& options, Host& host);

/// `bora build`, `bora test`, `bora run`: thin layers over the presets of a project.
struct BuildOptions {
  std::string app;                     ///< the app of `bora run`; if empty, the only one
  std::string preset;                  ///< if empty, "dev" or the nearest to it
  std::vector<std::string> arguments;  ///< for the program, or for CTest
};
ExitStatus run_build(const BuildOptions& options, Host& host);
ExitStatus run_test(const BuildOptions& options, Host& host);
ExitStatus run_run(const BuildOptions& options, Host& host);

}  // namespace bora::compiler
