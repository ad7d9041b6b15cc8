#pragma once

#include <string>
#include <vector>

#include "compiler/driver/file_system.h"
#include "templates-lang/lints.h"

namespace bora::compiler {

/// Returns the files below `folder`, for the checks of `static_url("…")`. `files` must outlive the
/// result.
lang::StaticFiles static_files(FileSystem& files, const std::string& folder);

/// Returns the files of the folders that a manifest mounts, relative to the manifest's folder.
/// Folders that do not exist yet are left out, and so is a manifest that can't be read.
std::vector<lang::StaticFiles> mounted_files(FileSystem& files, const std::string& manifest);

}  // namespace bora::compiler
