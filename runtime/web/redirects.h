#pragma once

#include <string>
#include <string_view>

#include <bora/web/route_table.h>

namespace bora::web {

/// `pattern` with `{0}`, `{1}` … replaced by the captures, and with the request's query before its
/// fragment.
///
/// @param captures  As they stand in the path, not decoded: a slash stays a slash, and "%2F" stays
///                  "%2F". Everything else is decoded and percent-encoded again.
/// @returns  An empty text if the result would leave the site ("//evil.example"), so that it must
///           not be sent.
[[nodiscard]] std::string redirect_location(std::string_view pattern, const PathArgs& captures,
                                            std::string_view query);

/// Answers a route that has a Redirect, whatever the method.
[[nodiscard]] const Endpoint& redirect_endpoint();

}  // namespace bora::web
