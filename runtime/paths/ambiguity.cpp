// The patterns become a tree. Where two siblings take the same segments, the trees below them are
// walked side by side, along segments that both take, until a path is found that both end with.

#include "runtime/paths/ambiguity.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "runtime/paths/automaton.h"
#include "runtime/paths/segment_regex.h"
#include "runtime/paths/segment_values.h"
#include "runtime/text/percent.h"

namespace bora::paths {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr std::size_t kMaxSteps =
    2'000'000;  // of all walks: a hostile manifest is not checked whole

/// The texts that a typed parameter accepts, as automata: `all` accepts all of them and perhaps
/// more, `sure` only such texts and perhaps not all, since automata can't check ranges of numbers.
struct Language {
  Automaton all;
  Automaton sure;
};

Automaton automaton_of(std::string_view regex) {
  std::vector<Problem> problems;
  return compile_regex(regex, problems).value();
}

const Language& language_of(Converter converter) {
  static const std::array<Language, 6> languages = {{
      {automaton_of("true|false"), automaton_of("true|false")},
      {automaton_of("\\d+"), automaton_of("\\d{1,19}")},
      {automaton_of("-?\\d+"), automaton_of("-?\\d{1,18}")},
      {automaton_of("-?\\d+(\\.\\d+)?"), automaton_of("-?\\d{1,25}(\\.\\d{1,25})?")},
      {automaton_of("[\\da-fA-F]{8}(-[\\da-fA-F]{4}){3}-[\\da-fA-F]{12}"),
       automaton_of("[\\da-fA-F]{8}(-[\\da-fA-F]{4}){3}-[\\da-fA-F]{12}")},
      {automaton_of("[\\w-]+"), automaton_of("[\\w-]+")},
  }};
  return languages[static_cast<std::size_t>(converter)];
}

const Automaton& all_of(const Parameter& parameter) {
  return parameter.automaton ? *parameter.automaton : language_of(parameter.converter).all;
}
const Automaton& sure_of(const Parameter& parameter) {
  return parameter.automaton ? *parameter.automaton : language_of(parameter.converter).sure;
}

bool is_language(const Parameter& parameter) {
  return parameter.converter <= Converter::slug || parameter.converter == Converter::regex;
}

std::string decoded(const std::string& literal) {
  std::string text;
  for (std::size_t i = 0; i < literal.size(); ++i) {
    if (literal[i] != '%') {
      text += literal[i];
      continue;
    }
    text += static_cast<char>(text::escaped_byte(literal, i));
    i += 2;
  }
  return text;
}

bool takes_literal(const Parameter& parameter, const std::string& literal) {
  if (parameter.automaton) {
    return takes(reinterpret_cast<const unsigned char*>(parameter.automaton->bytes().data()),
                 literal);
  }
  return is_value(parameter.converter, decoded(literal));
}

bool is_same(const Parameter& a, const Parameter& b) {
  return a.converter == b.converter && a.argument == b.argument;
}

/// The relation of two segments that two walks side by side look for: some text is accepted by
/// both, or the first accepts all that the second accepts.
enum class Relation { overlap, include };

bool holds(Relation relation, const Parameter& a, const Parameter& b) {
  if (is_same(a, b) || a.converter == Converter::string) return true;
  if (is_language(a) && is_language(b)) {
    return relation == Relation::overlap ? overlap(all_of(a), all_of(b))
                                         : includes(sure_of(a), all_of(b));
  }
  return relation == Relation::overlap;
}

bool holds(Relation relation, const Parameter& a, const std::string& literal) {
  if (a.converter == Converter::custom) return relation == Relation::overlap;
  return takes_literal(a, literal);
}

using ParameterKey = std::pair<Converter, std::string>;
struct Child {
  const Parameter* parameter = nullptr;
  std::size_t node = 0;
};

struct Node {
  std::map<std::string, std::size_t> literals;
  std::map<ParameterKey, Child> parameters;  // in the order in which they are tried
  std::size_t leaf = kNone;
  std::size_t slash_leaf = kNone;
  std::size_t rest = kNone;
};

using Pair = std::pair<std::size_t, std::size_t>;

class ConflictFinder {
 public:
  explicit ConflictFinder(std::span<const Pattern* const> patterns) : nodes_(1) {
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      if (patterns[i] != nullptr) place(*patterns[i], i);
    }
  }

  std::vector<Conflict> run() {
    look_at(0, 0);
    return std::move(conflicts_);
  }

 private:
  void place(const Pattern& pattern, std::size_t index) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < pattern.segments.size(); ++i) {
      const Segment& segment = pattern.segments[i];
      if (i + 1 == pattern.segments.size() && pattern.has_optional()) {
        put(i == 0 ? nodes_[at].slash_leaf : nodes_[at].leaf, index);
      }
      if (!segment.is_parameter) {
        at = child(nodes_[at].literals.try_emplace(segment.literal, 0).first->second);
        continue;
      }
      const Parameter& parameter = pattern.parameters[segment.parameter];
      if (parameter.converter == Converter::path) return put(nodes_[at].rest, index);
      Child& next = nodes_[at].parameters[{parameter.converter, parameter.argument}];
      next.parameter = &parameter;
      at = child(next.node);
    }
    put(pattern.ends_with_slash ? nodes_[at].slash_leaf : nodes_[at].leaf, index);
  }

  // `link` is in a node, which is moved when another is added, so it is written first.
  std::size_t child(std::size_t& link) {
    if (link == 0) {
      link = nodes_.size();
      const std::size_t index = link;
      nodes_.emplace_back();
      return index;
    }
    return link;
  }

  static void put(std::size_t& place, std::size_t index) {
    if (place == kNone) place = index;
  }

  /// Compares the children of a node, and then their children.
  void look_at(std::size_t index, std::size_t depth) {
    const Node& node = nodes_[index];
    for (auto a = node.parameters.begin(); a != node.parameters.end(); ++a) {
      for (auto b = std::next(a); b != node.parameters.end(); ++b) {
        compare(a->second, b->second, depth);
      }
      if (a->second.parameter->converter == Converter::regex) {
        for (const auto& [literal, child] : node.literals) {
          if (!takes_literal(*a->second.parameter, literal)) continue;
          report(Conflict::Kind::literal_in_regex, find(Relation::overlap, child, a->second.node),
                 depth);
        }
      }
    }
    for (const auto& [literal, child] : node.literals) look_at(child, depth + 1);
    for (const auto& [key, child] : node.parameters) look_at(child.node, depth + 1);
  }

  /// @param a  The one of two siblings that is tried first.
  void compare(const Child& a, const Child& b, std::size_t depth) {
    const Converter first = a.parameter->converter;
    const Converter second = b.parameter->converter;
    const bool is_tie =
        first == second && (first == Converter::regex || first == Converter::custom);
    if (is_tie) {
      if (!holds(Relation::overlap, *a.parameter, *b.parameter)) return;
      report(Conflict::Kind::ambiguous, find(Relation::overlap, a.node, b.node), depth);
    } else if (second == Converter::regex && is_language(*a.parameter) &&
               holds(Relation::include, *a.parameter, *b.parameter)) {
      report(Conflict::Kind::shadowed, find(Relation::include, a.node, b.node), depth);
    }
  }

  void report(Conflict::Kind kind, const std::optional<Pair>& pair, std::size_t depth) {
    if (pair) conflicts_.push_back({kind, pair->first, pair->second, depth});
  }

  /// Finds two patterns below `a` and `b` whose segments and ends are all related.
  std::optional<Pair> find(Relation relation, std::size_t a_index, std::size_t b_index) {
    if (++steps_ > kMaxSteps) return std::nullopt;
    const Node& a = nodes_[a_index];
    const Node& b = nodes_[b_index];
    if (a.leaf != kNone && b.leaf != kNone) return Pair{a.leaf, b.leaf};
    if (a.slash_leaf != kNone && b.slash_leaf != kNone) return Pair{a.slash_leaf, b.slash_leaf};
    if (a.rest != kNone) {
      const std::size_t other = any_behind_slash(b_index);
      if (other != kNone) return Pair{a.rest, other};
    }
    if (relation == Relation::overlap && b.rest != kNone) {
      const std::size_t other = any_behind_slash(a_index);
      if (other != kNone) return Pair{other, b.rest};
    }
    return find_below(relation, a, b);
  }

  std::optional<Pair> find_below(Relation relation, const Node& a, const Node& b) {
    for (const auto& [literal, child] : b.literals) {
      const auto same = a.literals.find(literal);
      if (same != a.literals.end()) {
        if (auto found = find(relation, same->second, child)) return found;
      }
      for (const auto& [key, other] : a.parameters) {
        if (!holds(relation, *other.parameter, literal)) continue;
        if (auto found = find(relation, other.node, child)) return found;
      }
    }
    for (const auto& [key, child] : b.parameters) {
      for (const auto& [other_key, other] : a.parameters) {
        if (!holds(relation, *other.parameter, *child.parameter)) continue;
        if (auto found = find(relation, other.node, child.node)) return found;
      }
      if (relation == Relation::include) continue;
      for (const auto& [literal, other] : a.literals) {
        if (!holds(relation, *child.parameter, literal)) continue;
        if (auto found = find(relation, other, child.node)) return found;
      }
    }
    return std::nullopt;
  }

  /// Returns some pattern that goes on with a slash after a node.
  [[nodiscard]] std::size_t any_behind_slash(std::size_t index) const {
    const Node& node = nodes_[index];
    if (node.slash_leaf != kNone) return node.slash_leaf;
    if (node.rest != kNone) return node.rest;
    if (!node.literals.empty()) return any(node.literals.begin()->second);
    return node.parameters.empty() ? kNone : any(node.parameters.begin()->second.node);
  }
  [[nodiscard]] std::size_t any(std::size_t index) const {
    return nodes_[index].leaf != kNone ? nodes_[index].leaf : any_behind_slash(index);
  }

  std::vector<Node> nodes_;
  std::vector<Conflict> conflicts_;
  std::size_t steps_ = 0;
};

}  // namespace

std::vector<Conflict> find_conflicts(std::span<const Pattern* const> patterns) {
  return ConflictFinder(patterns).run();
}

}  // namespace bora::paths
