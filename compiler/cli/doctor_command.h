#pragma once

#include <string>
#include <vector>

#include "compiler/cli/host.h"

namespace bora::compiler {

/// `bora doctor`: lists what building and serving an app needs, whether it is there, and the
/// command that installs what is missing.
ExitStatus run_doctor(bool as_json, Host& host);

/// `bora completion bash|zsh|fish`: a script for the shell.
/// @param help  The commands with their options and summaries, as the command line knows them.
struct CommandHelp {
  std::string name;
  std::string summary;
  std::vector<std::string> options;  ///< "--port"
};
ExitStatus run_completion(const std::string& shell, const std::vector<CommandHelp>& help,
                          Host& host);

}  // namespace bora::compiler
