#pragma once

// The facts about a project that the building commands need: the folder in which CMake is called,
// the build tree that a preset names, and the apps that the tree builds.

#include <string>
#include <vector>

#include "compiler/dev/machine.h"
#include "compiler/driver/file_system.h"

namespace bora::compiler {

/// A build tree, configured or not.
struct BuildTree {
  std::string source;  ///< the folder in which CMake is called, absolute
  std::string folder;  ///< the folder of the build tree, absolute
  std::string preset;  ///< empty if the project has none

  [[nodiscard]] std::string cache() const { return folder + "/CMakeCache.txt"; }
};

/// What CMake wrote about a bora_add_app().
struct AppInfo {
  std::string name;
  std::string program;      ///< the path of the executable
  std::string source;       ///< the folder of its CMakeLists.txt
  std::string out;          ///< the folder of its generated files
  std::string templates;    ///< its folder of templates; empty if it has none
  std::string routes;       ///< its manifest; empty if it has none
  std::string statics;      ///< its folder of static files; empty if it has none
  std::string development;  ///< "1" in a build for development
};

/// Finds the project of `directory`: the nearest folder with a CMakePresets.json, or else the
/// topmost folder above it that has a CMakeLists.txt.
///
/// @param directory  Absolute.
/// @param preset   If empty, the first of "dev" and "debug" that exists, or the first preset of
///                 all.
/// @param problem  Becomes a sentence if there is no project, or no such preset.
BuildTree find_build_tree(FileSystem& files, const std::string& directory,
                          const std::string& preset, std::string& problem);

/// The apps of a configured build tree.
std::vector<AppInfo> apps_of(FileSystem& files, const BuildTree& tree);

/// Returns the app called `name`; without a name the only app, or the one whose folder `directory`
/// is in.
/// @param problem  Becomes a sentence that names all apps if none can be chosen.
AppInfo choose_app(const std::vector<AppInfo>& apps, const std::string& name,
                   const std::string& directory, std::string& problem);

/// Returns a variable of the build tree's cache: "Ninja" for CMAKE_GENERATOR. Empty if it is not
/// there.
std::string cache_variable(FileSystem& files, const BuildTree& tree, const std::string& name);

/// Returns the command that configures a build tree.
ProcessSpec configure_spec(const BuildTree& tree);
/// Returns the command that builds one of its targets, or all if `target` is empty. It calls Ninja
/// directly, so that the build can be stopped and reports its progress.
ProcessSpec build_spec(FileSystem& files, const BuildTree& tree, const std::string& target);

}  // namespace bora::compiler
