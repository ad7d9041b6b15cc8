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

/// A piece of one of the files that make up a manifest.
struct PlacedText {
  Text text;
  lang::SourcePtr source;
};

/// `limit = 5` of a route's `init`: strings, numbers, booleans, arrays of one of these, and objects of
/// the program, `db = { object = "shop::db" }`.
struct InitArgument {
  Text name;
  TomlValue value;
  lang::SourcePtr source;
};

/// `"log_it"`, a function or an object; or `{ filter = "shop::Limit", rate = 5 }`, a class and what its
/// Options are to say.
struct FilterUse {
  Text name;
  lang::SourcePtr source;
  bool is_class = false;
  std::vector<InitArgument> options;

  /// One of Bora's own, which need no header in 'use'.
  [[nodiscard]] bool is_stock() const;
};

/// What a request gets whose path differs from a route's in the slash at its end.
enum class SlashPolicy {
  strict,           ///< Another path: 404.
  redirect_add,     ///< Paths end with a slash; without it a GET is led there.
  redirect_remove,  ///< Paths end without one; with it a GET is led there.
};

/// A route of the manifest: a handler's, a static mount or a redirect.
struct Route {
  enum class Kind { handler, static_mount, redirect };

  Kind kind = Kind::handler;
  lang::SourcePtr source;           ///< The file in which it stands.
  std::vector<std::string> groups;  ///< Outermost first: {"admin"}.
  Text name;                        ///< Its key: "users".
  HostPattern host;                 ///< Empty: every host.
  PathPattern path;                 ///< Of a mount "/static/{path:path}".
  SlashPolicy slash = SlashPolicy::strict;
  std::vector<FilterUse> filters;  ///< In the order in which they run.

  // Of a handler's route.
  Text handler;               ///< "admin::Users": looked up in the app's namespace.
  std::vector<Text> methods;  ///< "GET"; empty: those that the class defines.
  bool is_websocket = false;
  bool is_authenticated = false;
  std::vector<InitArgument> init;  ///< For the handler's initialize(), each name once.

  // Of a static mount.
  std::string mount;      ///< "/static/"
  std::string directory;  ///< "static"
  std::string index;      ///< "index.html"; empty: none.

  // Of a redirect.
  Text target;           ///< As written: a path, a URL or a route's name.
  std::string location;  ///< With `{0}`, `{1}` … for the captures.
  bool permanent = false;
  /// Made for a SlashPolicy: it has no name, and only GET and HEAD are redirected.
  bool is_slash_twin = false;

  /// "admin.users".
  [[nodiscard]] std::string full_name() const;
  /// What handlers and URL functions get: the host's parameters, then the path's.
  [[nodiscard]] std::vector<PathParameter> captures() const;
  /// Its own path, with `{0}`, `{1}` … for the captures.
  [[nodiscard]] std::string own_location() const;
};

/// `date = "shop::Date"`: a converter of the user's, for `{x:date}`.
struct ConverterClass {
  Text name;
  Text type;
  lang::SourcePtr source;
};

/// `404 = "not_found.html"` of `error_pages`.
struct ErrorPage {
  int status = 0;  ///< 0: "default", all others.
  Text page;       ///< The template's name.
  lang::SourcePtr source;
};

/// routes.toml, read and found to be right.
struct RouteManifest {
  lang::SourcePtr source;
  std::vector<lang::SourcePtr> included;  ///< Other files, in the order in which they were read.
  Text app_namespace;                     ///< "shop", "shop::web"; empty: the global one.
  std::vector<PlacedText> headers;        ///< "handlers.h": what declares the handlers.
  Text error_handler;                     ///< Class for paths without a route; empty: none.
  std::vector<FilterUse> filters;         ///< Of [app]: they run for every request.
  std::vector<ErrorPage> error_pages;
  std::vector<ConverterClass> converters;
  lang::EscapeRules escape;   ///< For the templates of the project.
  std::vector<Route> routes;  ///< In the file's order, those of included files behind them.
};

/// Where included manifests come from.
class ManifestFiles {
 public:
  virtual ~ManifestFiles() = default;

  /// The file `name` as seen from the file `from`; null and the reason in `error` if it can't be
  /// read. SourceText::name() tells whether two are the same.
  virtual lang::SourcePtr load(const std::string& name, const lang::SourceText& from,
                               std::string& error) = 0;
};

/// Reads and checks a manifest. Whatever is wrong goes into `sink`, as many findings as there are;
/// empty if one of them is an error. Warnings alone leave a manifest.
///
/// Every name, handler, namespace and header of the result can be written into C++ as it is: they
/// are checked to be identifiers, qualified identifiers and plain file names.
///
/// @param files  For `include`; null: a manifest may not include others.
std::optional<RouteManifest> read_manifest(const lang::SourcePtr& source,
                                           lang::DiagnosticSink& sink,
                                           ManifestFiles* files = nullptr);

/// Reads only `[escape]` of a manifest, for its templates. Empty, with the reason in `sink`, if the
/// file is no TOML.
std::optional<lang::EscapeRules> read_escape_rules(const lang::SourcePtr& source,
                                                   lang::DiagnosticSink& sink);

/// The methods that a route can list, in the order of tables: "GET", "HEAD", "POST", "DELETE",
/// "PATCH", "PUT", "OPTIONS".
const std::vector<std::string>& http_methods();

}  // namespace bora::compiler
