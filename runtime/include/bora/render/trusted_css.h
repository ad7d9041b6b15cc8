#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace bora::render {

/// A piece of a style sheet for places where no other value is allowed: `url(…)` in a value, or
/// whole declarations. `{{ }}` writes it as it is where a style sheet needs a value, and only
/// ensures that it does not end the attribute or the `<style>` around it.
///
/// Code that makes one guarantees that nobody else chose its content.
class TrustedCSS {
 public:
  using bora_trusted_css = void;  ///< by it sinks recognise the type without this header

  TrustedCSS() = default;
  explicit TrustedCSS(std::string css) : css_(std::move(css)) {}

  [[nodiscard]] std::string_view text() const { return css_; }
  operator std::string_view() const { return css_; }

 private:
  std::string css_;
};

}  // namespace bora::render
