#pragma once

#include <string>
#include <vector>

#include "runtime/devtools/fault.h"

namespace bora::web {
class RequestHandler;
}

namespace bora::devtools {

/// The page that a developer sees when a handler threw: where, by which calls, for which request.
/// Cookies and everything with a name like a secret are masked.
///
/// @param log_lines  The lines that were logged while the request ran.
std::string debug_page(const web::RequestHandler& handler, const Fault& fault,
                       const std::vector<std::string>& log_lines);

/// Whether the value of a field or argument of this name must be masked.
bool is_secret_name(std::string_view name);

}  // namespace bora::devtools
