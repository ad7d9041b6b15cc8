#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "templates-lang/ast.h"
#include "templates-lang/html_context.h"

// The messages about values and texts in places where they can't be.

namespace bora::lang {

struct ContextMessage {
  const char* code;
  std::string_view message;
  std::string_view help;
};

ContextMessage message_of(Refusal refusal);
ContextMessage message_of(TextProblem problem);

/// Returns the advice to put quotes around an attribute with an unquoted `{{ }}`, with the
/// attribute's own text. Returns nothing if that is too long.
std::optional<std::string> quoted_attribute(const Output& output, const Template& file);

/// Returns the place in the file of a byte of a text; the text's blanks may have been reduced.
std::uint32_t source_offset(const Text& text, std::string_view source, std::size_t offset);

}  // namespace bora::lang
