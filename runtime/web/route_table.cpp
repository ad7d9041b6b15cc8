#include <bora/web/route_table.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "runtime/web/path_scan.h"
#include "runtime/web/path_text.h"
#include "runtime/web/segment_hash.h"

namespace bora::web {
namespace {

using detail::RouteNode;
using detail::RouteSlot;

bool is_integer(std::string_view text) {
  if (text[0] > '9') return false;  // most text is none; a segment is never empty
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end;
}

constexpr MethodMask bit(Method method) {
  return static_cast<MethodMask>(1U << static_cast<unsigned>(method));
}

constexpr MethodMask kAllMethods = (1U << kMethodCount) - 1;

MethodMask own_methods(const Route& route) {
  if (route.endpoint != nullptr) return route.endpoint->methods();
  return route.mount != nullptr ? bit(Method::get) | bit(Method::head) : kAllMethods;
}

}  // namespace

/// One match: walks down the tree, segment by segment, and back where a way ends.
class RouteWalk {
 public:
  RouteWalk(const RouteTable& table, std::string_view path, RouteMatch& result)
      : table_(table), path_(path), scan_(path), result_(result) {}

  bool run() { return descend(table_.nodes_[0], 1); }

 private:
  /// Tries everything below `node` for the path from `begin`, the byte behind a slash. A node is
  /// met at most once in a match, because only one way leads to it.
  bool descend(const RouteNode& node, std::size_t begin) {
    const std::size_t end = scan_.slash_from(begin);
    const std::string_view segment(path_.data() + begin, end - begin);
    if (segment.empty()) {
      if (end == path_.size() && node.slash_leaf != 0) return found(node.slash_leaf);
      return capture_rest(node, begin);
    }
    if (const std::uint32_t child = literal_child(node, segment)) {
      if (enter(child, end)) return true;
    }
    if (node.integer_child != 0 && is_integer(segment)) {
      if (capture(node.integer_child, segment, end)) return true;
    }
    if (node.string_child != 0) {
      if (capture(node.string_child, segment, end)) return true;
    }
    return capture_rest(node, begin);
  }

  bool enter(std::uint32_t child, std::size_t end) {
    const RouteNode& node = table_.nodes_[child];
    if (end < path_.size()) return descend(node, end + 1);
    return node.leaf != 0 && found(node.leaf);
  }

  bool capture(std::uint32_t child, std::string_view segment, std::size_t end) {
    result_.arguments.push(segment);
    if (enter(child, end)) return true;
    result_.arguments.pop();
    return false;
  }

  bool capture_rest(const RouteNode& node, std::size_t begin) {
    if (node.rest == 0) return false;
    result_.arguments.push(path_.substr(begin));
    return found(node.rest);
  }

  bool found(std::uint32_t route) {
    result_.route = &table_.routes_[route - 1];
    return true;
  }

  std::uint32_t literal_child(const RouteNode& node, std::string_view segment) const {
    if (!scan_.has_escapes() || segment.find('%') == std::string_view::npos) {
      return look_up(node, segment);
    }
    if (!has_valid_escapes(segment)) return 0;
    char buffer[256];  // a longer escaped literal is refused in patterns
    return look_up(node, canonical(segment, buffer, sizeof buffer));
  }

  std::uint32_t look_up(const RouteNode& node, std::string_view segment) const {
    const std::uint64_t hash = detail::hash_of(segment);
    const auto first = static_cast<std::uint32_t>(hash * node.multiplier >> node.shift);
    for (std::uint32_t i = 0; i < node.probes; ++i) {
      const RouteSlot& slot = table_.slots_[node.first_slot + ((first + i) & node.slot_mask)];
      if (slot.hash != hash || slot.size != segment.size()) {
        if (slot.size == 0) return 0;
        continue;
      }
      if (slot.size <= 8 || std::memcmp(slot.text, segment.data(), slot.size) == 0)
        return slot.child;
    }
    return 0;
  }

  const RouteTable& table_;
  std::string_view path_;
  PathScan scan_;
  RouteMatch& result_;
};

void match(const RouteTable& table, std::string_view path, RouteMatch& result) {
  result.route = nullptr;
  result.arguments.clear();
  if (path.empty() || path.front() != '/') return;
  RouteWalk(table, path, result).run();
}

std::span<const Route> routes(const RouteTable& table) {
  return table.routes_;
}

std::int64_t PathArgs::integer(std::size_t index) const {
  std::int64_t value = 0;
  const std::string_view digits = text(index);
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

MethodMask methods_of(const Route& found) {
  MethodMask mask = 0;
  for (const Route* route = &found; route != nullptr; route = route->next)
    mask |= own_methods(*route);
  return mask;
}

namespace detail {

std::uint64_t segment_hash(std::string_view segment) {
  return hash_of(segment);
}

}  // namespace detail
}  // namespace bora::web
