#pragma once

#include <string>
#include <vector>

#include "compiler/cli/host.h"
#include "compiler/cli/warning_options.h"

namespace bora::compiler {

struct CheckOptions {
  std::vector<std::string> paths;  ///< Templates, folders of templates and manifests (*.toml).
  std::string templates;           ///< the template folder; if empty, that of the current project
  std::string routes;              ///< the manifest; if empty, that of the current project
  std::string static_folder;       ///< the static files; if empty, those that the manifest mounts
  WarningOptions warnings;
  bool for_deployment = false;  ///< also looks for what is unsafe in production
  bool as_json = false;
  /// The file whose text is read from standard input instead of the disk, since an editor has not
  /// saved it; if empty, there is none.
  std::string stdin_filename;
};

/// `bora check`: every check of templates and manifests that needs no C++ compiler.
///
/// Without `paths` the whole project is checked. Findings go to standard output.
ExitStatus run_check(const CheckOptions& options, Host& host);

}  // namespace bora::compiler
