#pragma once

// What `bora compile` does for a build: read, check, generate, and write what changed.

#include <string>
#include <string_view>
#include <vector>

#include "compiler/driver/exit_status.h"
#include "compiler/driver/file_system.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {

/// Where a build step leaves its traces. All paths as the build spells them.
struct StepOutputs {
  std::string directory;  ///< Folder of the generated files; made if missing.
  std::string stamp;      ///< Touched after every success and only then.
  std::string depfile;    ///< Make rule: the stamp depends on all files that were read.
  bool only_if_missing =
      false;  ///< Does nothing while all files are there; leaves the stamp alone.
};

struct TemplatesStep {
  std::string root;
  std::vector<std::string> pages;  ///< Relative to `root`; sorted and freed of repeats by the step.
  std::string pages_file;          ///< Lists all pages of a project, one a line; empty: none.
  StepOutputs outputs;
  std::string static_folder = {};  ///< For the checks of `static_url()`; empty: none.
  std::string manifest = {};       ///< For its `[escape]`; empty: none.
  bool is_live = false;            ///< The program can be given other text: TextTables::live.
};

struct RoutesStep {
  std::string manifest;
  StepOutputs outputs;
  std::string sources_file = {};    ///< Lists the app's C++ files, one a line; empty: not known.
  std::string include_folder = {};  ///< Where the manifest's headers are.
};

/// Generates the units of all pages, or writes nothing and says why in `sink`.
ExitStatus compile_templates(FileSystem& files, const TemplatesStep& step,
                             lang::DiagnosticSink& sink);

/// Generates routes.h, routes.cpp and route_urls.cpp, or writes nothing and says why in `sink`.
ExitStatus compile_routes(FileSystem& files, const RoutesStep& step, lang::DiagnosticSink& sink);

/// A Make rule without recipe, with the escapes that Make, Ninja and CMake agree on: blanks and '#'
/// get a backslash (and those before a blank are doubled), '$' is doubled.
std::string make_rule(std::string_view target, const std::vector<std::string>& dependencies);

}  // namespace bora::compiler
