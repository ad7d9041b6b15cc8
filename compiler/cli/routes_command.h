#pragma once

#include <string>

#include "compiler/cli/host.h"

namespace bora::compiler {

struct RoutesOptions {
  std::string manifest;  ///< Empty: that of the current project.
  bool as_json = false;
  bool unused = false;  ///< List the handler classes that no route names.
  std::string sources;  ///< Where to look for them; empty: the manifest's folder.
  std::string request;  ///< "GET /users/7": which route answers it; empty: list them all.
};

/// `bora routes`: a table of all routes, in the manifest's order. With a request, the route that
/// answers it, its captures, and why the nearest others do not; ExitStatus::findings if none does.
///
/// The method "auto" (in JSON: an empty list) means those that the handler's class defines.
ExitStatus run_routes(const RoutesOptions& options, Host& host);

}  // namespace bora::compiler
