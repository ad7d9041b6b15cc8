#pragma once

#include <string>
#include <string_view>

// What of a manifest may be written into C++. Everything here is ASCII: an identifier of the
// manifest can hold nothing that reads otherwise than it is.

namespace bora::compiler {

/// Letters, digits and '_', not beginning with a digit. Keywords too.
bool is_plain_identifier(std::string_view text);

/// Whether no generated function or namespace can have this name: what templates-lang/cpp_names.h
/// says, and names that begin with '_'.
bool is_reserved_name(std::string_view identifier);

/// "shop::web", "::Home": identifiers joined by '::', all of them usable.
bool is_qualified_name(std::string_view text);

/// The identifier that `text` was probably meant to be: "user-post" gives "user_post". May be
/// reserved.
std::string as_identifier(std::string_view text);

}  // namespace bora::compiler
