#pragma once

// What an edit of a template means for the program that runs: other text in the same places, which
// it can take as it is, or other code.

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

/// A table of texts that the running program is to take in the place of its own.
struct TextPatch {
  std::string function;     ///< Names the table.
  std::uint64_t shape = 0;  ///< The program takes it only if its own code has the same.
  std::vector<std::string> texts;
};

class LiveTemplates {
 public:
  /// More pages than this are built: that has several units, which are compiled side by side.
  static constexpr std::size_t kMostPagesAlone = 32;

  /// The pages of an app as they lie on the disk at one moment.
  struct Snapshot {
    struct Page {
      LiveUnit unit;
      bool keeps_ending = false;       ///< See unit_name().
      std::vector<std::string> files;  ///< The names of all templates that it is made of.
    };
    std::map<std::string, Page> pages;
  };

  /// Pages that can be compiled alone, since callers see them as before.
  struct CodePatch {
    std::vector<PageSource> sources;
    std::vector<LiveEntry> entries;  ///< What the program is to call anew.
    std::map<std::string, Snapshot::Page> pages;
  };

  struct Change {
    enum class Kind {
      nothing,  ///< The program shows this already.
      text,     ///< `patches` make it show this.
      code,     ///< It has to be compiled; `patches` may be a part of it.
      wrong,    ///< `findings` say why it can't be.
    };
    Kind kind = Kind::nothing;
    std::vector<TextPatch> patches;
    std::vector<DevFinding> findings;
    std::optional<CodePatch> code;  ///< Of Kind::code; empty: only a build can do it.
  };

  LiveTemplates(FileSystem& files, AppInfo app, std::string source_folder);

  /// What a build that begins now will build. Pages with errors are left out.
  [[nodiscard]] Snapshot take_snapshot();
  /// From now on the program that was built of this runs.
  void set_running(Snapshot snapshot);
  /// The running program has loaded it.
  void set_code(CodePatch code);
  [[nodiscard]] bool is_template(const std::string& path) const;

  /// @param paths    Templates that changed, absolute.
  /// @param entries  The entries that the running program can call anew; empty: none.
  Change look_at(const std::vector<std::string>& paths, const std::set<std::string>& entries);

 private:
  [[nodiscard]] std::string name_of(const std::string& path) const;
  std::vector<std::string> pages();
  bool add_code(CodePatch& code, const std::string& name, const lang::Page& page,
                const Snapshot::Page& next, const std::set<std::string>& entries);

  FileSystem& files_;
  AppInfo app_;
  std::string source_folder_;
  Snapshot built_;    ///< What the program was built of.
  Snapshot showing_;  ///< With the texts that it was given since.
};

}  // namespace bora::compiler
