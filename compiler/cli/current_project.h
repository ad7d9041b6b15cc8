#pragma once

#include <string>

#include "compiler/driver/file_system.h"

namespace bora::compiler {

/// The places of the project that the user stands in. Empty: it has none.
struct CurrentProject {
  std::string templates;  ///< "templates", "../templates"
  std::string routes;     ///< "routes.toml", "../../routes.toml"
};

/// Looks in the working directory, and then in each folder above it, up to the first that holds a
/// route manifest, or a CMakeLists.txt and templates. (A folder that is merely called "templates"
/// makes a project only of the working directory: home folders have such things.)
CurrentProject find_current_project(FileSystem& files);

}  // namespace bora::compiler
