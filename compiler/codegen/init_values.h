#pragma once

#include <string>

#include "compiler/routes/toml_document.h"

namespace bora::compiler {

/// Returns the best type for a member of a handler's Init, for messages: "std::string_view".
std::string init_type(const TomlValue& value);

/// Returns the name of the object that `{ object = "shop::db" }` gives; null for other values.
const TomlValue* init_object(const TomlValue& value);

/// Returns the text after `init.name =`. Numbers and booleans are in braces: there C++ refuses a
/// type that can't hold them.
std::string init_expression(const TomlValue& value);

}  // namespace bora::compiler
