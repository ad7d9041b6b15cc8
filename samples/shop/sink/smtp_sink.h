#pragma once

#include <functional>
#include <string>
#include <utility>

#include <bora/net/tcp_server.h>

/// Accepts every mail (with as much of RFC 5321 as that needs) and passes it to a function.
class SMTPSink : public bora::net::TCPServer {
 public:
  explicit SMTPSink(std::function<void(std::string)> take) : take_(std::move(take)) {}

 private:
  bora::Task<void> handle_stream(bora::net::IOStream stream, bora::net::Address) override {
    co_await stream.write("220 sink\r\n");
    for (;;) {
      const std::string line = co_await stream.read_until("\r\n", 4096);
      if (line.starts_with("EHLO")) {
        co_await stream.write("250-sink\r\n250 8BITMIME\r\n");
      } else if (line.starts_with("DATA")) {
        co_await stream.write("354 go on\r\n");
        take_(co_await stream.read_until("\r\n.\r\n", 1024 * 1024));
        co_await stream.write("250 taken\r\n");
      } else if (line.starts_with("QUIT")) {
        co_await stream.write("221 bye\r\n");
        co_return;
      } else {
        co_await stream.write("250 ok\r\n");
      }
    }
  }

  std::function<void(std::string)> take_;
};
