#pragma once

#include "compiler/routes/manifest.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {

/// Reports redirects that lead in a circle, or never end. The location of each redirect must be
/// known.
///
/// For each redirect, one request is followed, with a sample for each parameter, so what is
/// reported does happen. Redirects whose paths have converters of the program are not followed,
/// since only the running program knows which texts these take.
void report_redirect_loops(const RouteManifest& manifest, lang::DiagnosticSink& sink);

}  // namespace bora::compiler
