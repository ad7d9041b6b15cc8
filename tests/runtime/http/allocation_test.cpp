// Memory per request, counted in this program's own operator new. A sanitizer needs its own.

#include "tests/support/allocations.h"

#if !BORA_TEST_HAS_SANITIZER

#include <string>

#include "tests/runtime/http/http_fixture.h"

using namespace bora::test;

namespace {

class Message final : public bora::http::HTTPMessageDelegate {
 public:
  explicit Message(bora::http::HTTPServerRequest& request) : request_(request) {}
  void data_received(std::string_view chunk) override { request_.append_body(chunk); }
  void finish() override {
    bora::http::ResponseHead head;
    head.content_type = "text/plain";
    head.content_length = static_cast<std::int64_t>(request_.path().size());
    request_.connection().write_headers(head, request_.path());
    request_.connection().finish();
    request_.connection().release();
  }
  void on_connection_close() override { request_.connection().release(); }

 private:
  bora::http::HTTPServerRequest& request_;
};

struct Delegate final : bora::http::HTTPServerConnectionDelegate {
  bora::http::HTTPMessageDelegate* start_request(bora::http::HTTPServerRequest& request) override {
    return new (request.allocate(sizeof(Message), alignof(Message))) Message(request);
  }
};

// Sends `request` some times and returns how many allocations all but the first few made.
std::size_t count_allocations(const std::string& request) {
  Delegate delegate;
  bora::http::HTTPServer server(delegate);
  Client client(server);
  char buffer[4096];
  std::size_t before = 0;
  for (int i = 0; i < 100; ++i) {
    if (i == 10) before = allocations;
    client.send(request);
    if (::recv(client.fd(), buffer, sizeof(buffer), 0) <= 0) throw std::runtime_error("no answer");
  }
  return allocations - before;
}

}  // namespace

TEST_CASE("allocations: none for a keep-alive request after the first few", "[http]") {
  std::string browser = "GET /page?x=1 HTTP/1.1\r\nHost: localhost:8888\r\n";
  for (int i = 0; i < 13; ++i) {
    browser += "X-Field-" + std::to_string(i) + ": " + std::string(50, 'v') + "\r\n";
  }
  browser += "\r\n";
  std::string pipeline;
  for (int i = 0; i < 16; ++i) pipeline += "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
  CHECK(count_allocations("GET /plaintext HTTP/1.1\r\nHost: a\r\n\r\n") == 0);
  CHECK(count_allocations(browser) == 0);
  CHECK(count_allocations(pipeline) == 0);
  CHECK(allocations > 0);  // the counter counts
  CHECK(count_allocations("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n" +
                          std::string(40, 'b')) == 0);
}

#endif  // !BORA_TEST_HAS_SANITIZER
