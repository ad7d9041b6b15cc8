#pragma once

#include <string>

#include "templates-lang/ast.h"

namespace bora::lang {

/// The tree as text, for tests: `(text "a")(if (case "x" (output "x")) (else))`. What stands at the
/// top of the file comes first: `(extends "base.html")(param "int" n)`.
std::string dump(const Template& file);

}  // namespace bora::lang
