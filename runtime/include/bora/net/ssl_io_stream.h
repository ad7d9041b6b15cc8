#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <bora/net/io_stream.h>
#include <bora/net/ssl_context.h>

namespace bora::net {

/// An IOStream that speaks TLS: the same reads and writes.
///
///     bora::net::SSLIOStream stream(bora::net::AddressFamily::ipv4,
///     bora::net::SSLContext::client()); co_await stream.connect(address, "example.com"); co_await
///     stream.write("…");
///
/// What is read or written before the handshake has ended waits for it. A stream that can't agree
/// with its peer closes: StreamClosedError then says with which host and address, and why: the
/// certificate has expired, is self-signed, is for another name, is signed by nobody that is
/// trusted … A peer that vanishes without ending TLS is told apart from one that is done:
/// read_until_close() throws StreamClosedError, net::Error::truncated.
///
/// May be moved into an IOStream, which goes on speaking TLS.
class SSLIOStream : public IOStream {
 public:
  /// Takes over a connected socket and begins the handshake: as a server if `context` is one,
  /// else as a client.
  ///
  /// @param server_hostname  A client's: the name that the server's certificate must prove, and
  ///                         that is asked for by SNI.
  /// @throws SSLError           The context wants the name checked, and there is none.
  /// @throws std::system_error  The socket can't be watched.
  SSLIOStream(FileDescriptor socket, const SSLContext& context,
              std::string_view server_hostname = {}, const StreamOptions& options = {});
  /// Makes a socket, to be connected. `context` is a client's.
  /// @throws std::system_error  There is none to be had.
  SSLIOStream(AddressFamily family, SSLContext context, const StreamOptions& options = {});

  /// A stream that speaks TLS already, as TCPClient and TCPServer hand it out.
  explicit SSLIOStream(IOStream&& stream) noexcept : IOStream(std::move(stream)) {}

  /// Connects and goes through the handshake. Cancelling the wait closes the stream.
  /// @throws StreamClosedError  The sentence tells why; the stream is closed.
  /// @throws SSLError           The name is missing.
  Task<void> connect(const Address& address, std::string_view server_hostname);

  /// Waits for the end of the handshake. Cancelling the wait closes the stream; so does
  /// SSLOptions::handshake_timeout.
  /// @throws StreamClosedError
  /// @throws std::logic_error  "Already waiting": one wait at a time.
  Task<void> wait_for_handshake();

  /// What both sides have agreed on by ALPN; empty: nothing, or not yet.
  [[nodiscard]] std::string selected_alpn_protocol() const;
  /// The peer's certificate; null if it gave none, or there was no handshake yet.
  [[nodiscard]] std::optional<SSLCertificate> get_ssl_certificate() const;

 private:
  friend class IOStream;
  explicit SSLIOStream(detail::StreamRef core) noexcept : IOStream(std::move(core)) {}
  static Task<SSLIOStream> after_handshake(detail::StreamRef core);

  SSLContext context_;  ///< Until connect().
};

}  // namespace bora::net
