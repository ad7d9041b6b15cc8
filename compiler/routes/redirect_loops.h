#pragma once

#include "compiler/routes/manifest.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {

/// Reports redirects that lead in a circle, or on and on. Each redirect's location must be known.
///
/// For each redirect one request is followed, with a sample for each parameter, so that what is
/// reported does happen. Redirects whose paths have converters of the program's own are not
/// followed: which texts these take is known at run time only.
void report_redirect_loops(const RouteManifest& manifest, lang::DiagnosticSink& sink);

}  // namespace bora::compiler
