#pragma once

#include <string_view>

#include <bora/web/route_table.h>

namespace bora::web {

/// Matches "api.{tenant}.example.com" against a host in lower case, label by label; a parameter is
/// one label, appended to `captures` (some may be appended even if the host does not match).
[[nodiscard]] bool match_host(std::string_view pattern, std::string_view host, PathArgs& captures);

}  // namespace bora::web
