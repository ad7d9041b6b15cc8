#pragma once

#include <cstddef>
#include <string>

namespace bench {

/// Does what Linux requires of any server: waits for connections in an epoll set and answers every
/// `request_size` bytes that come with `reply`, without looking at them.
///
/// @param listener  A listening socket. Never returns; ends when the process is ended.
[[noreturn]] void run_limit_server(int listener, std::size_t request_size,
                                   const std::string& reply);

}  // namespace bench
