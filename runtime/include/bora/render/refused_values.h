#pragma once

#include <cstddef>
#include <source_location>
#include <string_view>

namespace bora::render {

/// Whether a line of the log tells of every value that kInertURL or kInertCSS stands for, with the
/// place in its template. Off, unless an Application in debug mode was made; for the whole program.
void log_refused_values(bool is_on);

namespace detail {

/// @param where  In the template, to which generated code leads compilers by `#line`.
[[gnu::cold]] void note_refused(std::string_view value, const std::source_location& where);

}  // namespace detail

}  // namespace bora::render
