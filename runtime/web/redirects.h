#pragma once

#include <string>
#include <string_view>

#include <bora/web/route_table.h>

namespace bora::web {

/// `pattern` with `{0}`, `{1}` … replaced by the decoded captures, percent-encoded again, and with
/// the request's query appended (WEB-093). A slash in a capture stays one unless `keeps_slashes` is
/// false.
///
/// @returns  Empty: the result would leave the site ("//evil.example"), so it must not be sent.
[[nodiscard]] std::string redirect_location(std::string_view pattern, const PathArgs& captures,
                                            std::string_view query, bool keeps_slashes = true);

/// Answers a route that has a Redirect, whatever the method.
[[nodiscard]] const Endpoint& redirect_endpoint();

}  // namespace bora::web
