#include "runtime/paths/route_tree.h"

#include <algorithm>
#include <bit>
#include <map>
#include <stdexcept>
#include <utility>

#include "runtime/paths/segment_key.h"

namespace bora::paths {
namespace {

constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
constexpr std::size_t kLineWords = 8;  // of a cache line

/// A typed child's place among its siblings: by converter, then by the converter's argument.
using Key = std::pair<Converter, std::string>;

/// The segments that can follow a path's beginning, before they are laid out.
struct Branch {
  std::map<std::string, std::uint32_t, std::less<>> literals;
  std::map<Key, std::uint32_t> typed;
  std::uint32_t string_child = 0;
  std::uint32_t leaf = 0;
  std::uint32_t slash_leaf = 0;
  std::uint32_t rest = 0;

  [[nodiscard]] bool is_only_leaf() const {
    return literals.empty() && typed.empty() && string_child == 0 && slash_leaf == 0 && rest == 0;
  }
};

/// How the slots of a node's literals are found.
struct Hashing {
  std::uint32_t multiplier = 1;
  unsigned shift = 32;
  std::size_t probes = 0;
  std::size_t slot_count = 0;
};

/// Returns how many slots in a row are needed for the worst of `keys`. The table has more slots
/// after the first `size` ones, so that no search has to go on at its beginning.
std::size_t count_probes(const std::vector<std::uint32_t>& keys, std::uint32_t multiplier,
                         unsigned shift, std::vector<bool>& taken) {
  taken.assign((std::size_t{1} << (32 - shift)) + keys.size(), false);
  std::size_t worst = 0;
  for (const std::uint32_t key : keys) {
    const std::size_t first = slot_of(key, multiplier, shift);
    std::size_t probes = 0;
    while (taken[first + probes]) ++probes;
    taken[first + probes] = true;
    worst = std::max(worst, probes + 1);
  }
  return worst;
}

/// Looks for a table, at most four times as large as the number of its literals, in which each has
/// a slot for itself. Among hundreds of siblings there is none. They get a table of twice the size,
/// in which few need a second look.
Hashing choose_hashing(const std::vector<std::uint32_t>& keys) {
  const bool is_small = keys.size() <= 64;
  const std::size_t first_size = std::bit_ceil(keys.size()) * (is_small ? 1 : 2);
  const std::size_t last_size = is_small ? first_size * 4 : first_size;
  std::vector<bool> taken;
  std::uint64_t random = kOdd;
  Hashing best;
  for (std::size_t size = first_size; size <= last_size && best.probes != 1; size *= 2) {
    const auto shift = static_cast<unsigned>(32 - std::countr_zero(size));
    for (int tries = is_small ? 256 : 8; tries > 0 && best.probes != 1; --tries) {
      random = (random ^ random >> 29) * 0xbf58476d1ce4e5b9 + kOdd;
      const auto multiplier = static_cast<std::uint32_t>(random >> 32) | 1;
      const std::size_t probes = count_probes(keys, multiplier, shift, taken);
      if (best.probes != 0 && probes >= best.probes) continue;
      best = {multiplier, shift, probes, size + probes - 1};
    }
  }
  return best;
}

class TreeMaker {
 public:
  TreeMaker(std::span<const Pattern* const> patterns, std::size_t first_copy)
      : branches_(1), first_copy_(first_copy) {
    tree_.next.resize(patterns.size());
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      if (patterns[i] != nullptr) place(*patterns[i], static_cast<std::uint32_t>(i));
    }
    lay_out(0);
    if (tree_.texts.size() >= kMaxOffset || tree_.automata.size() >= kMaxOffset ||
        tree_.words.size() >= RouteTree::kLeafLink) {
      throw std::length_error("too many routes");
    }
  }

  RouteTree take() { return std::move(tree_); }

 private:
  static constexpr std::size_t kMaxOffset = std::size_t{1} << 24;

  void place(const Pattern& pattern, std::uint32_t index) {
    const std::uint32_t route = index + 1;
    std::uint32_t at = 0;
    for (std::size_t i = 0; i < pattern.segments.size(); ++i) {
      const Segment& segment = pattern.segments[i];
      const bool is_last = i + 1 == pattern.segments.size();
      if (is_last && pattern.has_optional()) {
        put(i == 0 ? branches_[at].slash_leaf : branches_[at].leaf, copy_of(index));
      }
      if (!segment.is_parameter) {
        at = child(branches_[at].literals.try_emplace(segment.literal).first->second);
        continue;
      }
      const Parameter& parameter = pattern.parameters[segment.parameter];
      if (parameter.converter == Converter::path) return put(branches_[at].rest, route);
      at = child(parameter.converter == Converter::string ? branches_[at].string_child
                                                          : typed_child(at, parameter));
    }
    put(pattern.ends_with_slash ? branches_[at].slash_leaf : branches_[at].leaf, route);
  }

  std::uint32_t& typed_child(std::uint32_t branch, const Parameter& parameter) {
    if (parameter.automaton) automata_.try_emplace(parameter.argument, parameter.automaton);
    return branches_[branch].typed[{parameter.converter, parameter.argument}];
  }

  // `link` is in a branch, which is moved when another is added, so it is written first.
  std::uint32_t child(std::uint32_t& link) {
    if (link != 0) return link;
    link = static_cast<std::uint32_t>(branches_.size());
    const std::uint32_t index = link;
    branches_.emplace_back();
    return index;
  }

  // A place that is taken already is shared by method: the route is added to those that are there.
  void put(std::uint32_t& place, std::uint32_t route) {
    if (place == 0) {
      place = route;
      return;
    }
    std::uint32_t last = place;
    while (next_of(last) != 0) last = next_of(last);
    next_of(last) = route;
  }

  std::uint32_t& next_of(std::uint32_t route) {
    const std::size_t index = route - 1;
    return index < tree_.next.size() ? tree_.next[index] : tree_.copies[index - first_copy_].next;
  }

  std::uint32_t copy_of(std::uint32_t index) {
    tree_.copies.push_back({index, 0});
    return static_cast<std::uint32_t>(first_copy_ + tree_.copies.size());
  }

  /// Writes a branch and all below it; returns its index. The recursion is as deep as a pattern has
  /// segments.
  std::uint32_t lay_out(std::uint32_t index) {
    const Branch& branch = branches_[index];
    std::vector<std::uint32_t> keys;
    for (const auto& [text, child] : branch.literals) keys.push_back(SegmentKey(text).mixed());
    const Hashing hashing = keys.empty() ? Hashing() : choose_hashing(keys);
    if (hashing.probes > 0xffff || branch.typed.size() > 0xff) {
      throw std::length_error("too many routes beside each other");
    }
    const std::size_t slots_end =
        RouteTree::kFirstSlot + hashing.slot_count * RouteTree::kSlotWords;
    const std::size_t more_typed = branch.typed.empty() ? 0 : branch.typed.size() - 1;
    const std::size_t node = reserve(slots_end + more_typed);
    tree_.words[node] = hashing.multiplier | std::uint64_t{hashing.shift} << 32 |
                        std::uint64_t{hashing.probes} << 40 |
                        std::uint64_t{branch.typed.size()} << 56;
    tree_.words[node + 2] = branch.leaf | std::uint64_t{branch.slash_leaf} << 32;
    tree_.words[node + 3] = branch.rest;
    for (const auto& [text, child] : branch.literals) put_literal(node, hashing, text, child);
    std::size_t place = node + 1;
    for (const auto& [key, child] : branch.typed) {
      const std::uint64_t word = typed_word(key, child);  // making it moves the words
      tree_.words[place] = word;
      place = place == node + 1 ? node + slots_end : place + 1;
    }
    const std::uint64_t string_link = link_to(branch.string_child);
    tree_.words[node + 3] |= string_link << 32;
    return static_cast<std::uint32_t>(node);
  }

  std::uint64_t typed_word(const Key& key, std::uint32_t child) {
    const std::uint64_t argument = argument_of(key);
    const std::uint64_t link = link_to(child);
    return static_cast<std::uint64_t>(key.first) | argument << 8 | link << 32;
  }

  /// Room for a node; a small one does not cross the end of a cache line.
  std::size_t reserve(std::size_t count) {
    std::size_t begin = tree_.words.size();
    const std::size_t rest = begin % kLineWords;
    if (rest != 0 && rest + count > kLineWords) begin += kLineWords - rest;
    tree_.words.resize(begin + count);
    return begin;
  }

  std::uint32_t link_to(std::uint32_t branch) {
    if (branch == 0) return 0;
    if (branches_[branch].is_only_leaf()) return branches_[branch].leaf | RouteTree::kLeafLink;
    return lay_out(branch);
  }

  std::uint32_t argument_of(const Key& key) {
    if (key.first == Converter::regex) return automaton(key.second);
    if (key.first != Converter::custom) return 0;
    const auto found = std::ranges::find(tree_.converters, key.second);
    const auto number = static_cast<std::uint32_t>(found - tree_.converters.begin());
    if (found == tree_.converters.end()) tree_.converters.push_back(key.second);
    return number;
  }

  std::uint32_t automaton(const std::string& regex) {
    const auto [offset, is_new] = automaton_offsets_.try_emplace(regex, 0);
    if (is_new) {
      offset->second = static_cast<std::uint32_t>(tree_.automata.size());
      tree_.automata += automata_.at(regex)->bytes();
    }
    return offset->second;
  }

  void put_literal(std::size_t node, const Hashing& hashing, const std::string& text,
                   std::uint32_t child) {
    const SegmentKey key(text);
    std::size_t slot =
        node + RouteTree::kFirstSlot +
        slot_of(key.mixed(), hashing.multiplier, hashing.shift) * RouteTree::kSlotWords;
    while (tree_.words[slot + 2] != 0) slot += RouteTree::kSlotWords;
    const std::uint64_t offset = text.size() > 16 ? text_offset(text) : 0;
    tree_.words[slot] = key.head;
    tree_.words[slot + 1] = key.tail;
    tree_.words[slot + 2] = text.size() | offset << 8;  // it is taken, while the child is laid out
    const std::uint64_t link = link_to(child);
    tree_.words[slot + 2] |= link << 32;
  }

  std::uint32_t text_offset(const std::string& text) {
    const auto [offset, is_new] = text_offsets_.try_emplace(text, 0);
    if (is_new) {
      offset->second = static_cast<std::uint32_t>(tree_.texts.size());
      tree_.texts += text;
    }
    return offset->second;
  }

  std::vector<Branch> branches_;
  std::size_t first_copy_;
  std::map<std::string, std::shared_ptr<const Automaton>> automata_;
  std::map<std::string, std::uint32_t> automaton_offsets_;
  std::map<std::string, std::uint32_t> text_offsets_;
  RouteTree tree_;
};

}  // namespace

RouteTree make_route_tree(std::span<const Pattern* const> patterns, std::size_t first_copy) {
  return TreeMaker(patterns, first_copy).take();
}

}  // namespace bora::paths
