#pragma once

#include <map>
#include <string>

#include "compiler/routes/manifest.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {

/// Where `redirect` leads: what its target says, with `{0}`, `{1}` … for its own captures. A target
/// is a route's name ("entry", "admin.users"), a path ("/new/{slug}?from=old") or a URL of http or
/// https whose captures stand behind the host. Captures are carried over by name.
///
/// @param routes  All routes of the manifest by their full names.
/// @returns  Empty if the target is wrong; `sink` has the reason.
std::string redirect_location(const std::map<std::string, const Route*>& routes,
                              const Route& redirect, const lang::SourcePtr& source,
                              lang::DiagnosticSink& sink);

}  // namespace bora::compiler
