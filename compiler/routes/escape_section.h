#pragma once

#include "compiler/routes/table_reader.h"
#include "compiler/routes/toml_document.h"
#include "templates-lang/escape_rules.h"

namespace bora::compiler {

/// Reads `[escape]` of a manifest, the project's rules about values in its templates. Mistakes are
/// reported and left out.
lang::EscapeRules read_escape_section(TableReader& table, const TomlValue& section);

}  // namespace bora::compiler
