#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/cli/host.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {

/// `--allow CODE` (any number, also "T100,T101") and `--werror`, which check and compile share.
struct WarningOptions {
  std::vector<std::string> allowed;
  bool are_errors = false;
};

/// Empty after a usage error: a code that does not exist.
std::optional<lang::WarningPolicy> warning_policy(const WarningOptions& options,
                                                  std::string_view command, Host& host);

}  // namespace bora::compiler
