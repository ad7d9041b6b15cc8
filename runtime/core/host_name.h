#pragma once

#include <string>
#include <string_view>

#include "runtime/text/characters.h"

// Names of hosts as they are compared, wherever that is done: routes, rules, certificates, the
// resolver's overrides.

namespace bora {

/// "example.com" of "example.com:80", "[::1]" of "[::1]:80".
[[nodiscard]] inline std::string_view without_port(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  const std::size_t bracket = authority.rfind(']');
  const bool is_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  return is_port ? authority.substr(0, colon) : authority;
}

/// In lower case, and without the dot at the end, which only says that the name is complete
/// (RFC 1034, 3.1): "example.com" of "Example.COM.".
[[nodiscard]] inline std::string comparable_host(std::string_view name) {
  if (name.size() > 1 && name.ends_with('.')) name.remove_suffix(1);
  return text::lowered(name);
}

}  // namespace bora
