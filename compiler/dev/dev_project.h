#pragma once

// What the commands that build know of a project: which folder CMake is called in, which build tree
// a preset names, and which apps that tree builds.

#include <string>
#include <vector>

#include "compiler/dev/machine.h"
#include "compiler/driver/file_system.h"

namespace bora::compiler {

/// A build tree, configured or not.
struct BuildTree {
  std::string source;  ///< The folder that CMake is called in, absolute.
  std::string folder;  ///< The build tree's, absolute.
  std::string preset;  ///< Empty: the project has none.

  [[nodiscard]] std::string cache() const { return folder + "/CMakeCache.txt"; }
};

/// What CMake wrote of a bora_add_app().
struct AppInfo {
  std::string name;
  std::string program;      ///< The path of the executable.
  std::string source;       ///< The folder of its CMakeLists.txt.
  std::string out;          ///< The folder of its generated files.
  std::string templates;    ///< Its folder of templates; empty: none.
  std::string routes;       ///< Its manifest; empty: none.
  std::string statics;      ///< Its folder of static files; empty: none.
  std::string development;  ///< "1": a build for development.
};

/// Finds the project that `directory` belongs to: the nearest folder with a CMakePresets.json, or
/// else the topmost one of those above it that have a CMakeLists.txt.
///
/// @param directory  Absolute.
/// @param preset   Empty: the first of "dev" and "debug" that there is, or the first of all.
/// @param problem  A sentence, if there is no project, or no such preset.
BuildTree find_build_tree(FileSystem& files, const std::string& directory,
                          const std::string& preset, std::string& problem);

/// The apps of a configured build tree.
std::vector<AppInfo> apps_of(FileSystem& files, const BuildTree& tree);

/// The app that is meant: the one called `name`; without a name the only one, or the one whose
/// folder `directory` is in.
/// @param problem  A sentence that names them all, if that is none.
AppInfo choose_app(const std::vector<AppInfo>& apps, const std::string& name,
                   const std::string& directory, std::string& problem);

/// A variable of the build tree's cache: "Ninja" for CMAKE_GENERATOR. Empty: not there.
std::string cache_variable(FileSystem& files, const BuildTree& tree, const std::string& name);

/// What configures a build tree.
ProcessSpec configure_spec(const BuildTree& tree);
/// What builds a target of it; an empty one: all. Ninja is called itself, so that it can be stopped
/// and says how far it is.
ProcessSpec build_spec(FileSystem& files, const BuildTree& tree, const std::string& target);

}  // namespace bora::compiler
