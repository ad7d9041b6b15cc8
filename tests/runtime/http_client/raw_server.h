#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/core/gen.h>
#include <bora/net/tcp_server.h>

namespace bora::test {

/// A server that sends whatever a test wants.
class RawServer final : public net::TCPServer {
 public:
  using Talk = std::function<Task<void>(net::IOStream& stream)>;

  explicit RawServer(Talk talk, net::TCPServerOptions options = {})
      : TCPServer(std::move(options)), talk_(std::move(talk)) {
    listen(0, "127.0.0.1");
  }
  /// Answers the requests of each connection with `answers`, in turn, and closes.
  explicit RawServer(std::vector<std::string> answers, net::TCPServerOptions options = {})
      : TCPServer(std::move(options)), answers_(std::move(answers)) {
    talk_ = [this](net::IOStream& stream) { return give_answers(stream); };
    listen(0, "127.0.0.1");
  }

  [[nodiscard]] std::string url(std::string_view path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port()) + std::string(path);
  }

  /// Reads the head of the next request and, by its Content-Length, its body.
  static Task<std::string> read_request(net::IOStream& stream) {
    Task<std::string> reading = stream.read_until("\r\n\r\n");
    std::string text = co_await reading;
    const std::size_t at = text.find("Content-Length: ");
    if (at != std::string::npos) {
      const auto size = static_cast<std::size_t>(std::stoul(text.substr(at + 16)));
      Task<std::string> body = stream.read_bytes(size);
      text += co_await body;
    }
    co_return text;
  }
  static Task<void> say(net::IOStream& stream, std::string text) {
    net::WriteTask writing = stream.write(std::move(text));
    co_await writing;
  }

  std::vector<std::string> requests;
  int connections = 0;

 private:
  Task<void> handle_stream(net::IOStream stream, net::Address) override {
    ++connections;
    Task<void> talking = talk_(stream);
    co_await talking;
  }
  Task<void> give_answers(net::IOStream& stream) {
    for (const std::string& answer : answers_) {
      Task<std::string> reading = read_request(stream);
      std::string request = co_await reading;
      requests.push_back(std::move(request));
      Task<void> saying = say(stream, answer);
      co_await saying;
    }
  }

  Talk talk_;
  std::vector<std::string> answers_;
};

}  // namespace bora::test
