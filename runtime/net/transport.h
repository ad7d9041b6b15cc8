#pragma once

#include <sys/socket.h>
#include <sys/types.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <bora/net/io_stream.h>
#include <bora/net/netutil.h>

#include "runtime/net/ssl_engine.h"

namespace bora::net {

/// A connected, non-blocking socket, and the TLS that is spoken on it, if any. Streams, the HTTP
/// server and the testing client send and receive by it, and one protocol hands it over to another.
class Transport {
 public:
  enum class State : std::uint8_t {
    done,         ///< All that was possible is done.
    would_block,  ///< Nothing more for now.
    ended,        ///< The peer has ended its side; for send_file(), the file is shorter.
    failed,       ///< See error and, for TLS, SSLEngine::failure().
  };
  /// The progress of a call; bytes and any state may go together.
  struct Result {
    std::size_t bytes = 0;
    State state = State::done;
    bool is_exhausted = false;  ///< The socket has no more for now: a new event will come.
    bool wants_output = false;  ///< TLS has something to say before it can go on.
    int error = 0;              ///< errno of a socket in clear text.
  };

  Transport() noexcept = default;
  /// @param tls  The engine of this socket; null for clear text.
  explicit Transport(FileDescriptor socket, std::unique_ptr<SSLEngine> tls = nullptr) noexcept
      : tls_(std::move(tls)), socket_(std::move(socket)) {}

  /// Makes it speak TLS; the handshake is a part of receiving and sending.
  /// @throws SSLError
  void begin_tls(const SSLContext& context, std::string_view host, std::string_view alpn) {
    tls_ = std::make_unique<SSLEngine>(context, socket_.get(), host, alpn);
  }

  [[nodiscard]] int fd() const noexcept { return socket_.get(); }
  [[nodiscard]] bool is_open() const noexcept { return socket_.get() >= 0; }
  /// Null for clear text.
  [[nodiscard]] SSLEngine* tls() const noexcept { return tls_.get(); }
  [[nodiscard]] bool is_handshaking() const noexcept {
    return tls_ != nullptr && !tls_->is_ready();
  }

  /// Receives what is there, `room` bytes at most.
  /// @param has_hung_up  Whether the peer's end was announced, so that a short read does not mean
  ///                     that the socket is empty.
  Result receive(char* to, std::size_t room, bool has_hung_up) {
    return tls_ == nullptr ? receive_plain(to, room) : receive_tls(to, room, has_hung_up);
  }

  /// Sends both pieces, as far as the socket takes them. The rest must be sent again, in the same
  /// order.
  /// @param flags  MSG_MORE; for clear text only.
  Result send(std::string_view first, std::string_view second = {}, int flags = 0) {
    if (tls_ == nullptr && second.empty()) {  // nearly always, so it is compiled into the caller
      const ssize_t count = ::send(fd(), first.data(), first.size(), flags | MSG_NOSIGNAL);
      if (count >= 0) return {static_cast<std::size_t>(count), State::done, false, false, 0};
      if (errno != EINTR) return failure();
    }
    return send_pieces(first, second, flags);
  }

  /// Sends a part of a file, by the kernel alone where that is possible.
  Result send_file(int file, off_t offset, std::size_t size);

  /// Tells the peer that TLS ends, as far as the socket takes it now, and continues in clear text.
  void end_tls() noexcept;
  /// Ends the sending side. Returns false if the peer has left.
  bool shut_down() noexcept { return ::shutdown(fd(), SHUT_WR) == 0; }
  /// Bytes that the system holds for the peer: sent, and not acknowledged.
  [[nodiscard]] std::size_t unacknowledged() const noexcept;
  // For code that goes on with only one of the two.
  [[nodiscard]] std::unique_ptr<SSLEngine> take_tls() noexcept { return std::move(tls_); }
  [[nodiscard]] FileDescriptor take_socket() noexcept { return std::move(socket_); }
  /// The results of TLS can be asked for afterwards.
  void close() noexcept { socket_.close(); }
  /// Makes close() drop the data that the system holds for the peer, which sees a broken
  /// connection.
  void reset_on_close() noexcept;

 private:
  Result receive_plain(char* to, std::size_t room) {
    ssize_t count;
    do {
      count = ::recv(fd(), to, room, 0);
    } while (count < 0 && errno == EINTR);
    if (count > 0) {
      const auto bytes = static_cast<std::size_t>(count);
      return {bytes, State::done, bytes < room, false, 0};
    }
    if (count == 0) return {0, State::ended, true, false, 0};
    return failure();
  }
  Result send_pieces(std::string_view first, std::string_view second, int flags);
  Result failure() const noexcept {
    if (errno == EAGAIN) return {0, State::would_block, true, false, 0};
    return {0, State::failed, true, false, errno};
  }
  Result receive_tls(char* to, std::size_t room, bool has_hung_up);
  Result send_tls(std::string_view first, std::string_view second);
  Result copy_file(int file, off_t offset, std::size_t size);

  std::unique_ptr<SSLEngine> tls_;
  FileDescriptor socket_;
};

/// Makes a stream of an open transport, whose handshake is over.
///
/// @param received  Bytes that were read and not used: the stream's next read begins with them.
/// @param unsent    Bytes to be sent before anything that is written to the stream.
/// @throws std::system_error  The socket can't be watched; it is closed.
IOStream open_stream(Transport transport, std::string received, std::string unsent,
                     const StreamOptions& options = {});

/// The remainder of a stream whose transport goes elsewhere.
struct StreamRest {
  std::string received;  ///< and not yet read
  std::string unsent;    ///< written, and not yet sent
};

/// The opposite of open_stream(): the stream is closed for all that have a part in it, but its
/// socket stays open.
/// @returns  A transport without a socket if the stream was closed already.
Transport take_transport(IOStream stream, StreamRest& rest);

}  // namespace bora::net
