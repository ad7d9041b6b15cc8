#pragma once

// How changed pages of an app are compiled alone, into a shared object that the running program
// loads: with the options of their own units, but without optimisation, and with the headers of
// Bora precompiled.

#include <string>
#include <string_view>
#include <vector>

#include "compiler/codegen/template_codegen.h"
#include "compiler/dev/dev_project.h"
#include "compiler/dev/machine.h"
#include "compiler/driver/file_system.h"

namespace bora::compiler {

/// The C++ of pages that changed.
struct PageSource {
  std::string name;  ///< "views/blog/entry.cpp"
  std::string text;
};

class LiveCompiler {
 public:
  LiveCompiler(FileSystem& files, const BuildTree& tree, const AppInfo& app);

  /// Whether the build tree says how pages are compiled (compile_commands.json does).
  [[nodiscard]] bool is_usable() const { return !options_.empty(); }
  /// Whether another one compiles in the same way.
  [[nodiscard]] bool operator==(const LiveCompiler& other) const {
    return options_ == other.options_ && headers_ == other.headers_;
  }

  /// Where its files are; all in it is this session's.
  [[nodiscard]] std::string folder() const { return folder_; }
  /// Where the compiler runs.
  [[nodiscard]] std::string directory() const { return directory_; }

  /// Empties the folder, and says what precompiles the headers that pages include.
  ProcessSpec begin();
  /// Writes the pages' C++, and says what makes the shared object `object(number)` of it.
  ProcessSpec compile(int number, const std::vector<PageSource>& pages);
  [[nodiscard]] std::string object(int number) const;

 private:
  void read_options(const BuildTree& tree, const AppInfo& app);
  void read_headers(const AppInfo& app);

  FileSystem& files_;
  std::string folder_;
  std::string directory_;
  std::vector<std::string> options_;  ///< The compiler, and what says how; empty: not known.
  std::string headers_;               ///< The text of the header that is precompiled.
};

/// The words of a command of compile_commands.json, as a shell reads it.
std::vector<std::string> words_of(std::string_view command);

/// The options among them that count for a page compiled alone.
/// @param compiler  The compiler's path; what stands before it is a launcher.
std::vector<std::string> live_options(const std::vector<std::string>& words,
                                      const std::string& compiler, const std::string& file);

}  // namespace bora::compiler
