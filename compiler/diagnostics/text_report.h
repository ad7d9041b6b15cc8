#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "compiler/diagnostics/printable.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {

struct ReportStyle {
  bool colours = false;  ///< whether to use ANSI colours, for terminals
  std::size_t max_width =
      100;  ///< columns of a source line; of a longer one, the part around the caret is shown
  std::string hidden_prefix{};  ///< left out where a path begins with it: "../"
};

/// Returns one finding for people:
///
///     views/story.html:12:4: error: '{% end %}' closes nothing [T012]
///       12 |    {% end %}
///          |    ^~~~~~~~~
///
/// with its notes in the same form, and a last line "= help: …". The column is in bytes, as in
/// clang and editors; the caret is below the text as shown: tabs are widened, wide letters count
/// two, and control characters and invalid bytes are spelled out (`\x1b`), so a hostile file can't
/// reach the terminal. The report ends with a line feed.
std::string text_report(const lang::Diagnostic& diagnostic, const ReportStyle& style = {});

/// Returns all findings, in order.
std::string text_report(const std::vector<lang::Diagnostic>& diagnostics,
                        const ReportStyle& style = {});

}  // namespace bora::compiler
