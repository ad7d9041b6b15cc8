#include "compiler/routes/route_checker.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "compiler/routes/codes.h"
#include "compiler/routes/redirect_loops.h"
#include "compiler/routes/redirect_target.h"
#include "runtime/paths/ambiguity.h"

namespace bora::compiler {
namespace {

class RouteChecker {
 public:
  RouteChecker(RouteManifest& manifest, lang::DiagnosticSink& sink)
      : manifest_(manifest), sink_(sink) {}

  void check(bool is_complete) {
    for (const Route& route : manifest_.routes) {
      check_name(route);
      check_paths(route);
    }
    for (const auto& [shape, routes] : by_shape_) check_twin(shape, routes);
    check_conflicts();
    for (Route& route : manifest_.routes) {
      if (is_complete && route.kind == Route::Kind::redirect) check_redirect(route);
    }
    if (is_complete) report_redirect_loops(manifest_, sink_);
  }

 private:
  // Routes are functions of `route::` and groups are namespaces, so they can't share a name.
  void check_name(const Route& route) {
    std::string group;
    for (const std::string& part : route.groups) {
      group += group.empty() ? part : "." + part;
      groups_.try_emplace(group, &route);
      const auto same = by_name_.find(group);
      if (same != by_name_.end())
        report_name(*same->second, group, route, "the group of that name has a route here");
    }
    const std::string name = route.full_name();
    const auto [first, is_new] = by_name_.try_emplace(name, &route);
    if (!is_new) report_name(route, name, *first->second, "the other one is here");
    const auto same_group = groups_.find(name);
    if (same_group != groups_.end()) {
      report_name(route, name, *same_group->second, "the group of that name has a route here");
    }
  }

  void report_name(const Route& route, const std::string& name, const Route& other,
                   const char* note) {
    lang::Diagnostic diagnostic =
        finding(codes::kNameTwice, route, route.name.span, "the name '" + name + "' is used twice");
    diagnostic.help = "names are unique among routes, groups, mounts and redirects";
    diagnostic.notes.push_back({other.source, other.name.span, note});
    sink_.report(std::move(diagnostic));
  }

  /// A route whose last parameter is optional has two shapes, and either may clash.
  void check_paths(const Route& route) {
    bool is_reported = false;
    for (const std::string& shape : route.path.shapes()) {
      std::vector<const Route*>& same = by_shape_[route.host.shape() + shape];
      for (const Route* other : same) {
        if (!is_reported) is_reported = check_pair(route, *other, shape);
      }
      same.push_back(&route);
    }
  }

  /// @param shape  The shape of paths that both match.
  bool check_pair(const Route& route, const Route& other, const std::string& shape) {
    const std::string method = shared_method(route, other);
    if (method.empty()) return false;
    const bool are_alike = route.path.shapes() == other.path.shapes();
    const std::string own = "'" + route.path.text + "'";
    const std::string others = "'" + other.path.text + "'";
    std::string message = are_alike
                              ? own + " matches the same paths as " + others
                              : own + " and " + others + " both match " + written(route, shape);
    if (method != "*") message += ", for " + method;
    lang::Diagnostic diagnostic =
        finding(codes::kSamePaths, route, route.path.span, std::move(message));
    if (method == "*" && route.kind == Route::Kind::handler && other.kind == Route::Kind::handler) {
      diagnostic.help = "give each its own 'methods' to let two handlers share a path";
    }
    diagnostic.notes.push_back({other.source, other.path.span, "the other route is here"});
    sink_.report(std::move(diagnostic));
    return true;
  }

  /// Returns the route's path, without its optional parameter if `shape` is the shorter one.
  static std::string written(const Route& route, const std::string& shape) {
    const std::string& text = route.path.text;
    if (shape == route.path.shape()) return "'" + text + "'";
    const std::size_t end = text.rfind("/{");
    return end == 0 ? "'/'" : "'" + text.substr(0, end) + "'";
  }

  // Returns a method that both answer; "*" if one of them lists none, and empty if there is no such
  // method.
  static std::string shared_method(const Route& a, const Route& b) {
    if (a.methods.empty() || b.methods.empty()) return "*";
    for (const Text& method : a.methods) {
      const auto found = std::ranges::find(b.methods, method.text, &Text::text);
      if (found != b.methods.end()) return method.text;
    }
    return {};
  }

  void check_twin(const std::string& shape, const std::vector<const Route*>& routes) {
    const Route& route = *routes.front();
    if (!shape.ends_with('/') || route.path.segments.empty() || route.path.has_optional()) return;
    const auto twin = by_shape_.find(shape.substr(0, shape.size() - 1));
    if (twin == by_shape_.end()) return;
    const Route& other = *twin->second.front();
    if (other.path.has_optional()) return;
    if (route.kind == Route::Kind::redirect || other.kind == Route::Kind::redirect) return;
    lang::Diagnostic diagnostic = finding(codes::kTrailingSlashTwins, route, route.path.span,
                                          "'" + route.path.text + "' and '" + other.path.text +
                                              "' differ only in the slash at the end");
    diagnostic.severity = lang::Severity::warning;
    diagnostic.help = "make one of them a redirect to the other";
    diagnostic.notes.push_back({other.source, other.path.span, "the other route is here"});
    sink_.report(std::move(diagnostic));
  }

  void check_conflicts() {
    std::set<std::string> hosts;
    for (const Route& route : manifest_.routes) hosts.insert(route.host.shape());
    for (const std::string& host : hosts) check_conflicts(host);
  }

  void check_conflicts(const std::string& host) {
    std::vector<const paths::Pattern*> patterns;
    for (const Route& route : manifest_.routes) {
      patterns.push_back(route.host.shape() == host ? &route.path : nullptr);
    }
    for (const paths::Conflict& conflict : paths::find_conflicts(patterns)) {
      const Route& first = manifest_.routes[conflict.first];
      const Route& second = manifest_.routes[conflict.second];
      switch (conflict.kind) {
        case paths::Conflict::Kind::ambiguous:
          report_ambiguous(first, second, conflict.segment);
          break;
        case paths::Conflict::Kind::shadowed:
          report_shadowed(first, second);
          break;
        case paths::Conflict::Kind::literal_in_regex:
          warn_of_literal(first, second, conflict.segment);
          break;
      }
    }
  }

  static const PathParameter& parameter_at(const Route& route, std::size_t segment) {
    return route.path.parameters[route.path.segments[segment].parameter];
  }
  static std::string written(const PathParameter& parameter) {
    return "'{" + parameter.name + ":" + parameter.argument + "}'";
  }

  void report_ambiguous(const Route& a, const Route& b, std::size_t segment) {
    const bool a_is_later = &a > &b;
    const Route& route = a_is_later ? a : b;
    const Route& other = a_is_later ? b : a;
    const PathParameter& parameter = parameter_at(route, segment);
    lang::Diagnostic diagnostic = finding(codes::kAmbiguousPaths, route, route.path.span,
                                          "some paths match '" + route.path.text + "' and '" +
                                              other.path.text + "', and none of them goes first");
    diagnostic.help =
        parameter.converter == Converter::regex
            ? "let " + written(parameter) + " and " + written(parameter_at(other, segment)) +
                  " exclude each other"
            : "what two converters take is known at run time only: use one of them there";
    diagnostic.notes.push_back({other.source, other.path.span, "the other route is here"});
    sink_.report(std::move(diagnostic));
  }

  void report_shadowed(const Route& first, const Route& route) {
    lang::Diagnostic diagnostic =
        finding(codes::kShadowedRoute, route, route.path.span,
                "'" + route.path.text + "' is never reached: '" + first.path.text +
                    "' matches all its paths and goes first");
    diagnostic.help = "typed parameters go before regular expressions, wherever they stand";
    diagnostic.notes.push_back({first.source, first.path.span, "the other route is here"});
    sink_.report(std::move(diagnostic));
  }

  void warn_of_literal(const Route& literal, const Route& route, std::size_t segment) {
    lang::Diagnostic diagnostic =
        finding(codes::kLiteralInRegex, route, route.path.span,
                written(parameter_at(route, segment)) + " takes '" +
                    literal.path.segments[segment].literal + "' too, but there '" +
                    literal.path.text + "' goes first");
    diagnostic.severity = lang::Severity::warning;
    diagnostic.help = "if that is meant, '{" + parameter_at(route, segment).name +
                      "}' or another expression says so";
    diagnostic.notes.push_back({literal.source, literal.path.span, "the literal is here"});
    sink_.report(std::move(diagnostic));
  }

  void check_redirect(Route& route) {
    route.location = redirect_location(by_name_, route, route.source, sink_);
  }

  static lang::Diagnostic finding(const char* code, const Route& route, lang::Span span,
                                  std::string message) {
    lang::Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.source = route.source;
    diagnostic.span = span;
    diagnostic.message = std::move(message);
    return diagnostic;
  }

  RouteManifest& manifest_;
  lang::DiagnosticSink& sink_;
  std::map<std::string, const Route*> by_name_;
  std::map<std::string, const Route*> groups_;
  std::map<std::string, std::vector<const Route*>> by_shape_;
};

}  // namespace

void check_routes(RouteManifest& manifest, bool is_complete, lang::DiagnosticSink& sink) {
  RouteChecker(manifest, sink).check(is_complete);
}

}  // namespace bora::compiler
