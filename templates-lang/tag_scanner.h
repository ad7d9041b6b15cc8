#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/cpp_scanner.h"
#include "templates-lang/diagnostic.h"
#include "templates-lang/source_text.h"

namespace bora::lang {

/// Finds the end of one `{{ … }}` or `{% … %}`, and reports at most one mistake inside it: after a
/// mistake, brackets and literals can't be trusted any more, and the first closer ends the tag.
class TagScanner {
 public:
  struct Result {
    std::uint32_t content_end = 0;
    std::uint32_t end = 0;  ///< after the closer; lexing goes on there
    bool is_closed = true;
    bool is_damaged = false;
  };

  /// @param content  The place where C++ begins: after the braces and a directive's name or file.
  TagScanner(const SourcePtr& source, DiagnosticSink& sink, Span open, std::uint32_t content);

  /// It may be called once.
  Result scan();

 private:
  bool at(std::string_view what) const { return text_.substr(here_, what.size()) == what; }
  bool is_over() const { return here_ >= text_.size() || at("{%"); }
  bool closes_here() const;
  bool has_other_closer() const { return at("%}") || (at("}}") && brackets_.empty()); }
  bool has_closer_in_line() const;
  void take(const CppToken& token);
  void skip_line_comment();
  void take_bracket(std::uint32_t where);

  Result close(std::uint32_t content_end) {
    return {content_end, content_end + closer_size_, true, is_damaged_};
  }
  // Ends a tag with a reported mistake. If the mistake was an earlier string, the tag ends earlier,
  // too.
  Result close_damaged(std::uint32_t content_end) {
    return swallower_ ? give_up() : close(content_end);
  }
  Result leave_open();
  Result give_up();

  Diagnostic error(const char* code, Span span, std::string message, std::string help = {}) const;
  void note_bracket(Diagnostic& diagnostic, const char* what) const;
  void report(Diagnostic diagnostic);
  void report_unclosed_literal(const CppToken& token);
  void report_unclosed_bracket(std::uint32_t where);
  void report_wrong_closer(std::uint32_t size);

  const SourcePtr& source_;
  std::string_view text_;
  DiagnosticSink& sink_;
  Span open_;
  bool is_expression_;
  std::string_view closer_;
  std::uint32_t here_;
  CppScanner scanner_;
  std::vector<std::uint32_t> brackets_;  // offsets of the open brackets
  std::uint32_t last_closed_ = 0;        // the bracket that was closed last…
  std::uint32_t last_closed_at_ = 0;     // …and its place
  std::optional<CppToken> swallower_;    // the first string that contains a closer of this tag
  std::uint32_t closer_size_ = 2;        // 1 if half of it is missing
  bool is_damaged_ = false;
};

}  // namespace bora::lang
