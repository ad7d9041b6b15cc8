#pragma once

#include <string>
#include <vector>

#include "compiler/driver/file_system.h"
#include "compiler/routes/manifest.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {

/// What `bora check --deploy` looks at.
struct DeployedProject {
  std::string folder;                       ///< Whose C++ files are read, those of tests excepted.
  const RouteManifest* manifest = nullptr;  ///< Null: there is none.
  bool has_pages = false;                   ///< There are templates.
  bool has_cookie_secret = false;           ///< The environment has one.
};

/// Reports, as warnings, what is unsafe in production: what the sources say, as far as it can be
/// seen without compiling them, and what neither they nor the manifest say.
void check_deploy(const DeployedProject& project, FileSystem& files, lang::DiagnosticSink& sink);

}  // namespace bora::compiler
