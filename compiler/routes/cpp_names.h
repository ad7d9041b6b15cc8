#pragma once

#include <string>
#include <string_view>

// Decides which text of a manifest may be written into C++. Everything here is ASCII, so that no
// identifier of a manifest can look like another.

namespace bora::compiler {

/// Whether the text is letters, digits and '_', and does not begin with a digit. Keywords count,
/// too.
bool is_plain_identifier(std::string_view text);

/// Whether no generated function or namespace can have this name: the names of
/// templates-lang/cpp_names.h, and names that begin with '_'.
bool is_reserved_name(std::string_view identifier);

/// Whether the text is like "shop::web" or "::Home": identifiers joined by '::', all of them
/// usable.
bool is_qualified_name(std::string_view text);

/// Returns the identifier that `text` was probably meant to be: "user-post" gives "user_post". It
/// may be reserved.
std::string as_identifier(std::string_view text);

}  // namespace bora::compiler
