#pragma once

#include "templates-lang/diagnostic.h"
#include "templates-lang/inheritance.h"

namespace bora::lang {

/// Checks what can be told of a file by itself: break and continue, super outside of blocks, what
/// an `{% except %}` hides. What a file with slips of its own only seems to do wrong is not
/// reported.
void check_file(const Template& file, DiagnosticSink& sink);

/// Checks what needs the whole page: what a child's blocks override, what stands outside blocks
/// where it is never rendered, super in blocks that override nothing, flushes where the page can't
/// wait and, if nothing else is wrong, where values can't be escaped.
///
/// @param page  Also one that was resolved with errors.
void check_page(const Page& page, DiagnosticSink& sink);

}  // namespace bora::lang
