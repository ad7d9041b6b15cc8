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

/// Libraries of browsers that define attributes of their own.
enum class Library : std::uint8_t { alpine, datastar, htmx, hyperscript, vue };

/// Returns the library of that name, "alpine"; nothing if there is none.
std::optional<Library> library_of(std::string_view name);
/// Returns all names, in order: "alpine", "datastar", …
std::vector<std::string> library_names();

/// A project's rules about its pages, in addition to those of HTML.
struct EscapeRules {
  /// Libraries that the project does not use: their attributes are plain text.
  std::array<bool, 5> is_unused{};
  /// The languages of the project's own attributes, by their names in lower case. A name that ends
  /// in '*' is for all names with that beginning.
  std::map<std::string, HTMLContext::Language, std::less<>> attributes;
  /// Allowed schemes of URLs, in lower case and without ':', in addition to http, https, mailto and
  /// tel.
  std::vector<std::string> url_schemes;

  [[nodiscard]] bool uses(Library library) const {
    return !is_unused[static_cast<std::size_t>(library)];
  }
  /// Returns the project's rule for this attribute.
  [[nodiscard]] std::optional<HTMLContext::Language> language_of(std::string_view attribute) const;

  /// The rules of a project without any.
  static const EscapeRules& none();
};

/// Returns the language that a project calls "javascript" or "url"; nothing if the name is unknown.
std::optional<HTMLContext::Language> attribute_language_named(std::string_view name);
/// Returns all of those names.
std::vector<std::string> attribute_language_names();

/// Whether HTML or SVG itself gives an attribute of this name a meaning on some element: a project
/// can't change it.
bool is_attribute_of_html(std::string_view name);

/// Whether a project may allow URLs of this scheme, which must be in lower case: it must be
/// well-formed, and its URLs must not be programs or documents themselves.
bool can_allow_scheme(std::string_view scheme);

}  // namespace bora::lang
