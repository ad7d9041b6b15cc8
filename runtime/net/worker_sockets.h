#pragma once

#include <cstddef>
#include <vector>

#include <bora/net/netutil.h>
#include <bora/net/process.h>

namespace bora::net {

/// Listening sockets for each of `workers` processes, made of those of one process.
///
/// Each worker gets TCP sockets of its own on the same ports (SO_REUSEPORT), among which the kernel
/// spreads connections evenly. They are made before the fork, so that the parent holds them all:
/// when a worker has died, connections in its socket's queue wait for its successor. Where that
/// can't be done (a Unix socket; one that another user has bound) they share the one there is. They
/// also share a socket that was passed to the program: connections waiting in it outlive the
/// program, while those in sockets of the program's own would be reset.
std::vector<std::vector<FileDescriptor>> sockets_for_workers(std::vector<FileDescriptor> sockets,
                                                             std::size_t workers);

/// Implements start(n) of a server: forks workers, and returns in each with its own of `sockets`.
/// While a worker's place is vacant for long, its own sockets are closed: connections waiting there
/// are reset, and new ones go to its siblings.
std::vector<FileDescriptor> start_workers(std::vector<FileDescriptor> sockets, int num_processes,
                                          const ForkOptions& options);

/// Whether this process and its siblings accept from the same socket.
bool is_shared_by_workers(const FileDescriptor& socket);

/// @throws std::invalid_argument  It is not a listening stream socket.
void check_listening(const FileDescriptor& socket);

}  // namespace bora::net
