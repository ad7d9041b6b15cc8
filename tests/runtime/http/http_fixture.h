#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <coroutine>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/core/clock.h>
#include <bora/core/error.h>
#include <bora/core/io_loop.h>
#include <bora/http/http_server.h>
#include <bora/net/error.h>
#include <bora/net/netutil.h>
#include <bora/net/ssl_context.h>

#include "runtime/http/workspace.h"
#include "tests/support/catch.h"
#include "tests/support/forward_clock.h"

namespace bora::test {

inline void run_until_idle() {
  while (IOLoop::current().run_once()) {
  }
}

/// Coroutines wait here until the test lets them go on.
class Gate {
 public:
  struct Awaiter {
    Gate& gate;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) const { gate.waiting_.push_back(handle); }
    void await_resume() const noexcept {}
  };
  Awaiter wait() { return {*this}; }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  void open() {
    for (const std::coroutine_handle<> handle : std::exchange(waiting_, {})) handle.resume();
  }

 private:
  std::vector<std::coroutine_handle<>> waiting_;
};

/// A delegate that chooses its answers by the path, and records every request that reached it.
class TestDelegate final : public http::HTTPServerConnectionDelegate {
 public:
  struct Seen {
    std::string method;
    std::string uri;
    std::string host;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
  };

  http::HTTPMessageDelegate* start_request(http::HTTPServerRequest& request) override;

  std::vector<Seen> seen;         ///< Whole requests.
  int started = 0;                ///< Heads.
  int closed = 0;                 ///< on_connection_close() calls.
  int stream_closed = 0;          ///< flush() calls that threw StreamClosedError.
  int cancelled = 0;              ///< flush() calls that threw CancelledError.
  std::size_t produced = 0;       ///< Bytes that /download has written.
  Task<void>* running = nullptr;  ///< The task in which /stalled waits.
  Gate gate;                      ///< /wait, /wait-then-write and /stream wait here.
  void* on_finish_argument = nullptr;
  void (*on_finish)(void*) = nullptr;  ///< /call calls it.
};

class TestMessage final : public http::HTTPMessageDelegate {
 public:
  TestMessage(TestDelegate& owner, http::HTTPServerRequest& request)
      : owner_(owner), request_(request) {}

  void data_received(std::string_view chunk) override {
    if (request_.path() == "/throw-data") throw std::runtime_error("data");
    request_.append_body(chunk);
  }

  void finish() override {
    TestDelegate::Seen seen{std::string(request_.method()),
                            std::string(request_.uri()),
                            std::string(request_.host()),
                            std::string(request_.body()),
                            {}};
    for (const auto [name, value] : request_.headers()) seen.headers.emplace_back(name, value);
    owner_.seen.push_back(std::move(seen));
    if (request_.path() == "/throw-finish") throw std::runtime_error("finish");
    is_running_ = true;
    task_ = serve();
    if (task_.start(&TestMessage::done, this)) done(this);
  }

  void on_connection_close() override {
    ++owner_.closed;
    if (!is_running_) request_.connection().release();
  }

  void answer_early() {
    answer(405, "early");
    request_.connection().release();
  }

 private:
  static void done(void* self) { static_cast<TestMessage*>(self)->end(); }
  void end() {
    is_running_ = false;
    http::HTTPConnection& connection = request_.connection();
    task_ = {};
    connection.release();
  }

  void answer(int status, std::string_view body) {
    http::ResponseHead head;
    head.status = status;
    head.content_type = "text/plain";
    head.content_length = static_cast<std::int64_t>(body.size());
    request_.connection().write_headers(head, body);
    request_.connection().finish();
  }

  Task<void> serve();
  Task<void> download();

  TestDelegate& owner_;
  http::HTTPServerRequest& request_;
  bool is_running_ = false;
  Task<void> task_;
};

inline http::HTTPMessageDelegate* TestDelegate::start_request(http::HTTPServerRequest& request) {
  ++started;
  if (request.path() == "/throw-start") throw std::runtime_error("start");
  auto* const message =
      new (request.allocate(sizeof(TestMessage), alignof(TestMessage))) TestMessage(*this, request);
  if (request.path() == "/early") message->answer_early();
  return message;
}

inline Task<void> TestMessage::serve() {
  http::HTTPConnection& connection = request_.connection();
  const std::string path(request_.path());
  http::ResponseHead head;
  head.content_type = "text/plain";
  if (path == "/echo") {
    answer(200, request_.body());
  } else if (path == "/protocol") {
    answer(200, request_.protocol());
  } else if (path == "/certificate") {
    const auto certificate = request_.get_ssl_certificate();
    answer(200, certificate ? certificate->subject : "none");
  } else if (path == "/wait") {
    co_await owner_.gate.wait();
    answer(200, "waited");
  } else if (path == "/stream") {
    connection.write_headers(head, "one");
    co_await connection.flush();
    co_await owner_.gate.wait();
    connection.write("");
    connection.write("two");
    connection.finish();
  } else if (path == "/chunks") {
    connection.write_headers(head, "one,");
    connection.write("two,");
    connection.write("three");
    connection.finish();
  } else if (path == "/too-long") {
    head.content_length = 4;
    connection.write_headers(head, "12");
    connection.write("3456");
    connection.finish();
  } else if (path == "/too-short") {
    head.content_length = 10;
    connection.write_headers(head, "1234");
    connection.finish();
  } else if (path == "/too-long-late") {
    head.content_length = 4;
    connection.write_headers(head, "12");
    co_await connection.flush();
    connection.write("3456");
    connection.write("7");
    connection.finish();
  } else if (path == "/too-long-at-the-end") {
    head.content_length = 4;
    connection.write_headers(head, "1234");
    connection.write("5");
    connection.finish();
  } else if (path == "/too-long-at-once") {
    head.content_length = 2;
    connection.write_headers(head, "hello");
    connection.write("more");
    connection.finish();
  } else if (path == "/too-short-late") {
    head.content_length = 10;
    connection.write_headers(head, "1234");
    co_await connection.flush();
    connection.finish();
  } else if (path == "/no-content-but-some") {
    head.status = 204;
    connection.write_headers(head, "some");
    connection.finish();
  } else if (path == "/no-content") {
    head.status = 204;
    connection.write_headers(head, {});
    connection.finish();
  } else if (path == "/not-modified") {
    head.status = 304;
    connection.write_headers(head, {});
    connection.finish();
  } else if (path == "/big") {
    const std::string body(1024 * 1024, 'x');
    answer(200, body);
  } else if (path == "/download") {
    co_await download();
  } else if (path == "/stalled") {
    owner_.running = &task_;
    const std::string body(20'000'000, 's');
    head.content_length = static_cast<std::int64_t>(body.size());
    connection.write_headers(head, body);
    try {
      co_await connection.flush();
    } catch (const CancelledError&) {
      ++owner_.cancelled;
    }
    connection.finish();
  } else if (path == "/unanswered") {
    co_return;
  } else if (path == "/call") {
    owner_.on_finish(owner_.on_finish_argument);
    answer(200, "called");
  } else if (path == "/after") {
    answer(200, "before");
    co_await owner_.gate.wait();
  } else {
    answer(200, path);
  }
}

inline Task<void> TestMessage::download() {
  http::HTTPConnection& connection = request_.connection();
  http::ResponseHead head;
  constexpr std::size_t kPiece = 100'000;
  constexpr int kPieces = 200;
  head.content_length = static_cast<std::int64_t>(kPiece * kPieces);
  connection.write_headers(head, {});
  const std::string piece(kPiece, 'd');
  try {
    for (int i = 0; i < kPieces; ++i) {
      connection.write(piece);
      owner_.produced += piece.size();
      co_await connection.flush();
    }
    connection.finish();
  } catch (const net::StreamClosedError&) {
    ++owner_.stream_closed;
  }
}

/// The client's end of a connection to a server in this thread.
class Client {
 public:
  explicit Client(http::HTTPServer& server) {
    int pair[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0);
    socket_ = net::FileDescriptor(pair[0]);
    server.add_connection(pair[1]);
  }
  /// Over TCP, through the listening socket.
  explicit Client(int port, const char* own_address = "127.0.0.1")
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int on = 1;  // else a small piece waits until the one before it is acknowledged
    setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    REQUIRE(inet_pton(AF_INET, own_address, &address.sin_addr) == 1);
    REQUIRE(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    run_until_idle();
  }
  Client(http::HTTPServer&, int port) : Client(port) {}

  void send(std::string_view bytes) {
    REQUIRE(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()));
    run_until_idle();
  }
  /// Sends as much as the server takes.
  void send_all(std::string_view bytes) {
    for (int idle = 0; !bytes.empty() && idle < 3;) {
      const ssize_t sent =
          ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
      idle = sent > 0 ? 0 : idle + 1;
      run_until_idle();
    }
  }
  void send_bytewise(std::string_view bytes) {
    for (const char c : bytes) {
      if (::send(socket_.get(), &c, 1, MSG_NOSIGNAL) != 1) return;
      run_until_idle();
    }
  }

  /// Returns everything that has come since the last call.
  std::string receive() {
    for (int idle = 0; idle < 3;) {
      run_until_idle();
      char buffer[65536];
      const ssize_t count = ::recv(socket_.get(), buffer, sizeof(buffer), MSG_DONTWAIT);
      if (count > 0) {
        received_.append(buffer, static_cast<std::size_t>(count));
        idle = 0;
      } else if (count == 0 || errno != EAGAIN) {
        has_ended_ = true;
        break;
      } else {
        ++idle;
      }
    }
    return std::exchange(received_, {});
  }
  /// Whether the server had closed its side by the last receive().
  [[nodiscard]] bool has_ended() const { return has_ended_; }

  void shut_down() {
    ::shutdown(socket_.get(), SHUT_WR);
    run_until_idle();
  }
  void close() {
    socket_.close();
    run_until_idle();
  }
  /// Closes without letting the server run.
  void abandon() { socket_.close(); }
  void reset() {
    const linger now{1, 0};
    setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    close();
  }
  [[nodiscard]] int fd() const { return socket_.get(); }

 private:
  net::FileDescriptor socket_;
  std::string received_;
  bool has_ended_ = false;
};

/// A server, with a check that it gave everything back.
struct ServerFixture {
  explicit ServerFixture(http::HTTPServerOptions options = {}) : server(delegate, options) {}
  ~ServerFixture() { http::Workspace::acquire().release(); }

  [[nodiscard]] static std::size_t busy_exchanges() {
    http::Workspace& workspace = http::Workspace::acquire();
    const std::size_t busy = workspace.busy_exchanges();
    workspace.release();
    return busy;
  }

  TestDelegate delegate;
  http::HTTPServer server;
};

inline int status_of(std::string_view answer) {
  constexpr std::string_view kStart = "HTTP/1.1 ";
  if (!answer.starts_with(kStart) || answer.size() < 12) return 0;
  return (answer[9] - '0') * 100 + (answer[10] - '0') * 10 + (answer[11] - '0');
}

/// The statuses of the answers in `text`, which have Content-Length or no body.
inline std::vector<int> statuses_of(std::string_view text) {
  std::vector<int> statuses;
  while (!text.empty()) {
    statuses.push_back(status_of(text));
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string_view::npos) break;
    const std::string_view head = text.substr(0, end);
    std::size_t length = 0;
    const std::size_t at = head.find("Content-Length: ");
    if (at != std::string_view::npos) length = std::stoul(std::string(head.substr(at + 16)));
    text.remove_prefix(std::min(text.size(), end + 4 + length));
  }
  return statuses;
}

}  // namespace bora::test
