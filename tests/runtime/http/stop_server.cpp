#include <coroutine>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/http/http_server.h>
#include <bora/net/netutil.h>

// Serves on descriptor 3, a listening socket. /wait is answered when somebody asks for /open;
// /count tells how many wait.

namespace {

std::vector<std::coroutine_handle<>> waiting;

struct Wait {
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) const { waiting.push_back(handle); }
  void await_resume() const noexcept {}
};

class Message final : public bora::http::HTTPMessageDelegate {
 public:
  explicit Message(bora::http::HTTPServerRequest& request) : request_(request) {}

  void data_received(std::string_view) override {}
  void finish() override { bora::IOLoop::current().spawn(serve()); }
  void on_connection_close() override {}

 private:
  bora::Task<void> serve() {
    if (request_.path() == "/wait") {
      Wait wait;
      co_await wait;
    }
    const std::string body =
        request_.path() == "/count" ? std::to_string(waiting.size()) : std::string("answer");
    bora::http::ResponseHead head;
    head.content_length = static_cast<std::int64_t>(body.size());
    bora::http::HTTPConnection& connection = request_.connection();
    connection.write_headers(head, body);
    connection.finish();
    const bool opens = request_.path() == "/open";
    connection.release();
    if (opens) {
      for (const std::coroutine_handle<> handle : std::exchange(waiting, {})) handle.resume();
    }
  }

  bora::http::HTTPServerRequest& request_;
};

class Delegate final : public bora::http::HTTPServerConnectionDelegate {
  bora::http::HTTPMessageDelegate* start_request(bora::http::HTTPServerRequest& request) override {
    return new (request.allocate(sizeof(Message), alignof(Message))) Message(request);
  }
};

}  // namespace

int main() {
  Delegate delegate;
  bora::http::HTTPServer server(delegate);
  std::vector<bora::net::FileDescriptor> sockets;
  sockets.emplace_back(3);
  server.add_sockets(std::move(sockets));
  bora::IOLoop::current().start();
  return 0;
}
