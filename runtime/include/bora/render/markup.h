#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace bora::render {

/// A text that is HTML already: `{{ }}` writes it as it is where HTML text stands. Anywhere else
/// (in an attribute, a script, a style sheet) it is a text like any other and escaped as such.
///
/// Whoever makes one vouches that whatever came from outside was escaped on the way into it.
class Markup {
 public:
  using bora_markup = void;  ///< How sinks know it without this header.

  Markup() = default;
  explicit Markup(std::string html) : html_(std::move(html)) {}

  [[nodiscard]] std::string_view text() const { return html_; }
  operator std::string_view() const { return html_; }

 private:
  std::string html_;
};

}  // namespace bora::render
