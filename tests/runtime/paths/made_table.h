#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <bora/web/route_table.h>

#include "runtime/paths/path_pattern.h"
#include "runtime/paths/route_tree.h"

namespace bora::testing {

/// A converter of the tests' own: numbers that are even.
inline bool is_even(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos &&
         std::string_view("02468").find(text.back()) != std::string_view::npos;
}
/// Another: words of vowels.
inline bool is_vowels(std::string_view text) {
  return !text.empty() && text.find_first_not_of("aeiou") == std::string_view::npos;
}
inline const std::vector<std::string>& own_converters() {
  static const std::vector<std::string> names = {"even", "vowels"};
  return names;
}

inline paths::Pattern parsed(const std::string& text) {
  std::vector<paths::Problem> problems;
  auto pattern = paths::parse_pattern(text, {}, own_converters(), problems);
  if (!pattern) throw std::invalid_argument(text + ": " + problems.front().message);
  return *pattern;
}

/// The tables of patterns, as `bora compile` writes them, and a lookup in them.
class MadeTable {
 public:
  explicit MadeTable(const std::vector<std::string>& texts) : texts_(texts), routes_(texts.size()) {
    std::vector<paths::Pattern> patterns;
    for (const std::string& text : texts_) patterns.push_back(parsed(text));
    make(patterns);
  }
  MadeTable(const std::vector<std::string>& texts, const std::vector<paths::Pattern>& patterns)
      : texts_(texts), routes_(texts.size()) {
    make(patterns);
  }
  MadeTable(const MadeTable&) = delete;
  MadeTable& operator=(const MadeTable&) = delete;

  [[nodiscard]] const web::RouteTable& table() const { return table_; }
  [[nodiscard]] const paths::RouteTree& tree() const { return tree_; }

  /// "/users/{id:int} [7]", or "none".
  std::string operator()(std::string_view path) const {
    web::RouteMatch found;
    match(table_, path, found);
    if (found.route == nullptr) return "none";
    std::string text(found.route->pattern);
    for (std::size_t i = 0; i < found.arguments.size(); ++i) {
      text.append(" [").append(found.arguments.text(i)).append("]");
    }
    return text;
  }

 private:
  void make(const std::vector<paths::Pattern>& patterns) {
    std::vector<const paths::Pattern*> pointers;
    for (const paths::Pattern& pattern : patterns) pointers.push_back(&pattern);
    tree_ = paths::make_route_tree(pointers);
    for (std::size_t i = 0; i < texts_.size(); ++i) routes_[i].pattern = texts_[i];
    std::vector<std::uint32_t> next = tree_.next;
    for (const auto& copy : tree_.copies) {
      routes_.push_back(web::Route(routes_[copy.route]));
      next.push_back(copy.next);
    }
    for (std::size_t i = 0; i < routes_.size(); ++i) {
      if (next[i] != 0) routes_[i].next = &routes_[next[i] - 1];
    }
    for (const std::string& name : tree_.converters) {
      converters_.push_back(name == "even" ? is_even : is_vowels);
    }
    table_ = web::RouteTable(std::span<const web::Route>(routes_.data(), texts_.size()),
                             {reinterpret_cast<const char*>(tree_.words.data()), tree_.texts.data(),
                              tree_.automata.data(), converters_.data()});
  }

  std::vector<std::string> texts_;
  std::vector<web::Route> routes_;
  std::vector<web::detail::ConverterTest> converters_;
  paths::RouteTree tree_;
  web::RouteTable table_{std::span<const web::Route>(), {}};
};

}  // namespace bora::testing
