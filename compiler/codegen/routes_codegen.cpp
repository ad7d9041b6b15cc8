// The two files of a manifest. Their shape:
//
//   routes.h      namespace routes { extern const RouteTable table; }
//                 namespace route {
//                 std::string entry(std::int64_t id);
//                 constexpr std::string_view home();
//                 }
//
//   routes.cpp    #include "handlers.h"
//                 namespace shop { namespace {
//                 struct bora_handler_0 { using type = Entry; };
//                 static_assert(derives<bora_handler_0>, "…");
//                 using bora_path_0 = Path<bora_handler_0, std::int64_t>;
//                 static_assert(may_answer<bora_path_0, …>, "…");
//                 constexpr Endpoint bora_endpoint_0 = …;
//                 constexpr Route bora_routes[] = {…};
//                 constexpr std::uint64_t bora_words[] = {…};
//                 } }
//                 const RouteTable routes::table(…);
//                 std::string route::entry(std::int64_t id) { … }
//
// A handler's name stands in it once, alone on a line that the compiler takes for the manifest's,
// in its column there: so an unknown class is reported at its place in the manifest. As a member of
// a struct it takes nothing else down with it. What else can be wrong with a handler is checked by
// <bora/web/handler_call.h> and reported by a static_assert that stands at the same place and says
// what is wanted.

#include "compiler/codegen/routes_codegen.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "compiler/codegen/cpp_writer.h"
#include "compiler/codegen/runtime_names.h"
#include "compiler/routes/cpp_names.h"
#include "paths-lang/route_tree.h"

namespace bora::compiler {
namespace {

constexpr std::string_view kSourceName = "routes.cpp";
// Of the runtime's enumeration and of the handlers' methods, in the order of http_methods().
constexpr std::array<std::string_view, 7> kMethodNames = {"get",   "head", "post",   "delete_",
                                                          "patch", "put",  "options"};
constexpr unsigned kAllMethods = (1U << kMethodNames.size()) - 1;

/// For messages and comments: ASCII, so that nothing in them reads otherwise than it is.
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

/// What a handler gets for a parameter.
std::string value_type(const PathParameter& parameter) {
  const std::string type = plain_value_type(parameter.converter);
  return parameter.is_optional ? "::std::optional<" + type + ">" : type;
}

/// The names of a path's parameters as C++ has them: keywords get an underscore.
std::vector<std::string> parameter_names(const PathPattern& path) {
  std::vector<std::string> names;
  for (const PathParameter& parameter : path.parameters) {
    std::string name = parameter.name;
    while (is_reserved_name(name) || std::ranges::find(names, name) != names.end()) {
      name = name.starts_with('_') ? "p" + name : name + "_";
    }
    names.push_back(std::move(name));
  }
  return names;
}

/// A std::string_view with its size: without, a compiler counts it while it compiles, and clang
/// gives up on the tables of some thousand routes.
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
std::string parameter_list(const PathPattern& path, bool is_global) {
  const std::vector<std::string> names = parameter_names(path);
  std::string list;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string type = value_type(path.parameters[i]);
    if (!is_global) type = without_global(type);
    if (i > 0) list += ", ";
    list += type;
    list += " " + names[i];
  }
  return list;
}

/// A URL that has no parameters.
std::string fixed_url(const PathPattern& path) {
  std::string url;
  for (const PathSegment& segment : path.segments) url += "/" + segment.literal;
  return path.ends_with_slash ? url + "/" : url;
}

unsigned method_mask(const Route& route) {
  unsigned mask = 0;
  for (const Text& method : route.methods) {
    const auto& all = http_methods();
    mask |= 1U << (std::ranges::find(all, method.text) - all.begin());
  }
  return mask;
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

std::string write_header(const RouteManifest& manifest) {
  CppWriter out("routes.h");
  write_notice(manifest, out);
  out.line("#pragma once");
  out.line();
  out.line("#include <cstdint>");
  const bool has_optional = std::ranges::any_of(
      manifest.routes, [](const Route& route) { return route.path.has_optional(); });
  if (has_optional) out.line("#include <optional>");
  out.line("#include <string>");
  out.line("#include <string_view>");
  out.line();
  out.line("namespace bora::web {");
  out.line("class RouteTable;");
  out.line("}");
  out.line();
  out.line("namespace routes {");
  out.line("/// All routes: bora::web::Application app(routes::table);");
  out.line(std::string("extern const ") + runtime::kRouteTable + " table;");
  out.line("}");
  write_in_namespaces(manifest, out, [&out](const Route& route) {
    out.line("/// " + ascii(route.path.text));
    if (route.path.parameters.empty()) {
      out.line("constexpr ::std::string_view " + route.name.text + "() noexcept { return " +
               string_literal(fixed_url(route.path)) + "; }");
    } else {
      out.line("::std::string " + route.name.text + "(" + parameter_list(route.path, true) + ");");
    }
  });
  return out.text();
}

class SourceWriter {
 public:
  SourceWriter(const RouteManifest& manifest, std::string_view output_prefix)
      : manifest_(manifest),
        file_(manifest.source->name()),
        out_(std::string(output_prefix) + std::string(kSourceName)) {}

  std::string write() {
    write_notice(manifest_, out_);
    out_.line(std::string("#define ") + runtime::kContractMacro + " " +
              std::to_string(runtime::kContract));
    out_.line(std::string("#include ") + runtime::kGeneratedRoutesHeader);
    out_.line();
    out_.line("#include \"routes.h\"");
    for (const Text& header : manifest_.headers) write_include(header);
    out_.line();
    open_namespace();
    out_.line(std::string("namespace bora_web = ") + runtime::kWeb + ";");
    write_endpoints();
    write_table();
    close_namespace();
    out_.line(std::string("const ") + runtime::kRouteTable + " routes::table({" +
              within("bora_routes") + ", " + std::to_string(manifest_.routes.size()) + "}, " +
              within("bora_tables") + ");");
    write_reverse_functions();
    return out_.text();
  }

 private:
  /// One Endpoint serves all routes of one handler whose captures and methods are alike.
  using EndpointKey = std::tuple<std::string, std::vector<std::string>, unsigned>;

  static EndpointKey key_of(const Route& route) {
    std::vector<std::string> values;
    for (const PathParameter& parameter : route.path.parameters) {
      values.push_back(value_type(parameter));
    }
    return {route.handler.text, std::move(values), method_mask(route)};
  }

  // A missing header is reported at its name: a directive may be spread over two lines.
  void write_include(const Text& header) {
    const lang::Position position = manifest_.source->position(header.span.begin);
    const std::string name = "\"" + header.text + "\"";
    const std::uint32_t quote = position.column - 1;
    if (position.line < 2 || quote < 1 || quote > CppWriter::kMaxColumn) {
      out_.mapped(file_, {position.line, 1}, "", "#include " + name);
    } else {
      out_.mapped(file_, {position.line - 1, 1}, "",
                  "#include \\\n" + std::string(quote - 1, ' ') + name);
    }
  }

  void open_namespace() {
    const Text& name = manifest_.app_namespace;
    if (!name.empty()) {
      out_.line("namespace bora_app =");
      write_mapped(name, name.text);
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

  void write_mapped(const Text& place, std::string_view code) {
    out_.mapped(file_, manifest_.source->position(place.span.begin), "", code);
  }

  // The condition is a plain name, of which clang repeats no more in its message, and whose place
  // g++ takes for the error's.
  void write_check(const Text& place, const std::string& condition, const std::string& message) {
    const std::string name = "bora_check_" + std::to_string(checks_++);
    out_.line("constexpr bool " + name + " = bora_web::build::" + condition + ";");
    out_.line("static_assert(");
    write_mapped(place, name);
    out_.line(", \"" + message + "\");");
  }

  void write_endpoints() {
    for (const Route& route : manifest_.routes) {
      if (route.kind != Route::Kind::handler) continue;
      const auto [handler, is_new_handler] =
          handlers_.try_emplace(route.handler.text, handlers_.size());
      if (is_new_handler) write_handler(route.handler, handler->second);
      const auto [endpoint, is_new] = endpoints_.try_emplace(key_of(route), endpoints_.size());
      if (is_new) write_endpoint(route, handler->second, endpoint->second);
    }
  }

  void write_handler(const Text& handler, std::size_t number) {
    const std::string name = "bora_handler_" + std::to_string(number);
    const std::string& type = handler.text;
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
                type + "::initialize() must be public, take nothing and return void");
    write_check(
        handler, "prepare_fits<" + name + ">",
        type + "::prepare() must be public, take nothing and return void or bora::Task<void>");
  }

  void write_endpoint(const Route& route, std::size_t handler, std::size_t number) {
    const std::string path = "bora_path_" + std::to_string(number);
    std::string arguments = "bora_handler_" + std::to_string(handler);
    for (const PathParameter& parameter : route.path.parameters) {
      arguments += ", " + value_type(parameter);
    }
    const unsigned listed = method_mask(route);
    out_.line("using " + path + " = bora_web::build::Path<" + arguments + ">;");
    if (listed == 0) {
      write_check(route.handler, "answers_anything<" + path + ">",
                  "handler " + route.handler.text +
                      " defines no method: it needs get, post or another one");
    }
    for (std::size_t i = 0; i < kMethodNames.size(); ++i) {
      if (listed == 0 || (listed >> i & 1) != 0) write_method_check(route, path, i, listed != 0);
    }
    // The routes name the pointer: clang would evaluate the whole object for each that names it.
    const std::string object = "bora_object_" + std::to_string(number);
    out_.line("constexpr bora_web::Endpoint " + object + " = bora_web::build::endpoint<" + path +
              ", " + std::to_string(listed == 0 ? kAllMethods : listed) + ">();");
    out_.line("constexpr const bora_web::Endpoint* bora_endpoint_" + std::to_string(number) +
              " = &" + object + ";");
  }

  void write_method_check(const Route& route, const std::string& path, std::size_t method,
                          bool is_listed) {
    const std::string name(kMethodNames[method]);
    write_check(
        route.handler,
        (is_listed ? "answers<" : "may_answer<") + path + ", bora_web::Method::" + name + ">",
        http_methods()[method] + " " + ascii(route.path.text) + " needs " + route.handler.text +
            "::" + name + "(" + parameter_list(route.path, false) +
            "), public, returning void or bora::Task<void>");
  }

  void write_table() {
    std::vector<const paths::Pattern*> patterns;
    for (const Route& route : manifest_.routes) patterns.push_back(&route.path);
    const paths::RouteTree tree = paths::make_route_tree(patterns);
    write_targets();
    out_.line();
    const std::size_t count = tree.next.size() + tree.copies.size();
    out_.line("constexpr bora_web::Route bora_routes[" + std::to_string(count) + "] = {");
    for (std::size_t i = 0; i < tree.next.size(); ++i) write_route(i, tree.next[i]);
    for (const paths::RouteTree::Copy& copy : tree.copies) write_route(copy.route, copy.next);
    out_.line("};");
    out_.line();
    out_.line("constexpr ::std::uint64_t bora_words[] = {");
    write_numbers(tree.words, "U");
    out_.line("};");
    out_.line("constexpr char bora_texts[] = " + string_literal(tree.texts, 4) + ";");
    out_.line("constexpr unsigned char bora_automata[] = {");
    write_numbers(std::vector<unsigned char>(tree.automata.begin(), tree.automata.end()), "");
    if (tree.automata.empty()) out_.line("  0,");
    out_.line("};");
    out_.line(
        "constexpr bora_web::detail::RouteTables bora_tables = {bora_words, bora_texts, "
        "bora_automata, nullptr};");
    out_.line();
    // Once for each row of types, not for each route: thousands of routes compile in seconds.
    out_.line("template <class... Values>");
    out_.line("[[gnu::noinline]] ::std::string bora_url(::std::size_t route, Values... values) {");
    out_.line(std::string("  return ") + runtime::kReverseURL +
              "(bora_routes[route], {values...});");
    out_.line("}");
  }

  void write_targets() {
    for (std::size_t i = 0; i < manifest_.routes.size(); ++i) {
      const Route& route = manifest_.routes[i];
      const std::string number = std::to_string(i);
      if (route.kind == Route::Kind::static_mount) {
        out_.line("constexpr bora_web::StaticMount bora_mount_" + number + " = {" +
                  view_literal(route.mount) + ", " + view_literal(route.directory) + "};");
      } else if (route.kind == Route::Kind::redirect) {
        out_.line("constexpr bora_web::Redirect bora_redirect_" + number + " = {" +
                  view_literal(route.location) + ", " + (route.permanent ? "true" : "false") +
                  "};");
      }
    }
  }

  void write_route(std::size_t index, std::uint32_t next) {
    const Route& route = manifest_.routes[index];
    std::string line =
        "{" + view_literal(route.full_name()) + ", " + view_literal(route.path.text) + ", ";
    const std::string number = std::to_string(index);
    switch (route.kind) {
      case Route::Kind::handler:
        line += "bora_endpoint_" + std::to_string(endpoints_.at(key_of(route))) +
                ", nullptr, nullptr, ";
        break;
      case Route::Kind::static_mount:
        line += "nullptr, &bora_mount_" + number + ", nullptr, ";
        break;
      case Route::Kind::redirect:
        line += "nullptr, nullptr, &bora_redirect_" + number + ", ";
        break;
    }
    line += next == 0 ? "nullptr" : "&bora_routes[" + std::to_string(next - 1) + "]";
    out_.line("  " + line + "},");
  }

  template <class Number>
  void write_numbers(const std::vector<Number>& numbers, const char* suffix) {
    constexpr std::size_t kPerLine = 8;
    for (std::size_t i = 0; i < numbers.size(); i += kPerLine) {
      std::string line = " ";
      for (std::size_t j = i; j < std::min(i + kPerLine, numbers.size()); ++j) {
        line += " " + std::to_string(numbers[j]) + suffix + ",";
      }
      out_.line(line);
    }
  }

  void write_reverse_functions() {
    std::map<const Route*, std::size_t> indices;
    for (std::size_t i = 0; i < manifest_.routes.size(); ++i) indices[&manifest_.routes[i]] = i;
    write_in_namespaces(manifest_, out_, [&](const Route& route) {
      if (route.path.parameters.empty()) return;
      std::string arguments = std::to_string(indices[&route]);
      for (const std::string& name : parameter_names(route.path)) arguments += ", " + name;
      out_.line("::std::string " + route.name.text + "(" + parameter_list(route.path, true) +
                ") {");
      out_.line("  return " + within("bora_url") + "(" + arguments + ");");
      out_.line("}");
    });
  }

  const RouteManifest& manifest_;
  const std::string& file_;
  CppWriter out_;
  std::size_t checks_ = 0;
  std::map<std::string, std::size_t> handlers_;
  std::map<EndpointKey, std::size_t> endpoints_;
};

}  // namespace

GeneratedRoutes generate_routes(const RouteManifest& manifest, std::string_view output_prefix) {
  return {write_header(manifest), SourceWriter(manifest, output_prefix).write()};
}

}  // namespace bora::compiler
