#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <deque>
#include <map>
#include <set>
#include <stdexcept>
#include <vector>

#include <bora/web/url_spec.h>

#include "runtime/web/path_pattern.h"

// The tables of routes that are written in C++. They have the layout of generated ones, but nobody
// searches for multipliers here: hashes may meet, and matching then looks at a few slots in a row.

namespace bora::web {
namespace {

using detail::RouteNode;
using detail::RouteSlot;

constexpr const char* kMethodNames[kMethodCount] = {"get",   "head", "post",   "delete_",
                                                    "patch", "put",  "options"};

// The tree before it is laid out.
struct Branch {
  std::map<std::string, std::uint32_t, std::less<>> literals;
  std::uint32_t integer_child = 0;
  std::uint32_t string_child = 0;
  std::uint32_t leaf = 0;
  std::uint32_t slash_leaf = 0;
  std::uint32_t rest = 0;
};

class BuiltTable : public RouteTable {
 public:
  explicit BuiltTable(std::span<const URLSpec> specs);

 private:
  void add(const URLSpec& spec, Route& route);
  void place(const PathPattern& pattern, Route& route);
  std::uint32_t child_of(std::uint32_t branch, const PathPattern::Segment& segment);
  std::uint32_t new_branch();
  void chain(Route& first, Route& route);
  void lay_out(const Branch& branch);

  std::vector<Route> routes_;
  std::vector<RouteNode> nodes_;
  std::vector<RouteSlot> slots_;
  std::deque<std::string> texts_;  // never moved: routes and slots point into them
  std::vector<Branch> branches_;
  std::set<std::string_view> names_;
};

BuiltTable::BuiltTable(std::span<const URLSpec> specs)
    : RouteTable({}, nullptr, nullptr), routes_(specs.size()), slots_(2), branches_(1) {
  for (std::size_t i = 0; i < specs.size(); ++i) add(specs[i], routes_[i]);
  for (const Branch& branch : branches_) lay_out(branch);
  static_cast<RouteTable&>(*this) = RouteTable(routes_, nodes_.data(), slots_.data());
}

void check_arguments(const URLSpec& spec, std::size_t captures) {
  for (std::size_t i = 0; i < kMethodCount; ++i) {
    const std::size_t taken = spec.endpoint->argument_counts[i];
    if (spec.endpoint->calls[i] == nullptr || taken == captures) continue;
    throw std::invalid_argument(
        fmt::format("route pattern '{}' captures {} argument{}, but its handler's {}() takes {}",
                    spec.pattern, captures, captures == 1 ? "" : "s", kMethodNames[i], taken));
  }
}

void BuiltTable::add(const URLSpec& spec, Route& route) {
  const PathPattern pattern = parse_path_pattern(spec.pattern);
  check_arguments(spec, pattern.parameter_count());
  route.name = texts_.emplace_back(spec.name);
  route.pattern = texts_.emplace_back(spec.pattern);
  route.endpoint = spec.endpoint;
  if (!route.name.empty() && !names_.insert(route.name).second) {
    throw std::invalid_argument(fmt::format("two routes are named '{}'", route.name));
  }
  place(pattern, route);
}

void BuiltTable::place(const PathPattern& pattern, Route& route) {
  std::uint32_t branch = 0;
  bool ends_with_rest = false;
  for (const PathPattern::Segment& segment : pattern.segments) {
    ends_with_rest = segment.kind == PathPattern::Kind::rest;
    if (!ends_with_rest) branch = child_of(branch, segment);
  }
  Branch& end = branches_[branch];
  std::uint32_t& place = ends_with_rest            ? end.rest
                         : pattern.ends_with_slash ? end.slash_leaf
                                                   : end.leaf;
  if (place == 0) {
    place = static_cast<std::uint32_t>(&route - routes_.data()) + 1;
  } else {
    chain(routes_[place - 1], route);
  }
}

std::uint32_t BuiltTable::child_of(std::uint32_t branch, const PathPattern::Segment& segment) {
  const auto slot = [&]() -> std::uint32_t& {
    if (segment.kind == PathPattern::Kind::integer) return branches_[branch].integer_child;
    if (segment.kind == PathPattern::Kind::string) return branches_[branch].string_child;
    return branches_[branch].literals[segment.text];
  };
  if (slot() == 0) {
    const std::uint32_t child = new_branch();
    slot() = child;
  }
  return slot();
}

std::uint32_t BuiltTable::new_branch() {
  branches_.emplace_back();
  return static_cast<std::uint32_t>(branches_.size() - 1);
}

void BuiltTable::chain(Route& first, Route& route) {
  if ((methods_of(first) & route.endpoint->methods()) != 0) {
    throw std::invalid_argument(
        fmt::format("route pattern '{}' matches the same paths as '{}', for the same method",
                    route.pattern, first.pattern));
  }
  route.next = first.next;
  first.next = &route;
}

void BuiltTable::lay_out(const Branch& branch) {
  RouteNode node{};
  node.multiplier = 0x9e3779b97f4a7c15;
  node.slot_mask = 1;
  node.shift = 63;
  node.probes = 1;
  node.integer_child = branch.integer_child;
  node.string_child = branch.string_child;
  node.leaf = branch.leaf;
  node.slash_leaf = branch.slash_leaf;
  node.rest = branch.rest;
  if (!branch.literals.empty()) {
    node.first_slot = static_cast<std::uint32_t>(slots_.size());
    node.slot_mask = static_cast<std::uint32_t>(std::bit_ceil(branch.literals.size() * 2) - 1);
    node.shift = static_cast<std::uint16_t>(64 - std::popcount(node.slot_mask));
    slots_.resize(slots_.size() + node.slot_mask + 1);
  }
  for (const auto& [text, child] : branch.literals) {
    const std::string& kept = texts_.emplace_back(text);
    const std::uint64_t hash = detail::segment_hash(kept);
    const auto first = static_cast<std::uint32_t>(hash * node.multiplier >> node.shift);
    std::uint16_t probes = 1;
    const auto slot = [&]() -> RouteSlot& {
      return slots_[node.first_slot + ((first + probes - 1) & node.slot_mask)];
    };
    while (slot().size != 0) ++probes;
    slot() = {hash, kept.c_str(), static_cast<std::uint32_t>(kept.size()), child};
    node.probes = std::max(node.probes, probes);
  }
  nodes_.push_back(node);
}

}  // namespace

OwnRouteTable make_route_table(std::span<const URLSpec> specs) {
  return {new BuiltTable(specs),
          [](const RouteTable* table) { delete static_cast<const BuiltTable*>(table); }};
}

}  // namespace bora::web
