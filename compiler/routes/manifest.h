#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/routes/host_pattern.h"
#include "compiler/routes/path_pattern.h"
#include "compiler/routes/toml_document.h"
#include "templates-lang/diagnostic.h"
#include "templates-lang/escape_rules.h"
#include "templates-lang/source_text.h"

namespace bora::compiler {

/// A piece of a file that belongs to a manifest.
struct PlacedText {
  Text text;
  lang::SourcePtr source;
};

/// `limit = 5` of a route's `init`: a string, a number, a boolean, an array of one of these, or an
/// object of the program, `db = { object = "shop::db" }`.
struct InitArgument {
  Text name;
  TomlValue value;
  lang::SourcePtr source;
};

/// `"log_it"`, a function or an object; or `{ filter = "shop::Limit", rate = 5 }`, a class and the
/// members of its Options.
struct FilterUse {
  Text name;
  lang::SourcePtr source;
  bool is_class = false;
  std::vector<InitArgument> options;

  /// Whether it is one of Bora's own, which need no header in 'use'.
  [[nodiscard]] bool is_stock() const;
};

/// The answer to a path that differs from a route's only in the slash at its end.
enum class SlashPolicy {
  strict,           ///< the other path gets 404
  redirect_add,     ///< paths end with a slash; a GET without it is redirected
  redirect_remove,  ///< paths end without a slash; a GET with it is redirected
};

/// A route of the manifest: a handler's, a static mount or a redirect.
struct Route {
  enum class Kind { handler, static_mount, redirect };

  Kind kind = Kind::handler;
  lang::SourcePtr source;           ///< the file of the route
  std::vector<std::string> groups;  ///< outermost first: {"admin"}
  Text name;                        ///< its key: "users"
  HostPattern host;                 ///< empty for every host
  PathPattern path;                 ///< for a mount, "/static/{path:path}"
  SlashPolicy slash = SlashPolicy::strict;
  std::vector<FilterUse> filters;  ///< in the order in which they run

  // For a handler's route.
  Text handler;               ///< "admin::Users", searched in the app's namespace
  std::vector<Text> methods;  ///< "GET"; if empty, those that the class defines
  bool is_websocket = false;
  bool is_authenticated = false;
  std::vector<InitArgument> init;  ///< for the handler's initialize(), each name once

  // For a static mount.
  std::string mount;      ///< "/static/"
  std::string directory;  ///< "static"
  std::string index;      ///< "index.html"; empty if there is none

  // For a redirect.
  Text target;           ///< as written: a path, a URL or a route's name
  std::string location;  ///< with `{0}`, `{1}` … for the captures
  bool permanent = false;
  /// Whether it was made for a SlashPolicy: it has no name, and only GET and HEAD are redirected.
  bool is_slash_twin = false;

  /// "admin.users".
  [[nodiscard]] std::string full_name() const;
  /// The arguments of handlers and URL functions: the host's parameters, then the path's.
  [[nodiscard]] std::vector<PathParameter> captures() const;
  /// Its own path, with `{0}`, `{1}` … for the captures.
  [[nodiscard]] std::string own_location() const;
};

/// `date = "shop::Date"`: a converter of the program, for `{x:date}`.
struct ConverterClass {
  Text name;
  Text type;
  lang::SourcePtr source;
};

/// `404 = "not_found.html"` of `error_pages`.
struct ErrorPage {
  int status = 0;  ///< 0 for "default", all other statuses
  Text page;       ///< the template's name
  lang::SourcePtr source;
};

/// A routes.toml that was read and has no errors.
struct RouteManifest {
  lang::SourcePtr source;
  std::vector<lang::SourcePtr> included;  ///< other files, in the order in which they were read
  Text app_namespace;                     ///< "shop", "shop::web"; empty for the global one
  std::vector<PlacedText> headers;        ///< "handlers.h": the headers that declare the handlers
  Text error_handler;                     ///< the class for paths without a route; empty if there
                                          ///< is none
  std::vector<FilterUse> filters;         ///< of [app]: they run for every request
  std::vector<ErrorPage> error_pages;
  std::vector<ConverterClass> converters;
  lang::EscapeRules escape;   ///< for the project's templates
  std::vector<Route> routes;  ///< in the file's order, then those of included files
};

/// The source of included manifests.
class ManifestFiles {
 public:
  virtual ~ManifestFiles() = default;

  /// Returns the file `name` as seen from the file `from`; null, with the reason in `error`, if it
  /// can't be read. SourceText::name() tells whether two are the same file.
  virtual lang::SourcePtr load(const std::string& name, const lang::SourceText& from,
                               std::string& error) = 0;
};

/// Reads and checks a manifest. All mistakes are reported to `sink`; the result is empty if one of
/// them is an error. Warnings alone leave a manifest.
///
/// Every name, handler, namespace and header of the result can be written into C++ as it is: they
/// were checked to be identifiers, qualified identifiers and plain file names.
///
/// @param files  For `include`; if null, a manifest may not include others.
std::optional<RouteManifest> read_manifest(const lang::SourcePtr& source,
                                           lang::DiagnosticSink& sink,
                                           ManifestFiles* files = nullptr);

/// Reads only `[escape]` of a manifest, for its templates. The result is empty, with the reason in
/// `sink`, if the file is not TOML.
std::optional<lang::EscapeRules> read_escape_rules(const lang::SourcePtr& source,
                                                   lang::DiagnosticSink& sink);

/// Returns the methods that a route can list, in the order of tables: "GET", "HEAD", "POST",
/// "DELETE", "PATCH", "PUT", "OPTIONS".
const std::vector<std::string>& http_methods();

}  // namespace bora::compiler
