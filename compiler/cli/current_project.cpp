#include "compiler/cli/current_project.h"

#include <algorithm>

namespace bora::compiler {

CurrentProject find_current_project(FileSystem& files) {
  const std::string here = files.absolute(".");
  const auto levels = std::count(here.begin(), here.end(), '/');
  std::string up;
  for (std::ptrdiff_t level = 0; level <= levels; ++level, up += "../") {
    CurrentProject project;
    if (files.kind(up + "templates") == FileKind::directory) project.templates = up + "templates";
    if (files.kind(up + "routes.toml") != FileKind::missing) project.routes = up + "routes.toml";
    const bool is_project = !project.routes.empty() ||
                            (!project.templates.empty() &&
                             (up.empty() || files.kind(up + "CMakeLists.txt") == FileKind::file));
    if (is_project) return project;
  }
  return {};
}

}  // namespace bora::compiler
