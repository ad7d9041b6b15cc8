#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <string_view>

#include <bora/core/io_loop.h>
#include <bora/net/netutil.h>

namespace bora::testing {

/// Runs the loop until `condition` holds. @returns  False if it did not within ten seconds.
template <class Condition>
bool run_until(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    IOLoop::current().run_once(std::chrono::milliseconds(2));
  }
  return true;
}

/// A client that sends and receives bytes as they are, for what HTTPTest cannot do.
class RawClient {
 public:
  explicit RawClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_open_ =
        ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }

  [[nodiscard]] bool send(std::string_view bytes) const {
    return ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }

  /// Sends what the kernel takes at once; returns how much that is.
  [[nodiscard]] std::size_t send_some(std::string_view bytes) {
    const ssize_t count =
        ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN) is_open_ = false;
    return count < 0 ? 0 : static_cast<std::size_t>(count);
  }

  /// Takes what has come so far into `received`.
  void receive() {
    char bytes[64 * 1024];
    while (is_open_) {
      const ssize_t count = ::recv(socket_.get(), bytes, sizeof bytes, MSG_DONTWAIT);
      if (count < 0 && errno == EAGAIN) return;
      if (count <= 0) {
        is_open_ = false;
        return;
      }
      received.append(bytes, static_cast<std::size_t>(count));
    }
  }

  /// Runs the loop until `received` ends in `end`.
  bool receive_until(std::string_view end) {
    return run_until([&] {
      receive();
      return std::string_view(received).ends_with(end);
    });
  }

  /// Runs the loop until the server closes.
  bool receive_all() {
    return run_until([&] {
      receive();
      return !is_open_;
    });
  }

  /// Closes the connection. With `reset` the server sees an error instead of an orderly end.
  void leave(bool reset = false) {
    const linger now{1, 0};
    if (reset) ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    socket_.close();
  }

  [[nodiscard]] bool is_open() const { return is_open_; }

  std::string received;

 private:
  net::FileDescriptor socket_;
  bool is_open_ = false;
};

}  // namespace bora::testing
