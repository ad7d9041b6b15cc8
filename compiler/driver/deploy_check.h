#pragma once

#include <string>
#include <vector>

#include "compiler/driver/file_system.h"
#include "compiler/routes/manifest.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {

/// The input of `bora check --deploy`.
struct DeployedProject {
  std::string folder;                       ///< the C++ files of this folder are read, except those
                                            ///< of tests
  const RouteManifest* manifest = nullptr;  ///< null if there is none
  bool has_pages = false;                   ///< whether there are templates
  bool has_cookie_secret = false;           ///< whether the environment has one
};

/// Reports, as warnings, what is unsafe in production: dangerous things in the sources, as far as
/// they can be seen without compiling them, and settings that neither the sources nor the manifest
/// have.
void check_deploy(const DeployedProject& project, FileSystem& files, lang::DiagnosticSink& sink);

}  // namespace bora::compiler
