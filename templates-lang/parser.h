#pragma once

#include <memory>
#include <string>

#include "templates-lang/ast.h"
#include "templates-lang/diagnostic.h"

namespace bora::lang {

/// How deep tags may nest in one file. It is more than any page needs, and so little that recursion
/// over the tree is safe.
inline constexpr int kMaxNesting = 200;

/// Reads one file. It goes on after a mistake, so that one run reports all mistakes, each once.
///
/// The white space of text is reduced already: `single` for names that end in .html or .js, `all`
/// for others, or as `{% whitespace %}` says from its position on (whitespace.h).
///
/// @param name  Relative to the template root, "blog/entry.html"; messages use the source's name.
/// @returns  The tree. If errors were reported to `sink`, it is good for more checks, but not for
///           generating code. Never null.
std::unique_ptr<Template> parse_template(std::string name, SourcePtr source, DiagnosticSink& sink);

}  // namespace bora::lang
