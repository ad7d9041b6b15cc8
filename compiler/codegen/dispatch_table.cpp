#include "compiler/codegen/dispatch_table.h"

#include <algorithm>
#include <bit>
#include <map>

namespace bora::compiler {
namespace {

constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;

std::uint64_t load(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    value |= std::uint64_t(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  }
  return value;
}

/// What can follow a path's beginning, before it is laid out.
struct Branch {
  std::map<std::string, std::uint32_t> literals;
  std::uint32_t integer_child = 0;
  std::uint32_t string_child = 0;
  std::uint32_t leaf = 0;
  std::uint32_t slash_leaf = 0;
  std::uint32_t rest = 0;
};

class TableMaker {
 public:
  explicit TableMaker(const RouteManifest& manifest) : branches_(1) {
    table_.next.resize(manifest.routes.size());
    for (std::size_t i = 0; i < manifest.routes.size(); ++i) {
      place(manifest.routes[i].path, static_cast<std::uint32_t>(i + 1));
    }
    table_.slots.resize(2);  // the empty slots of nodes without literals
    for (const Branch& branch : branches_) lay_out(branch);
  }

  DispatchTable take() { return std::move(table_); }

 private:
  void place(const PathPattern& path, std::uint32_t route) {
    std::uint32_t at = 0;
    for (const PathSegment& segment : path.segments) {
      if (!segment.is_parameter) {
        at = child(branches_[at].literals.try_emplace(segment.literal).first->second);
        continue;
      }
      switch (path.parameters[segment.parameter].converter) {
        case Converter::integer:
          at = child(branches_[at].integer_child);
          break;
        case Converter::string:
          at = child(branches_[at].string_child);
          break;
        case Converter::path:
          return put(branches_[at].rest, route);
      }
    }
    put(path.ends_with_slash ? branches_[at].slash_leaf : branches_[at].leaf, route);
  }

  // `link` lies in a branch, which a new one moves: it is written first.
  std::uint32_t child(std::uint32_t& link) {
    if (link != 0) return link;
    link = static_cast<std::uint32_t>(branches_.size());
    const std::uint32_t index = link;
    branches_.emplace_back();
    return index;
  }

  // A place that is taken already is shared by method: the route joins those there.
  void put(std::uint32_t& place, std::uint32_t route) {
    if (place == 0) {
      place = route;
      return;
    }
    std::uint32_t last = place;
    while (table_.next[last - 1] != 0) last = table_.next[last - 1];
    table_.next[last - 1] = route;
  }

  void lay_out(const Branch& branch) {
    DispatchTable::Node node;
    node.integer_child = branch.integer_child;
    node.string_child = branch.string_child;
    node.leaf = branch.leaf;
    node.slash_leaf = branch.slash_leaf;
    node.rest = branch.rest;
    if (!branch.literals.empty()) lay_out_literals(branch, node);
    table_.nodes.push_back(node);
  }

  void lay_out_literals(const Branch& branch, DispatchTable::Node& node);

  std::vector<Branch> branches_;
  DispatchTable table_;
};

// The upper bits of a product depend on all bits of its factors, the lower ones do not.
std::uint32_t slot_of(std::uint64_t hash, std::uint64_t multiplier, std::uint32_t shift) {
  return static_cast<std::uint32_t>(hash * multiplier >> shift);
}

std::uint32_t shift_for(std::uint32_t slot_mask) {
  return 64 - static_cast<std::uint32_t>(std::popcount(slot_mask));
}

/// How many slots in a row the worst of `hashes` needs.
std::uint32_t count_probes(const std::vector<std::uint64_t>& hashes, std::uint64_t multiplier,
                           std::uint32_t mask, std::vector<bool>& taken) {
  taken.assign(mask + 1, false);
  std::uint32_t worst = 0;
  for (const std::uint64_t hash : hashes) {
    const std::uint32_t first = slot_of(hash, multiplier, shift_for(mask));
    std::uint32_t probes = 0;
    while (taken[(first + probes) & mask]) ++probes;
    taken[(first + probes) & mask] = true;
    worst = std::max(worst, probes + 1);
  }
  return worst;
}

/// Looks for a table, at most eight times as large as its literals are many, in which each has a
/// slot for itself. Among hundreds of siblings there is none: there a table of twice the size, in
/// which few need a second look.
void choose_multiplier(const std::vector<std::uint64_t>& hashes, DispatchTable::Node& node) {
  const auto count = static_cast<std::uint32_t>(hashes.size());
  const bool is_small = count <= 64;
  const std::uint32_t first_size = std::max(std::bit_ceil(count), 2U) * (is_small ? 1 : 2);
  const std::uint32_t last_size = is_small ? first_size * 8 : first_size;
  std::vector<bool> taken;
  std::uint64_t random = kOdd;
  std::uint32_t best = 0;
  for (std::uint32_t size = first_size; size <= last_size && best != 1; size *= 2) {
    for (int tries = is_small ? 256 : 8; tries > 0 && best != 1; --tries) {
      random = (random ^ random >> 29) * 0xbf58476d1ce4e5b9 + kOdd;
      const std::uint64_t multiplier = random | 1;
      const std::uint32_t probes = count_probes(hashes, multiplier, size - 1, taken);
      if (best != 0 && probes >= best) continue;
      best = node.probes = probes;
      node.multiplier = multiplier;
      node.slot_mask = size - 1;
      node.shift = shift_for(node.slot_mask);
    }
  }
}

void TableMaker::lay_out_literals(const Branch& branch, DispatchTable::Node& node) {
  std::vector<std::uint64_t> hashes;
  for (const auto& [text, child] : branch.literals) hashes.push_back(segment_hash(text));
  choose_multiplier(hashes, node);
  node.first_slot = static_cast<std::uint32_t>(table_.slots.size());
  table_.slots.resize(table_.slots.size() + node.slot_mask + 1);
  std::size_t i = 0;
  for (const auto& [text, child] : branch.literals) {
    std::uint32_t at = slot_of(hashes[i], node.multiplier, node.shift);
    while (!table_.slots[node.first_slot + (at & node.slot_mask)].text.empty()) ++at;
    table_.slots[node.first_slot + (at & node.slot_mask)] = {hashes[i], text, child};
    ++i;
  }
}

}  // namespace

DispatchTable make_dispatch_table(const RouteManifest& manifest) {
  return TableMaker(manifest).take();
}

std::uint64_t segment_hash(std::string_view segment) {
  const std::size_t size = segment.size();
  std::uint64_t hash = 0;
  if (size >= 8) {
    hash = load(segment, 0, 8);
    for (std::size_t i = 8; i + 8 < size; i += 8) hash = hash * kOdd ^ load(segment, i, 8);
    if (size > 8) hash = std::rotl(hash * kOdd, 32) ^ load(segment, size - 8, 8);
  } else if (size >= 4) {
    hash = load(segment, 0, 4) | load(segment, size - 4, 4) << 32;
  } else if (size > 0) {
    hash = load(segment, 0, 1) | load(segment, size / 2, 1) << 8 | load(segment, size - 1, 1) << 16;
  }
  return hash ^ size * kOdd;
}

}  // namespace bora::compiler
