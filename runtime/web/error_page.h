#pragma once

#include <exception>

namespace bora::web {

class RequestHandler;

/// The default of RequestHandler::write_error().
/// @param error  The exception; may be null.
void write_error_page(RequestHandler& handler, const std::exception_ptr& error);

}  // namespace bora::web
