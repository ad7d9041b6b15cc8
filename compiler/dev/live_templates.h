#pragma once

// Finds what an edit of a template means for the running program: other text in the same places,
// which it can take as it is, or other code.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/codegen/template_codegen.h"
#include "compiler/dev/build_log.h"
#include "compiler/dev/dev_project.h"
#include "compiler/dev/live_compiler.h"
#include "compiler/driver/file_system.h"

namespace bora::compiler {

/// A table of texts for the running program, in place of its own.
struct TextPatch {
  std::string function;     ///< the name of the table
  std::uint64_t shape = 0;  ///< the program takes it only if its own code has the same shape
  std::vector<std::string> texts;
};

class LiveTemplates {
 public:
  /// If more pages than this change, they are built: a build compiles several units side by side.
  static constexpr std::size_t kMostPagesAlone = 32;

  /// The pages of an app as they are on the disk at one moment.
  struct Snapshot {
    struct Page {
      LiveUnit unit;
      bool keeps_ending = false;       ///< See unit_name().
      std::vector<std::string> files;  ///< the names of all templates of the page
    };
    std::map<std::string, Page> pages;
  };

  /// Pages that can be compiled alone, since their interfaces did not change.
  struct CodePatch {
    std::vector<PageSource> sources;
    std::vector<LiveEntry> entries;  ///< entries whose new code the program will call
    std::map<std::string, Snapshot::Page> pages;
  };

  struct Change {
    enum class Kind {
      nothing,  ///< the program shows this already
      text,     ///< `patches` make the program show this
      code,     ///< it must be compiled; `patches` may be a part of it
      wrong,    ///< `findings` tell why it can't be shown
    };
    Kind kind = Kind::nothing;
    std::vector<TextPatch> patches;
    std::vector<DevFinding> findings;
    std::optional<CodePatch> code;  ///< for Kind::code; empty if only a build can do it
  };

  LiveTemplates(FileSystem& files, AppInfo app, std::string source_folder);

  /// Returns what a build that begins now will build. Pages with errors are left out.
  [[nodiscard]] Snapshot take_snapshot();
  /// Says that the program that was built from this snapshot runs now.
  void set_running(Snapshot snapshot);
  /// Says that the running program has loaded the code.
  void set_code(CodePatch code);
  [[nodiscard]] bool is_template(const std::string& path) const;

  /// @param paths    Templates that changed, absolute.
  /// @param entries  The entries for which the running program can load new code; may be empty.
  Change look_at(const std::vector<std::string>& paths, const std::set<std::string>& entries);

 private:
  [[nodiscard]] std::string name_of(const std::string& path) const;
  std::vector<std::string> pages();
  bool add_code(CodePatch& code, const std::string& name, const lang::Page& page,
                const Snapshot::Page& next, const std::set<std::string>& entries);

  FileSystem& files_;
  AppInfo app_;
  std::string source_folder_;
  Snapshot built_;    ///< the state from which the program was built
  Snapshot showing_;  ///< the same with the texts that the program was given since
};

}  // namespace bora::compiler
