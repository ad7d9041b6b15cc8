#pragma once

#include <string_view>

#include <bora/net/netutil.h>

namespace bora::testing {

/// A listening socket and its port.
struct BoundPort {
  net::FileDescriptor socket;
  int port = 0;
};

/// Listens on a free port. The socket is bound, so nobody else can take the port meanwhile. Give it
/// to a server (`add_socket`), or close it to have a port that refuses connections.
/// @param reuse_port  Whether other sockets may be bound to the same port.
/// @throws net::BindError
[[nodiscard]] BoundPort bind_unused_port(bool reuse_port = false,
                                         std::string_view address = "127.0.0.1");

}  // namespace bora::testing
