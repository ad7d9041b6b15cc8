#pragma once

#include <cstddef>
#include <utility>

#include <bora/web/detail/handler_calls.h>
#include <bora/web/route_table.h>

// How a handler class becomes an Endpoint: which of the seven methods it defines, and a function
// for each that turns the path's captures into typed arguments.
//
// Two ways lead here. `endpoint_of<Handler>` serves url<Handler>("/pattern"): the pattern is text,
// so the captures are converted to whatever the method takes. Generated routes know the captures'
// types, so they check at build time that the method takes exactly these (namespace
// bora::web::build, which generated code alone includes).

namespace bora::web {

/// The class `Handler` as data, for url<Handler>(). Captures become what each method takes, as in
/// routes.toml: text as std::string_view or std::string, numbers as any integer type (404 when out
/// of its range).
template <class Handler>
inline constexpr Endpoint endpoint_of =
    detail::make_endpoint<Handler>(std::make_index_sequence<kMethodCount>());

}  // namespace bora::web
