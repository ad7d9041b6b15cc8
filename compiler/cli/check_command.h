#pragma once

#include <string>
#include <vector>

#include "compiler/cli/host.h"
#include "compiler/cli/warning_options.h"

namespace bora::compiler {

struct CheckOptions {
  std::vector<std::string> paths;  ///< Templates, folders of templates and manifests (*.toml).
  std::string templates;           ///< The template folder; empty: that of the current project.
  std::string routes;              ///< The manifest; empty: that of the current project.
  std::string static_folder;       ///< The static files; empty: those that the manifest mounts.
  WarningOptions warnings;
  bool for_deployment = false;  ///< Look for what is unsafe in production, too.
  bool as_json = false;
  /// What an editor holds of this file is read from standard input, in the place of what is on the
  /// disk; empty: nothing is.
  std::string stdin_filename;
};

/// `bora check`: every check of templates and manifests that needs no C++ compiler.
///
/// Without `paths` the whole project is checked. Findings go to standard output: they are what was
/// asked for.
ExitStatus run_check(const CheckOptions& options, Host& host);

}  // namespace bora::compiler
