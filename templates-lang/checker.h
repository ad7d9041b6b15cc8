#pragma once

#include "templates-lang/diagnostic.h"
#include "templates-lang/inheritance.h"

namespace bora::lang {

/// What the code generator can do. A directive beyond it is parsed and then refused by the checker,
/// never ignored.
struct Capabilities {
  bool apply = false;
  bool exceptions = false;  ///< `{% try %}` with all its parts.
  bool modules = false;
  bool super_blocks = false;
  bool flush = true;
  bool components = false;           ///< `{% call %}` and `{% slot %}`.
  bool include_arguments = false;    ///< `{% include … with … %}`
  bool autoescape_function = false;  ///< Other than xhtml_escape.
  bool fixed_params = false;         ///< `{% set %}` of a base's parameter outside blocks.

  static constexpr Capabilities all() {
    return {true, true, true, true, true, true, true, true, true};
  }
};

/// Checks what needs the whole page: break and continue, super, what a child's blocks override,
/// what stands outside blocks where it is never rendered, what can't be generated yet, and, if nothing else
/// is wrong, where values can't be escaped.
///
/// @param page  Also one that was resolved with errors. What a file with slips of its own only
/// seems
///              to do wrong is not reported.
void check_page(const Page& page, DiagnosticSink& sink, const Capabilities& capabilities = {});

}  // namespace bora::lang
