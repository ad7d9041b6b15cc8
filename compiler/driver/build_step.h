#pragma once

// The work of `bora compile` for a build: reads, checks, generates, and writes files that changed.

#include <string>
#include <string_view>
#include <vector>

#include "compiler/driver/exit_status.h"
#include "compiler/driver/file_system.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {

/// The outputs of a build step. All paths are as the build spells them.
struct StepOutputs {
  std::string directory;         ///< the folder of the generated files; made if missing
  std::string stamp;             ///< touched after every success, and only then
  std::string depfile;           ///< a Make rule: the stamp depends on all files that were read
  bool only_if_missing = false;  ///< does nothing while all files exist, and leaves the stamp alone
};

struct TemplatesStep {
  std::string root;
  std::vector<std::string> pages;  ///< relative to `root`; the step sorts them and removes repeats
  std::string pages_file;          ///< lists all pages of a project, one per line; empty if there
                                   ///< is none
  StepOutputs outputs;
  std::string static_folder = {};  ///< for the checks of `static_url()`; empty if there is none
  std::string manifest = {};       ///< for its `[escape]`; empty if there is none
  bool is_live = false;            ///< whether the program can be given other text:
                                   ///< TextTables::live
};

struct RoutesStep {
  std::string manifest;
  StepOutputs outputs;
  std::string sources_file = {};    ///< lists the app's C++ files, one per line; empty if not known
  std::string include_folder = {};  ///< the folder of the manifest's headers
};

/// Generates the units of all pages; or writes nothing and reports the reason to `sink`.
ExitStatus compile_templates(FileSystem& files, const TemplatesStep& step,
                             lang::DiagnosticSink& sink);

/// Generates routes.h, routes.cpp and route_urls.cpp; or writes nothing and reports the reason to
/// `sink`.
ExitStatus compile_routes(FileSystem& files, const RoutesStep& step, lang::DiagnosticSink& sink);

/// Returns a Make rule without a recipe, with the escapes that Make, Ninja and CMake agree on:
/// blanks and '#' get a backslash (and backslashes before a blank are doubled), '$' is doubled.
std::string make_rule(std::string_view target, const std::vector<std::string>& dependencies);

}  // namespace bora::compiler
