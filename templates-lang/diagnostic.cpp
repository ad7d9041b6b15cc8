#include "templates-lang/diagnostic.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "runtime/text/characters.h"
#include "runtime/text/edit_distance.h"
#include "templates-lang/characters.h"

namespace bora::lang {
namespace {

// Pages that share a file load it again, so the same finding may come with another SourceText of
// the same name.
std::string_view place_name(const Diagnostic& diagnostic) {
  return diagnostic.source ? std::string_view(diagnostic.source->name()) : diagnostic.file;
}

bool is_repeat(const Diagnostic& a, const Diagnostic& b) {
  return a.code == b.code && a.span == b.span && place_name(a) == place_name(b) &&
         a.message == b.message;
}

}  // namespace

Diagnostic error_at(std::string_view code, SourcePtr source, Span span, std::string message,
                    std::string help) {
  Diagnostic diagnostic;
  diagnostic.code = code;
  diagnostic.source = std::move(source);
  diagnostic.span = span;
  diagnostic.message = std::move(message);
  diagnostic.help = std::move(help);
  return diagnostic;
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 8;
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < kMost; ++i) {
    list += (i > 0 ? ", " : "") + quoted(names[i]);
  }
  return names.size() > kMost ? list + ", …" : list;
}

std::string quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

void DiagnosticSink::report(Diagnostic diagnostic) {
  const auto repeats = [&](const Diagnostic& known) { return is_repeat(known, diagnostic); };
  if (std::ranges::any_of(diagnostics_, repeats)) return;

  if (diagnostic.severity == Severity::warning) {
    if (is_allowed(diagnostic)) return;
    if (policy_.are_errors) diagnostic.severity = Severity::error;
  }
  const bool is_error = diagnostic.severity == Severity::error;
  ++(is_error ? error_count_ : warning_count_);
  if (diagnostics_.size() >= kMaxDiagnostics) {
    // An error replaces the last warning, because the reason why the run fails must be shown.
    const auto is_warning = [](const Diagnostic& d) { return d.severity == Severity::warning; };
    const auto last = std::find_if(diagnostics_.rbegin(), diagnostics_.rend(), is_warning);
    if (!is_error || last == diagnostics_.rend()) return;
    diagnostics_.erase(std::prev(last.base()));
  }
  diagnostics_.push_back(std::move(diagnostic));
}

bool DiagnosticSink::is_allowed(const Diagnostic& warning) {
  if (policy_.allowed.contains(warning.code)) return true;
  if (!warning.source) return false;
  const auto [file, is_new] = allowances_.try_emplace(warning.source, *warning.source);
  return file->second.allows(warning.code, warning.source->position(warning.span.begin).line);
}

std::string nearest_name(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string wanted = text::lowered(word);
  const std::string* nearest = nullptr;
  std::size_t best = std::max<std::size_t>(word.size() / 3, word.size() > 1 ? 1 : 0) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t longer = std::max(candidate.size(), wanted.size());
    const std::size_t shorter = std::min(candidate.size(), wanted.size());
    if (longer - shorter >= best) continue;
    const std::size_t distance = text::edit_distance(wanted, text::lowered(candidate));
    if (distance >= best) continue;
    best = distance;
    nearest = &candidate;
  }
  return nearest ? *nearest : std::string();
}

}  // namespace bora::lang
