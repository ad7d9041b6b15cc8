#pragma once

#include <string_view>

#include "templates-lang/html_context.h"

namespace bora::compiler {

/// Returns the runtime's type that writes values so, as a name of runtime_names.h.
std::string_view sink_name(lang::Escape escape);

/// Returns the header that a unit includes for it; empty if every unit includes it anyway.
std::string_view sink_header(std::string_view sink_name);

}  // namespace bora::compiler
