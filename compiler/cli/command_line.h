#pragma once

#include <string>
#include <vector>

#include "compiler/cli/host.h"

namespace bora::compiler {

/// Runs one command of `bora`: the whole program except for its streams.
///
/// @param arguments  What the user typed after "bora": {"check", "--format", "json"}.
/// @param host       Its colours are set as --color and the environment say.
ExitStatus run_command_line(const std::vector<std::string>& arguments, Host& host);

}  // namespace bora::compiler
