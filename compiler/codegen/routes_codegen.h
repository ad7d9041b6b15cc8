#pragma once

#include <string>
#include <string_view>

#include "compiler/routes/manifest.h"

namespace bora::compiler {

/// The generated files of a manifest.
struct GeneratedRoutes {
  /// "routes.h": `route::user_post(7, "x")` for URLs and `routes::table` for the Application. It
  /// needs no handler's header.
  std::string header;
  /// "routes.cpp": includes the handlers' headers, checks each handler at its place in the
  /// manifest, and has the table.
  std::string source;
  /// "route_urls.cpp": the functions of the header that put values into a URL. It needs no
  /// handler's header.
  std::string urls;
};

/// Writes the C++ of a manifest that was read without errors.
///
/// @param output_prefix  The text before "routes.cpp" where `#line` names the generated file:
///                       "build/bora/". May be empty.
GeneratedRoutes generate_routes(const RouteManifest& manifest, std::string_view output_prefix = {});

}  // namespace bora::compiler
