#pragma once

#include <string>

#include "compiler/driver/file_system.h"

namespace bora::compiler {

/// The folders and files of the project around the working directory; empty if there is none.
struct CurrentProject {
  std::string templates;  ///< "templates", "../templates"
  std::string routes;     ///< "routes.toml", "../../routes.toml"
};

/// Looks in the working directory and then in each folder above it, up to the first that has a
/// route manifest, or a CMakeLists.txt and templates. (A folder that is only called "templates"
/// makes a project of the working directory alone, since home folders often have such a folder.)
CurrentProject find_current_project(FileSystem& files);

}  // namespace bora::compiler
