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

/// "The other half stands here": a second place that explains a Diagnostic.
struct Note {
  SourcePtr source;  ///< Null when the note has no place.
  Span span;
  std::string message;
};

/// One finding about a template or a manifest, with everything needed to print it.
///
/// Messages are one clear sentence in lower case without a final stop; what the user typed stands
/// in 'single quotes'. The remedy goes into `help`: "did you mean 'title'?", "add {% end %}".
struct Diagnostic {
  std::string code;  ///< Stable: "T012", "R101"; listed in compiler/diagnostics/catalog.
  Severity severity = Severity::error;
  SourcePtr source;  ///< Null for findings about a file that could not be read; see `file`.
  Span span;         ///< Where the carets go. Empty: one caret at `span.begin`.
  std::string message;
  std::string help;  ///< May be empty.
  std::vector<Note> notes;
  std::string file;  ///< Name to print when `source` is null, "templates/home.html"; may be empty.
};

/// An error at a place; notes are up to the caller.
Diagnostic error_at(std::string_view code, SourcePtr source, Span span, std::string message,
                    std::string help = {});

/// 'text', as messages show what the user typed.
std::string quoted(std::string_view text);

/// 'a', 'b', 'c': the first of them and "…" if there are many.
std::string listed(const std::vector<std::string>& names);

/// What is done about warnings, beside what a file's own comments say (allowances.h).
struct WarningPolicy {
  std::set<std::string, std::less<>> allowed;  ///< Codes of warnings that are dropped.
  bool are_errors = false;
};

/// Where findings go. They are kept in the order in which they were found, and never more than
/// `kMaxDiagnostics`: a broken file of a million tags gives a page of messages, not a gigabyte.
class DiagnosticSink {
 public:
  static constexpr std::size_t kMaxDiagnostics = 100;

  DiagnosticSink() = default;
  explicit DiagnosticSink(WarningPolicy policy) : policy_(std::move(policy)) {}

  /// Warnings that are allowed, by the policy or in the file itself, are dropped, and so are exact
  /// repeats (same code, source and span).
  void report(Diagnostic diagnostic);

  [[nodiscard]] const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  /// Whether further errors are only counted, so that it is idle to look for their remedies.
  [[nodiscard]] bool is_full() const { return diagnostics_.size() >= kMaxDiagnostics; }
  [[nodiscard]] bool has_errors() const { return error_count_ > 0; }
  [[nodiscard]] std::size_t error_count() const { return error_count_; }
  [[nodiscard]] std::size_t warning_count() const { return warning_count_; }

 private:
  bool is_allowed(const Diagnostic& warning);

  WarningPolicy policy_;
  std::map<SourcePtr, Allowances> allowances_;  // Of files with warnings.
  std::vector<Diagnostic> diagnostics_;
  std::size_t error_count_ = 0;
  std::size_t warning_count_ = 0;
};

/// The entry of `candidates` that `word` was probably meant to be (edit distance at most a third of
/// its length, case ignored), or empty. The first of equals wins.
std::string nearest_name(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace bora::lang
