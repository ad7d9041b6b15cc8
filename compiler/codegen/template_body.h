#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/codegen/cpp_writer.h"
#include "compiler/codegen/page_scan.h"
#include "templates-lang/inheritance.h"

namespace bora::compiler {

/// The names of the two objects that `{{ }}` calls: one letter, as the call takes the place of the
/// two braces, and one that no expression of the page uses.
struct SinkNames {
  std::string escaped;
  std::string raw;
};

/// @param names  All names that the page uses.
SinkNames choose_sinks(const NameSet& names);

/// What the body of a page turned out to need.
struct BodyParts {
  std::vector<std::string> literals;  ///< By their index in the table.
  bool uses_escaped = false;
  bool uses_raw = false;
};

/// Writes the statements that render a page. Literals are reached as `bora_text[INDEX]`.
BodyParts write_body(CppWriter& writer, const lang::Page& page, const SinkNames& sinks);

}  // namespace bora::compiler
