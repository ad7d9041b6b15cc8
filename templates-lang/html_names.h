#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "templates-lang/escape_rules.h"
#include "templates-lang/html_context.h"

// The names of HTML that decide what a text means. All are in lower case.

namespace bora::lang {

HTMLContext::Element element_of(std::string_view name);

/// The name of an element that holds raw text.
std::string_view raw_element_name(HTMLContext::Element element);

/// What the values of an attribute are written in: what HTML and SVG say, what libraries say, what
/// the project says. Of a name that is too long to be any that matters `name` is the beginning.
HTMLContext::Language attribute_language(HTMLContext::Element element, std::string_view name,
                                         const EscapeRules& rules);

/// What HTML and SVG say.
HTMLContext::Language html_attribute_language(HTMLContext::Element element, std::string_view name);

/// What the libraries that the project uses say; nothing if none knows the attribute.
std::optional<HTMLContext::Language> library_attribute_language(HTMLContext::Element element,
                                                                std::string_view name,
                                                                const EscapeRules& rules);

/// js, json, importmap or other_script.
HTMLContext::Language script_language(std::string_view type);

/// Whether a link of this `rel` gives its page code: a style sheet, a module. `relation` is empty
/// if too long.
bool is_code_relation(std::string_view relation);

/// Whether a URL of this scheme, without ':', is itself a program or a document.
bool is_code_scheme(std::string_view scheme);

/// A character reference at the start of a text.
struct Reference {
  std::size_t size = 0;  ///< 0: none; the '&' is text.
  char character = 0;    ///< What is not ASCII becomes '\x80'.
};

/// @param text  Begins with '&'.
Reference read_reference(std::string_view text);

/// Whether what follows could still make the end of `text`, from '&' on, a reference.
bool may_become_reference(std::string_view text);

}  // namespace bora::lang
