#pragma once

#include <string>
#include <vector>

#include "runtime/devtools/fault.h"

namespace bora::web {
class RequestHandler;
}

namespace bora::devtools {

/// What a developer sees when a handler threw: where, on which way, for which request. Cookies and
/// whatever is called like a secret are masked.
///
/// @param log_lines  What was logged while the request ran.
std::string debug_page(const web::RequestHandler& handler, const Fault& fault,
                       const std::vector<std::string>& log_lines);

/// Whether the value of a field or argument of this name is to be masked.
bool is_secret_name(std::string_view name);

}  // namespace bora::devtools
