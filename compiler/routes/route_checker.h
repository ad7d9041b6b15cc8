#pragma once

#include "compiler/routes/manifest.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {

/// What only shows when routes are seen together. Errors: two routes for the same paths and method,
/// two names that would be the same C++ name, redirects to what does not exist or lacks a capture.
/// Warning: two paths that differ in a slash at the end. Both places are cited.
///
/// No route can hide another one otherwise: the more particular one always wins, wherever it
/// stands.
///
/// Fills in Route::location of redirects.
///
/// @param is_complete  False if routes are missing because of mistakes in them: then nothing is
/// said of
///                     redirects, which may lead to one of those.
void check_routes(RouteManifest& manifest, bool is_complete, lang::DiagnosticSink& sink);

}  // namespace bora::compiler
