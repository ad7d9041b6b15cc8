#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <bora/net/io_stream.h>
#include <bora/net/ssl_context.h>

namespace bora::net {

/// An IOStream that speaks TLS, with the same reads and writes.
///
///     using namespace bora::net;
///     SSLIOStream stream(AddressFamily::ipv4, SSLContext::client());
///     co_await stream.connect(address, "example.com");
///     co_await stream.write("…");
///
/// Reads and writes before the handshake has ended wait for its end. A stream that can't agree with
/// its peer closes: StreamClosedError then says with which host and address, and why: the
/// certificate has expired, is self-signed, is for another name, is signed by an authority that is
/// not trusted … A peer that vanishes without ending TLS differs from one that is done:
/// read_until_close() then throws StreamClosedError with net::Error::truncated.
///
/// It may be moved into an IOStream, which goes on speaking TLS.
class SSLIOStream : public IOStream {
 public:
  /// Takes over a connected socket and begins the handshake: as a server if `context` is a
  /// server's, else as a client.
  ///
  /// @param server_hostname  For a client: the name that the server's certificate must prove, and
  ///                         that is asked for by SNI.
  /// @throws SSLError           The context requires that the name is checked, and there is none.
  /// @throws std::system_error  The socket can't be watched.
  SSLIOStream(FileDescriptor socket, const SSLContext& context,
              std::string_view server_hostname = {}, const StreamOptions& options = {});
  /// Makes a socket that is not connected yet. `context` is a client's.
  /// @throws std::system_error  The system gives no socket.
  SSLIOStream(AddressFamily family, SSLContext context, const StreamOptions& options = {});

  /// Takes over a stream that speaks TLS already, as TCPClient and TCPServer hand it out.
  explicit SSLIOStream(IOStream&& stream) noexcept : IOStream(std::move(stream)) {}

  /// Connects and performs the handshake. Cancelling the wait closes the stream.
  /// @throws StreamClosedError  The message tells why; the stream is closed.
  /// @throws SSLError           `server_hostname` is missing.
  Task<void> connect(const Address& address, std::string_view server_hostname);

  /// Waits for the end of the handshake. Cancelling the wait closes the stream; so does
  /// SSLOptions::handshake_timeout.
  /// @throws StreamClosedError
  /// @throws std::logic_error  "Already waiting": another wait is pending.
  Task<void> wait_for_handshake();

  /// The protocol that both sides have agreed on by ALPN; empty if there is none, or none yet.
  [[nodiscard]] std::string selected_alpn_protocol() const;
  /// The peer's certificate; empty if the peer gave none, or the handshake has not ended.
  [[nodiscard]] std::optional<SSLCertificate> get_ssl_certificate() const;

 private:
  friend class IOStream;
  explicit SSLIOStream(detail::StreamRef core) noexcept : IOStream(std::move(core)) {}
  static Task<SSLIOStream> after_handshake(detail::StreamRef core);

  SSLContext context_;  ///< used until connect()
};

}  // namespace bora::net
