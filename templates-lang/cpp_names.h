#pragma once

#include <string_view>

// The one rule for names that become a part of C++: those of templates and their folders, of
// parameters and variables, of routes, namespaces and converters.

namespace bora::lang {

/// Whether the preprocessor replaces `name` in generated code, on this system: `linux`, `NULL`,
/// `EAGAIN`.
bool is_cpp_macro(std::string_view name);

/// Whether `name` is a keyword or a macro. With a '_' at its end it can be used.
bool is_cpp_word(std::string_view name);

/// Whether `name` belongs to the compiler (`_Name`, `a__b`) or to Bora (`bora_…`, `BORA_…`).
bool is_reserved_for_implementation(std::string_view name);

/// Whether `name` is a C++ word, or reserved for the implementation.
inline bool is_unusable_name(std::string_view name) {
  return is_cpp_word(name) || is_reserved_for_implementation(name);
}

}  // namespace bora::lang
