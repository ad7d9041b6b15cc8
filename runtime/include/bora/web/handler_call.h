#pragma once

#include <cstddef>
#include <utility>

#include <bora/web/detail/handler_calls.h>
#include <bora/web/route_table.h>

// How a handler class becomes an Endpoint: which of the seven methods it defines, and a function
// for each that turns the path's captures into typed arguments.
//
// There are two ways. `endpoint_of<Handler>` serves url<Handler>("/pattern"): the pattern is text,
// so the captures are converted to the types that the method takes. Generated routes know the
// captures' types, so they check at build time that the method takes exactly these (namespace
// bora::web::build, which only generated code includes).

namespace bora::web {

/// The class `Handler` as data, for url<Handler>(). Captures are converted to the types that each
/// method takes, as in routes.toml: text to std::string_view or std::string, numbers to any integer
/// type (404 when the number does not fit).
template <class Handler>
inline constexpr Endpoint endpoint_of =
    detail::make_endpoint<Handler>(std::make_index_sequence<kMethodCount>());

}  // namespace bora::web
