#pragma once

#include <string>

#include "compiler/routes/toml_document.h"

namespace bora::compiler {

/// The type that a member of a handler's Init has at best, for messages: "std::string_view".
std::string init_type(const TomlValue& value);

/// The name of the object that `{ object = "shop::db" }` gives; null for other values.
const TomlValue* init_object(const TomlValue& value);

/// What stands behind `init.name =`. Numbers and booleans stand in braces: there C++ refuses a type
/// that can't hold them.
std::string init_expression(const TomlValue& value);

}  // namespace bora::compiler
