#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace bora::render {

/// A piece of a style sheet that goes where no other value may: `url(…)` in a value, or whole
/// declarations. `{{ }}` writes it as it is where a style sheet wants a value, and only makes sure
/// that it does not end the attribute or the `<style>` around it.
///
/// Whoever makes one vouches that nobody else chose what is in it.
class TrustedCSS {
 public:
  using bora_trusted_css = void;  ///< How sinks know it without this header.

  TrustedCSS() = default;
  explicit TrustedCSS(std::string css) : css_(std::move(css)) {}

  [[nodiscard]] std::string_view text() const { return css_; }
  operator std::string_view() const { return css_; }

 private:
  std::string css_;
};

}  // namespace bora::render
