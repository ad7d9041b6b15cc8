#include "compiler/routes/manifest.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "compiler/routes/codes.h"
#include "compiler/routes/cpp_names.h"
#include "compiler/routes/route_checker.h"
#include "compiler/routes/toml_document.h"
#include "templates-lang/characters.h"

namespace bora::compiler {
namespace {

using lang::Span;
using Kind = TomlValue::Kind;

/// A table's keys: those that there are, and those that there will be.
struct Keys {
  std::vector<std::string> known;
  std::vector<std::string> later;
};

const Keys kTopKeys = {{"app", "routes", "groups", "static", "redirects"},
                       {"include", "converters", "websockets", "errors"}};
const Keys kAppKeys = {{"namespace", "use"}, {"error_handler", "slash"}};
const Keys kGroupKeys = {{"prefix", "routes", "groups", "static", "redirects"},
                         {"host", "authenticated", "filters", "init", "slash", "include", "name"}};
const Keys kRouteKeys = {{"path", "handler", "methods"},
                         {"init", "websocket", "host", "authenticated", "filters", "slash"}};
const Keys kStaticKeys = {{"mount", "dir"}, {"index", "cache"}};
const Keys kRedirectKeys = {{"path", "to", "permanent"}, {"host", "status"}};

/// Groups within which a section stands.
struct Scope {
  std::vector<std::string> groups;
  PathPattern prefix;
};

class ManifestReader {
 public:
  ManifestReader(const lang::SourcePtr& source, lang::DiagnosticSink& sink)
      : source_(source), sink_(sink) {
    manifest_.source = source;
  }

  RouteManifest read(const TomlValue& root) {
    check_keys(root, kTopKeys, codes::kUnknownSection, "section");
    if (const TomlEntry* app = find(root, "app", Kind::table)) read_app(app->value);
    read_sections(root, {});
    std::ranges::sort(manifest_.routes, {},
                      [](const Route& route) { return route.name.span.begin; });
    if (manifest_.routes.empty() && !sink_.has_errors()) {
      report(codes::kNoRoutes, {0, 0}, "the manifest has no routes",
             "add a section: [routes], and in it: home = { path = \"/\", handler = \"Home\" }");
    }
    return std::move(manifest_);
  }

 private:
  // Sections.

  void read_app(const TomlValue& app) {
    check_keys(app, kAppKeys, codes::kUnknownKey, "key");
    if (const TomlEntry* entry = find(app, "namespace", Kind::string)) read_namespace(entry->value);
    const TomlEntry* use = find(app, "use", Kind::array);
    if (use == nullptr) return;
    for (const TomlValue& item : use->value.items) {
      if (check_kind(item, Kind::string, "a header in 'use'")) read_header(text_of(item));
    }
  }

  void read_namespace(const TomlValue& value) {
    manifest_.app_namespace = text_of(value);
    const std::string& name = manifest_.app_namespace.text;
    if (name.empty()) {
      report(codes::kEmptyValue, value.span, "the namespace is empty",
             "without a namespace, leave the key out");
    } else if (!is_qualified_name(name) || name.starts_with("::")) {
      report(codes::kBadNamespace, value.span, "'" + name + "' is not the name of a C++ namespace",
             "such as 'shop' or 'shop::web'");
    }
  }

  void read_header(Text header) {
    const auto is_bad = [](char c) {
      return static_cast<unsigned char>(c) < ' ' || c == '\x7f' ||
             std::string_view("\"\\<>*?|").find(c) != std::string_view::npos;
    };
    if (header.empty()) {
      report(codes::kEmptyValue, header.span, "the header's name is empty", "");
    } else if (std::ranges::any_of(header.text, is_bad)) {
      report(codes::kBadHeader, header.span, "this is not the file name of a header",
             "such as 'handlers.h' or 'handlers/home.h', relative to an include directory");
    } else {
      manifest_.headers.push_back(std::move(header));
    }
  }

  void read_sections(const TomlValue& table, const Scope& scope) {
    read_each(table, "routes", scope, &ManifestReader::read_route);
    read_each(table, "static", scope, &ManifestReader::read_static);
    read_each(table, "redirects", scope, &ManifestReader::read_redirect);
    read_each(table, "groups", scope, &ManifestReader::read_group);
  }

  using ReadEntry = void (ManifestReader::*)(const TomlEntry& entry, const Scope& scope);

  void read_each(const TomlValue& table, const char* section, const Scope& scope, ReadEntry read) {
    const TomlEntry* found = find(table, section, Kind::table);
    if (found == nullptr) return;
    for (const TomlEntry& entry : found->value.entries) {
      const bool has_name = check_name(entry);
      const bool is_table =
          check_kind(entry.value, Kind::table, "'" + entry.key + "' in [" + section + "]");
      if (has_name && is_table) (this->*read)(entry, scope);
    }
  }

  void read_group(const TomlEntry& entry, const Scope& outer) {
    check_keys(entry.value, kGroupKeys, codes::kUnknownKey, "key");
    Scope scope = outer;
    scope.groups.push_back(entry.key);
    if (const TomlEntry* prefix = find(entry.value, "prefix", Kind::string)) {
      const auto pattern = read_prefix(text_of(prefix->value), outer.prefix);
      if (!pattern) return;
      scope.prefix = *pattern;
    }
    read_sections(entry.value, scope);
  }

  std::optional<PathPattern> read_prefix(const Text& text, const PathPattern& outer) {
    if (text.empty()) {
      report(codes::kEmptyValue, text.span, "the prefix is empty",
             "without a prefix, leave the key out");
      return std::nullopt;
    }
    auto pattern = parse_path_pattern(text, outer, source_, sink_);
    if (!pattern) return std::nullopt;
    if (pattern->ends_with_slash) {
      report(codes::kBadPrefix, text.span, "a prefix does not end with '/'",
             "the paths behind it begin with one");
      return std::nullopt;
    }
    if (!pattern->parameters.empty() && pattern->parameters.back().converter == Converter::path) {
      report(codes::kPathNotLast, text.span,
             "a ':path' parameter takes the rest: nothing can follow it", "");
      return std::nullopt;
    }
    return pattern;
  }

  // Routes.

  void read_route(const TomlEntry& entry, const Scope& scope) {
    check_keys(entry.value, kRouteKeys, codes::kUnknownKey, "key");
    Route route = named(entry, scope, Route::Kind::handler);
    const bool has_path = read_path(entry, "path", scope, route);
    const bool has_handler = read_handler(entry, route);
    read_methods(entry.value, route);
    if (has_path && has_handler) manifest_.routes.push_back(std::move(route));
  }

  bool read_handler(const TomlEntry& entry, Route& route) {
    const TomlEntry* handler = find_required(entry, "handler", Kind::string);
    if (handler == nullptr) return false;
    route.handler = text_of(handler->value);
    if (route.handler.empty()) {
      report(codes::kEmptyValue, route.handler.span, "the handler's name is empty", "");
      return false;
    }
    if (is_qualified_name(route.handler.text)) return true;
    report(codes::kBadHandler, route.handler.span, "this is not the name of a C++ class",
           "such as 'Home' or 'blog::Entry'; for a template instance or the like declare an alias");
    return false;
  }

  void read_methods(const TomlValue& table, Route& route) {
    const TomlEntry* methods = find(table, "methods", Kind::array);
    if (methods == nullptr) return;
    if (methods->value.items.empty()) {
      report(codes::kEmptyValue, methods->value.span, "the list of methods is empty",
             "leave the key out to take those that the handler defines");
    }
    for (const TomlValue& item : methods->value.items) {
      if (check_kind(item, Kind::string, "a method")) read_method(text_of(item), route);
    }
  }

  void read_method(Text method, Route& route) {
    const std::vector<std::string>& all = http_methods();
    const auto is_same = [&method](const Text& other) { return other.text == method.text; };
    if (std::ranges::find(all, method.text) == all.end()) {
      const std::string nearest = lang::nearest_name(method.text, all);
      report(codes::kUnknownMethod, method.span, "'" + printable(method.text) + "' is not a method",
             nearest.empty() ? "there are GET, HEAD, POST, DELETE, PATCH, PUT and OPTIONS"
                             : "did you mean '" + nearest + "'?");
    } else if (std::ranges::any_of(route.methods, is_same)) {
      report(codes::kRepeatedMethod, method.span, "'" + method.text + "' is listed twice", "");
    } else {
      route.methods.push_back(std::move(method));
    }
  }

  void read_static(const TomlEntry& entry, const Scope& scope) {
    check_keys(entry.value, kStaticKeys, codes::kUnknownKey, "key");
    Route route = named(entry, scope, Route::Kind::static_mount);
    const bool has_path = read_mount(entry, scope, route);
    const bool has_directory = read_directory(entry, route);
    if (has_path && has_directory) manifest_.routes.push_back(std::move(route));
  }

  bool read_mount(const TomlEntry& entry, const Scope& scope, Route& route) {
    if (!read_path(entry, "mount", scope, route)) return false;
    if (!route.path.ends_with_slash) {
      report(codes::kBadMount, route.path.span, "a mount ends with '/'",
             "did you mean '" + printable(route.path.text) + "/'?");
      return false;
    }
    if (!route.path.parameters.empty()) {
      report(codes::kBadMount, route.path.span, "a mount can't have parameters", "");
      return false;
    }
    route.mount = route.path.text;
    route.path.text += "{path:path}";
    route.path.ends_with_slash = false;
    route.path.segments.push_back({"", true, 0});
    PathParameter rest;
    rest.name = "path";
    rest.converter = Converter::path;
    rest.begin = route.path.span.begin;
    rest.end = route.path.span.end;
    route.path.parameters.push_back(std::move(rest));
    return true;
  }

  bool read_directory(const TomlEntry& entry, Route& route) {
    const TomlEntry* directory = find_required(entry, "dir", Kind::string);
    if (directory == nullptr) return false;
    route.directory = directory->value.text;
    const auto is_control = [](char c) {
      return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
    };
    if (route.directory.empty()) {
      report(codes::kEmptyValue, directory->value.span, "the directory's name is empty",
             "the current directory is '.'");
      return false;
    }
    if (std::ranges::any_of(route.directory, is_control)) {
      report(codes::kBadDirectory, directory->value.span,
             "the directory's name holds a control character", "");
      return false;
    }
    return true;
  }

  void read_redirect(const TomlEntry& entry, const Scope& scope) {
    check_keys(entry.value, kRedirectKeys, codes::kUnknownKey, "key");
    Route route = named(entry, scope, Route::Kind::redirect);
    const bool has_path = read_path(entry, "path", scope, route);
    const TomlEntry* target = find_required(entry, "to", Kind::string);
    if (const TomlEntry* permanent = find(entry.value, "permanent", Kind::boolean)) {
      route.permanent = permanent->value.boolean;
    }
    if (target == nullptr) return;
    route.target = text_of(target->value);
    if (route.target.empty()) {
      report(codes::kEmptyValue, route.target.span, "the redirect leads nowhere",
             "write a route's name, a path or a URL");
    } else if (has_path) {
      manifest_.routes.push_back(std::move(route));
    }
  }

  // Parts.

  static Route named(const TomlEntry& entry, const Scope& scope, Route::Kind kind) {
    Route route;
    route.kind = kind;
    route.groups = scope.groups;
    route.name = {entry.key, entry.key_span, true};
    return route;
  }

  bool read_path(const TomlEntry& entry, const char* key, const Scope& scope, Route& route) {
    const TomlEntry* path = find_required(entry, key, Kind::string);
    if (path == nullptr) return false;
    auto pattern = parse_path_pattern(text_of(path->value), scope.prefix, source_, sink_);
    if (!pattern) return false;
    route.path = std::move(*pattern);
    return true;
  }

  static Text text_of(const TomlValue& value) {
    return {value.text, value.span, value.is_verbatim};
  }

  bool check_name(const TomlEntry& entry) {
    if (is_plain_identifier(entry.key) && !is_reserved_name(entry.key)) return true;
    const std::string better = as_identifier(entry.key);
    std::string message = "'" + printable(entry.key) + "' can't be a name in C++";
    if (is_plain_identifier(entry.key)) message = "'" + entry.key + "' is a reserved name in C++";
    report(codes::kBadName, entry.key_span, std::move(message),
           is_reserved_name(better) ? "letters, digits and '_', beginning with a letter"
                                    : "did you mean '" + better + "'?");
    return false;
  }

  void check_keys(const TomlValue& table, const Keys& keys, const char* code,
                  const std::string& what) {
    for (const TomlEntry& entry : table.entries) {
      if (std::ranges::find(keys.known, entry.key) != keys.known.end()) continue;
      if (std::ranges::find(keys.later, entry.key) != keys.later.end()) {
        report(codes::kNotSupportedYet, entry.key_span, "'" + entry.key + "' is not supported yet",
               "");
        continue;
      }
      const std::string nearest = lang::nearest_name(entry.key, keys.known);
      report(
          code, entry.key_span, "unknown " + what + " '" + printable(entry.key) + "'",
          nearest.empty() ? "there are " + listed(keys.known) : "did you mean '" + nearest + "'?");
    }
  }

  static std::string listed(const std::vector<std::string>& words) {
    std::string list;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (i > 0) list += i + 1 == words.size() ? " and " : ", ";
      list += "'" + words[i] + "'";
    }
    return list;
  }

  /// Null if there is no such key, or one of another type, which is reported.
  const TomlEntry* find(const TomlValue& table, const char* key, Kind kind) {
    const auto found = std::ranges::find(table.entries, key, &TomlEntry::key);
    if (found == table.entries.end()) return nullptr;
    return check_kind(found->value, kind, std::string("'") + key + "'") ? &*found : nullptr;
  }

  /// Whether an unknown key was reported that is probably meant to be `key`: one slip, one message.
  static bool is_misspelt(const TomlValue& table, const char* key) {
    return std::ranges::any_of(table.entries, [key](const TomlEntry& other) {
      return lang::nearest_name(other.key, {key}) == key;
    });
  }

  const TomlEntry* find_required(const TomlEntry& entry, const char* key, Kind kind) {
    const auto found = std::ranges::find(entry.value.entries, key, &TomlEntry::key);
    if (found == entry.value.entries.end()) {
      if (!is_misspelt(entry.value, key)) {
        report(codes::kMissingKey, entry.key_span, "'" + entry.key + "' has no '" + key + "'", "");
      }
      return nullptr;
    }
    return find(entry.value, key, kind);
  }

  bool check_kind(const TomlValue& value, Kind kind, const std::string& what) {
    if (value.kind == kind) return true;
    std::string help;
    if (kind == Kind::array && value.kind == Kind::string) help = "put it in brackets: [\"…\"]";
    report(codes::kWrongType, value.span,
           what + " must be " + std::string(kind_name(kind)) + ", not " +
               std::string(kind_name(value.kind)),
           std::move(help));
    return false;
  }

  /// What the user typed, without line ends and the like, which would garble the report.
  static std::string printable(std::string_view text) {
    std::string result;
    for (const char c : text)
      result += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? '?' : c;
    return result;
  }

  void report(const char* code, Span span, std::string message, std::string help) {
    lang::Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.source = source_;
    diagnostic.span = span;
    diagnostic.message = std::move(message);
    diagnostic.help = std::move(help);
    sink_.report(std::move(diagnostic));
  }

  const lang::SourcePtr& source_;
  lang::DiagnosticSink& sink_;
  RouteManifest manifest_;
};

/// As they stand in the file, not as they were found: section by section, then what routes do to
/// one another.
void report_in_order(std::vector<lang::Diagnostic> found, lang::DiagnosticSink& sink) {
  std::vector<std::size_t> order(found.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {},
                    [&found](std::size_t i) { return std::pair(found[i].span.begin, i); });
  for (const std::size_t i : order) sink.report(std::move(found[i]));
}

}  // namespace

std::string Route::full_name() const {
  std::string result;
  for (const std::string& group : groups) result += group + ".";
  return result + name.text;
}

const std::vector<std::string>& http_methods() {
  static const std::vector<std::string> methods = {"GET",   "HEAD", "POST",   "DELETE",
                                                   "PATCH", "PUT",  "OPTIONS"};
  return methods;
}

std::optional<RouteManifest> read_manifest(const lang::SourcePtr& source,
                                           lang::DiagnosticSink& sink) {
  lang::DiagnosticSink found;
  std::optional<RouteManifest> manifest;
  if (const auto root = parse_toml(source, found)) {
    manifest = ManifestReader(source, found).read(*root);
    check_routes(*manifest, !found.has_errors(), found);
  }
  report_in_order(found.diagnostics(), sink);
  if (found.has_errors()) return std::nullopt;
  return manifest;
}

}  // namespace bora::compiler
