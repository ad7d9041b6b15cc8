#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/web/any_filter.h>
#include <bora/web/handler_call.h>
#include <bora/web/route_table.h>

namespace bora::web {

class Application;

/// A route written in C++ instead of routes.toml: see url().
struct URLSpec {
  std::string pattern;
  const Endpoint* endpoint = nullptr;
  std::string name{};
  /// The handler's Init; null means a default one.
  std::shared_ptr<const void> init{};
  /// Filters of this route, in the order in which they run.
  std::vector<AnyFilter> filters{};

  /// Adds filters: `url<Admin>("/admin").filtered({log_it, RateLimit({.limit = 10})})`. They run
  /// before those that the route has already.
  [[nodiscard]] URLSpec filtered(const std::vector<AnyFilter>& outer) && {
    filters.insert(filters.begin(), outer.begin(), outer.end());
    return std::move(*this);
  }
};

/// The same for a group of routes: `filtered({log_it}, {url<A>("/a"), url<B>("/b")})`.
inline std::vector<URLSpec> filtered(const std::vector<AnyFilter>& outer,
                                     std::vector<URLSpec> group) {
  for (URLSpec& spec : group) spec = std::move(spec).filtered(outer);
  return group;
}

/// A handler class of an Application as the target of a Rule: see Application::handler().
struct HandlerTarget {
  Application* application = nullptr;
  const Endpoint* endpoint = nullptr;
  /// The handler's Init; null means a default one.
  std::shared_ptr<const void> init{};
};

/// A route for Application: `url<MainHandler>("/")`, `url<Entry>("/entry/{slug}", "entry")`.
///
/// `pattern` is written as in routes.toml, without converters of the program's own. The handler's
/// methods must take as many arguments as the pattern captures, of types that the captures convert
/// to (std::string_view, std::string, integers, double, bool; std::optional of these for `{x?}`).
/// The count is checked when the Application is made. Several routes may share a pattern if their
/// methods differ. See also match() and reverse_url() in route_table.h.
template <class Handler>
URLSpec url(std::string pattern, std::string name = {}) {
  return {std::move(pattern), &endpoint_of<Handler>, std::move(name)};
}

/// The same with the argument of the handler's `initialize(const Init&)`: Tornado's dict of a
/// URLSpec, which may have objects of the program.
///
///     struct Entry : bora::web::RequestHandler {
///       struct Init {
///         Database* db = nullptr;
///       };
///       void initialize(const Init& init) { db_ = init.db; }
///     …
///     Application app({url<Entry>("/entry/{slug}", {.db = &db}, "entry")});
///
/// The Init is copied once, and lives as long as the table; the objects that it points to must live
/// as long.
template <class Handler>
URLSpec url(std::string pattern, typename Handler::Init init, std::string name = {}) {
  static_assert(detail::TakesInit<Handler>,
                "a handler with an Init needs a public initialize(const Init&) that returns void");
  using Init = typename Handler::Init;
  return {std::move(pattern), &endpoint_of<Handler>, std::move(name),
          std::make_shared<const Init>(std::move(init))};
}

/// A table that was made at run time, with all that it points to (except the endpoints).
using OwnRouteTable = std::unique_ptr<const RouteTable, void (*)(const RouteTable*)>;

/// Makes the table of a list of routes. Matching treats it like a generated one.
///
/// @param static_prefix  "/static/": the files of Settings::static_path are served there, and its
///                       favicon.ico and robots.txt at the root, where no other route takes these
///                       paths. Empty means none.
/// @throws std::invalid_argument  A pattern cannot be read, a method takes another number of
///                                arguments than the pattern captures, or two routes have the same
///                                paths and method, or the same name. The message names the
///                                pattern.
OwnRouteTable make_route_table(std::span<const URLSpec> specs, std::string_view static_prefix = {});

}  // namespace bora::web
