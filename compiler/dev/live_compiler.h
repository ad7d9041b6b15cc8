#pragma once

// Compiles changed pages of an app alone, into a shared object that the running program loads: with
// the options of their own units, but without optimisation, and with Bora's headers precompiled.

#include <string>
#include <string_view>
#include <vector>

#include "compiler/codegen/template_codegen.h"
#include "compiler/dev/dev_project.h"
#include "compiler/dev/machine.h"
#include "compiler/driver/file_system.h"

namespace bora::compiler {

/// The C++ of changed pages.
struct PageSource {
  std::string name;  ///< "views/blog/entry.cpp"
  std::string text;
};

class LiveCompiler {
 public:
  LiveCompiler(FileSystem& files, const BuildTree& tree, const AppInfo& app);

  /// Whether the build tree tells how pages are compiled (compile_commands.json does).
  [[nodiscard]] bool is_usable() const { return !options_.empty(); }
  /// Whether another one compiles in the same way.
  [[nodiscard]] bool operator==(const LiveCompiler& other) const {
    return options_ == other.options_ && headers_ == other.headers_;
  }

  /// The folder of its files; only this session uses it.
  [[nodiscard]] std::string folder() const { return folder_; }
  /// The folder in which the compiler runs.
  [[nodiscard]] std::string directory() const { return directory_; }

  /// Empties the folder, and returns the command that precompiles the headers that pages include.
  ProcessSpec begin();
  /// Writes the pages' C++, and returns the command that makes the shared object `object(number)`
  /// of it.
  ProcessSpec compile(int number, const std::vector<PageSource>& pages);
  [[nodiscard]] std::string object(int number) const;

 private:
  void read_options(const BuildTree& tree, const AppInfo& app);
  void read_headers(const AppInfo& app);

  FileSystem& files_;
  std::string folder_;
  std::string directory_;
  std::vector<std::string> options_;  ///< the compiler and its options; empty if not known
  std::string headers_;               ///< the text of the header that is precompiled
};

/// Splits a command of compile_commands.json into words, as a shell does.
std::vector<std::string> words_of(std::string_view command);

/// Returns the options among the words that matter for a page compiled alone.
/// @param compiler  The compiler's path; words before it are a launcher.
std::vector<std::string> live_options(const std::vector<std::string>& words,
                                      const std::string& compiler, const std::string& file);

}  // namespace bora::compiler
