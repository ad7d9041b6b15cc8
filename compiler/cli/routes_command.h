#pragma once

#include <string>

#include "compiler/cli/host.h"

namespace bora::compiler {

struct RoutesOptions {
  std::string manifest;  ///< if empty, that of the current project
  bool as_json = false;
  bool unused = false;  ///< lists the handler classes that no route names
  std::string sources;  ///< where to look for them; if empty, the manifest's folder
  std::string request;  ///< "GET /users/7": shows the route that answers it; if empty, lists all
};

/// `bora routes`: prints a table of all routes, in the manifest's order. With a request, it prints
/// the route that answers it, its captures, and why the nearest others do not match; it returns
/// ExitStatus::findings if no route does.
///
/// The method "auto" (in JSON, an empty list) means the methods that the handler's class defines.
ExitStatus run_routes(const RoutesOptions& options, Host& host);

}  // namespace bora::compiler
