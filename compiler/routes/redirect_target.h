#pragma once

#include <map>
#include <string>

#include "compiler/routes/manifest.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {

/// Returns the location of `redirect`: its target with `{0}`, `{1}` … for its own captures. A
/// target is a route's name ("entry", "admin.users"), a path ("/new/{slug}?from=old") or a URL of
/// http or https whose captures are after the host. Captures keep their names.
///
/// @param routes  All routes of the manifest by their full names.
/// @returns  Empty if the target is wrong; the reason is reported to `sink`.
std::string redirect_location(const std::map<std::string, const Route*>& routes,
                              const Route& redirect, const lang::SourcePtr& source,
                              lang::DiagnosticSink& sink);

}  // namespace bora::compiler
