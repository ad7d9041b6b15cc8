#pragma once

#include <string>

#include "compiler/cli/host.h"

namespace bora::compiler {

struct RoutesOptions {
  std::string manifest;  ///< Empty: that of the current project.
  bool as_json = false;
};

/// `bora routes`: a table of all routes, in the manifest's order.
///
/// The method "auto" (in JSON: an empty list) means those that the handler's class defines.
ExitStatus run_routes(const RoutesOptions& options, Host& host);

}  // namespace bora::compiler
