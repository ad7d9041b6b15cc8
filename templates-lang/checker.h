#pragma once

#include "templates-lang/diagnostic.h"
#include "templates-lang/inheritance.h"

namespace bora::lang {

/// Checks a file by itself: break and continue, super outside of blocks, branches that an earlier
/// `{% except %}` hides. In a file with other errors, their consequences are not reported.
void check_file(const Template& file, DiagnosticSink& sink);

/// Checks that need the whole page: child blocks that override nothing, text outside blocks that is
/// never rendered, super in blocks that override nothing, flushes where the page can't wait and, if
/// nothing else is wrong, places where values can't be escaped.
///
/// @param page  It may have been resolved with errors.
void check_page(const Page& page, DiagnosticSink& sink);

}  // namespace bora::lang
