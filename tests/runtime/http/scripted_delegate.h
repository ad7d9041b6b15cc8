#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <bora/http/http_connection.h>

namespace bora::test {

/// A delegate that takes one request at a time and does what the test's functions say; without one
/// it gathers the body and answers it.
class ScriptedDelegate final : public http::HTTPServerConnectionDelegate,
                               public http::HTTPMessageDelegate {
 public:
  http::HTTPMessageDelegate* start_request(http::HTTPServerRequest& request) override {
    connection = &request.connection();
    uri = request.uri();
    ++started;
    if (on_start) on_start();
    return this;
  }

  void data_received(std::string_view piece) override {
    pieces.emplace_back(piece);
    if (on_data) on_data();
  }

  void finish() override {
    ++finished;
    if (on_finish) {
      on_finish();
    } else {
      answer(200, body());
    }
  }

  void on_connection_close() override {
    ++closed;
    if (on_close) {
      on_close();
    } else {
      release();
    }
  }

  /// Answers and lets go of the request.
  void answer(int status, std::string_view text) {
    http::ResponseHead head;
    head.status = status;
    head.content_length = static_cast<std::int64_t>(text.size());
    http::HTTPConnection& answered = *connection;
    answered.write_headers(head, text);
    answered.finish();
    answered.release();
  }
  void release() const { connection->release(); }

  [[nodiscard]] std::string body() const {
    std::string whole;
    for (const std::string& piece : pieces) whole += piece;
    return whole;
  }

  std::function<void()> on_start;
  std::function<void()> on_data;
  std::function<void()> on_finish;
  std::function<void()> on_close;

  http::HTTPConnection* connection = nullptr;  ///< Of the last request.
  std::string uri;
  std::vector<std::string> pieces;
  int started = 0;
  int finished = 0;
  int closed = 0;
};

}  // namespace bora::test
