#include "compiler/cli/warning_options.h"

#include "compiler/diagnostics/catalog.h"

namespace bora::compiler {

std::optional<lang::WarningPolicy> warning_policy(const WarningOptions& options,
                                                  std::string_view command, Host& host) {
  lang::WarningPolicy policy;
  policy.are_errors = options.are_errors;
  for (const std::string& code : options.allowed) {
    if (find_code(code) == nullptr) {
      usage_error(host, command,
                  "--allow: there is no code '" + code + "'; `bora explain` lists them all");
      return std::nullopt;
    }
    policy.allowed.insert(code);
  }
  return policy;
}

}  // namespace bora::compiler
