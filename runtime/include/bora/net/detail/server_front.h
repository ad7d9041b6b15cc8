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

  /// Sockets to accept from at once.
  /// @throws BindError
  [[nodiscard]] std::vector<FileDescriptor> open(int port, std::string_view address,
                                                 AddressFamily family) const;
  [[nodiscard]] std::vector<FileDescriptor> open(std::string_view address) const;

  /// Keeps sockets that listen, until start().
  /// @throws std::invalid_argument  One of them is no listening stream socket.
  void bind(std::vector<FileDescriptor> sockets);

  /// Forks workers unless `num_processes` is 1, and returns in each with the sockets that it is to
  /// accept from.
  ///
  /// @param options        Its stop_timeout is made longer than the server's drain_timeout.
  /// @param certificates   Of the server, if it speaks TLS: read anew where a worker replaces one.
  std::vector<FileDescriptor> start(int num_processes, ForkOptions options,
                                    std::chrono::seconds drain_timeout, SSLContext& certificates);

  /// Closes what was bound.
  void stop() noexcept { bound_.clear(); }
  /// The port of the first bound socket; 0 if there is none.
  [[nodiscard]] int port() const;

 private:
  std::vector<FileDescriptor> bound_;
  int backlog_;
  bool reuse_port_;
};

/// @throws std::invalid_argument  One of them is no listening stream socket.
std::vector<FileDescriptor> checked(std::vector<FileDescriptor> sockets);

/// Reads a server's certificates anew. What is wrong with them is logged, and the former ones are
/// used on. Nothing happens without TLS.
void reload_certificates(SSLContext& context) noexcept;

}  // namespace bora::net::detail
