#pragma once

#include <cstddef>
#include <string_view>

#include <bora/web/route_table.h>

namespace bora::web {

/// @param what  Says what captures: "route pattern '/users/{id}'".
/// @throws std::invalid_argument  A method of the handler takes another number of arguments.
void check_arguments(std::string_view what, const Endpoint& endpoint, std::size_t captures);

}  // namespace bora::web
