#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <bora/core/io_loop.h>
#include <bora/net/ssl_context.h>

#include "runtime/net/ssl_engine.h"
#include "tests/support/catch.h"

namespace bora::test {

/// The client's end of a TLS connection over a non-blocking socket, to a server on this thread's
/// loop.
class TLSPeer {
 public:
  using Status = net::SSLEngine::Status;

  /// @param fd  Stays the caller's.
  TLSPeer(const net::SSLContext& context, int fd, std::string_view host = "localhost",
          std::string_view alpn = {})
      : engine_(context, fd, host, alpn) {}

  /// Does the handshake; returns `done`, `failed` or `closed`.
  Status handshake() {
    for (int idle = 0; idle < 5; ++idle) {
      const Status status = engine_.handshake(false);
      if (status != Status::want_read && status != Status::want_write) return status;
      run();
    }
    return Status::want_read;
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto result = engine_.write(bytes);
      bytes.remove_prefix(result.bytes);
      run();
      if (result.status != Status::done && result.status != Status::want_write) return;
    }
  }

  /// Everything that has come so far.
  std::string receive() {
    std::string received;
    char bytes[65536];
    for (int idle = 0; idle < 3;) {
      run();
      const auto result = engine_.read(bytes, sizeof(bytes), false);
      received.append(bytes, result.bytes);
      end_ = result.status;
      idle = result.bytes > 0 ? 0 : idle + 1;
      if (end_ == Status::closed || end_ == Status::failed) break;
    }
    return received;
  }
  /// Returns everything up to the connection's end, for which the kernel may need some time.
  std::string receive_to_end() {
    std::string received;
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    do {
      IOLoop::current().run_once(std::chrono::milliseconds(5));
      received += receive();
    } while (end_ != Status::closed && end_ != Status::failed &&
             std::chrono::steady_clock::now() < limit);
    return received;
  }
  /// After receive(): `closed` if the server ended TLS properly.
  [[nodiscard]] Status end() const { return end_; }

  net::SSLEngine& engine() { return engine_; }

 private:
  static void run() {
    while (IOLoop::current().run_once()) {
    }
  }

  net::SSLEngine engine_;
  Status end_ = Status::done;
};

}  // namespace bora::test
