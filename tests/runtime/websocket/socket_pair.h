#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bora/core/io_loop.h>

#include "runtime/net/transport.h"
#include "runtime/websocket/connection.h"
#include "tests/runtime/websocket/frames.h"
#include "tests/support/catch.h"

namespace bora::websocket {

/// Records what a connection reports, and does what a test asks for.
class Recorder final : public ConnectionDelegate {
 public:
  bool message_received(MessageType type, std::string_view data) override {
    log.push_back((type == MessageType::text ? "text " : "binary ") + std::string(data));
    if (echoes) (void)connection->write(type, data);
    if (action) action(data);
    return !holds;
  }
  void ping_received(std::string_view data) override { log.push_back("ping " + std::string(data)); }
  void pong_received(std::string_view data) override { log.push_back("pong " + std::string(data)); }
  void messages_dropped(std::size_t messages, std::string_view reason) override {
    dropped += messages;
    drop_reason = reason;
  }
  void connection_closed() override {
    log.push_back("closed " + std::to_string(connection->close_code()) + " " +
                  std::string(connection->close_reason()));
    connection = nullptr;
  }

  [[nodiscard]] bool is_closed() const { return connection == nullptr; }

  Connection* connection = nullptr;
  std::vector<std::string> log;
  std::size_t dropped = 0;
  std::string drop_reason;
  bool echoes = false;
  bool holds = false;  ///< Every message stays in progress until resume().
  std::function<void(std::string_view)> action;
};

/// A connection whose other end is the test's own socket.
class SocketPair {
 public:
  explicit SocketPair(const WebSocketOptions& options = {}, bool is_server = true,
                      int buffer_size = 0) {
    int fds[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
    peer = fds[1];
    if (buffer_size > 0) {
      setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &buffer_size, sizeof(buffer_size));
    }
    Hub& hub = Hub::current();
    recorder.connection = &Connection::start(recorder, net::Transport(net::FileDescriptor(fds[0])),
                                             hub.rules_for(options, is_server), nullptr, {}, {});
    most_ = hub.connections();
    recorder.connection->open();
  }
  ~SocketPair() {
    if (peer >= 0) ::close(peer);
    run_until([&] { return recorder.is_closed() && connections() < most_; });
  }

  static void run_until(const std::function<bool()>& is_done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!is_done() && std::chrono::steady_clock::now() < end)
      IOLoop::current().run_once(std::chrono::milliseconds(20));
    REQUIRE(is_done());
  }

  void send(std::string_view bytes) const {
    REQUIRE(::send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()));
  }
  /// Returns what has come so far, without waiting.
  std::string receive() {
    char bytes[65536];
    std::string result;
    ssize_t count;
    while ((count = recv(peer, bytes, sizeof(bytes), 0)) > 0)
      result.append(bytes, static_cast<std::size_t>(count));
    if (count == 0) has_ended = true;
    return result;
  }
  /// Runs the loop until `size` bytes have come.
  std::string receive(std::size_t size) {
    std::string result;
    run_until([&] {
      result += receive();
      return result.size() >= size || has_ended;
    });
    return result;
  }
  /// Runs the loop until the connection has ended its side; returns what came before.
  std::string receive_all() {
    std::string result;
    run_until([&] {
      result += receive();
      return has_ended;
    });
    return result;
  }
  void run_until_logged(std::size_t entries) {
    run_until([&] { return recorder.log.size() >= entries; });
  }
  [[nodiscard]] static std::size_t connections() { return Hub::current().connections(); }

  Recorder recorder;
  int peer = -1;
  bool has_ended = false;

 private:
  std::size_t most_ = 0;  ///< Connections when this one was made, itself included.
};

/// A frame as a server sends it.
inline std::string plain(Opcode opcode, std::string_view payload) {
  return frame(opcode, payload, {.is_masked = false});
}

}  // namespace bora::websocket
