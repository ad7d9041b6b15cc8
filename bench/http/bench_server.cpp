// bench_server --port N: the three answers that web servers are compared by, straight on the http
// layer. What is measured is parsing, framing, the connection and the loop.
//
//   /plaintext  "Hello, World!"    /json  {"message":"Hello, World!"}    /users/ID  the ID

#include <bora/core/io_loop.h>
#include <bora/http/http_server.h>

#include <charconv>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <string_view>

namespace {

using namespace bora::http;

class Message final : public HTTPMessageDelegate {
 public:
  explicit Message(HTTPServerRequest& request) : request_(request) {}

  void data_received(std::string_view) override {}

  void finish() override {
    constexpr std::string_view kUsers = "/users/";
    const std::string_view path = request_.path();
    if (path == "/plaintext") {
      answer(200, "text/plain", "Hello, World!");
    } else if (path == "/json") {
      answer(200, "application/json", R"({"message":"Hello, World!"})");
    } else if (path.starts_with(kUsers)) {
      answer(200, "text/plain", path.substr(kUsers.size()));
    } else {
      answer(404, "text/plain", "Not Found");
    }
  }

  void on_connection_close() override { request_.connection().release(); }

 private:
  void answer(int status, std::string_view type, std::string_view body) {
    HTTPConnection& connection = request_.connection();
    ResponseHead head;
    head.status = status;
    head.content_type = type;
    head.content_length = static_cast<std::int64_t>(body.size());
    connection.write_headers(head, body);
    connection.finish();
    connection.release();
  }

  HTTPServerRequest& request_;
};

class Bench final : public HTTPServerConnectionDelegate {
 public:
  HTTPMessageDelegate* start_request(HTTPServerRequest& request) override {
    return new (request.allocate(sizeof(Message), alignof(Message))) Message(request);
  }
};

}  // namespace

int main(int argc, char** argv) {
  int port = 0;
  if (argc != 3 || std::strcmp(argv[1], "--port") != 0 ||
      std::from_chars(argv[2], argv[2] + std::strlen(argv[2]), port).ec != std::errc()) {
    std::fprintf(stderr, "usage: bench_server --port N\n");
    return 2;
  }
  try {
    Bench bench;
    HTTPServer server(bench);
    server.listen(port, "127.0.0.1");
    std::printf("http://127.0.0.1:%d/plaintext\n", server.port());
    std::fflush(stdout);
    bora::IOLoop::current().start();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_server: %s\n", error.what());
    return 1;
  }
}
