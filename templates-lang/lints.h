#pragma once

// Warnings about templates that are right and yet hardly meant: codes T100 to T139. Only what is
// certain is reported; `{# bora: allow T100 #}` switches a warning off at its place.

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
  std::string folder;  ///< As messages name it.
  /// Whether there is the file that static_url() means by an argument.
  std::function<bool(const std::string& argument)> has;
  std::function<std::vector<std::string>()> names;  ///< For "did you mean".
};

/// Gathers what the pages of a run use, since a name that one page leaves unused another may need,
/// and reports.
class Linter {
 public:
  /// @param static_files  Empty: `static_url()` is not checked.
  explicit Linter(DiagnosticSink& sink, std::vector<StaticFiles> static_files = {})
      : sink_(sink), static_files_(std::move(static_files)) {}

  /// Looks at a page that was resolved and checked. Were errors reported since the last call, they
  /// come first: nothing is said about the page, and what they may have hidden counts as used.
  ///
  /// @param is_part  It was made to be included: what it introduces may be for other files.
  void add(const Page& page, bool is_part = false);

  enum class Seen {
    all_pages,   ///< Every page of the project was added.
    some_pages,  ///< Others may extend or include what was added: less is certain.
  };

  /// Reports names that no page uses. Call once, behind the last add().
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

  /// One file, as far as other files can be concerned.
  struct File {
    std::vector<Declared> declared;
    std::set<std::string, std::less<>> used;
    bool is_linted = false;
    bool is_seen_whole =
        false;  // No page that was not added extends or includes it, one may guess.
  };

  File& file(const Template& file);
  void gather(const Template& file, File& facts);

  DiagnosticSink& sink_;
  std::size_t known_errors_ = 0;
  std::vector<StaticFiles> static_files_;
  std::map<std::string, File, std::less<>> files_;  // By the source's name.
};

/// The warnings about one file by itself: hidden names, conditions that never change, what is never
/// reached, static files that don't exist, messages that can't be translated.
void lint_file(const Template& file, const std::vector<StaticFiles>& static_files,
               DiagnosticSink& sink);

}  // namespace bora::lang
