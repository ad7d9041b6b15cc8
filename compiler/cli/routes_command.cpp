#include "compiler/cli/routes_command.h"

#include <algorithm>
#include <array>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "compiler/cli/current_project.h"
#include "compiler/diagnostics/json_report.h"
#include "compiler/diagnostics/printable.h"
#include "compiler/diagnostics/text_report.h"
#include "compiler/driver/project_check.h"
#include "compiler/routes/handler_scan.h"
#include "compiler/routes/route_match.h"
#include "runtime/text/utf8.h"

namespace bora::compiler {
namespace {

constexpr std::size_t kColumns = 5;
using Row = std::array<std::string, kColumns>;

/// Returns what answers the route, as text for people.
std::string answer(const Route& route) {
  switch (route.kind) {
    case Route::Kind::handler:
      return route.handler.text;
    case Route::Kind::static_mount:
      return "files of " + route.directory;
    case Route::Kind::redirect:
      return "redirect to " + route.target.text;
  }
  return {};
}

std::string_view kind_name(Route::Kind kind) {
  switch (kind) {
    case Route::Kind::handler:
      return "handler";
    case Route::Kind::static_mount:
      return "static";
    case Route::Kind::redirect:
      return "redirect";
  }
  return {};
}

/// Returns the methods that the route answers. If empty, they are those that the handler's class
/// defines, which only the C++ compiler knows.
std::vector<std::string> methods(const Route& route) {
  if (route.kind == Route::Kind::static_mount) return {"GET", "HEAD"};
  if (route.kind == Route::Kind::redirect) return http_methods();
  std::vector<std::string> names;
  for (const Text& method : route.methods) names.push_back(method.text);
  return names;
}

/// Returns "GET, POST", "any", or "auto" for the methods that the handler defines.
std::string method_cell(const Route& route) {
  if (route.kind == Route::Kind::redirect) return "any";
  std::string list;
  for (const std::string& method : methods(route)) list += (list.empty() ? "" : ", ") + method;
  return list.empty() ? "auto" : list;
}

std::uint32_t line_of(const Route& route) {
  return route.source->position(route.name.span.begin).line;
}

Row row(const Route& route) {
  return {method_cell(route), printable(route.host.text + route.path.text), route.full_name(),
          printable(answer(route)),
          printable(route.source->name()) + ':' + std::to_string(line_of(route))};
}

/// Prints columns as wide as their widest cell, counted in characters. No blanks follow the last
/// one.
void print_table(const std::vector<Row>& rows, std::ostream& out) {
  const auto width = [](const std::string& cell) {
    return static_cast<std::size_t>(
        std::count_if(cell.begin(), cell.end(), [](char c) { return !text::is_continuation(c); }));
  };
  std::array<std::size_t, kColumns> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  for (const Row& row : rows) {
    for (std::size_t i = 0; i + 1 < kColumns; ++i)
      out << row[i] << std::string(widths[i] - width(row[i]) + 2, ' ');
    out << row.back() << '\n';
  }
}

void print_json(const RouteManifest& manifest, std::ostream& out) {
  out << '[';
  const char* separator = "\n";
  for (const Route& route : manifest.routes) {
    std::string list;
    for (const std::string& method : methods(route))
      list += (list.empty() ? "" : ",") + json_string(method);
    out << separator << "{\"name\":" << json_string(route.full_name())
        << ",\"kind\":" << json_string(kind_name(route.kind)) << ",\"methods\":[" << list
        << "],\"host\":" << json_string(route.host.text)
        << ",\"pattern\":" << json_string(route.path.text)
        << ",\"handler\":" << json_string(route.handler.text)
        << ",\"directory\":" << json_string(route.directory)
        << ",\"target\":" << json_string(route.target.text)
        << ",\"file\":" << json_string(route.source->name()) << ",\"line\":" << line_of(route)
        << '}';
    separator = ",\n";
  }
  out << (manifest.routes.empty() ? "]\n" : "\n]\n");
}

constexpr std::size_t kShownOthers = 3;

void print_answer(const RouteTrial& trial, std::ostream& out) {
  print_table({row(*trial.route)}, out);
  const std::vector<PathParameter> captures = trial.route->captures();
  for (std::size_t i = 0; i < trial.captures.size(); ++i)
    out << "  " << captures[i].name << " = " << printable(trial.captures[i]) << '\n';
}

ExitStatus print_match(const RouteManifest& manifest, const TriedRequest& request,
                       std::ostream& out) {
  const std::vector<RouteTrial> trials = try_routes(manifest, request);
  const bool is_answered = !trials.empty() && trials.front().matches;
  if (is_answered) {
    print_answer(trials.front(), out);
  } else {
    out << "no route answers " << printable(request.method) << ' ' << printable(request.path)
        << '\n';
  }
  std::size_t shown = 0;
  for (const RouteTrial& trial : trials) {
    if (trial.matches || shown == kShownOthers) continue;
    if (shown++ == 0) out << "not, of the nearest:\n";
    const std::string name = trial.route->full_name();
    out << "  " << printable(trial.route->host.text + trial.route->path.text)
        << (name.empty() ? "" : " (" + name + ")") << ": " << printable(trial.reason) << '\n';
  }
  return is_answered ? ExitStatus::fine : ExitStatus::findings;
}

bool is_cpp_name(std::string_view name) {
  return name.ends_with(".h") || name.ends_with(".hpp") || name.ends_with(".cpp") ||
         name.ends_with(".cc");
}

ExitStatus print_unused(const RouteManifest& manifest, const RoutesOptions& options, Host& host) {
  const std::string folder =
      options.sources.empty() ? parent_path(manifest.source->name()) : options.sources;
  std::vector<std::string> names;
  if (FileError error = host.files.list(folder.empty() ? "." : folder, names)) {
    return environment_error(host, "routes",
                             "the folder '" + folder + "' cannot be read: " + error.message);
  }
  std::vector<ClassDefinition> classes;
  for (const std::string& name : names) {
    const std::string path = join_path(folder, name);
    std::string text;
    if (is_cpp_name(name) && !host.files.read(path, text)) find_classes(path, text, classes);
  }
  const std::vector<ClassDefinition> unused = unused_handlers(manifest, classes);
  for (const ClassDefinition& found : unused) {
    host.out.text << printable(found.file) << ':' << found.line << ": no route leads to "
                  << found.name << '\n';
  }
  if (unused.empty()) host.out.text << "a route leads to every handler\n";
  return unused.empty() ? ExitStatus::fine : ExitStatus::findings;
}

}  // namespace

ExitStatus run_routes(const RoutesOptions& options, Host& host) {
  const std::string path =
      options.manifest.empty() ? find_current_project(host.files).routes : options.manifest;
  if (path.empty()) {
    return usage_error(host, "routes",
                       "there is no routes.toml here or in a folder above; name the manifest");
  }
  TriedRequest request;
  if (!options.request.empty() && !parse_request(options.request, request)) {
    return usage_error(host, "routes", "--match wants a request such as \"GET /users/7\"");
  }
  lang::DiagnosticSink sink;
  const std::optional<RouteManifest> manifest = check_manifest(path, host.files, sink);
  host.err.text << text_report(sink.diagnostics(), {.colours = host.err.uses_colors});
  if (!manifest || sink.has_errors()) return ExitStatus::findings;

  if (options.unused) return print_unused(*manifest, options, host);
  if (!options.request.empty()) return print_match(*manifest, request, host.out.text);
  if (options.as_json) {
    print_json(*manifest, host.out.text);
    return ExitStatus::fine;
  }
  std::vector<Row> rows{{"METHOD", "PATTERN", "NAME", "HANDLER", "PLACE"}};
  for (const Route& route : manifest->routes) rows.push_back(row(route));
  print_table(rows, host.out.text);
  return ExitStatus::fine;
}

}  // namespace bora::compiler
