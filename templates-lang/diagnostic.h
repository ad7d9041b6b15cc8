#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "templates-lang/allowances.h"
#include "templates-lang/source_text.h"

namespace bora::lang {

enum class Severity { error, warning };

/// A second place that explains a Diagnostic: "the other half is here".
struct Note {
  SourcePtr source;  ///< null if the note has no place
  Span span;
  std::string message;
};

/// One finding about a template or a manifest, with everything that is needed to print it.
///
/// A message is one clear sentence in lower case without a final stop; text of the user is in
/// 'single quotes'. `help` has the remedy: "did you mean 'title'?", "add {% end %}".
struct Diagnostic {
  std::string code;  ///< stable: "T012", "R101"; listed in compiler/diagnostics/catalog
  Severity severity = Severity::error;
  SourcePtr source;  ///< null for findings about a file that could not be read; see `file`
  Span span;         ///< the place of the carets; if empty, one caret at `span.begin`
  std::string message;
  std::string help;  ///< may be empty
  std::vector<Note> notes;
  std::string file;  ///< the name to print if `source` is null, "templates/home.html"; may be empty
};

/// Makes an error at a place; the caller adds notes.
Diagnostic error_at(std::string_view code, SourcePtr source, Span span, std::string message,
                    std::string help = {});

/// Returns 'text', in the form in which messages show the user's text.
std::string quoted(std::string_view text);

/// Returns 'a', 'b', 'c': the first names, and "…" if there are many.
std::string listed(const std::vector<std::string>& names);

/// The treatment of warnings, in addition to a file's own comments (allowances.h).
struct WarningPolicy {
  std::set<std::string, std::less<>> allowed;  ///< codes of warnings that are dropped
  bool are_errors = false;
};

/// Collects findings in the order in which they were found, and at most `kMaxDiagnostics`: a broken
/// file of a million tags gives a page of messages, not a gigabyte.
class DiagnosticSink {
 public:
  static constexpr std::size_t kMaxDiagnostics = 100;

  DiagnosticSink() = default;
  explicit DiagnosticSink(WarningPolicy policy) : policy_(std::move(policy)) {}

  /// Drops warnings that are allowed, by the policy or in the file itself, and exact repeats (same
  /// code, source and span).
  void report(Diagnostic diagnostic);

  [[nodiscard]] const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  /// Whether further errors are only counted, so that a search for their remedies is useless.
  [[nodiscard]] bool is_full() const { return diagnostics_.size() >= kMaxDiagnostics; }
  [[nodiscard]] bool has_errors() const { return error_count_ > 0; }
  [[nodiscard]] std::size_t error_count() const { return error_count_; }
  [[nodiscard]] std::size_t warning_count() const { return warning_count_; }

 private:
  bool is_allowed(const Diagnostic& warning);

  WarningPolicy policy_;
  std::map<SourcePtr, Allowances> allowances_;  // of files with warnings
  std::vector<Diagnostic> diagnostics_;
  std::size_t error_count_ = 0;
  std::size_t warning_count_ = 0;
};

/// Returns the candidate that `word` was probably meant to be (edit distance at most a third of its
/// length, case ignored); empty if there is none. The first of equals wins.
std::string nearest_name(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace bora::lang
