#pragma once

#include <exception>
#include <string>

namespace bora::web {

class RequestHandler;

/// The page of RequestHandler::write_error, for the status that `handler` has set.
[[nodiscard]] std::string error_page(const RequestHandler& handler);

/// The same in debug mode: what was thrown, the request, its route; for a path without a route all
/// routes. Everything in it is escaped: most of it comes from the client.
[[nodiscard]] std::string debug_error_page(const RequestHandler& handler,
                                           const std::exception_ptr& error);

}  // namespace bora::web
