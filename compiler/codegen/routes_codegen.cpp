// The three files of a manifest. Their shape:
//
//   routes.h      namespace routes { extern const RouteTable table; }
//                 namespace route {
//                 extern const URLTo<std::int64_t> entry;  // (id)
//                 extern const FixedURL home;
//                 }
//                 It has names and types only, so that files that include it are compiled again
//                 when one of these changes, but not when a path does.
//
//   routes.cpp    #include "handlers.h"
//                 namespace shop { namespace {
//                 struct bora_handler_0 { using type = Entry; };
//                 static_assert(derives<bora_handler_0>, "…");
//                 using bora_path_0 = Path<bora_handler_0, std::int64_t>;
//                 static_assert(may_answer<bora_path_0, …>, "…");
//                 constexpr Endpoint bora_endpoints[] = {…};
//                 constexpr const char* bora_records = "h0 0 0 4 1 0 home/\n" …;
//                 constexpr const char* bora_words = "…";
//                 } }
//                 const RouteTable routes::table(…);
//
//   route_urls.cpp    const FixedURL route::home{"/", 1};
//                     const URLTo<std::int64_t> route::entry{&routes::table, 1};
//
// Handlers' headers change more often than routes do, so the code that makes URLs is a file of its
// own.
//
// The data of each route are in a string, with pointers into it (see RouteRecords of
// <bora/web/route_table.h>): compilers need time for each struct, number and function, and clang
// for each byte of an array, but not for a string.
//
// A handler's name is in routes.cpp once, alone on a line that `#line` gives to the manifest, and
// in the same column as there. So the compiler reports an unknown class at its place in the
// manifest. The name is in a struct, so that the error has no consequences elsewhere.
// <bora/web/detail/route_calls.h> checks everything else about a handler, and a static_assert at
// the same place says what is wanted.

#include "compiler/codegen/routes_codegen.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "compiler/codegen/cpp_writer.h"
#include "compiler/codegen/init_values.h"
#include "compiler/codegen/runtime_names.h"
#include "compiler/codegen/template_codegen.h"
#include "compiler/routes/cpp_names.h"
#include "runtime/paths/route_tree.h"
#include "runtime/text/methods.h"

namespace bora::compiler {
namespace {

constexpr std::string_view kSourceName = "routes.cpp";
// The runtime's enumeration has the same names.
using text::kHandlerFunctions;
constexpr std::size_t kMethodCount = std::size(kHandlerFunctions);
constexpr unsigned kAllMethods = (1U << (kMethodCount + 1)) - 1;  // with the class's own

/// Returns text for messages and comments: ASCII only, so that it can't look like something else.
std::string ascii(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool is_plain = c >= ' ' && c <= '~' && c != '"' && c != '\\';
    result += is_plain ? std::string(1, c) : canonical_literal(std::string_view(&c, 1));
  }
  return result;
}

std::string plain_value_type(Converter converter) {
  switch (converter) {
    case Converter::integer:
      return "::std::int64_t";
    case Converter::uint:
      return "::std::uint64_t";
    case Converter::real:
      return "double";
    case Converter::boolean:
      return "bool";
    default:
      return "::std::string_view";
  }
}

/// The class of the manifest's own converter called `name`.
const ConverterClass& converter_class(const RouteManifest& manifest, const std::string& name) {
  return *std::ranges::find(manifest.converters, name,
                            [](const ConverterClass& known) { return known.name.text; });
}

/// Returns the type that URL functions take and handlers get for a parameter. A parameter with a
/// converter of the program is an exception: URL functions take text for it.
std::string value_type(const PathParameter& parameter) {
  const std::string type = plain_value_type(parameter.converter);
  return parameter.is_optional ? "::std::optional<" + type + ">" : type;
}

/// Returns the names of a route's captures in C++: keywords get an underscore.
std::vector<std::string> parameter_names(const Route& route) {
  std::vector<std::string> names;
  for (const PathParameter& parameter : route.captures()) {
    std::string plain;
    for (const char c : parameter.name) {
      if (c != '_' || !plain.ends_with('_')) plain += c;
    }
    if (plain.starts_with('_') || plain.starts_with("bora_")) plain.insert(0, "p");
    std::string name = plain;
    for (int n = 0; is_reserved_name(name) || std::ranges::find(names, name) != names.end(); ++n) {
      const bool takes_underscore = n == 0 && !plain.ends_with('_');
      name = plain + (takes_underscore ? "_" : std::to_string(n + 1));
    }
    names.push_back(std::move(name));
  }
  return names;
}

/// Returns a std::string_view with its size. Without it the compiler would count the characters,
/// and clang gives up on tables of some thousand routes.
std::string view_literal(std::string_view text) {
  return "{" + string_literal(text, 4) + ", " + std::to_string(text.size()) + "}";
}

/// "std::optional<std::int64_t>" for "::std::optional<::std::int64_t>".
std::string without_global(std::string type) {
  for (std::size_t at = type.find("::std"); at != std::string::npos; at = type.find("::std", at)) {
    type.erase(at, 2);
  }
  return type;
}

/// "std::int64_t id, std::string_view slug"; `is_global` puts '::' in front of each type, for a
/// namespace that may hold a group called std.
///
/// @param manifest  For a handler's parameters: it knows the classes of converters. Else null.
std::string parameter_list(const Route& route, bool is_global,
                           const RouteManifest* manifest = nullptr) {
  const std::vector<std::string> names = parameter_names(route);
  const std::vector<PathParameter> captures = route.captures();
  std::string list;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string type = value_type(captures[i]);
    if (!is_global) type = without_global(type);
    if (manifest != nullptr && captures[i].converter == Converter::custom) {
      type = converter_class(*manifest, captures[i].argument).type.text;
      if (captures[i].is_optional) type = "std::optional<" + type + ">";
    }
    if (i > 0) list += ", ";
    list += type;
    list += " " + names[i];
  }
  return list;
}

/// Returns the URL of a route without captures.
std::string fixed_url(const Route& route) {
  const PathPattern& path = route.path;
  std::string url = route.host.empty() ? std::string() : "//" + route.host.text;
  for (const PathSegment& segment : path.segments) url += "/" + segment.literal;
  return path.ends_with_slash ? url + "/" : url;
}

unsigned method_mask(const Route& route) {
  unsigned mask = 0;
  for (const Text& method : route.methods) {
    const auto& all = http_methods();
    const auto found = std::ranges::find(all, method.text);
    if (found != all.end()) mask |= 1U << (found - all.begin());
  }
  return mask;
}

/// Returns the methods that a route lists besides the seven standard ones.
std::vector<std::string> own_methods(const Route& route) {
  std::vector<std::string> names;
  const auto& all = http_methods();
  for (const Text& method : route.methods) {
    if (std::ranges::find(all, method.text) == all.end()) names.push_back(method.text);
  }
  return names;
}

/// "route" or "route::admin".
std::string route_namespace(const Route& route) {
  std::string result = "route";
  for (const std::string& group : route.groups) result += "::" + group;
  return result;
}

/// Calls `write` for each handler's route, within the namespace of its groups.
template <class Write>
void write_in_namespaces(const RouteManifest& manifest, CppWriter& out, Write write) {
  std::string open;
  for (const Route& route : manifest.routes) {
    if (route.kind != Route::Kind::handler) continue;
    std::string wanted = route_namespace(route);
    if (wanted != open) {
      if (!open.empty()) out.line("}  // namespace " + open);
      out.line();
      out.line("namespace " + wanted + " {");
      open = std::move(wanted);
    }
    write(route);
  }
  if (!open.empty()) out.line("}  // namespace " + open);
}

void write_notice(const RouteManifest& manifest, CppWriter& out) {
  out.line("// Made by bora from " + quoted_file_name(manifest.source->name()) +
           ": changes here are lost.");
}

std::vector<std::string> value_types(const Route& route) {
  std::vector<std::string> types;
  for (const PathParameter& parameter : route.captures()) types.push_back(value_type(parameter));
  return types;
}

std::string url_type(const Route& route) {
  if (route.captures().empty()) return runtime::kFixedURL;
  std::vector<std::string> types = value_types(route);
  std::string list;
  // The optional type, which is the last parameter's, becomes the first argument.
  if (route.path.has_optional()) std::ranges::rotate(types, types.end() - 1);
  for (const std::string& type : types) list += (list.empty() ? "" : ", ") + type;
  return (route.path.has_optional() ? runtime::kURLToOptional : runtime::kURLTo) +
         ("<" + list + ">");
}

std::string write_header(const RouteManifest& manifest) {
  CppWriter out("routes.h");
  write_notice(manifest, out);
  out.line("#pragma once");
  out.line();
  out.line("#include <cstdint>");
  const bool has_optional = std::ranges::any_of(
      manifest.routes, [](const Route& route) { return route.path.has_optional(); });
  if (has_optional) out.line("#include <optional>");
  out.line("#include <string_view>");
  out.line();
  out.line(std::string("#include ") + runtime::kRouteURLsHeader);
  out.line();
  out.line("namespace routes {");
  out.line("/// All routes: bora::web::Application app(routes::table);");
  out.line(std::string("extern const ") + runtime::kRouteTable + " table;");
  out.line("}");
  write_in_namespaces(manifest, out, [&out](const Route& route) {
    std::string names;
    for (const std::string& name : parameter_names(route))
      names += (names.empty() ? "" : ", ") + name;
    out.line("extern const " + url_type(route) + " " + route.name.text + ";" +
             (names.empty() ? "" : "  // (" + names + ")"));
  });
  return out.text();
}

std::string write_urls(const RouteManifest& manifest) {
  CppWriter out("route_urls.cpp");
  write_notice(manifest, out);
  out.line("#include \"routes.h\"");
  std::map<const Route*, std::size_t> indices;
  for (std::size_t i = 0; i < manifest.routes.size(); ++i) indices[&manifest.routes[i]] = i;
  write_in_namespaces(manifest, out, [&](const Route& route) {
    const std::string object = "const " + url_type(route) + " " + route.name.text;
    if (route.captures().empty()) {
      out.line(object + view_literal(fixed_url(route)) + ";");
    } else {
      out.line(object + "{&::routes::table, " + std::to_string(indices[&route]) + "};  // " +
               ascii(route.host.text + route.path.text));
    }
  });
  return out.text();
}

/// Returns the members that fit a route's init, for messages: "std::string_view db; std::int64_t
/// limit; ".
std::string init_members(const Route& route) {
  std::string members;
  for (const InitArgument& argument : route.init)
    members += init_type(argument.value) + " " + argument.name.text + "; ";
  return members;
}

/// Returns a text that is the same for routes with the same init.
std::string init_assignments(const Route& route) {
  std::string assignments;
  for (const InitArgument& argument : route.init)
    assignments += argument.name.text + "=" + init_expression(argument.value) + ";";
  return assignments;
}

/// Returns one host for each shape. Hosts with a literal label come before those with a parameter
/// in its place: "api.example.com" is tried before "{tenant}.example.com".
std::vector<const HostPattern*> hosts_in_order(const RouteManifest& manifest) {
  std::map<std::string, const HostPattern*> by_shape;
  for (const Route& route : manifest.routes) {
    if (!route.host.empty()) by_shape.try_emplace(route.host.shape(), &route.host);
  }
  std::vector<const HostPattern*> hosts;
  for (const auto& [shape, host] : by_shape) hosts.push_back(host);
  const auto generality = [](const HostPattern* host) {
    std::vector<bool> parameters;
    for (const HostPattern::Label& label : host->labels) parameters.push_back(label.is_parameter);
    return std::pair(std::vector<bool>(parameters.rbegin(), parameters.rend()), host->shape());
  };
  std::ranges::sort(hosts, {}, generality);
  return hosts;
}

class SourceWriter {
 public:
  SourceWriter(const RouteManifest& manifest, std::string_view output_prefix)
      : manifest_(manifest), out_(std::string(output_prefix) + std::string(kSourceName)) {}

  std::string write() {
    write_notice(manifest_, out_);
    out_.line(std::string("#define ") + runtime::kContractMacro + " " +
              std::to_string(runtime::kContract));
    out_.line(std::string("#include ") + runtime::kGeneratedRoutesHeader);
    out_.line();
    out_.line("#include \"routes.h\"");
    if (names_stock_filters()) out_.line(std::string("#include ") + runtime::kFiltersHeader);
    if (!manifest_.error_pages.empty())
      out_.line(std::string("#include ") + runtime::kErrorTemplateHeader);
    for (const PlacedText& header : manifest_.headers) write_include(header);
    for (const ErrorPage& page : manifest_.error_pages) {
      write_include({{unit_name(page.page.text).header, page.page.span, false}, page.source});
    }
    out_.line();
    open_namespace();
    out_.line(std::string("namespace ") + runtime::kWebAlias + " = " + runtime::kWeb + ";");
    write_converters();
    write_endpoints();
    write_table();
    close_namespace();
    out_.line(std::string("constinit const ") + runtime::kRouteTable + " routes::table(" +
              within("bora_list") + ", {" + within("bora_routes") + ", " +
              std::to_string(manifest_.routes.size()) + "}, " + within("bora_tables") +
              table_tail() + ");");
    return out_.text();
  }

 private:
  /// One Endpoint serves all routes of one handler that have the same captures, methods and init.
  using EndpointKey = std::tuple<std::string, std::vector<std::string>, unsigned,
                                 std::vector<std::string>, std::string>;

  /// The place at which the C++ compiler should report errors.
  struct Place {
    const lang::SourceText& source;
    lang::Span span;
  };
  static Place handler_of(const Route& route) { return {*route.source, route.handler.span}; }

  EndpointKey key_of(const Route& route) const {
    std::vector<std::string> values;
    for (const PathParameter& parameter : route.captures()) {
      values.push_back(argument_type(parameter));
    }
    return {route.handler.text, std::move(values), method_mask(route), own_methods(route),
            init_assignments(route)};
  }

  /// Returns the last arguments of the table's constructor, which most manifests do not need.
  [[nodiscard]] std::string table_tail() const {
    const bool has_hosts = std::ranges::any_of(
        manifest_.routes, [](const Route& route) { return !route.host.empty(); });
    const bool has_error_handler = !manifest_.error_handler.empty();
    const bool has_filters = !manifest_.filters.empty();
    const bool has_pages = !manifest_.error_pages.empty();
    const std::pair<bool, std::string> arguments[] = {
        {has_hosts, within("bora_hosts")},
        {has_error_handler, "&" + within("bora_error_endpoint")},
        {has_filters, "&" + within("bora_rules_of_errors")},
        {has_pages, within("bora_error_pages")}};
    std::string tail;
    std::string skipped;
    for (const auto& [is_there, name] : arguments) {
      if (is_there) tail += std::exchange(skipped, {}) + ", " + name;
      if (!is_there) skipped += ", {}";
    }
    return tail;
  }

  [[nodiscard]] bool names_stock_filters() const {
    const auto is_stock = [](const FilterUse& filter) { return filter.is_stock(); };
    return std::ranges::any_of(manifest_.routes, [&](const Route& route) {
      return std::ranges::any_of(route.filters, is_stock);
    });
  }

  // A missing header is reported at its name, since the directive may be spread over two lines.
  void write_include(const PlacedText& header) {
    const lang::Position position = header.source->position(header.text.span.begin);
    const std::string& file = header.source->name();
    const std::string name = "\"" + header.text.text + "\"";
    const std::uint32_t quote = position.column - 1;
    if (position.line < 2 || quote < 1 || quote > CppWriter::kMaxColumn) {
      out_.mapped(file, {position.line, 1}, "", "#include " + name);
    } else {
      out_.mapped(file, {position.line - 1, 1}, "",
                  "#include \\\n" + std::string(quote - 1, ' ') + name);
    }
  }

  void open_namespace() {
    const Text& name = manifest_.app_namespace;
    if (!name.empty()) {
      out_.line("namespace bora_app =");
      write_mapped({*manifest_.source, name.span}, name.text);
      out_.line(";");
      out_.line("namespace " + name.text + " {");
    }
    out_.line("namespace {");
    out_.line();
  }

  void close_namespace() {
    out_.line();
    out_.line("}  // namespace");
    if (!manifest_.app_namespace.empty())
      out_.line("}  // namespace " + manifest_.app_namespace.text);
    out_.line();
  }

  [[nodiscard]] std::string within(std::string_view name) const {
    const std::string& scope = manifest_.app_namespace.text;
    return (scope.empty() ? "::" : "::" + scope + "::") + std::string(name);
  }

  void write_mapped(const Place& place, std::string_view code) {
    out_.mapped(place.source.name(), place.source.position(place.span.begin), "", code);
  }

  // The condition is a plain name: clang repeats only that in its message, and g++ reports the
  // error at its place.
  void write_check(const Place& place, const std::string& condition, const std::string& message) {
    const std::string name = "bora_check_" + std::to_string(checks_++);
    out_.line("constexpr bool " + name + " = " + runtime::kChecks + condition + ";");
    out_.line("static_assert(");
    write_mapped(place, name);
    out_.line(", \"" + message + "\");");
  }

  void write_endpoints() {
    for (const Route& route : manifest_.routes) {
      if (route.kind != Route::Kind::handler) continue;
      const std::size_t handler = write_handler(route.handler.text, handler_of(route));
      if (route.is_websocket) write_websocket_check(route, handler);
      if (route.is_authenticated) write_user_check(route, handler);
      const auto [endpoint, is_new] = endpoints_.try_emplace(key_of(route), endpoints_.size());
      if (is_new) write_endpoint(route, handler, endpoint->second);
    }
    if (!manifest_.error_handler.empty()) write_error_endpoint();
  }

  /// Writes a class's struct once, and returns the number of the class.
  std::size_t write_handler(const std::string& type, const Place& handler) {
    const auto [known, is_new] = handlers_.try_emplace(type, handlers_.size());
    if (!is_new) return known->second;
    const std::string name = handler_name(known->second);
    out_.line();
    out_.line("struct " + name + " {");
    out_.line("using type =");
    write_mapped(handler, type);
    out_.line(";");
    out_.line("};");
    write_check(handler, "is_defined<" + name + ">",
                "handler " + type +
                    " is declared but not defined: [app] use must name the header that defines it");
    write_check(
        handler, "derives<" + name + ">",
        "handler " + type + " must derive publicly, not virtually, from bora::web::RequestHandler");
    write_check(handler, "is_concrete<" + name + ">",
                "handler " + type + " is abstract: it must override every pure virtual function");
    write_check(handler, "is_constructible<" + name + ">",
                "handler " + type + " needs a public default constructor and destructor");
    write_check(handler, "initialize_fits<" + name + ">",
                type + "::initialize() must be public, take nothing or const " + type +
                    "::Init& and return void");
    write_check(
        handler, "prepare_fits<" + name + ">",
        type + "::prepare() must be public, take nothing and return void or bora::Task<void>");
    write_check(handler, "data_received_fits<" + name + ">",
                type +
                    "::data_received(std::string_view) must be public and return void or "
                    "bora::Task<void>, beside a public static constexpr bool stream_request_body = "
                    "true");
    write_check(handler, "supported_methods_fit<" + name + ">",
                type +
                    "::SupportedMethods must be a bora::web::SupportedMethods<bora::web::Supports<"
                    "\\\"NAME\\\", &" +
                    type +
                    "::function>, ...>, each name a method of HTTP, none twice and none of the "
                    "seven that are found by their functions' names");
    return known->second;
  }

  static std::string handler_name(std::size_t number) {
    return "bora_handler_" + std::to_string(number);
  }

  void write_websocket_check(const Route& route, std::size_t handler) {
    write_check(handler_of(route), "opens_websockets<" + handler_name(handler) + ">",
                "websocket " + route.handler.text +
                    " must derive from bora::websocket::WebSocketHandler, publicly and not "
                    "virtually");
  }

  void write_user_check(const Route& route, std::size_t handler) {
    write_check(handler_of(route), "knows_user<" + handler_name(handler) + ">",
                "an authenticated route needs " + route.handler.text +
                    "::current_user(), public, whose result tells as a condition whether somebody "
                    "is logged in");
  }

  void write_error_endpoint() {
    const Text& type = manifest_.error_handler;
    const std::size_t handler = write_handler(type.text, {*manifest_.source, type.span});
    out_.line(std::string("constexpr ") + runtime::kEndpoint +
              " bora_error_endpoint = " + runtime::kMakeEndpoint + "<");
    out_.line(std::string("    ") + runtime::kPath + "<" + handler_name(handler) + ">, " +
              std::to_string(kAllMethods) + ">();");
  }

  /// Writes a function that fills the handler's Init and passes it on. Each assignment is reported
  /// at its place in the manifest, and so is a wrong name or type.
  void write_initialize(const Route& route, std::size_t handler, std::size_t number) {
    const std::string suffix = std::to_string(number);
    const InitArgument& first = route.init.front();
    write_check({*first.source, first.name.span}, "takes_init<" + handler_name(handler) + ">",
                "init needs " + route.handler.text + "::initialize(const " + route.handler.text +
                    "::Init&), public, returning void, with struct Init { " + init_members(route) +
                    "}");
    out_.line("struct bora_any_init_" + suffix + " {");
    for (const InitArgument& argument : route.init)
      out_.line(std::string("  ") + runtime::kAnything + " " + argument.name.text + ";");
    out_.line("};");
    for (const InitArgument& argument : route.init) write_object(argument);
    const std::string type = "bora_init_" + suffix;
    out_.line("using " + type + " = " + runtime::kInitOf + "<" + handler_name(handler) +
              ", bora_any_init_" + suffix + ">;");
    out_.line(type + " bora_make_init_" + suffix + "() {");
    out_.line("  " + type + " bora_init{};");
    for (const InitArgument& argument : route.init) write_assignment(argument);
    out_.line("  return bora_init;");
    out_.line("}");
    out_.line("void bora_initialize_" + suffix + "(" + runtime::kAnyHandler + "& handler) {");
    out_.line("  static const " + type + " init = bora_make_init_" + suffix + "();");
    out_.line(std::string("  ") + runtime::kInitialize + "<" + handler_name(handler) +
              ">(handler, init);");
    out_.line("}");
  }

  void write_object(const InitArgument& argument) {
    const TomlValue* object = init_object(argument.value);
    if (object == nullptr) return;
    const auto [known, is_new] = objects_.try_emplace(object->text, objects_.size());
    if (!is_new) return;
    out_.line("struct bora_object_" + std::to_string(known->second) + " {");
    out_.line("static constexpr auto& object =");
    write_mapped({*argument.source, object->span}, object->text);
    out_.line(";");
    out_.line("};");
  }

  void write_object_assignment(const InitArgument& argument, const TomlValue& object) {
    const std::string name = "bora_object_" + std::to_string(objects_.at(object.text));
    const std::string& member = argument.name.text;
    write_check({*argument.source, object.span},
                "member_takes_object<" + name +
                    ", decltype(bora_init)>([](auto& init) -> decltype((init." + member +
                    ")) { return init." + member + "; })",
                "init." + member + " can't point to " + object.text +
                    " nor take a copy of it: its type must be decltype(&" + object.text + ")");
    out_.line(std::string("  ") + runtime::kSetObject + "<" + name + ">(bora_init.");
    write_mapped({*argument.source, argument.name.span}, member);
    out_.line(");");
  }

  void write_assignment(const InitArgument& argument) {
    if (const TomlValue* object = init_object(argument.value))
      return write_object_assignment(argument, *object);
    std::string value = init_expression(argument.value);
    if (argument.value.kind == TomlValue::Kind::string) {
      // Every compiler reports an error about a plain name at the name's place.
      out_.line("  constexpr ::std::string_view bora_" + argument.name.text + " =");
      out_.line("      " + value + ";");
      value = "bora_" + argument.name.text;
    }
    out_.line("  bora_init.");
    write_mapped({*argument.source, argument.name.span}, argument.name.text);
    out_.line("=");
    write_mapped({*argument.source, argument.value.span}, value);
    out_.line(";");
  }

  /// Returns the type that a handler gets for a parameter.
  [[nodiscard]] std::string argument_type(const PathParameter& parameter) const {
    if (parameter.converter != Converter::custom) return value_type(parameter);
    const std::string type = converter_name(parameter.argument);
    return parameter.is_optional ? "::std::optional<" + type + ">" : type;
  }

  [[nodiscard]] std::string converter_name(const std::string& name) const {
    const auto number = &converter_class(manifest_, name) - manifest_.converters.data();
    return "bora_converter_" + std::to_string(number);
  }

  void write_converters() {
    for (const ConverterClass& converter : manifest_.converters) {
      out_.line();
      out_.line("using " + converter_name(converter.name.text) + " =");
      write_mapped({*converter.source, converter.type.span}, converter.type.text);
      out_.line(";");
    }
  }

  void write_endpoint(const Route& route, std::size_t handler, std::size_t number) {
    const std::string path = "bora_path_" + std::to_string(number);
    std::string arguments = handler_name(handler);
    for (const PathParameter& parameter : route.captures()) {
      arguments += ", " + argument_type(parameter);
    }
    const unsigned listed = method_mask(route);
    const bool is_listed = !route.methods.empty();
    out_.line("using " + path + " = " + runtime::kPath + "<" + arguments + ">;");
    if (!is_listed) {
      write_check(handler_of(route), "answers_anything<" + path + ">",
                  "handler " + route.handler.text +
                      " defines no method: it needs get, post or another one");
    }
    for (std::size_t i = 0; i < kMethodCount; ++i) {
      if (!is_listed || (listed >> i & 1) != 0) write_method_check(route, path, i, is_listed);
    }
    std::string own;
    for (const std::string& method : own_methods(route)) {
      own += ", " + string_literal(method);
      write_own_method_check(route, path, method);
    }
    if (!is_listed) write_own_methods_check(route, path);
    if (!route.init.empty()) write_initialize(route, handler, number);
    endpoint_values_.push_back(
        std::string(runtime::kMakeEndpoint) + "<" + path + ", " +
        std::to_string(is_listed ? listed : kAllMethods) + own + ">(" +
        (route.init.empty() ? "" : "&bora_initialize_" + std::to_string(number)) + ")");
  }

  void write_method_check(const Route& route, const std::string& path, std::size_t method,
                          bool is_listed) {
    const std::string name(kHandlerFunctions[method]);
    write_check(
        handler_of(route),
        (is_listed ? "answers<" : "may_answer<") + path + ", " + runtime::kMethod + name + ">",
        http_methods()[method] + " " + ascii(route.host.text + route.path.text) + " needs " +
            route.handler.text + "::" + name + "(" + parameter_list(route, false, &manifest_) +
            "), public, returning void or bora::Task<void>");
  }

  void write_own_method_check(const Route& route, const std::string& path,
                              const std::string& method) {
    write_check(
        handler_of(route), "answers_own<" + path + ", " + string_literal(method) + ">",
        method + " " + ascii(route.host.text + route.path.text) + " needs " + route.handler.text +
            "::SupportedMethods with bora::web::Supports<" + "\\\"" + method + "\\\", &" +
            route.handler.text + "::function>, whose function takes (" +
            parameter_list(route, false, &manifest_) + ") and returns void or bora::Task<void>");
  }

  void write_own_methods_check(const Route& route, const std::string& path) {
    write_check(handler_of(route), "may_answer_own<" + path + ">",
                "each function of " + route.handler.text + "::SupportedMethods must take (" +
                    parameter_list(route, false, &manifest_) + ") for " +
                    ascii(route.host.text + route.path.text) +
                    " and return void or bora::Task<void>");
  }

  void write_table() {
    out_.line();
    write_array(runtime::kEndpoint, "bora_endpoints", endpoint_values_);
    write_mounts();
    write_rules();
    write_error_pages();
    const std::vector<const HostPattern*> hosts = hosts_in_order(manifest_);
    const std::vector<paths::RouteTree> trees = make_trees(hosts);
    write_records(trees);
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      const std::string suffix = "_of_host_" + std::to_string(i);
      write_tree(trees[i], suffix);
      out_.line("constinit const " + std::string(runtime::kRouteTable) + " bora_table" + suffix +
                "(bora_list, {bora_routes, " + std::to_string(manifest_.routes.size()) +
                "}, bora_tables" + suffix + ");");
    }
    write_tree(trees.back(), "");
    write_hosts(hosts);
  }

  /// Writes an array; nothing if there are no values.
  void write_array(const char* type, const std::string& name,
                   const std::vector<std::string>& values) {
    if (values.empty()) return;
    out_.line(std::string("constexpr ") + type + " " + name + "[] = {");
    for (const std::string& value : values) out_.line("  " + value + ",");
    out_.line("};");
  }

  /// Returns a tree for each host, then the tree of the routes without a host. All share the array
  /// of routes.
  std::vector<paths::RouteTree> make_trees(const std::vector<const HostPattern*>& hosts) {
    std::vector<paths::RouteTree> trees;
    std::size_t first_copy = manifest_.routes.size();
    for (std::size_t i = 0; i <= hosts.size(); ++i) {
      const std::string host = i < hosts.size() ? hosts[i]->shape() : std::string();
      std::vector<const paths::Pattern*> patterns;
      for (const Route& route : manifest_.routes)
        patterns.push_back(route.host.shape() == host ? &route.path : nullptr);
      trees.push_back(paths::make_route_tree(patterns, first_copy));
      first_copy += trees.back().copies.size();
    }
    return trees;
  }

  void write_records(const std::vector<paths::RouteTree>& trees) {
    std::vector<std::uint32_t> next(manifest_.routes.size());
    for (const paths::RouteTree& tree : trees) {
      for (std::size_t i = 0; i < next.size(); ++i) next[i] += tree.next[i];
    }
    std::size_t count = 0;
    std::size_t redirects = 0;
    const auto add = [&](std::size_t route, std::uint32_t next_of_it) {
      ++count;
      if (manifest_.routes[route].kind == Route::Kind::redirect) ++redirects;
      out_.line("    " + string_literal(record(route, next_of_it), 4));
    };
    out_.line();
    out_.line("constexpr const char* bora_records =");
    for (std::size_t i = 0; i < next.size(); ++i) add(i, next[i]);
    for (const paths::RouteTree& tree : trees) {
      for (const paths::RouteTree::Copy& copy : tree.copies) add(copy.route, copy.next);
    }
    out_.line("    \"\";");
    out_.line(std::string("constinit ") + runtime::kRoute + " bora_routes[" +
              std::to_string(std::max<std::size_t>(count, 1)) + "]{};");
    if (redirects > 0) {
      out_.line(std::string("constinit ") + runtime::kRedirect + " bora_redirects[" +
                std::to_string(redirects) + "]{};");
    }
    out_.line(std::string("constinit ") + runtime::kRouteRecords + " bora_list{bora_records, " +
              "bora_routes, " + std::to_string(count) + ", " +
              (redirects > 0 ? "bora_redirects" : "nullptr") + ", " +
              (endpoint_values_.empty() ? "nullptr" : "bora_endpoints") + ", " +
              (mounts_.empty() ? "nullptr" : "bora_mounts") + ", " +
              (rules_.empty() ? "nullptr" : "bora_rules") + "};");
  }

  std::string record(std::size_t index, std::uint32_t next) {
    const Route& route = manifest_.routes[index];
    std::string target;
    std::string location;
    switch (route.kind) {
      case Route::Kind::handler:
        target = "h" + std::to_string(endpoints_.at(key_of(route)));
        break;
      case Route::Kind::static_mount:
        target = "m" + std::to_string(mounts_.at(index));
        break;
      case Route::Kind::redirect:
        target = "r" + std::to_string((route.permanent ? 1 : 0) + (route.is_slash_twin ? 2 : 0));
        location = route.location;
        break;
    }
    const std::string name = route.full_name();
    const std::size_t rules = has_rules(route) ? rules_.at(rules_of(route)) + 1 : 0;
    target.insert(1, " ");
    for (const std::size_t number :
         {std::size_t{next}, rules, name.size(), route.path.text.size(), location.size()}) {
      target.append(" ").append(std::to_string(number));
    }
    return target + " " + name + route.path.text + location + "\n";
  }

  void write_tree(const paths::RouteTree& tree, const std::string& suffix) {
    std::string words(tree.words.size() * sizeof(std::uint64_t), '\0');
    std::memcpy(words.data(), tree.words.data(), words.size());
    out_.line();
    out_.line("constexpr const char* bora_words" + suffix + " =");
    out_.line("    " + data_literal(words, 4) + ";");
    out_.line("constexpr const char* bora_texts" + suffix + " =");
    out_.line("    " + string_literal(tree.texts, 4) + ";");
    std::string converters = "nullptr";
    if (!tree.converters.empty()) {
      converters = "bora_converters" + suffix;
      std::vector<std::string> tests;
      for (const std::string& name : tree.converters)
        tests.push_back(std::string("&") + runtime::kIsPathValue + "<" + converter_name(name) +
                        ">");
      write_array(runtime::kConverterTest, converters, tests);
    }
    std::string automata = "nullptr";
    if (!tree.automata.empty()) {
      automata = "bora_automata" + suffix;
      out_.line("constexpr const char* " + automata + " =");
      out_.line("    " + data_literal(tree.automata, 4) + ";");
    }
    out_.line(std::string("constexpr ") + runtime::kRouteTables + " bora_tables" + suffix +
              " = {bora_words" + suffix + ", bora_texts" + suffix + ", " + automata + ", " +
              converters + "};");
  }

  void write_hosts(const std::vector<const HostPattern*>& hosts) {
    if (hosts.empty()) return;
    out_.line();
    std::vector<std::string> values;
    for (const HostPattern* host : hosts) {
      values.push_back("{" + view_literal(host->text) + ", &bora_table_of_host_" +
                       std::to_string(values.size()) + "}");
    }
    write_array(runtime::kHostRoutes, "bora_hosts", values);
  }

  void write_rules() {
    for (const FilterUse& filter : manifest_.filters) write_filter(filter);
    for (const Route& route : manifest_.routes) {
      for (const FilterUse& filter : route.filters) write_filter(filter);
    }
    std::vector<std::string> values;
    for (const Route& route : manifest_.routes) {
      if (!has_rules(route)) continue;
      const std::string text = rules_of(route);
      if (rules_.try_emplace(text, rules_.size()).second) values.push_back(text);
    }
    write_array(runtime::kRouteRules, "bora_rules", values);
    if (manifest_.filters.empty()) return;
    const std::string filters = filter_list(manifest_.filters);
    out_.line(std::string("constexpr ") + runtime::kRouteRules + " bora_rules_of_errors = {{}, " +
              filters + ", nullptr};");
  }

  void write_error_pages() {
    if (manifest_.error_pages.empty()) return;
    std::string list;
    for (const ErrorPage& page : manifest_.error_pages) {
      const std::string type = "::" + unit_name(page.page.text).qualified();
      write_check({*page.source, page.page.span}, "is_error_page<" + type + ">",
                  "the page of an error takes no parameters but status (int), reason and detail "
                  "(std::string), in this order, each of which may be missing");
      list += (list.empty() ? "" : ", ") + ("{" + std::to_string(page.status)) + ", &" +
              runtime::kErrorPage + "<" + type + ">}";
    }
    out_.line(std::string("constexpr ") + runtime::kErrorTemplate + " bora_error_pages[] = {" +
              list + "};");
  }

  /// A function is one filter wherever it is named; a class makes one object for each place, which
  /// all routes below it share.
  static std::string filter_key(const FilterUse& filter) {
    if (!filter.is_class) return filter.name.text;
    return filter.source->name() + '\0' + std::to_string(filter.name.span.begin);
  }

  void write_filter(const FilterUse& filter) {
    const auto [known, is_new] = filters_.try_emplace(filter_key(filter), filters_.size());
    if (!is_new) return;
    const std::string number = std::to_string(known->second);
    const std::string name = "bora_filter_" + number;
    const Place place{*filter.source, filter.name.span};
    out_.line("struct " + name + " {");
    out_.line(filter.is_class ? "using type =" : "static constexpr auto& function =");
    write_mapped(place, filter.name.text);
    out_.line(";");
    out_.line("};");
    if (filter.is_class) return write_filter_class(filter, name, number);
    write_check(place, "is_filter<" + name + ">",
                "filter " + filter.name.text +
                    " must take a bora::web::RequestHandler& and return void or bora::Task<void>");
  }

  /// The same as write_initialize(), for the Options of a class.
  void write_filter_class(const FilterUse& filter, const std::string& name,
                          const std::string& number) {
    const Place place{*filter.source, filter.name.span};
    write_check(place, "is_filter_class<" + name + ">",
                "objects of the filter " + filter.name.text +
                    " must be callable with a bora::web::RequestHandler& and return void or "
                    "bora::Task<void>");
    write_check(place, "takes_options<" + name + ">",
                "the filter " + filter.name.text +
                    " needs a struct Options and a constructor that takes it");
    out_.line("struct bora_any_options_" + number + " {");
    for (const InitArgument& option : filter.options)
      out_.line(std::string("  ") + runtime::kAnything + " " + option.name.text + ";");
    out_.line("};");
    for (const InitArgument& option : filter.options) write_object(option);
    const std::string type = "bora_options_" + number;
    out_.line("using " + type + " = " + runtime::kOptionsOf + "<" + name + ", bora_any_options_" +
              number + ">;");
    out_.line(type + " bora_make_options_" + number + "() {");
    out_.line("  " + type + " bora_init{};");
    for (const InitArgument& option : filter.options) write_assignment(option);
    out_.line("  return bora_init;");
    out_.line("}");
  }

  static bool has_rules(const Route& route) {
    return !route.host.empty() || !route.filters.empty() || route.is_authenticated;
  }

  /// Returns a RouteRules. What several routes have in common is in the program once.
  std::string rules_of(const Route& route) {
    const std::string user = route.is_authenticated
                                 ? std::string("&") + runtime::kHasUser + "<" +
                                       handler_name(handlers_.at(route.handler.text)) + ">"
                                 : "nullptr";
    return "{" + view_literal(route.host.text) + ", " + filter_list(route.filters) + ", " + user +
           "}";
  }

  /// Returns the name of the array of these filters, which is written at the first call for them.
  std::string filter_list(const std::vector<FilterUse>& filters) {
    if (filters.empty()) return "{}";
    std::vector<std::string> values;
    std::string key;
    for (const FilterUse& filter : filters) {
      const std::string number = std::to_string(filters_.at(filter_key(filter)));
      const std::string name = "bora_filter_" + number;
      values.push_back(filter.is_class
                           ? std::string(runtime::kMakeFilter) + "<" + name +
                                 ", &bora_make_options_" + number + ">()"
                           : std::string("&") + runtime::kCallFilter + "<" + name + ">");
      key += values.back();
    }
    const auto [known, is_new] = filter_lists_.try_emplace(key, filter_lists_.size());
    const std::string name = "bora_filters_" + std::to_string(known->second);
    if (is_new) write_array(runtime::kFilter, name, values);
    return name;
  }

  void write_mounts() {
    std::vector<std::string> values;
    for (std::size_t i = 0; i < manifest_.routes.size(); ++i) {
      const Route& route = manifest_.routes[i];
      if (route.kind != Route::Kind::static_mount) continue;
      mounts_.emplace(i, values.size());
      values.push_back("{" + view_literal(route.mount) + ", " + view_literal(route.directory) +
                       (route.index.empty() ? "" : ", " + view_literal(route.index)) + "}");
    }
    write_array(runtime::kStaticMount, "bora_mounts", values);
  }

  const RouteManifest& manifest_;
  CppWriter out_;
  std::size_t checks_ = 0;
  std::map<std::string, std::size_t> handlers_;
  std::map<EndpointKey, std::size_t> endpoints_;
  std::vector<std::string> endpoint_values_;
  std::map<std::size_t, std::size_t> mounts_;  // by route
  std::map<std::string, std::size_t> rules_;   // by their text
  std::map<std::string, std::size_t> filter_lists_;
  std::map<std::string, std::size_t> filters_;
  std::map<std::string, std::size_t> objects_;
};

}  // namespace

GeneratedRoutes generate_routes(const RouteManifest& manifest, std::string_view output_prefix) {
  return {write_header(manifest), SourceWriter(manifest, output_prefix).write(),
          write_urls(manifest)};
}

}  // namespace bora::compiler
