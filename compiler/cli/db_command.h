#pragma once

#include <string>
#include <vector>

#include "compiler/cli/host.h"

namespace bora::compiler {

/// `bora db …`: starts bora-db, which is beside this program and knows the databases, and returns
/// its exit status.
ExitStatus run_db(const std::vector<std::string>& arguments, Host& host);

}  // namespace bora::compiler
