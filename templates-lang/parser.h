#pragma once

#include <memory>
#include <string>

#include "templates-lang/ast.h"
#include "templates-lang/diagnostic.h"

namespace bora::lang {

/// How deep tags may nest in one file. Deeper than any page, and shallow enough that whoever walks
/// the tree may recurse.
inline constexpr int kMaxNesting = 200;

/// Reads one file. After a slip it goes on, so that a run reports them all, each once.
///
/// Text has its white space already reduced: `single` for names that end in .html or .js, `all` for
/// others, or as `{% whitespace %}` says from its position on (whitespace.h).
///
/// @param name  Relative to the template root, "blog/entry.html"; messages use the source's name.
/// @returns  The tree, whole if `sink` got no errors; otherwise fit for more checks, but not for
///           generating code. Never null.
std::unique_ptr<Template> parse_template(std::string name, SourcePtr source, DiagnosticSink& sink);

}  // namespace bora::lang
