#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "templates-lang/escape_rules.h"
#include "templates-lang/html_context.h"

// The names of HTML that decide the meaning of a text. All are in lower case.

namespace bora::lang {

HTMLContext::Element element_of(std::string_view name);

/// Returns the name of an element with raw text.
std::string_view raw_element_name(HTMLContext::Element element);

/// Returns the language of an attribute's values, by the rules of HTML and SVG, of libraries, and
/// of the project. If the name is longer than all known ones, `name` is its beginning.
HTMLContext::Language attribute_language(HTMLContext::Element element, std::string_view name,
                                         const EscapeRules& rules);

/// Returns the language by the rules of HTML and SVG.
HTMLContext::Language html_attribute_language(HTMLContext::Element element, std::string_view name);

/// Returns the language by the rules of the libraries that the project uses; nothing if none knows
/// the attribute.
std::optional<HTMLContext::Language> library_attribute_language(HTMLContext::Element element,
                                                                std::string_view name,
                                                                const EscapeRules& rules);

/// Returns js, json, importmap or other_script.
HTMLContext::Language script_language(std::string_view type);

/// Whether a link with this `rel` adds code to its page: a style sheet, a module. `relation` is
/// empty if it is too long.
bool is_code_relation(std::string_view relation);

/// Whether a URL of this scheme, without ':', is itself a program or a document.
bool is_code_scheme(std::string_view scheme);

/// A character reference at the start of a text.
struct Reference {
  std::size_t size = 0;  ///< 0 if there is none: the '&' is text
  char character = 0;    ///< '\x80' for a character that is not ASCII
};

/// @param text  Begins with '&'.
Reference read_reference(std::string_view text);

/// Whether text that follows could still complete a reference that begins with '&' at the end of
/// `text`.
bool may_become_reference(std::string_view text);

}  // namespace bora::lang
