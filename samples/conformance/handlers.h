#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/evp.h>

#include <bora/core/task.h>
#include <bora/http/http_server_request.h>
#include <bora/web/request_handler.h>
#include <bora/websocket.h>

namespace conformance {

using bora::Task;
using bora::web::RequestHandler;

class SHA256 {
 public:
  SHA256();
  void add(std::string_view bytes);
  /// Returns the hash of all added bytes as hexadecimal digits. Call it once.
  [[nodiscard]] std::string digits();

 private:
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

/// The two answers that TechEmpower's benchmarks define.
class Plaintext : public RequestHandler {
 public:
  void get();
};
class Json : public RequestHandler {
 public:
  void get();
};

/// The request's fields, a line `name: value` for each.
class Headers : public RequestHandler {
 public:
  void get();
  void post() { get(); }
};

/// The request's cookies, a line `name=value` for each.
class Cookies : public RequestHandler {
 public:
  void get();
};

/// Answers after two seconds.
class Sleep : public RequestHandler {
 public:
  Task<void> get();
};

class User : public RequestHandler {
 public:
  void get(std::int64_t id);
};

/// Answers with the length of the body, which may be of any size, and its SHA-256.
class Upload : public RequestHandler {
 public:
  static constexpr bool stream_request_body = true;
  void prepare();
  void data_received(std::string_view piece);
  void post();
  void put() { post(); }

 private:
  SHA256 sum_;
  std::uint64_t size_ = 0;
};

/// Answers with the request's body.
class Echo : public RequestHandler {
 public:
  void get(std::string_view path);
  void post(std::string_view path) { get(path); }
  void put(std::string_view path) { get(path); }
  void patch(std::string_view path) { get(path); }
  void delete_(std::string_view path) { get(path); }
  void options(std::string_view path) { get(path); }
};

/// Sends each message back, text as text and binary as binary, compressed if the client can do it.
class WebSocketEcho : public bora::websocket::WebSocketHandler {
 public:
  bora::websocket::WebSocketOptions websocket_options() override { return limits; }
  void on_message(std::string_view data, bora::websocket::MessageType type);

  static bora::websocket::WebSocketOptions limits;
};

/// Answers with the body of requests for which there can be no handler: other methods, `OPTIONS *`.
Task<void> echo(bora::http::HTTPServerRequest& request);

}  // namespace conformance
