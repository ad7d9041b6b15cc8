#include "runtime/web/route_builder.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <stdexcept>
#include <vector>

#include <fmt/core.h>

#include <bora/web/url_spec.h>

#include "runtime/paths/path_pattern.h"
#include "runtime/paths/route_tree.h"
#include "runtime/text/methods.h"

// Makes the tables of routes that are written in C++, with the code by which `bora compile` makes
// those of routes.toml. Errors are exceptions.

namespace bora::web {
namespace {

class BuiltTable : public RouteTable {
 public:
  BuiltTable(std::span<const URLSpec> specs, std::string_view static_prefix);

 private:
  void add(const URLSpec& spec, Route& route, const paths::Pattern& pattern);
  void add_files(std::string pattern, std::string_view path);
  void chain();
  void check_methods(const Route& first);
  [[noreturn]] static void refuse_same_method(const Route& route, const Route& first);

  std::vector<Route> routes_;
  std::vector<paths::Pattern> patterns_;  // used while the table is made
  std::vector<std::shared_ptr<const void>> inits_;
  /// The rules of a route with filters.
  struct Filters {
    std::vector<AnyFilter> owned;
    std::vector<Filter> entries;
    RouteRules rules;
  };
  std::deque<Filters> filters_;  // never moved
  std::deque<StaticMount> mounts_;
  std::deque<std::string> texts_;  // never moved: routes point into them
  std::set<std::string_view> names_;
  paths::RouteTree tree_;
};

paths::Pattern read_pattern(const std::string& text) {
  std::vector<paths::Problem> problems;
  auto pattern = paths::parse_pattern(text, {}, {}, problems);
  if (pattern) return std::move(*pattern);
  const paths::Problem& first = problems.front();
  std::string message = fmt::format("route pattern '{}': {}", text, first.message);
  if (!first.help.empty()) message += fmt::format(" ({})", first.help);
  throw std::invalid_argument(message);
}

void check_count(std::string_view what, std::size_t captures, const std::string& method,
                 std::size_t taken) {
  if (taken == captures || taken == Endpoint::kAnyCount) return;
  throw std::invalid_argument(
      fmt::format("{} captures {} argument{}, but its handler's {} takes {}", what, captures,
                  captures == 1 ? "" : "s", method, taken));
}

BuiltTable::BuiltTable(std::span<const URLSpec> specs, std::string_view static_prefix)
    : RouteTable(std::span<const Route>(), {}), routes_(specs.size()) {
  for (const URLSpec& spec : specs) {
    patterns_.push_back(read_pattern(spec.pattern));
    add(spec, routes_[patterns_.size() - 1], patterns_.back());
  }
  if (!static_prefix.empty()) {
    add_files(std::string(static_prefix) + "{path:path}", static_prefix);
    add_files(R"(/{path:favicon\.ico|robots\.txt})", "/");
  }
  const std::size_t count = routes_.size();
  std::vector<const paths::Pattern*> pointers;
  for (const paths::Pattern& pattern : patterns_) pointers.push_back(&pattern);
  tree_ = paths::make_route_tree(pointers);
  patterns_.clear();
  chain();
  const detail::RouteTables tables = {reinterpret_cast<const char*>(tree_.words.data()),
                                      tree_.texts.data(), tree_.automata.data(), nullptr};
  static_cast<RouteTable&>(*this) =
      RouteTable(std::span<const Route>(routes_.data(), count), tables);
}

/// The program's own routes for the same paths go first.
void BuiltTable::add_files(std::string pattern, std::string_view path) {
  paths::Pattern parsed = read_pattern(pattern);
  const std::string shape = parsed.shape();
  const auto is_same = [&shape](const paths::Pattern& other) { return other.shape() == shape; };
  if (std::ranges::any_of(patterns_, is_same)) return;
  patterns_.push_back(std::move(parsed));
  mounts_.push_back({texts_.emplace_back(path), ".", {}});
  Route route;
  route.pattern = texts_.emplace_back(std::move(pattern));
  route.mount = &mounts_.back();
  routes_.push_back(route);
}

void BuiltTable::add(const URLSpec& spec, Route& route, const paths::Pattern& pattern) {
  check_arguments(fmt::format("route pattern '{}'", spec.pattern), *spec.endpoint,
                  pattern.parameters.size());
  route.name = texts_.emplace_back(spec.name);
  route.pattern = texts_.emplace_back(spec.pattern);
  route.endpoint = spec.endpoint;
  route.init = inits_.emplace_back(spec.init).get();
  if (!spec.filters.empty()) {
    Filters& filters = filters_.emplace_back();
    filters.owned = spec.filters;
    for (const AnyFilter& filter : filters.owned) filters.entries.push_back(filter.entry());
    filters.rules.filters = filters.entries;
    route.rules = &filters.rules;
  }
  if (!route.name.empty() && !names_.insert(route.name).second) {
    throw std::invalid_argument(fmt::format("two routes are named '{}'", route.name));
  }
}

/// Links the routes of the same paths, which must differ in their methods.
void BuiltTable::chain() {
  std::vector<std::uint32_t> next = tree_.next;
  for (const paths::RouteTree::Copy& copy : tree_.copies) {
    routes_.push_back(Route(routes_[copy.route]));
    next.push_back(copy.next);
  }
  std::vector<bool> is_first(routes_.size(), true);
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (next[i] == 0) continue;
    routes_[i].next = &routes_[next[i] - 1];
    is_first[next[i] - 1] = false;
  }
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (is_first[i] && routes_[i].next != nullptr) check_methods(routes_[i]);
  }
}

void BuiltTable::check_methods(const Route& first) {
  MethodMask taken = 0;
  std::set<std::string_view> own_methods;
  for (const Route* route = &first; route != nullptr; route = route->next) {
    const MethodMask own =
        route->endpoint != nullptr ? route->endpoint->methods() : static_cast<MethodMask>(~0U);
    if ((taken & own) != 0) refuse_same_method(*route, first);
    taken = static_cast<MethodMask>(taken | own);
    if (route->endpoint == nullptr) continue;
    for (const Endpoint::OwnCall& call : route->endpoint->own_calls) {
      if (!own_methods.insert(call.method).second) refuse_same_method(*route, first);
    }
  }
}

void BuiltTable::refuse_same_method(const Route& route, const Route& first) {
  throw std::invalid_argument(
      fmt::format("route pattern '{}' matches the same paths as '{}', for the same method",
                  route.pattern, first.pattern));
}

}  // namespace

void check_arguments(std::string_view what, const Endpoint& endpoint, std::size_t captures) {
  for (std::size_t i = 0; i < kMethodCount; ++i) {
    if (endpoint.calls[i] != nullptr)
      check_count(what, captures, std::string(text::kHandlerFunctions[i]) + "()",
                  endpoint.argument_counts[i]);
  }
  for (const Endpoint::OwnCall& own : endpoint.own_calls) {
    check_count(what, captures, "function for " + std::string(own.method), own.argument_count);
  }
}

OwnRouteTable make_route_table(std::span<const URLSpec> specs, std::string_view static_prefix) {
  return {new BuiltTable(specs, static_prefix),
          [](const RouteTable* table) { delete static_cast<const BuiltTable*>(table); }};
}

}  // namespace bora::web
