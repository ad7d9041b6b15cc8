#pragma once

#include <cstdint>
#include <string_view>

#include <bora/core/task.h>
#include <bora/web/request_handler.h>
#include <bora/websocket.h>

// The answers by which web servers are compared, made by the whole of Bora: routes, handlers (one
// of them a coroutine), a compiled page.

namespace bench {

class Plaintext : public bora::web::RequestHandler {
 public:
  bora::Task<void> get();
};

class Json : public bora::web::RequestHandler {
 public:
  bora::Task<void> get();
};

class User : public bora::web::RequestHandler {
 public:
  bora::Task<void> get(std::int64_t id);
};

class Fortunes : public bora::web::RequestHandler {
 public:
  bora::Task<void> get();
};

/// Counts the bytes of a body as they arrive.
class Upload : public bora::web::RequestHandler {
 public:
  static constexpr bool stream_request_body = true;

  void prepare();
  void data_received(std::string_view piece) { size_ += piece.size(); }
  void post();

 private:
  std::uint64_t size_ = 0;
};

/// Sends each message back.
class SocketEcho : public bora::websocket::WebSocketHandler {
 public:
  void on_message(std::string_view data, bora::websocket::MessageType type) {
    write_message(data, type);
  }
};

}  // namespace bench
