#pragma once

// Warnings about templates that are correct but probably not intended: codes T100 to T139. Only
// certain cases are reported; `{# bora: allow T100 #}` switches a warning off at its place.

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/diagnostic.h"
#include "templates-lang/inheritance.h"

namespace bora::lang {

/// The files that `static_url("…")` can name.
struct StaticFiles {
  std::string folder;  ///< as messages name it
  /// Whether there is a file for an argument of static_url().
  std::function<bool(const std::string& argument)> has;
  std::function<std::vector<std::string>()> names;  ///< for "did you mean"
};

/// Collects the names that the pages of a run use, since a page may need a name that another page
/// leaves unused, and reports.
class Linter {
 public:
  /// @param static_files  If empty, `static_url()` is not checked.
  explicit Linter(DiagnosticSink& sink, std::vector<StaticFiles> static_files = {})
      : sink_(sink), static_files_(std::move(static_files)) {}

  /// Examines a page that was resolved and checked. If errors were reported since the last call,
  /// nothing is said about this page, and names that the errors may have hidden count as used.
  ///
  /// @param is_part  Whether it is made to be included: its names may be for other files.
  void add(const Page& page, bool is_part = false);

  enum class Seen {
    all_pages,   ///< every page of the project was added
    some_pages,  ///< other pages may extend or include those that were added, so less is certain
  };

  /// Reports names that no page uses. It must be called once, after the last add().
  void finish(Seen seen);

 private:
  /// Something that a file introduces: a parameter, a variable, an import.
  struct Declared {
    std::string code;
    std::string name;
    SourcePtr source;
    Span span;
    std::string message;
    std::string help;
    bool is_used = false;
  };

  /// The facts about one file that other files may depend on.
  struct File {
    std::vector<Declared> declared;
    std::set<std::string, std::less<>> used;
    bool is_linted = false;
    bool is_seen_whole = false;  // whether probably only pages that were added use it
  };

  File& file(const Template& file);
  void gather(const Template& file, File& facts);

  DiagnosticSink& sink_;
  std::size_t known_errors_ = 0;
  std::vector<StaticFiles> static_files_;
  std::map<std::string, File, std::less<>> files_;  // by the source's name
};

/// The warnings about one file by itself: hidden names, conditions that never change, code that is
/// never reached, static files that don't exist, messages that can't be translated.
void lint_file(const Template& file, const std::vector<StaticFiles>& static_files,
               DiagnosticSink& sink);

}  // namespace bora::lang
