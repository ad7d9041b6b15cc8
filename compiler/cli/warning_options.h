#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/cli/host.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {

/// `--allow CODE` (repeatable, also "T100,T101") and `--werror`, for check and compile.
struct WarningOptions {
  std::vector<std::string> allowed;
  bool are_errors = false;
};

/// Empty after a usage error: a code does not exist.
std::optional<lang::WarningPolicy> warning_policy(const WarningOptions& options,
                                                  std::string_view command, Host& host);

}  // namespace bora::compiler
