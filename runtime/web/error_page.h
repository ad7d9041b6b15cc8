#pragma once

#include <exception>

namespace bora::web {

class RequestHandler;

/// What RequestHandler::write_error() does by default.
/// @param error  What was thrown; may be null.
void write_error_page(RequestHandler& handler, const std::exception_ptr& error);

}  // namespace bora::web
