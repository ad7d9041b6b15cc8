#pragma once

#include <string>

namespace bora::net {

/// Who listens on a TCP port of this machine, for the text of an error: "nginx, pid 1234", or "a
/// program of user www-data" when only that may be seen. Empty when nothing is known.
std::string port_holder(int port);

}  // namespace bora::net
