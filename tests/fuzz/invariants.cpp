#include "tests/fuzz/invariants.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "templates-lang/cpp_scanner.h"

namespace bora::fuzz {
namespace {

constexpr std::string_view kFileMark = "==== ";

char opening(char closing) {
  return closing == ')' ? '(' : closing == ']' ? '[' : '{';
}

}  // namespace

void require(bool holds, const char* claim) {
  if (holds) return;
  std::fprintf(stderr, "broken claim: %s\n", claim);
  std::abort();
}

void require_inside(const lang::SourcePtr& source, lang::Span span) {
  require(source != nullptr, "a place has a source");
  require(span.begin <= span.end, "a span begins before it ends");
  require(span.end <= source->text().size(), "a span lies in its text");
  const lang::Position position = source->position(span.begin);
  require(position.line >= 1 && position.line <= source->line_count(), "a line exists");
  require(position.column >= 1, "columns count from 1");
}

void require_sound(const lang::DiagnosticSink& sink) {
  std::size_t errors = 0;
  for (const lang::Diagnostic& finding : sink.diagnostics()) {
    require(finding.code.size() == 4, "a code has four characters");
    require(!finding.message.empty(), "a finding says something");
    require(finding.message.back() != '.', "a message has no final stop");
    if (finding.source) require_inside(finding.source, finding.span);
    for (const lang::Note& note : finding.notes) {
      require(!note.message.empty(), "a note says something");
      if (note.source) require_inside(note.source, note.span);
    }
    if (finding.severity == lang::Severity::error) ++errors;
  }
  require(sink.has_errors() || errors == 0, "errors are counted");
  require(sink.diagnostics().size() <= lang::DiagnosticSink::kMaxDiagnostics,
          "findings are limited");
}

void require_balanced(std::string_view cpp) {
  lang::CppScanner scanner(cpp, {0, static_cast<std::uint32_t>(cpp.size())});
  std::string open;
  for (lang::CppToken token = scanner.next(); token.kind != lang::CppToken::Kind::end;
       token = scanner.next()) {
    require(token.is_closed, "a literal of the generated code ends");
    if (token.kind != lang::CppToken::Kind::punctuation || token.span.size() != 1) continue;
    const char c = cpp[token.span.begin];
    if (c == '(' || c == '[' || c == '{') {
      open += c;
    } else if (c == ')' || c == ']' || c == '}') {
      require(!open.empty() && open.back() == opening(c), "generated brackets match");
      open.pop_back();
    }
  }
  require(open.empty(), "generated brackets are closed");
}

Files split_files(std::string_view input) {
  Files files;
  std::string name = "page.html";
  std::string text;
  while (!input.empty()) {
    const std::size_t end = std::min(input.find('\n'), input.size());
    const std::string_view line = input.substr(0, end);
    if (line.starts_with(kFileMark)) {
      if (text.ends_with('\n')) text.pop_back();
      files.try_emplace(name, std::move(text));
      name = line.substr(kFileMark.size());
      text.clear();
    } else {
      text += line;
      if (end < input.size()) text += '\n';
    }
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  files.try_emplace(name, std::move(text));
  return files;
}

}  // namespace bora::fuzz
