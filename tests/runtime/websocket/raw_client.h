#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <bora/core/io_loop.h>

#include "tests/runtime/websocket/frames.h"
#include "tests/support/catch.h"

namespace bora::websocket {

inline void run_until(const std::function<bool()>& is_done) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!is_done() && std::chrono::steady_clock::now() < end)
    IOLoop::current().run_once(std::chrono::milliseconds(20));
  REQUIRE(is_done());
}

/// A client that sends exactly what a test wants; the server runs on this thread's loop.
class RawClient {
 public:
  explicit RawClient(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    REQUIRE(fcntl(fd_, F_SETFL, O_NONBLOCK) == 0);
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() { leave(); }

  [[nodiscard]] int local_port() const {
    sockaddr_in address{};
    socklen_t size = sizeof(address);
    REQUIRE(getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    return ntohs(address.sin_port);
  }

  void leave() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  /// The server sees an error instead of an orderly end.
  void break_off() {
    const linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    leave();
  }

  void send(std::string_view bytes) {
    run_until([&] {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
      if (sent < 0 && errno != EAGAIN) bytes = {};  // the server has closed
      return bytes.empty();
    });
  }

  /// Reads what has come, without waiting.
  void receive() {
    char bytes[65536];
    ssize_t count;
    while ((count = recv(fd_, bytes, sizeof(bytes), 0)) > 0)
      received.append(bytes, static_cast<std::size_t>(count));
    if (count == 0 || (count < 0 && errno != EAGAIN)) has_ended = true;
  }
  void receive_until(const std::function<bool()>& is_done) {
    run_until([&] {
      receive();
      return is_done() || has_ended;
    });
  }

  /// Asks for a WebSocket.
  /// @returns  The answer's head; `received` holds what came after it.
  std::string shake_hands(std::string_view target, std::string_view fields = {}) {
    send("GET " + std::string(target) +
         " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
         std::string(fields) + "\r\n");
    return receive_head();
  }
  std::string receive_head() {
    std::size_t end = std::string::npos;
    receive_until([&] { return (end = received.find("\r\n\r\n")) != std::string::npos; });
    if (end == std::string::npos)
      end = received.size();
    else
      end += 4;
    std::string head = received.substr(0, end);
    received.erase(0, end);
    return head;
  }

  /// The whole frames in what was received, in order.
  [[nodiscard]] std::vector<Seen> frames() const {
    return read_all(received, received.size() + 1,
                    {.expects_mask = false, .max_message_size = SIZE_MAX});
  }
  /// Waits for `count` frames.
  std::vector<Seen> receive_frames(std::size_t count) {
    receive_until([&] { return frames().size() >= count; });
    return frames();
  }
  std::vector<Seen> receive_to_end() {
    receive_until([] { return false; });
    return frames();
  }

  std::string received;
  bool has_ended = false;

 private:
  int fd_;
};

}  // namespace bora::websocket
