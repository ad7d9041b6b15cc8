#pragma once

#include <cstddef>
#include <source_location>
#include <string_view>

namespace bora::render {

/// Turns log lines on or off, one for every value that kInertURL or kInertCSS replaces, with the
/// place in its template. They are off until an Application in debug mode is made; this applies to
/// the whole program.
void log_refused_values(bool is_on);

namespace detail {

/// @param where  The place in the template, to which generated code leads compilers by `#line`.
[[gnu::cold]] void note_refused(std::string_view value, const std::source_location& where);

}  // namespace detail

}  // namespace bora::render
