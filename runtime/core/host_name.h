#pragma once

#include <string>
#include <string_view>

#include "runtime/text/characters.h"

// Names of hosts in the form in which they are compared, in every place that does so: routes,
// rules, certificates, the resolver's overrides.

namespace bora {

/// Returns "example.com" for "example.com:80", "[::1]" for "[::1]:80".
[[nodiscard]] inline std::string_view without_port(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  const std::size_t bracket = authority.rfind(']');
  const bool is_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  return is_port ? authority.substr(0, colon) : authority;
}

/// Returns the name in lower case and without the dot at the end, which only says that the name is
/// complete (RFC 1034, 3.1): "example.com" for "Example.COM.".
[[nodiscard]] inline std::string comparable_host(std::string_view name) {
  if (name.size() > 1 && name.ends_with('.')) name.remove_suffix(1);
  return text::lowered(name);
}

}  // namespace bora
