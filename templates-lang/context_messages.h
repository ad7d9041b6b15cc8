#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "templates-lang/ast.h"
#include "templates-lang/html_context.h"

// What is said about values and texts that stand where they can't.

namespace bora::lang {

struct ContextMessage {
  const char* code;
  std::string_view message;
  std::string_view help;
};

ContextMessage message_of(Refusal refusal);
ContextMessage message_of(TextProblem problem);

/// The advice to write the attribute around an unquoted `{{ }}` with quotes, in its own words.
/// Nothing if it is too long for that.
std::optional<std::string> quoted_attribute(const Output& output, const Template& file);

/// Where a byte of a text stands in the file, whose blanks may have been reduced.
std::uint32_t source_offset(const Text& text, std::string_view source, std::size_t offset);

}  // namespace bora::lang
