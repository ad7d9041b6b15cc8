#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/diagnostic.h"

namespace bora::compiler {

/// Returns the page of docs/errors about a code, as Markdown; empty if there is none.
std::string_view error_page(std::string_view code);

/// Returns a page for a terminal: headings without '#', code indented under its file's name.
///
/// @param colours  Whether to use ANSI sequences: bold headings, code in colour.
std::string page_for_terminal(std::string_view markdown, bool colours);

/// Returns the line after all reports that tells how to read more about them, "bora explain T012";
/// empty without findings.
std::string explain_hint(const std::vector<lang::Diagnostic>& diagnostics);

}  // namespace bora::compiler
