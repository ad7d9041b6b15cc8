#pragma once

#include <string>
#include <vector>

#include "compiler/driver/file_system.h"
#include "compiler/routes/manifest.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {

/// Reports C++ files that are beside a header of the manifest's `use`, define methods of its
/// handlers, and are not among `sources`: otherwise only the linker would notice.
///
/// @param include_folder  The folder in which the headers are searched.
void check_sources(const RouteManifest& manifest, const std::string& include_folder,
                   const std::vector<std::string>& sources, FileSystem& files,
                   lang::DiagnosticSink& sink);

}  // namespace bora::compiler
