#pragma once

#include <string>
#include <string_view>

#include "compiler/driver/file_system.h"

namespace bora::compiler {

/// What is known of the app whose files a C++ compiler compiles. Paths as the compiler sees them.
struct CompilerReportSetting {
  std::string out;            ///< Folder of the generated files; empty: none.
  std::string source_folder;  ///< Paths below it are printed relative to it; empty: as they are.
  bool colours = false;
};

/// What clang or g++ wrote to standard error, as a person who wrote a template wants to read it.
///
/// Findings in templates and manifests are shown with the file's own line instead of the C++ that
/// was made of it, under the path from the project's folder, and without the compiler's notes about
/// its own headers. Of errors that follow from another one the first is shown, and the last line
/// counts the others. Some findings, in C++ sources too, get a sentence that helps:
///
///     templates/home.html:6:14: error: no member named 'titel' in 'shop::Link'
///        6 |   <li>{{ link.titel }}</li>
///          |               ^~~~~
///
/// All else is left as it is, byte for byte.
std::string compiler_report(std::string_view output, const CompilerReportSetting& setting,
                            FileSystem& files);

}  // namespace bora::compiler
