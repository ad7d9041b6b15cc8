#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// The router that Bora's is compared with: a radix tree on the heap, as other frameworks have them.
// Literal bytes share prefixes; `{x}` takes a segment and `{x:path}` the rest; the first is tried
// before the others, and the search can go back.

class RadixTree {
 public:
  void add(std::string_view pattern, int value) { add(root_, pattern, value); }

  /// Returns the value of the pattern that matches `path`, or -1; its captures go into `captures`.
  int find(std::string_view path, std::vector<std::string_view>& captures) const {
    captures.clear();
    return find(root_, path, captures);
  }

 private:
  struct Node {
    std::string prefix;
    std::vector<std::unique_ptr<Node>> children;  // each begins with another byte
    std::unique_ptr<Node> segment;
    int rest = -1;
    int value = -1;
  };

  static void add(Node& node, std::string_view pattern, int value) {
    if (pattern.empty()) {
      node.value = value;
    } else if (pattern.front() == '{') {
      const std::size_t slash = pattern.find("/", close(pattern));
      if (pattern.substr(0, close(pattern)).ends_with(":path")) {
        node.rest = value;
        return;
      }
      if (!node.segment) node.segment = std::make_unique<Node>();
      add(*node.segment, slash == std::string_view::npos ? "" : pattern.substr(slash), value);
    } else {
      add_literal(node, pattern, value);
    }
  }

  static std::size_t close(std::string_view pattern) {
    int depth = 0;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      if (pattern[i] == '{') ++depth;
      if (pattern[i] == '}' && --depth == 0) return i;
    }
    return pattern.size();
  }

  static void add_literal(Node& node, std::string_view pattern, int value) {
    const std::string_view text = pattern.substr(0, pattern.find('{'));
    for (auto& child : node.children) {
      if (child->prefix.front() != text.front()) continue;
      const std::size_t common = static_cast<std::size_t>(
          std::ranges::mismatch(child->prefix, text).in1 - child->prefix.begin());
      if (common < child->prefix.size()) split(child, common);
      add(*child, pattern.substr(common), value);
      return;
    }
    auto& child = node.children.emplace_back(std::make_unique<Node>());
    child->prefix = text;
    add(*child, pattern.substr(text.size()), value);
  }

  static void split(std::unique_ptr<Node>& child, std::size_t at) {
    auto upper = std::make_unique<Node>();
    upper->prefix = child->prefix.substr(0, at);
    child->prefix.erase(0, at);
    upper->children.push_back(std::move(child));
    child = std::move(upper);
  }

  static int find(const Node& node, std::string_view path,
                  std::vector<std::string_view>& captures) {
    if (path.empty()) return node.value;
    for (const auto& child : node.children) {
      if (child->prefix.front() != path.front()) continue;
      if (!path.starts_with(child->prefix)) break;
      const int found = find(*child, path.substr(child->prefix.size()), captures);
      if (found >= 0) return found;
      break;
    }
    const std::size_t end = std::min(path.find('/'), path.size());
    if (node.segment && end > 0) {
      captures.push_back(path.substr(0, end));
      const int found = find(*node.segment, path.substr(end), captures);
      if (found >= 0) return found;
      captures.pop_back();
    }
    if (node.rest >= 0) captures.push_back(path);
    return node.rest;
  }

  Node root_;
};
