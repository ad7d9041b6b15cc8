#pragma once

#include "compiler/routes/manifest.h"

namespace bora::compiler {

/// Adds, for each route with a SlashPolicy, a redirect of the path that differs in the slash at the
/// end, unless another route has that path.
void add_slash_twins(RouteManifest& manifest);

}  // namespace bora::compiler
