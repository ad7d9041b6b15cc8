#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/escape_rules.h"
#include "templates-lang/html_context.h"

namespace bora::compiler {

/// A script or style element that is wholly in one text, from the first byte of its tag to the last
/// of its content.
struct InlineElement {
  enum class Kind : std::uint8_t { script, style };
  Kind kind = Kind::script;
  std::string content;    ///< as a browser reads it: lines end in '\n'
  std::size_t begin = 0;  ///< the begin of the start tag, in the text
  std::size_t end = 0;    ///< the end of the content
};

/// Returns those that need a hash in a Content-Security-Policy: scripts that run (JavaScript,
/// modules, import maps) and styles, unless they are empty. Elements in <svg> and <math> are left
/// out, since browsers read references and tags in those.
///
/// @param context  The context of the text's first byte.
std::vector<InlineElement> inline_elements(const lang::HTMLContext& context, std::string_view text,
                                           const lang::EscapeRules& rules);

}  // namespace bora::compiler
