#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/html_context.h"

namespace bora::lang {

/// Libraries of browsers that give attributes a meaning of their own.
enum class Library : std::uint8_t { alpine, datastar, htmx, hyperscript, vue };

/// "alpine"; nothing if there is no such library.
std::optional<Library> library_of(std::string_view name);
/// All of them, in order: "alpine", "datastar", …
std::vector<std::string> library_names();

/// What a project says about its pages, beside what HTML says.
struct EscapeRules {
  /// Libraries that the project does not use: their attributes are plain text.
  std::array<bool, 5> is_unused{};
  /// What the project's own attributes are written in, by their names in lower case. A name that
  /// ends in '*' stands for all that begin so.
  std::map<std::string, HTMLContext::Language, std::less<>> attributes;
  /// Schemes of URLs, in lower case and without ':', beside http, https, mailto and tel.
  std::vector<std::string> url_schemes;

  [[nodiscard]] bool uses(Library library) const {
    return !is_unused[static_cast<std::size_t>(library)];
  }
  /// What the project says of this attribute.
  [[nodiscard]] std::optional<HTMLContext::Language> language_of(std::string_view attribute) const;

  /// Those of a project that says nothing.
  static const EscapeRules& none();
};

/// "javascript", "url": how a project names what an attribute is written in; nothing if no such
/// language is known.
std::optional<HTMLContext::Language> attribute_language_named(std::string_view name);
/// All of those names.
std::vector<std::string> attribute_language_names();

/// Whether HTML or SVG itself gives an attribute of this name a meaning on some element: a project
/// can't give it another.
bool is_attribute_of_html(std::string_view name);

/// Whether a project may allow URLs of this scheme, which stands in lower case: a well-formed one
/// that is no program or document by itself.
bool can_allow_scheme(std::string_view scheme);

}  // namespace bora::lang
