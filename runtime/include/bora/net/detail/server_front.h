#pragma once

#include <string_view>
#include <vector>

#include <bora/core/detail/chrono.h>
#include <bora/net/address.h>
#include <bora/net/netutil.h>
#include <bora/net/process.h>
#include <bora/net/ssl_context.h>

namespace bora::net::detail {

/// The front of a server, the same in HTTPServer and TCPServer: the sockets that it has bound and
/// does not accept from yet, and its workers.
class ServerFront {
 public:
  ServerFront(int backlog, bool reuse_port) noexcept : backlog_(backlog), reuse_port_(reuse_port) {}

  /// Makes sockets that are accepted from at once.
  /// @throws BindError
  [[nodiscard]] std::vector<FileDescriptor> open(int port, std::string_view address,
                                                 AddressFamily family) const;
  [[nodiscard]] std::vector<FileDescriptor> open(std::string_view address) const;

  /// Keeps listening sockets until start().
  /// @throws std::invalid_argument  One of them is not a listening stream socket.
  void bind(std::vector<FileDescriptor> sockets);

  /// Forks workers unless `num_processes` is 1, and returns in each of them the sockets that it
  /// should accept from.
  ///
  /// @param options        Its stop_timeout is made longer than the server's drain_timeout.
  /// @param certificates   The server's, if it speaks TLS: they are read again where a worker
  ///                       replaces another.
  std::vector<FileDescriptor> start(int num_processes, ForkOptions options,
                                    std::chrono::seconds drain_timeout, SSLContext& certificates);

  /// Closes the sockets that were bound.
  void stop() noexcept { bound_.clear(); }
  /// The port of the first bound socket; 0 if there is none.
  [[nodiscard]] int port() const;

 private:
  std::vector<FileDescriptor> bound_;
  int backlog_;
  bool reuse_port_;
};

/// @throws std::invalid_argument  One of them is not a listening stream socket.
std::vector<FileDescriptor> checked(std::vector<FileDescriptor> sockets);

/// Reads a server's certificates again. If something is wrong with them, it is logged, and the
/// former ones stay in use. Does nothing without TLS.
void reload_certificates(SSLContext& context) noexcept;

}  // namespace bora::net::detail
