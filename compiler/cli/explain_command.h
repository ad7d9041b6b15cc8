#pragma once

#include <string>

#include "compiler/cli/host.h"

namespace bora::compiler {

/// `bora explain CODE`: tells what the code of a diagnostic means, with a wrong and a corrected
/// example. Upper and lower case are the same. Without a code, it lists all codes.
ExitStatus run_explain(const std::string& code, Host& host);

}  // namespace bora::compiler
