#pragma once

#include <string>

#include "compiler/cli/host.h"

namespace bora::compiler {

/// `bora explain CODE`: what the code of a diagnostic means, with a wrong and a fixed example.
/// Upper and lower case are the same. Without a code it lists them all.
ExitStatus run_explain(const std::string& code, Host& host);

}  // namespace bora::compiler
