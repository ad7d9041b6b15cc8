#pragma once

#include <string_view>
#include <utility>
#include <vector>

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

/// Makes listening sockets on `port` of every address that `address` names: not blocking, closed on
/// exec, IPv6 sockets for IPv6 only.
///
/// An address family that this machine lacks is passed over as long as one socket remains; any
/// other failure closes what was opened and throws.
///
/// @param port        0 takes a free one, the same for all addresses; see local_port().
/// @param address     "127.0.0.1", "::1", a name such as "localhost"; empty is every interface,
/// IPv4
///                    and IPv6. A name is looked up by the system, which may block: this is a call
///                    for the start of a program.
/// @param backlog     Connections that may wait for accept().
/// @param reuse_port  Several processes may listen on the same port, and share its connections.
/// @throws BindError  One sentence: which address and port, why, and what to do.
std::vector<FileDescriptor> bind_sockets(int port, std::string_view address = {}, int backlog = 128,
                                         bool reuse_port = false);

/// The port that a socket is bound to; 0 if it has none.
[[nodiscard]] int local_port(int socket);

/// Whether `text` is an IPv4 or IPv6 address, not a name. Any text is fine.
[[nodiscard]] bool is_valid_ip(std::string_view text);

}  // namespace bora::net
