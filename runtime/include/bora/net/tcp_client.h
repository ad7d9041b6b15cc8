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
/// were tried, and why each failed. real_error() is the last one's.
class ConnectError : public StreamClosedError {
 public:
  ConnectError(std::error_code real_error, std::string sentence);

  [[nodiscard]] const char* what() const noexcept override { return sentence_.c_str(); }

 private:
  std::string sentence_;
};

/// How TCPClient connects.
struct ConnectOptions {
  AddressFamily family = AddressFamily::unspecified;  ///< Only addresses of this one.
  StreamOptions stream{};                             ///< Of the connection.
  /// Speak TLS: `SSLContext::client()`. The server's certificate must then prove the host's name,
  /// and the stream that comes back is an SSLIOStream in an IOStream's clothes; see
  /// SSLIOStream(IOStream).
  SSLContext ssl_options{};
  /// For all of it: finding the addresses, connecting, and TLS. A duration begins at the call;
  /// without one, only the system's own limits end it (some minutes).
  Deadline timeout{};
  /// An address of this machine to connect from; empty: the system chooses.
  std::string source_ip{};
  /// A port to connect from; 0: the system chooses. If source_ip is empty, one of the loopback
  /// address.
  int source_port = 0;
};

/// Connects to hosts by their names.
///
///     bora::net::TCPClient client;
///     bora::net::IOStream stream = co_await client.connect("example.com", 80);
///
/// Addresses are tried as RFC 8305 has it ("happy eyeballs"): in the resolver's order, those of the
/// first one's family first; when nothing stands after 0.3 seconds, or as soon as one has failed,
/// the other family is tried beside it. Whichever connects first is taken, all others are closed.
class TCPClient {
 public:
  /// @param resolver  Null: a DefaultLoopResolver.
  explicit TCPClient(std::shared_ptr<Resolver> resolver = nullptr);

  /// The Task may outlive this object. Cancelling it closes what was begun.
  ///
  /// g++ before 13 can't await a call that is given options in braces, and refuses it: give them a
  /// name first (docs/coroutines.md).
  ///
  /// @param host  A name or an IP address.
  /// @throws ResolveError  The name has no address.
  /// @throws ConnectError  None of the addresses answers.
  /// @throws StreamClosedError  TLS can't be agreed on; says with which host and address, and why.
  /// @throws TimeoutError  options.timeout; says what was tried.
  Task<IOStream> connect(std::string host, int port);
  Task<IOStream> connect(std::string host, int port, const ConnectOptions& options);
  bora::detail::AwaitByNameIf<bora::detail::LostTemporary<ConnectOptions>, Task<IOStream>> connect(
      std::string host, int port, ConnectOptions&& options);

 private:
  std::shared_ptr<Resolver> resolver_;
};

}  // namespace bora::net
