// There are three steps: the text becomes a tree (text/regex_syntax), the tree a network of states
// that can be in several places at once (NetworkMaker), the network an automaton that is in one
// (determined, minimised).

#include "runtime/paths/segment_regex.h"

#include <algorithm>
#include <bitset>
#include <map>
#include <string>
#include <unordered_set>
#include <utility>

#include "runtime/paths/codes.h"
#include "runtime/text/regex_syntax.h"

namespace bora::paths {
namespace {

using Node = text::RegexNode;
using Bytes = Node::Bytes;

constexpr std::size_t kMaxBytes = 255;     // of the text
constexpr std::size_t kMaxPlaces = 2048;   // of the network
constexpr std::size_t kMaxPowerset = 256;  // states before they are minimised

std::string_view code_of(text::RegexFault::Kind kind) {
  switch (kind) {
    case text::RegexFault::Kind::malformed:
      return codes::kMalformedRegex;
    case text::RegexFault::Kind::unsupported:
      return codes::kUnsupportedRegex;
    case text::RegexFault::Kind::too_large:
      break;
  }
  return codes::kRegexTooLarge;
}

/// A place of the network: one byte of `bytes` leads to `next`, or nothing at all leads to both
/// `next` and `other`.
struct Place {
  bool takes_byte = false;
  Bytes bytes;
  std::size_t next = 0;
  std::size_t other = 0;
};

class NetworkMaker {
 public:
  std::vector<Place> places;  // the place 0 is the end
  bool is_too_large = false;

  NetworkMaker() { places.emplace_back(); }

  /// @returns  Where `node` begins, if `end` follows it.
  std::size_t make(const Node& node, std::size_t end) {
    switch (node.kind) {
      case Node::Kind::nothing:
        return end;
      case Node::Kind::byte:
        return add({true, node.bytes, end, end});
      case Node::Kind::sequence:
        for (auto part = node.nodes.rbegin(); part != node.nodes.rend(); ++part)
          end = make(*part, end);
        return end;
      case Node::Kind::choice: {
        std::size_t begin = make(node.nodes.back(), end);
        for (std::size_t i = node.nodes.size() - 1; i-- > 0;) {
          begin = add({false, {}, make(node.nodes[i], end), begin});
        }
        return begin;
      }
      case Node::Kind::repeat:
        return repeat(node, end);
    }
    return end;
  }

 private:
  std::size_t repeat(const Node& node, std::size_t end) {
    const Node& inside = node.nodes.front();
    std::size_t begin = end;
    if (node.max == Node::kNoLimit) {
      const std::size_t loop = add({false, {}, end, end});
      places[loop].next = make(inside, loop);
      begin = loop;
    } else {
      for (std::size_t i = node.min; i < node.max && !is_too_large; ++i) {
        begin = add({false, {}, make(inside, begin), end});
      }
    }
    for (std::size_t i = 0; i < node.min && !is_too_large; ++i) begin = make(inside, begin);
    return begin;
  }

  std::size_t add(Place place) {
    if (places.size() >= kMaxPlaces) {
      is_too_large = true;
      return 0;
    }
    places.push_back(place);
    return places.size() - 1;
  }
};

/// An automaton that is being made: state 0 refuses whatever follows, state 1 is the first.
struct States {
  std::vector<std::vector<std::size_t>> next;  // by state and byte class
  std::vector<bool> is_end;
};

/// Bytes that the network never tells apart share a class. There are fewer than 256: a text can't
/// name every byte.
std::vector<std::uint8_t> byte_classes(const std::vector<Place>& places, std::size_t& count) {
  std::unordered_set<Bytes> sets;
  for (const Place& place : places) {
    if (place.takes_byte) sets.insert(place.bytes);
  }
  std::vector<std::uint8_t> classes(256, 0);
  count = 1;
  for (const Bytes& set : sets) {
    std::map<std::pair<std::uint8_t, bool>, std::uint8_t> split;
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const auto number = static_cast<std::uint8_t>(split.size());
      classes[byte] = split.try_emplace({classes[byte], set[byte]}, number).first->second;
    }
    count = split.size();
  }
  return classes;
}

class Determiner {
 public:
  explicit Determiner(const std::vector<Place>& places, std::size_t begin) : places_(places) {
    classes_ = byte_classes(places, class_count_);
    number_of({});
    number_of(closed({begin}));
  }

  /// Returns nothing if there are too many states.
  std::optional<States> run() {
    for (std::size_t state = 0; state < sets_.size(); ++state) {
      if (sets_.size() > kMaxPowerset) return std::nullopt;
      const std::vector<std::size_t> from = sets_[state];
      result_.is_end.push_back(std::ranges::binary_search(from, std::size_t{0}));
      std::vector<std::size_t> row;
      for (std::size_t c = 0; c < class_count_; ++c) row.push_back(number_of(after(from, c)));
      result_.next.push_back(std::move(row));
    }
    return std::move(result_);
  }

  [[nodiscard]] const std::vector<std::uint8_t>& classes() const { return classes_; }
  [[nodiscard]] std::size_t class_count() const { return class_count_; }

 private:
  std::vector<std::size_t> after(const std::vector<std::size_t>& from, std::size_t byte_class) {
    const auto byte = static_cast<std::size_t>(
        std::ranges::find(classes_, static_cast<std::uint8_t>(byte_class)) - classes_.begin());
    std::vector<std::size_t> next;
    for (const std::size_t place : from) {
      if (places_[place].takes_byte && places_[place].bytes[byte])
        next.push_back(places_[place].next);
    }
    return closed(std::move(next));
  }

  /// Adds all places that are reached without a byte; the result is sorted, and has only places
  /// that matter.
  [[nodiscard]] std::vector<std::size_t> closed(std::vector<std::size_t> open) const {
    std::vector<bool> seen(places_.size(), false);
    std::vector<std::size_t> result;
    while (!open.empty()) {
      const std::size_t place = open.back();
      open.pop_back();
      if (seen[place]) continue;
      seen[place] = true;
      if (place == 0 || places_[place].takes_byte) {
        result.push_back(place);
      } else {
        open.push_back(places_[place].next);
        open.push_back(places_[place].other);
      }
    }
    std::ranges::sort(result);
    return result;
  }

  std::size_t number_of(std::vector<std::size_t> set) {
    const auto [found, is_new] = numbers_.try_emplace(set, sets_.size());
    if (is_new) sets_.push_back(std::move(set));
    return found->second;
  }

  const std::vector<Place>& places_;
  std::vector<std::uint8_t> classes_;
  std::size_t class_count_ = 0;
  std::vector<std::vector<std::size_t>> sets_;
  std::map<std::vector<std::size_t>, std::size_t> numbers_;
  States result_;
};

/// Moore's algorithm: states stay in one group as long as nothing tells them apart. The state that
/// refuses stays 0 and the first one 1, because groups are numbered in the states' order.
States minimised(const States& states) {
  const std::size_t count = states.next.size();
  std::vector<std::size_t> group(count, 0);
  for (std::size_t i = 0; i < count; ++i) group[i] = states.is_end[i] ? 1 : 0;
  for (std::size_t groups = 0;;) {
    std::map<std::vector<std::size_t>, std::size_t> keys;
    std::vector<std::size_t> better(count);
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<std::size_t> key = {group[i]};
      for (const std::size_t next : states.next[i]) key.push_back(group[next]);
      better[i] = keys.try_emplace(std::move(key), keys.size()).first->second;
    }
    group = std::move(better);
    if (keys.size() == groups) break;
    groups = keys.size();
  }
  States result;
  for (std::size_t i = 0; i < count; ++i) {
    if (group[i] != result.next.size()) continue;
    std::vector<std::size_t> row;
    for (const std::size_t next : states.next[i]) row.push_back(group[next]);
    result.next.push_back(std::move(row));
    result.is_end.push_back(states.is_end[i]);
  }
  return result;
}

Automaton written(const States& states, const std::vector<std::uint8_t>& classes,
                  std::size_t class_count) {
  std::string bytes(1, static_cast<char>(class_count));
  bytes.append(classes.begin(), classes.end());
  for (const auto& row : states.next) {
    for (const std::size_t next : row) {
      bytes += static_cast<char>(next | (states.is_end[next] ? Automaton::kEnd : 0));
    }
  }
  return Automaton(std::move(bytes));
}

}  // namespace

std::optional<Automaton> compile_regex(std::string_view text, std::vector<Problem>& problems) {
  const auto refuse = [&](std::string_view code, std::string message,
                          std::string help) -> std::optional<Automaton> {
    problems.push_back({code, 0, text.size(), std::move(message), std::move(help)});
    return std::nullopt;
  };
  if (text.size() > kMaxBytes) {
    return refuse(codes::kRegexTooLarge, "the regular expression is longer than 255 bytes", "");
  }
  text::RegexFault fault;
  const auto tree = text::parse_regex(text, text::RegexDialect::segment, fault);
  if (!tree) {
    problems.push_back({code_of(fault.kind), fault.begin, fault.end, std::move(fault.message),
                        std::move(fault.help)});
    return std::nullopt;
  }
  NetworkMaker network;
  const std::size_t begin = network.make(tree->root, 0);
  const char* const kTooLarge = "the regular expression needs more than 64 states";
  const char* const kShorter = "let it say less, and check the rest in the handler";
  if (network.is_too_large) return refuse(codes::kRegexTooLarge, kTooLarge, kShorter);
  Determiner determiner(network.places, begin);
  auto states = determiner.run();
  if (!states) return refuse(codes::kRegexTooLarge, kTooLarge, kShorter);
  if (states->is_end[1]) {
    return refuse(codes::kRegexTakesNothing, "the regular expression can match the empty text",
                  "a segment is never empty: '+' instead of '*'; '{name?:…}' for an optional one");
  }
  *states = minimised(*states);
  if (states->next.size() < 2) {
    return refuse(codes::kRegexTakesNothing, "the regular expression matches no text", "");
  }
  if (states->next.size() - 1 > Automaton::kMaxStates) {
    return refuse(codes::kRegexTooLarge, kTooLarge, kShorter);
  }
  return written(*states, determiner.classes(), determiner.class_count());
}

}  // namespace bora::paths
