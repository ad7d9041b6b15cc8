#include "compiler/routes/manifest.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <string_view>
#include <tuple>
#include <utility>

#include "compiler/routes/codes.h"
#include "compiler/routes/cpp_names.h"
#include "compiler/routes/escape_section.h"
#include "compiler/routes/route_checker.h"
#include "compiler/routes/slash_twins.h"
#include "compiler/routes/table_reader.h"
#include "compiler/routes/toml_document.h"
#include "runtime/text/methods.h"

namespace bora::compiler {
namespace {

using lang::Span;
using Kind = TomlValue::Kind;
using Keys = TableReader::Keys;

const Keys kTopKeys = {
    {"app", "routes", "groups", "static", "redirects", "include", "converters", "escape"}, {}};
const Keys kAppKeys = {{"namespace", "use", "error_handler", "error_pages", "slash", "filters"},
                       {}};
const Keys kGroupKeys = {{"prefix", "routes", "groups", "static", "redirects", "host", "name",
                          "authenticated", "filters", "init", "slash", "include"},
                         {}};
const Keys kRouteKeys = {{"path", "handler", "methods", "init", "websocket", "host",
                          "authenticated", "filters", "slash"},
                         {}};
const Keys kObjectKeys = {{"object"}, {}};
const Keys kStaticKeys = {{"mount", "dir", "index"}, {"cache"}};
const Keys kRedirectKeys = {{"path", "to", "permanent"}, {"status"}};

constexpr std::size_t kMaxFiles = 256;

/// The settings of the groups around a section.
struct Scope {
  std::vector<std::string> groups;
  PathPattern prefix;
  HostPattern host;
  SlashPolicy slash = SlashPolicy::strict;
  bool is_authenticated = false;
  std::vector<FilterUse> filters;
  std::vector<InitArgument> init;
};

/// What the readers of all files share.
struct Reading {
  RouteManifest manifest;
  lang::DiagnosticSink& sink;
  ManifestFiles* files;
  std::vector<std::string> open_files;  ///< from the first one to the one that is being read
  std::vector<std::string> converters;  ///< the names of the manifest's own converters
};

/// Reads one file, then those that it includes.
class ManifestReader {
 public:
  ManifestReader(const lang::SourcePtr& source, Reading& reading)
      : reading_(reading), manifest_(reading.manifest), table_(source, reading.sink) {}

  void read(const TomlValue& root, Scope scope) {
    is_first_ = reading_.open_files.size() == 1;
    table_.check_keys(root, kTopKeys, codes::kUnknownSection, "section");
    if (const TomlEntry* app = find(root, "app", Kind::table)) read_app(app->value, scope);
    read_converters(root);
    read_escape(root);
    read_sections(root, scope);
    std::ranges::sort(routes_, {}, [](const Route& route) { return route.name.span.begin; });
    std::ranges::move(routes_, std::back_inserter(manifest_.routes));
    for (const Include& include : includes_) read_included(include);
  }

 private:
  struct Include {
    Text name;
    Scope scope;
  };

  // Sections.

  void read_app(const TomlValue& app, Scope& scope) {
    table_.check_keys(app, kAppKeys, codes::kUnknownKey, "key");
    for (const TomlEntry& entry : app.entries) {
      if (entry.key != "use") check_is_first(entry, "'" + entry.key + "'");
    }
    if (const TomlEntry* entry = find(app, "namespace", Kind::string)) read_namespace(entry->value);
    for (Text& header : table_.strings(app, "use", "a header in 'use'")) {
      read_header(std::move(header));
    }
    if (const TomlEntry* entry = find(app, "error_handler", Kind::string)) {
      const Text handler = TableReader::text_of(entry->value);
      if (check_handler(handler)) manifest_.error_handler = handler;
    }
    read_error_pages(app);
    read_slash(app, scope.slash);
    read_filters(app, scope.filters);
    if (is_first_) manifest_.filters = scope.filters;
  }

  /// An included file may only add routes. Settings of the whole program belong in the first file.
  void check_is_first(const TomlEntry& entry, const std::string& what) {
    if (is_first_) return;
    report(codes::kFirstManifestOnly, entry.key_span, what + " in an included manifest",
           "it belongs in " + TableReader::printable(manifest_.source->name()));
  }

  void read_namespace(const TomlValue& value) {
    manifest_.app_namespace = TableReader::text_of(value);
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
      report(codes::kEmptyValue, header.span, "the header's name is empty");
    } else if (std::ranges::any_of(header.text, is_bad)) {
      report(codes::kBadHeader, header.span, "this is not the file name of a header",
             "such as 'handlers.h' or 'handlers/home.h', relative to an include directory");
    } else {
      manifest_.headers.push_back({std::move(header), table_.source()});
    }
  }

  void read_error_pages(const TomlValue& app) {
    const TomlEntry* found = find(app, "error_pages", Kind::table);
    if (found == nullptr) return;
    for (const TomlEntry& entry : found->value.entries) {
      const bool is_status = entry.key.size() == 3 &&
                             (entry.key[0] == '4' || entry.key[0] == '5') &&
                             entry.key.find_first_not_of("0123456789") == std::string::npos;
      if (!is_status && entry.key != "default") {
        report(codes::kBadErrorPage, entry.key_span,
               "'" + TableReader::printable(entry.key) + "' is not the status of an error",
               "from 400 to 599, or 'default' for all others");
        continue;
      }
      if (!table_.check_kind(entry.value, Kind::string, "the page of an error")) continue;
      Text page = TableReader::text_of(entry.value);
      if (page.text.empty() || !std::ranges::all_of(page.text, is_of_file_name) ||
          page.text.starts_with('/')) {
        report(codes::kBadErrorPage, page.span, "this is not the name of a template",
               "such as 'not_found.html' or 'errors/404.html', relative to the templates' folder");
        continue;
      }
      manifest_.error_pages.push_back(
          {is_status ? std::stoi(entry.key) : 0, std::move(page), table_.source()});
    }
  }

  static bool is_of_file_name(char c) {
    return static_cast<unsigned char>(c) > ' ' && c != '\x7f' &&
           std::string_view("\"\\<>*?|").find(c) == std::string_view::npos;
  }

  void read_converters(const TomlValue& root) {
    const TomlEntry* found = find(root, "converters", Kind::table);
    if (found == nullptr) return;
    check_is_first(*found, "[converters]");
    for (const TomlEntry& entry : found->value.entries) read_converter(entry);
  }

  void read_escape(const TomlValue& root) {
    const TomlEntry* found = find(root, "escape", Kind::table);
    if (found == nullptr) return;
    check_is_first(*found, "[escape]");
    if (is_first_) manifest_.escape = read_escape_section(table_, found->value);
  }

  void read_converter(const TomlEntry& entry) {
    if (!table_.check_kind(entry.value, Kind::string, "a converter")) return;
    const Text type = TableReader::text_of(entry.value);
    if (!is_plain_identifier(entry.key)) {
      report(codes::kBadConverter, entry.key_span,
             "'" + TableReader::printable(entry.key) + "' is not the name of a converter",
             "letters, digits and '_', beginning with a letter: it stands in paths, '{x:name}'");
    } else if (std::ranges::count(paths::converter_names(), entry.key) > 0) {
      report(codes::kBadConverter, entry.key_span,
             "'" + entry.key + "' is a converter of Bora's own", "give yours another name");
    } else if (!is_qualified_name(type.text)) {
      report(codes::kBadConverter, type.span, "this is not the name of a C++ class",
             "such as 'Date' or 'shop::Date'");
    } else {
      manifest_.converters.push_back({{entry.key, entry.key_span, true}, type, table_.source()});
      reading_.converters.push_back(entry.key);
    }
  }

  void read_sections(const TomlValue& table, const Scope& scope) {
    read_each(table, "routes", scope, &ManifestReader::read_route);
    read_each(table, "static", scope, &ManifestReader::read_static);
    read_each(table, "redirects", scope, &ManifestReader::read_redirect);
    read_each(table, "groups", scope, &ManifestReader::read_group);
    for (Text& name : table_.strings(table, "include", "a file in 'include'")) {
      includes_.push_back({std::move(name), scope});
    }
  }

  using ReadEntry = void (ManifestReader::*)(const TomlEntry& entry, const Scope& scope);

  void read_each(const TomlValue& table, const char* section, const Scope& scope, ReadEntry read) {
    const TomlEntry* found = find(table, section, Kind::table);
    if (found == nullptr) return;
    for (const TomlEntry& entry : found->value.entries) {
      const bool has_name = table_.check_name(entry);
      const bool is_table =
          table_.check_kind(entry.value, Kind::table, "'" + entry.key + "' in [" + section + "]");
      if (has_name && is_table) (this->*read)(entry, scope);
    }
  }

  void read_group(const TomlEntry& entry, const Scope& outer) {
    const TomlValue& table = entry.value;
    table_.check_keys(table, kGroupKeys, codes::kUnknownKey, "key");
    Scope scope = outer;
    read_group_name(entry, scope.groups);
    if (!read_host(table, scope.host) || !read_prefix(table, scope.prefix)) return;
    read_authenticated(table, scope.is_authenticated);
    read_slash(table, scope.slash);
    read_filters(table, scope.filters);
    read_init(table, scope.init);
    read_sections(table, scope);
  }

  /// Reads the name before those of a group's routes: its 'name', which may be empty, or else its
  /// key.
  void read_group_name(const TomlEntry& entry, std::vector<std::string>& groups) {
    const TomlEntry* name = find(entry.value, "name", Kind::string);
    if (name == nullptr) {
      groups.push_back(entry.key);
    } else if (!name->value.text.empty()) {
      TomlEntry named;
      named.key = name->value.text;
      named.key_span = name->value.span;
      if (table_.check_name(named)) groups.push_back(named.key);
    }
  }

  bool read_host(const TomlValue& table, HostPattern& host) {
    const TomlEntry* entry = find(table, "host", Kind::string);
    if (entry == nullptr) return true;
    if (!host.empty()) {
      report(codes::kSecondHost, entry->value.span, "the group around it has a host already",
             "it is '" + host.text + "'");
      return false;
    }
    auto pattern =
        parse_host_pattern(TableReader::text_of(entry->value), table_.source(), reading_.sink);
    if (!pattern) return false;
    host = std::move(*pattern);
    return true;
  }

  void read_authenticated(const TomlValue& table, bool& is_authenticated) {
    if (const TomlEntry* entry = find(table, "authenticated", Kind::boolean)) {
      is_authenticated = entry->value.boolean;
    }
  }

  void read_slash(const TomlValue& table, SlashPolicy& slash) {
    const TomlEntry* entry = find(table, "slash", Kind::string);
    if (entry == nullptr) return;
    static const std::vector<std::string> kNames = {"strict", "redirect-add", "redirect-remove"};
    const auto found = std::ranges::find(kNames, entry->value.text);
    if (found != kNames.end()) {
      slash = static_cast<SlashPolicy>(found - kNames.begin());
      return;
    }
    const std::string nearest = lang::nearest_name(entry->value.text, kNames);
    report(codes::kUnknownSlashPolicy, entry->value.span,
           "unknown rule '" + TableReader::printable(entry->value.text) + "'",
           nearest.empty() ? "there are 'strict', 'redirect-add' and 'redirect-remove'"
                           : "did you mean '" + nearest + "'?");
  }

  void read_filters(const TomlValue& table, std::vector<FilterUse>& filters) {
    const TomlEntry* array = find(table, "filters", Kind::array);
    if (array == nullptr) return;
    for (const TomlValue& item : array->value.items) {
      FilterUse filter{{}, table_.source(), item.kind == Kind::table, {}};
      if (filter.is_class) {
        if (!read_filter_class(item, filter)) continue;
      } else {
        if (!table_.check_kind(item, Kind::string, "a filter")) continue;
        filter.name = TableReader::text_of(item);
      }
      if (check_filter_name(filter)) filters.push_back(std::move(filter));
    }
  }

  /// Reads `{ filter = "shop::Limit", rate = 5 }`. All keys except 'filter' are members of its
  /// Options.
  bool read_filter_class(const TomlValue& item, FilterUse& filter) {
    if (std::ranges::find(item.entries, "filter", &TomlEntry::key) == item.entries.end()) {
      report(codes::kMissingKey, item.span, "a filter has no 'filter', the name of its class");
      return false;
    }
    const TomlEntry* name = find(item, "filter", Kind::string);
    if (name == nullptr) return false;
    filter.name = TableReader::text_of(name->value);
    for (const TomlEntry& entry : item.entries) {
      if (entry.key == "filter") continue;
      if (table_.check_name(entry) && check_init_value(entry)) {
        filter.options.push_back({{entry.key, entry.key_span, true}, entry.value, table_.source()});
      }
    }
    return true;
  }

  bool check_filter_name(FilterUse& filter) {
    if (is_qualified_name(filter.name.text)) {
      filter.is_class = filter.is_class || filter.is_stock();
      return true;
    }
    report(codes::kBadFilter, filter.name.span,
           filter.is_class ? "this is not the name of a C++ class"
                           : "this is not the name of a C++ function",
           filter.is_class ? "such as 'Limit' or 'bora::filters::RateLimit'"
                           : "such as 'log_it' or 'shop::log_it'");
    return false;
  }

  /// Adds to the values of the groups around. A value with the same name replaces theirs.
  void read_init(const TomlValue& table, std::vector<InitArgument>& init) {
    const TomlEntry* found = find(table, "init", Kind::table);
    if (found == nullptr) return;
    for (const TomlEntry& entry : found->value.entries) {
      if (!table_.check_name(entry) || !check_init_value(entry)) continue;
      std::erase_if(init, [&](const InitArgument& other) { return other.name.text == entry.key; });
      init.push_back({{entry.key, entry.key_span, true}, entry.value, table_.source()});
    }
  }

  bool check_init_value(const TomlEntry& entry) {
    const TomlValue& value = entry.value;
    if (value.kind == Kind::table) return check_init_object(entry);
    if (value.kind != Kind::array) return check_init_scalar(value, "'" + entry.key + "'");
    for (const TomlValue& item : value.items) {
      if (!check_init_scalar(item, "an item of '" + entry.key + "'")) return false;
      if (item.kind == value.items.front().kind) continue;
      report(codes::kBadInitValue, item.span, "the items of '" + entry.key + "' differ in type");
      return false;
    }
    return true;
  }

  /// Checks `db = { object = "shop::db" }`, an object of the program.
  bool check_init_object(const TomlEntry& entry) {
    table_.check_keys(entry.value, kObjectKeys, codes::kUnknownKey, "key");
    const TomlEntry* object = table_.find_required(entry, "object", Kind::string);
    if (object == nullptr) return false;
    if (is_qualified_name(object->value.text)) return entry.value.entries.size() == 1;
    report(codes::kBadInitValue, object->value.span, "this is not the name of a C++ object",
           "such as 'database' or 'shop::database', declared by a header of 'use'");
    return false;
  }

  bool check_init_scalar(const TomlValue& value, const std::string& what) {
    switch (value.kind) {
      case Kind::string:
      case Kind::integer:
      case Kind::boolean:
        return true;
      case Kind::real:
        if (std::isfinite(value.real)) return true;
        report(codes::kBadInitValue, value.span, what + " is no finite number");
        return false;
      default:
        report(codes::kBadInitValue, value.span,
               what + " can't be " + std::string(kind_name(value.kind)),
               "it is a string, a number, true, false, an array of these, or an object of the "
               "program, "
               "{ object = \"name\" }");
        return false;
    }
  }

  /// Puts a group's prefix after the one around it.
  bool read_prefix(const TomlValue& table, PathPattern& prefix) {
    const TomlEntry* entry = find(table, "prefix", Kind::string);
    if (entry == nullptr) return true;
    const Text text = TableReader::text_of(entry->value);
    if (text.empty()) {
      report(codes::kEmptyValue, text.span, "the prefix is empty",
             "without a prefix, leave the key out");
      return false;
    }
    auto pattern =
        parse_path_pattern(text, prefix, table_.source(), reading_.sink, reading_.converters);
    if (!pattern) return false;
    if (pattern->ends_with_slash) {
      report(codes::kBadPrefix, text.span, "a prefix does not end with '/'",
             "the paths after it begin with one");
      return false;
    }
    if (!pattern->parameters.empty() && pattern->parameters.back().converter == Converter::path) {
      report(codes::kPathNotLast, text.span,
             "a ':path' parameter takes the rest: nothing can follow it");
      return false;
    }
    prefix = std::move(*pattern);
    return true;
  }

  // Included files.

  void read_included(const Include& include) {
    const lang::SourcePtr source = load(include.name);
    if (source == nullptr) return;
    manifest_.included.push_back(source);
    if (const auto root = parse_toml(source, reading_.sink)) {
      reading_.open_files.push_back(source->name());
      ManifestReader(source, reading_).read(*root, include.scope);
      reading_.open_files.pop_back();
    }
  }

  lang::SourcePtr load(const Text& name) {
    const auto is_control = [](char c) {
      return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
    };
    std::string error;
    lang::SourcePtr source;
    if (name.empty()) {
      error = "the name is empty";
    } else if (std::ranges::any_of(name.text, is_control)) {
      error = "the name holds a control character";
    } else if (manifest_.included.size() + 1 >= kMaxFiles) {
      error = "there are more than " + std::to_string(kMaxFiles) + " files";
    } else if (reading_.files == nullptr) {
      error = "there is no folder to look in";
    } else {
      source = reading_.files->load(name.text, *table_.source(), error);
    }
    if (source == nullptr) {
      report(codes::kCannotInclude, name.span,
             "'" + TableReader::printable(name.text) + "' can't be included: " + error);
      return nullptr;
    }
    if (std::ranges::find(reading_.open_files, source->name()) == reading_.open_files.end())
      return source;
    report(codes::kIncludesInCircle, name.span,
           "'" + TableReader::printable(name.text) + "' includes this file, or is it");
    return nullptr;
  }

  // Routes.

  void read_route(const TomlEntry& entry, const Scope& scope) {
    const TomlValue& table = entry.value;
    table_.check_keys(table, kRouteKeys, codes::kUnknownKey, "key");
    Route route = named(entry, scope, Route::Kind::handler);
    const bool has_host = read_host(table, route.host);
    const bool has_path = read_path(entry, "path", scope, route);
    const bool has_handler = read_handler(entry, route);
    read_methods(table, route);
    route.is_authenticated = scope.is_authenticated;
    read_authenticated(table, route.is_authenticated);
    read_slash(table, route.slash);
    read_filters(table, route.filters);
    route.init = scope.init;
    read_init(table, route.init);
    if (has_host && has_path && has_handler) add(std::move(route));
  }

  void add(Route route) {
    if (!check_host_parameters(route) || !check_slash(route)) return;
    routes_.push_back(std::move(route));
  }

  /// Parameters of the host and of the path are arguments of one function, so their names must
  /// differ.
  bool check_host_parameters(const Route& route) {
    const std::vector<PathParameter>& in_path = route.path.parameters;
    for (const PathParameter& parameter : route.host.parameters) {
      if (std::ranges::find(in_path, parameter.name, &PathParameter::name) == in_path.end())
        continue;
      report(codes::kParameterTwice, route.path.span,
             "the parameter '" + parameter.name + "' stands in the host and in the path");
      return false;
    }
    if (route.captures().size() <= paths::kMaxParameters) return true;
    report(codes::kPathTooLarge, route.path.span,
           "host and path have more than " + std::to_string(paths::kMaxParameters) + " parameters");
    return false;
  }

  bool check_slash(const Route& route) {
    const PathPattern& path = route.path;
    const bool is_bound =
        path.parameters.empty() || path.parameters.back().converter != Converter::path;
    if (route.kind != Route::Kind::handler || !is_bound || path.segments.empty()) return true;
    if (route.slash == SlashPolicy::redirect_add && !path.ends_with_slash) {
      report(codes::kSlashAgainstPolicy, path.span,
             "with slash = \"redirect-add\" a path ends with '/'",
             "did you mean '" + TableReader::printable(path.text) + "/'?");
      return false;
    }
    if (route.slash == SlashPolicy::redirect_remove && path.ends_with_slash) {
      report(codes::kSlashAgainstPolicy, path.span,
             "with slash = \"redirect-remove\" a path does not end with '/'");
      return false;
    }
    return true;
  }

  bool read_handler(const TomlEntry& entry, Route& route) {
    const std::vector<TomlEntry>& entries = entry.value.entries;
    const auto handler = std::ranges::find(entries, "handler", &TomlEntry::key);
    route.is_websocket = std::ranges::find(entries, "websocket", &TomlEntry::key) != entries.end();
    if (route.is_websocket && handler != entries.end()) {
      report(codes::kHandlerAndWebSocket, handler->key_span,
             "a route has a 'handler' or a 'websocket', not both",
             "requests and WebSockets of one path are answered by one WebSocket handler");
      return false;
    }
    const TomlEntry* found =
        table_.find_required(entry, route.is_websocket ? "websocket" : "handler", Kind::string);
    if (found == nullptr) return false;
    route.handler = TableReader::text_of(found->value);
    return check_handler(route.handler);
  }

  bool check_handler(const Text& handler) {
    if (handler.empty()) {
      report(codes::kEmptyValue, handler.span, "the handler's name is empty");
      return false;
    }
    if (is_qualified_name(handler.text)) return true;
    report(codes::kBadHandler, handler.span, "this is not the name of a C++ class",
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
      if (table_.check_kind(item, Kind::string, "a method"))
        read_method(TableReader::text_of(item), route);
    }
  }

  void read_method(Text method, Route& route) {
    const std::vector<std::string>& all = http_methods();
    const auto is_same = [&method](const Text& other) { return other.text == method.text; };
    const std::string nearest = lang::nearest_name(method.text, all);
    const bool is_standard = std::ranges::find(all, method.text) != all.end();
    if (!is_standard && (!nearest.empty() || !is_own_method(method.text))) {
      report(codes::kUnknownMethod, method.span,
             "'" + TableReader::printable(method.text) + "' is not a method",
             nearest.empty()
                 ? "there are GET, HEAD, POST, DELETE, PATCH, PUT, OPTIONS, and what the "
                   "handler's SupportedMethods name, such as PROPFIND"
                 : "did you mean '" + nearest + "'?");
    } else if (std::ranges::any_of(route.methods, is_same)) {
      report(codes::kRepeatedMethod, method.span, "'" + method.text + "' is listed twice");
    } else {
      route.methods.push_back(std::move(method));
    }
  }

  /// Whether it may be one of a handler's SupportedMethods, which only the C++ compiler knows.
  static bool is_own_method(std::string_view name) {
    const auto is_fine = [](char c) {
      return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    return !name.empty() && name.size() <= 32 && std::ranges::all_of(name, is_fine) &&
           name != "CONNECT" && name != "PRI";
  }

  void read_static(const TomlEntry& entry, const Scope& scope) {
    table_.check_keys(entry.value, kStaticKeys, codes::kUnknownKey, "key");
    Route route = named(entry, scope, Route::Kind::static_mount);
    const bool has_path = read_mount(entry, scope, route);
    const bool has_directory = read_directory(entry, route) && read_index(entry, route);
    if (scope.is_authenticated) {
      report(codes::kAuthenticatedFiles, entry.key_span,
             "a static mount serves everybody, but its group is authenticated",
             "move it out of the group, or write a handler that serves the files");
    } else if (has_path && has_directory) {
      add(std::move(route));
    }
  }

  bool read_mount(const TomlEntry& entry, const Scope& scope, Route& route) {
    if (!read_path(entry, "mount", scope, route)) return false;
    if (!route.path.ends_with_slash) {
      report(codes::kBadMount, route.path.span, "a mount ends with '/'",
             "did you mean '" + TableReader::printable(route.path.text) + "/'?");
      return false;
    }
    if (!route.path.parameters.empty()) {
      report(codes::kBadMount, route.path.span, "a mount can't have parameters");
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
    const TomlEntry* directory = table_.find_required(entry, "dir", Kind::string);
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
             "the directory's name holds a control character");
      return false;
    }
    return true;
  }

  bool read_index(const TomlEntry& entry, Route& route) {
    const TomlEntry* index = find(entry.value, "index", Kind::string);
    if (index == nullptr) return true;
    route.index = index->value.text;
    const auto is_no_part_of_a_name = [](char c) {
      return static_cast<unsigned char>(c) < ' ' || c == '\x7f' || c == '/';
    };
    if (route.index.empty()) {
      report(codes::kEmptyValue, index->value.span, "the index file's name is empty",
             "without 'index' a folder's URL is answered with 403");
      return false;
    }
    if (route.index == "." || route.index == ".." ||
        std::ranges::any_of(route.index, is_no_part_of_a_name)) {
      report(codes::kBadDirectory, index->value.span,
             "the index is the name of a file in each folder, without a path");
      return false;
    }
    return true;
  }

  void read_redirect(const TomlEntry& entry, const Scope& scope) {
    table_.check_keys(entry.value, kRedirectKeys, codes::kUnknownKey, "key");
    Route route = named(entry, scope, Route::Kind::redirect);
    const bool has_path = read_path(entry, "path", scope, route);
    const TomlEntry* target = table_.find_required(entry, "to", Kind::string);
    if (const TomlEntry* permanent = find(entry.value, "permanent", Kind::boolean)) {
      route.permanent = permanent->value.boolean;
    }
    if (target == nullptr) return;
    route.target = TableReader::text_of(target->value);
    if (route.target.empty()) {
      report(codes::kEmptyValue, route.target.span, "the redirect leads nowhere",
             "write a route's name, a path or a URL");
    } else if (has_path) {
      add(std::move(route));
    }
  }

  // Parts.

  Route named(const TomlEntry& entry, const Scope& scope, Route::Kind kind) {
    Route route;
    route.kind = kind;
    route.source = table_.source();
    route.groups = scope.groups;
    route.name = {entry.key, entry.key_span, true};
    route.host = scope.host;
    route.slash = scope.slash;
    route.filters = scope.filters;
    return route;
  }

  bool read_path(const TomlEntry& entry, const char* key, const Scope& scope, Route& route) {
    const TomlEntry* path = table_.find_required(entry, key, Kind::string);
    if (path == nullptr) return false;
    auto pattern = parse_path_pattern(TableReader::text_of(path->value), scope.prefix,
                                      table_.source(), reading_.sink, reading_.converters);
    if (!pattern) return false;
    route.path = std::move(*pattern);
    return true;
  }

  const TomlEntry* find(const TomlValue& table, const char* key, Kind kind) {
    return table_.find(table, key, kind);
  }

  void report(const char* code, Span span, std::string message, std::string help = {}) {
    table_.report(code, span, std::move(message), std::move(help));
  }

  Reading& reading_;
  RouteManifest& manifest_;
  TableReader table_;
  bool is_first_ = true;
  std::vector<Route> routes_;
  std::vector<Include> includes_;
};

/// Reports the findings in the order of the files, and of their places in each.
void report_in_order(const RouteManifest& manifest, std::vector<lang::Diagnostic> found,
                     lang::DiagnosticSink& sink) {
  const auto file_of = [&manifest](const lang::Diagnostic& diagnostic) {
    return diagnostic.source == manifest.source
               ? std::ptrdiff_t{-1}
               : std::ranges::find(manifest.included, diagnostic.source) -
                     manifest.included.begin();
  };
  std::vector<std::size_t> order(found.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) {
    return std::tuple(file_of(found[i]), found[i].span.begin, i);
  });
  for (const std::size_t i : order) sink.report(std::move(found[i]));
}

}  // namespace

bool FilterUse::is_stock() const {
  const std::string_view text = name.text;
  return text.starts_with("bora::filters::") || text.starts_with("::bora::filters::");
}

std::string Route::full_name() const {
  std::string result;
  for (const std::string& group : groups) result += group + ".";
  return result + name.text;
}

std::vector<PathParameter> Route::captures() const {
  std::vector<PathParameter> result = host.parameters;
  result.insert(result.end(), path.parameters.begin(), path.parameters.end());
  return result;
}

std::string Route::own_location() const {
  std::string result;
  for (const PathSegment& segment : path.segments) {
    result += '/';
    result += segment.is_parameter
                  ? "{" + std::to_string(host.parameters.size() + segment.parameter) + "}"
                  : segment.literal;
  }
  return path.ends_with_slash ? result + '/' : result;
}

const std::vector<std::string>& http_methods() {
  static const std::vector<std::string> methods(std::begin(text::kHandlerMethods),
                                                std::end(text::kHandlerMethods));
  return methods;
}

std::optional<lang::EscapeRules> read_escape_rules(const lang::SourcePtr& source,
                                                   lang::DiagnosticSink& sink) {
  const auto root = parse_toml(source, sink);
  if (!root) return std::nullopt;
  TableReader table(source, sink);
  const TomlEntry* found = table.find(*root, "escape", Kind::table);
  return found == nullptr ? lang::EscapeRules() : read_escape_section(table, found->value);
}

std::optional<RouteManifest> read_manifest(const lang::SourcePtr& source,
                                           lang::DiagnosticSink& sink, ManifestFiles* files) {
  lang::DiagnosticSink found;
  Reading reading{{}, found, files, {source->name()}, {}};
  RouteManifest& manifest = reading.manifest;
  manifest.source = source;
  if (const auto root = parse_toml(source, found)) {
    ManifestReader(source, reading).read(*root, {});
    if (manifest.routes.empty() && !found.has_errors()) {
      found.report(lang::error_at(
          codes::kNoRoutes, source, {0, 0}, "the manifest has no routes",
          "add a section: [routes], and in it: home = { path = \"/\", handler = \"Home\" }"));
    }
    check_routes(manifest, !found.has_errors(), found);
    add_slash_twins(manifest);
  }
  report_in_order(manifest, found.diagnostics(), sink);
  if (found.has_errors()) return std::nullopt;
  return std::move(manifest);
}

}  // namespace bora::compiler
