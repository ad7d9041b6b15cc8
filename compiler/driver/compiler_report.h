#pragma once

#include <string>
#include <string_view>

#include "compiler/driver/file_system.h"

namespace bora::compiler {

/// What is known about the app whose files a C++ compiler compiles. Paths are as the compiler sees
/// them.
struct CompilerReportSetting {
  std::string out;            ///< the folder of the generated files; empty if there is none
  std::string source_folder;  ///< paths below it are printed relative to it; if empty, as they are
  bool colours = false;
};

/// Rewrites the standard error of clang or g++ for the author of a template.
///
/// Findings in templates and manifests are shown with the file's own line instead of the generated
/// C++, under the path from the project's folder, and without the compiler's notes about its own
/// headers. If errors follow from another one, only the first is shown, and the last line counts
/// the others. Some findings, in C++ sources too, get a sentence that helps:
///
///     templates/home.html:6:14: error: no member named 'titel' in 'shop::Link'
///        6 |   <li>{{ link.titel }}</li>
///          |               ^~~~~
///
/// Everything else stays as it is, byte for byte.
std::string compiler_report(std::string_view output, const CompilerReportSetting& setting,
                            FileSystem& files);

}  // namespace bora::compiler
