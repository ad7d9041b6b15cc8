#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/routes/path_pattern.h"
#include "templates-lang/diagnostic.h"
#include "templates-lang/source_text.h"

namespace bora::compiler {

/// A route of the manifest: a handler's, a static mount or a redirect.
struct Route {
  enum class Kind { handler, static_mount, redirect };

  Kind kind = Kind::handler;
  std::vector<std::string> groups;  ///< Outermost first: {"admin"}.
  Text name;                        ///< Its key: "users".
  PathPattern path;                 ///< Of a mount "/static/{path:path}".

  // Of a handler's route.
  Text handler;               ///< "admin::Users": looked up in the app's namespace.
  std::vector<Text> methods;  ///< "GET"; empty: those that the class defines.

  // Of a static mount.
  std::string mount;      ///< "/static/"
  std::string directory;  ///< "static"

  // Of a redirect.
  Text target;           ///< As written: a path, a URL or a route's name.
  std::string location;  ///< With `{0}`, `{1}` … for the captures of `path`.
  bool permanent = false;

  /// "admin.users".
  [[nodiscard]] std::string full_name() const;
};

/// routes.toml, read and found to be right.
struct RouteManifest {
  lang::SourcePtr source;
  Text app_namespace;         ///< "shop", "shop::web"; empty: the global one.
  std::vector<Text> headers;  ///< "handlers.h": what declares the handlers.
  std::vector<Route> routes;  ///< In the file's order.
};

/// Reads and checks a manifest. Whatever is wrong goes into `sink`, as many findings as there are;
/// empty if one of them is an error. Warnings alone leave a manifest.
///
/// Every name, handler, namespace and header of the result can be written into C++ as it is: they
/// are checked to be identifiers, qualified identifiers and plain file names.
std::optional<RouteManifest> read_manifest(const lang::SourcePtr& source,
                                           lang::DiagnosticSink& sink);

/// The methods that a route can list, in the order of tables: "GET", "HEAD", "POST", "DELETE",
/// "PATCH", "PUT", "OPTIONS".
const std::vector<std::string>& http_methods();

}  // namespace bora::compiler
