#pragma once

#include <cstdint>
#include <string_view>

#include <bora/core/task.h>
#include <bora/http/http_server_request.h>
#include <bora/web/request_handler.h>

namespace conformance {

using bora::Task;
using bora::web::RequestHandler;

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

/// Answers the length of the body and its SHA-256.
class Upload : public RequestHandler {
 public:
  void post();
  void put() { post(); }
};

/// Answers the body.
class Echo : public RequestHandler {
 public:
  void get(std::string_view path);
  void post(std::string_view path) { get(path); }
  void put(std::string_view path) { get(path); }
  void patch(std::string_view path) { get(path); }
  void delete_(std::string_view path) { get(path); }
  void options(std::string_view path) { get(path); }
};

/// Answers the body of what no handler can be written for: other methods, `OPTIONS *`.
Task<void> echo(bora::http::HTTPServerRequest& request);

}  // namespace conformance
