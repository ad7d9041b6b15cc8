#pragma once

#include <string_view>

#include <bora/web/route_table.h>

namespace bora::web {

/// Matches "api.{tenant}.example.com" against a host in lower case, label by label; a parameter is
/// one label, appended to `captures` (of a host that does not match perhaps some).
[[nodiscard]] bool match_host(std::string_view pattern, std::string_view host, PathArgs& captures);

}  // namespace bora::web
