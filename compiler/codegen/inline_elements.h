#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/escape_rules.h"
#include "templates-lang/html_context.h"

namespace bora::compiler {

/// A script or style element that a text holds from the first byte of its tag to the last of its
/// content.
struct InlineElement {
  enum class Kind : std::uint8_t { script, style };
  Kind kind = Kind::script;
  std::string content;    ///< As a browser has it: lines end in '\n'.
  std::size_t begin = 0;  ///< Of the start tag, in the text.
  std::size_t end = 0;    ///< Of the content.
};

/// Those that a Content-Security-Policy asks for a hash: scripts that run (JavaScript, modules,
/// import maps) and styles, unless they are empty. What stands in <svg> and <math> is left out,
/// since there a browser reads references and tags in it.
///
/// @param context  That of the text's first byte.
std::vector<InlineElement> inline_elements(const lang::HTMLContext& context, std::string_view text,
                                           const lang::EscapeRules& rules);

}  // namespace bora::compiler
