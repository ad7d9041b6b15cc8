#pragma once

#include <string>

namespace bora::net {

/// The program that listens on a TCP port of this machine, for the text of an error: "nginx, pid
/// 1234", or "a program of user www-data" when only that may be seen. It is empty when nothing is
/// known.
std::string port_holder(int port);

}  // namespace bora::net
