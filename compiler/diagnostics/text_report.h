#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "compiler/diagnostics/printable.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {

struct ReportStyle {
  bool colours = false;  ///< ANSI colours, for terminals.
  std::size_t max_width =
      100;  ///< Of a source line, in columns; longer ones show the part around the caret.
  std::string hidden_prefix{};  ///< Left out where a path begins with it: "../".
};

/// One finding for people:
///
///     views/story.html:12:4: error: '{% end %}' closes nothing [T012]
///       12 |    {% end %}
///          |    ^~~~~~~~~
///
/// with its notes in the same form and a last line "= help: …". The column is in bytes, as clang
/// and editors take it; the caret stands under what is shown: tabs are widened, wide letters count
/// two, and control characters and invalid bytes are spelled out (`\x1b`), so a hostile file can't
/// reach the terminal. Ends with a line feed.
std::string text_report(const lang::Diagnostic& diagnostic, const ReportStyle& style = {});

/// All findings, in order.
std::string text_report(const std::vector<lang::Diagnostic>& diagnostics,
                        const ReportStyle& style = {});

}  // namespace bora::compiler
