#pragma once

#include <string>

#include "templates-lang/ast.h"

namespace bora::lang {

/// Returns the tree as text, for tests: `(text "a")(if (case "x" (output "x")) (else))`.
/// Declarations of the file come first: `(extends "base.html")(param "int" n)`.
std::string dump(const Template& file);

}  // namespace bora::lang
