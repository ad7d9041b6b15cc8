#pragma once

#include "compiler/cli/host.h"
#include "compiler/dev/dev_session.h"

namespace bora::compiler {

/// `bora dev [APP] [-- ARGUMENTS...]`: builds, serves and watches until Ctrl-C; see docs/dev.md.
ExitStatus run_dev(const DevOptions& options, Host& host);

/// `bora build`, `bora test`, `bora run`: thin over the presets of a project.
struct BuildOptions {
  std::string app;                     ///< Of `bora run`; empty: the only one.
  std::string preset;                  ///< Empty: "dev", or what comes near it.
  std::vector<std::string> arguments;  ///< For the program, or for CTest.
};
ExitStatus run_build(const BuildOptions& options, Host& host);
ExitStatus run_test(const BuildOptions& options, Host& host);
ExitStatus run_run(const BuildOptions& options, Host& host);

}  // namespace bora::compiler
