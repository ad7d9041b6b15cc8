#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <bora/core/deadline.h>
#include <bora/core/detail/await_by_name.h>
#include <bora/core/task.h>
#include <bora/net/address.h>
#include <bora/net/error.h>
#include <bora/net/io_stream.h>
#include <bora/net/resolver.h>
#include <bora/net/ssl_context.h>

namespace bora::net {

/// No address of a host could be connected to. what() is one sentence: which host, which addresses
/// were tried, and why each failed. real_error() is the error of the last one.
class ConnectError : public StreamClosedError {
 public:
  ConnectError(std::error_code real_error, std::string sentence);

  [[nodiscard]] const char* what() const noexcept override { return sentence_.c_str(); }

 private:
  std::string sentence_;
};

/// How TCPClient connects.
struct ConnectOptions {
  AddressFamily family = AddressFamily::unspecified;  ///< Only addresses of this family are used.
  StreamOptions stream{};                             ///< Options of the connection.
  /// A context such as `SSLContext::client()` makes the connection speak TLS. The server's
  /// certificate must then prove the host's name, and the stream that is returned is an SSLIOStream
  /// moved into an IOStream; see SSLIOStream(IOStream).
  SSLContext ssl_options{};
  /// The limit for everything together: finding the addresses, connecting, and TLS. A duration
  /// begins at the call. Without one, only the system's own limits apply (some minutes).
  Deadline timeout{};
  /// The address of this machine to connect from; if empty, the system chooses.
  std::string source_ip{};
  /// The port to connect from; with 0 the system chooses. If source_ip is empty, the port is one of
  /// the loopback address.
  int source_port = 0;
};

/// Connects to hosts by their names.
///
///     bora::net::TCPClient client;
///     bora::net::IOStream stream = co_await client.connect("example.com", 80);
///
/// Addresses are tried as RFC 8305 ("happy eyeballs") says: in the resolver's order, those of the
/// first one's family first. When no connection is made after 0.3 seconds, or as soon as one has
/// failed, the other family is tried beside it. The first connection that is made is taken, and all
/// others are closed.
class TCPClient {
 public:
  /// @param resolver  Null means a DefaultLoopResolver.
  explicit TCPClient(std::shared_ptr<Resolver> resolver = nullptr);

  /// Connects to `host`. The Task may outlive this object. Cancelling it closes the connections
  /// that were begun.
  ///
  /// g++ before 13 can't await a call that is given options in braces, and refuses it: give the
  /// options a name first (docs/coroutines.md).
  ///
  /// @param host  A name or an IP address.
  /// @throws ResolveError  The name has no address.
  /// @throws ConnectError  None of the addresses answers.
  /// @throws StreamClosedError  TLS can't be agreed on; the message names host, address and reason.
  /// @throws TimeoutError  options.timeout passed; the message says what was tried.
  Task<IOStream> connect(std::string host, int port);
  Task<IOStream> connect(std::string host, int port, const ConnectOptions& options);
  bora::detail::AwaitByNameIf<bora::detail::LostTemporary<ConnectOptions>, Task<IOStream>> connect(
      std::string host, int port, ConnectOptions&& options);

 private:
  std::shared_ptr<Resolver> resolver_;
};

}  // namespace bora::net
