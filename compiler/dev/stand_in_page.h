#pragma once

#include <string>

namespace bora::compiler {

/// Returns the page for browsers while no server runs. Its script, which is that of served pages,
/// asks for "/.bora/state" until a server runs.
std::string stand_in_page(const std::string& app, const std::string& state_json);

}  // namespace bora::compiler
