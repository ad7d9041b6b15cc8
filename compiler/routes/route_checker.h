#pragma once

#include "compiler/routes/manifest.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {

/// Checks that need all routes together. Errors: two routes for the same paths and method, two
/// names that would be the same C++ name, redirects to a route that does not exist, or that has a
/// capture which the redirect lacks. Warning: two paths that differ in a slash at the end. Both
/// places are cited.
///
/// No route can hide another one otherwise: the more specific one always wins, whatever their
/// order.
///
/// Fills in Route::location of redirects.
///
/// @param is_complete  False if routes are missing because of mistakes in them: then redirects are
///                     not checked, since they may lead to a missing route.
void check_routes(RouteManifest& manifest, bool is_complete, lang::DiagnosticSink& sink);

}  // namespace bora::compiler
