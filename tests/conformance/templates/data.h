#pragma once

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/web/ui_module.h>

// The names that the cases' templates use, in C++; data.py has the same in Python.

using Strings = std::vector<std::string>;
using Pairs = std::vector<std::pair<std::string, int>>;

struct Person {
  std::string name;
  int age = 0;

  [[nodiscard]] std::string greeting(std::string_view word) const {
    return std::string(word) + ", " + name;
  }
};
using People = std::vector<Person>;

/// Prints like Python's object with __str__.
struct Tag {
  std::string name;
};
inline std::string to_string(const Tag& tag) {
  return "<" + tag.name + ">";
}

inline std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

inline std::string backwards(std::string_view text) {
  return {text.rbegin(), text.rend()};
}

inline std::string bold(std::string_view text) {
  return "<b>" + std::string(text) + "</b>";
}

inline std::string brackets(std::string_view text) {
  return "[" + std::string(text) + "]";
}

inline int twice(int value) {
  return 2 * value;
}

inline int fail(const std::string& message) {
  throw std::runtime_error(message);
}

inline int fail_value(const std::string& message) {
  throw std::invalid_argument(message);
}

inline std::string link_class(std::string_view href) {
  return href.find("www") != std::string_view::npos ? " class=\"www\" " : "";
}

struct Bold : bora::web::UIModule {
  static std::string render(std::string_view text) { return bold(text); }
};

struct Counter : bora::web::UIModule {
  int calls = 0;
  std::string render() { return std::to_string(++calls); }
};

struct First : bora::web::UIModule {
  static std::string render(std::string_view text) { return "1" + std::string(text); }
  std::string embedded_javascript() override { return "js1()"; }
  std::vector<std::string> css_files() override { return {"/1.css", "/c.css"}; }
  std::string html_head() override { return "<meta name=\"1\">"; }
};

struct Second : bora::web::UIModule {
  static std::string render(std::string_view text) { return "2" + std::string(text); }
  std::vector<std::string> javascript_files() override { return {"/2.js"}; }
  std::string embedded_css() override { return "b {}"; }
  std::vector<std::string> css_files() override { return {"/c.css"}; }
  std::string html_body() override { return "<hr>"; }
};

struct Failing : bora::web::UIModule {
  static std::string render() { throw std::runtime_error("no"); }
};
