#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/diagnostic.h"

namespace bora::compiler {

/// The page of docs/errors about a code, as Markdown; empty if there is none.
std::string_view error_page(std::string_view code);

/// A page as a terminal shows it: headings without '#', code indented under its file's name.
///
/// @param colours  ANSI: bold headings, code in colour.
std::string page_for_terminal(std::string_view markdown, bool colours);

/// The line behind all reports that says how to read more about them: "bora explain T012"; empty
/// without findings.
std::string explain_hint(const std::vector<lang::Diagnostic>& diagnostics);

}  // namespace bora::compiler
