#pragma once

#include <string>

#include "compiler/cli/host.h"

namespace bora::compiler {

/// `bora explain`: what a code of a diagnostic means. Upper and lower case are the same.
ExitStatus run_explain(const std::string& code, Host& host);

}  // namespace bora::compiler
