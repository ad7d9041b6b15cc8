#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace bora::render {

/// A text that is HTML already: `{{ }}` writes it as it is in HTML text. Anywhere else (in an
/// attribute, a script, a style sheet) it is a text like any other and escaped accordingly.
///
/// Code that makes one guarantees that everything in it that came from outside was escaped.
class Markup {
 public:
  using bora_markup = void;  ///< by it sinks recognise the type without this header

  Markup() = default;
  explicit Markup(std::string html) : html_(std::move(html)) {}

  [[nodiscard]] std::string_view text() const { return html_; }
  operator std::string_view() const { return html_; }

 private:
  std::string html_;
};

}  // namespace bora::render
