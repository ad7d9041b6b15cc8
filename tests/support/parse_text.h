#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "templates-lang/ast_dump.h"
#include "templates-lang/diagnostic.h"
#include "templates-lang/parser.h"

namespace bora::testing {

struct ParseResult {
  std::unique_ptr<lang::Template> file;
  std::vector<lang::Diagnostic> diagnostics;

  [[nodiscard]] std::string tree() const { return lang::dump(*file); }

  /// "T012 T011": the codes in order, or "" if all is well.
  [[nodiscard]] std::string codes() const {
    std::string list;
    for (const lang::Diagnostic& d : diagnostics) list += (list.empty() ? "" : " ") + d.code;
    return list;
  }

  /// "T012@3:1": the first finding's code, line and column; "" if there is none.
  [[nodiscard]] std::string first() const {
    if (diagnostics.empty()) return "";
    const lang::Diagnostic& d = diagnostics.front();
    const lang::Position at = d.source->position(d.span.begin);
    return d.code + "@" + std::to_string(at.line) + ":" + std::to_string(at.column);
  }
};

/// Parses a text as the file `name`. Text keeps its white space unless the name asks otherwise.
inline ParseResult parse_text(std::string text, const std::string& name = "page.txt") {
  lang::DiagnosticSink sink;
  auto source = std::make_shared<const lang::SourceText>(name, std::move(text));
  ParseResult result;
  result.file = lang::parse_template(name, std::move(source), sink);
  result.diagnostics = sink.diagnostics();
  return result;
}

}  // namespace bora::testing
