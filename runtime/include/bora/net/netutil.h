#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/core/unique_function.h>
#include <bora/net/address.h>

namespace bora::net {

/// Owns a descriptor and closes it.
class FileDescriptor {
 public:
  FileDescriptor() noexcept = default;
  explicit FileDescriptor(int fd) noexcept : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { close(); }

  [[nodiscard]] int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  /// Gives the descriptor away: the caller closes it.
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
  void close() noexcept;

 private:
  int fd_ = -1;
};

/// Makes listening sockets on `port` for every address that `address` names: non-blocking, closed
/// on exec, and IPv6 sockets for IPv6 only.
///
/// An address family that this machine lacks is skipped as long as one socket remains; any other
/// failure closes what was opened and throws.
///
/// @param port        0 chooses a free port, the same for all addresses; see local_port().
/// @param address     "127.0.0.1", "::1", or a name such as "localhost"; empty means every
///                    interface, IPv4 and IPv6. The system looks a name up, which may block: call
///                    this at the start of a program.
/// @param backlog     The number of connections that may wait for accept().
/// @param reuse_port  Whether several processes may listen on the same port, and share its
///                    connections.
/// @param family      Only addresses of this family are used.
/// @throws BindError  The message is one sentence: which address and port, why, and what to do.
std::vector<FileDescriptor> bind_sockets(int port, std::string_view address = {}, int backlog = 128,
                                         bool reuse_port = false,
                                         AddressFamily family = AddressFamily::unspecified);

/// Makes a listening Unix-domain socket at `path`.
///
/// A socket that is there already is removed if nobody answers on it: a program that died has left
/// it. Nothing else is ever removed. The new socket has its mode before anybody can reach it. Its
/// file remains when the socket is closed.
///
/// @param path  A file's path; with a leading NUL, a Linux abstract name, which has no file and no
///              mode.
/// @param mode  The mode of the file: whoever may write to it may connect.
/// @throws BindError  Another program listens there, the file is of another kind, …
FileDescriptor bind_unix_socket(std::string_view path, unsigned mode = 0600, int backlog = 128);

/// Makes listening sockets for an address as people write it: "127.0.0.1:8888", "[::1]:8888",
/// "localhost:8888", ":8888" (every interface), "8888" (the same), "unix:/run/app.sock",
/// "unix:@name" (abstract).
/// @throws BindError
std::vector<FileDescriptor> bind_address(std::string_view address, int backlog = 128,
                                         bool reuse_port = false);

/// Calls a function for each connection, as long as this object lives. add_accept_handler() makes
/// it.
class AcceptHandler {
 public:
  AcceptHandler() noexcept;
  AcceptHandler(AcceptHandler&& other) noexcept;
  AcceptHandler& operator=(AcceptHandler&& other) noexcept;
  ~AcceptHandler();

  /// Ends the calls. It may be called from within one, and twice.
  void remove() noexcept;

 private:
  class Impl;
  explicit AcceptHandler(std::unique_ptr<Impl> impl) noexcept;
  friend AcceptHandler add_accept_handler(int, UniqueFunction<void(FileDescriptor, Address)>);

  std::unique_ptr<Impl> impl_;
};

/// Calls `callback(connection, peer)` on this thread's loop for each connection that comes in on a
/// listening socket. When the process is out of descriptors, it waits and tries again.
///
/// @param socket  The caller keeps it and must close it only after the handler was removed.
/// @throws std::system_error  The socket can't be watched.
[[nodiscard]] AcceptHandler add_accept_handler(
    int socket, UniqueFunction<void(FileDescriptor connection, Address peer)> callback);

/// The port that a socket is bound to; 0 if it has none.
[[nodiscard]] int local_port(int socket);

/// Whether `text` is an IPv4 or IPv6 address, and not a name. Any text may be passed.
[[nodiscard]] bool is_valid_ip(std::string_view text);

}  // namespace bora::net
