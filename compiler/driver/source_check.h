#pragma once

#include <string>
#include <vector>

#include "compiler/driver/file_system.h"
#include "compiler/routes/manifest.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {

/// Reports C++ files that lie beside a header of the manifest's `use`, define methods of its
/// handlers, and are not among `sources`, so that only the linker would miss them.
///
/// @param include_folder  Where the headers are looked for.
void check_sources(const RouteManifest& manifest, const std::string& include_folder,
                   const std::vector<std::string>& sources, FileSystem& files,
                   lang::DiagnosticSink& sink);

}  // namespace bora::compiler
