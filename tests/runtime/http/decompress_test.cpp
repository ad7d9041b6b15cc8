// Bodies in gzip: HSV-11, H1C-20, D-08.

#include <string>
#include <vector>

#include "tests/runtime/http/http_fixture.h"
#include "tests/support/gzip.h"
#include "tests/support/log_capture.h"

using namespace bora::test;
using bora::http::HTTPServerOptions;

namespace {

/// Keeps what it gets, and pauses after each piece if it is told to.
class PieceDelegate final : public bora::http::HTTPServerConnectionDelegate,
                            public bora::http::HTTPMessageDelegate {
 public:
  HTTPMessageDelegate* start_request(bora::http::HTTPServerRequest& request) override {
    request_ = &request;
    ++started;
    for (const auto [name, value] : request.headers()) {
      headers.append(name).append("=").append(value) += '|';
    }
    uri = request.uri();
    host = request.host();
    if (body_limit > 0) request.connection().set_max_body_size(body_limit);
    return this;
  }
  void data_received(std::string_view piece) override {
    sizes.push_back(piece.size());
    body += piece;
    if (pauses) request_->connection().pause_reading();
  }
  void finish() override {
    ++finished;
    bora::http::ResponseHead head;
    head.content_length = 0;
    bora::http::HTTPConnection& connection = request_->connection();
    connection.write_headers(head, {});
    connection.finish();
    connection.release();
  }
  void on_connection_close() override {
    ++closed;
    request_->connection().release();
  }
  void resume() { request_->connection().resume_reading(); }

  std::string headers;
  std::string uri;
  std::string host;
  std::string body;
  std::vector<std::size_t> sizes;
  bool pauses = false;
  std::uint64_t body_limit = 0;
  int started = 0;
  int finished = 0;
  int closed = 0;

 private:
  bora::http::HTTPServerRequest* request_ = nullptr;
};

HTTPServerOptions decompressing() {
  HTTPServerOptions options;
  options.decompress_request = true;
  return options;
}

std::string post(std::string_view body, std::string_view coding = "gzip") {
  std::string text = "POST /in?x=1 HTTP/1.1\r\nHost: a:80\r\nContent-Encoding: ";
  text.append(coding).append("\r\nX-Last: y\r\nContent-Length: ");
  return text.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}

std::string post_chunked(std::string_view body, std::size_t step) {
  std::string text =
      "POST /in HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nTransfer-Encoding: "
      "chunked\r\n\r\n";
  for (std::size_t at = 0; at < body.size(); at += step) {
    const std::string_view piece = body.substr(at, step);
    char size[20];
    std::snprintf(size, sizeof(size), "%zx\r\n", piece.size());
    text.append(size).append(piece).append("\r\n");
  }
  return text + "0\r\n\r\n";
}

/// The status of the answer to `request`.
int status(PieceDelegate& delegate, const HTTPServerOptions& options, const std::string& request,
           bool is_bytewise = false) {
  const bora::testing::LogCapture quiet;
  bora::http::HTTPServer server(delegate, options);
  Client client(server);
  if (is_bytewise) {
    client.send_bytewise(request);
  } else {
    client.send_all(request);
  }
  return status_of(client.receive());
}

}  // namespace

TEST_CASE("decompress_request: HSV-11: off, the body is handed over as it is", "[http]") {
  PieceDelegate delegate;
  CHECK(status(delegate, {}, post(gzip("text"))) == 200);
  CHECK(delegate.body == gzip("text"));
  CHECK(delegate.headers.find("|Content-Encoding=gzip|") != std::string::npos);
}

TEST_CASE("decompress_request: HSV-11: the body is decoded, and the field says so", "[http]") {
  for (const char* coding : {"gzip", "GZip", "x-gzip"}) {
    for (const bool is_bytewise : {false, true}) {
      PieceDelegate delegate;
      CHECK(status(delegate, decompressing(), post(gzip("some text"), coding), is_bytewise) == 200);
      CHECK(delegate.body == "some text");
      CHECK(delegate.headers ==
            "Host=a:80|X-Consumed-Content-Encoding=" + std::string(coding) +
                "|X-Last=y|Content-Length=" + std::to_string(gzip("some text").size()) + "|");
      CHECK(delegate.uri == "/in?x=1");
      CHECK(delegate.host == "a:80");
    }
  }
}

TEST_CASE("decompress_request: other codings and none are handed over", "[http]") {
  for (const char* coding : {"identity", "br", "deflate", "gzip, gzip", ""}) {
    PieceDelegate delegate;
    CHECK(status(delegate, decompressing(), post("text", coding)) == 200);
    CHECK(delegate.body == "text");
  }
  PieceDelegate delegate;
  CHECK(status(delegate, decompressing(), post("")) == 200);
  CHECK(delegate.body.empty());
}

TEST_CASE("decompress_request: H1C-20: chunks, members in a row, any cut", "[http]") {
  const std::string bytes = gzip("one, ") + gzip("two");
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    PieceDelegate delegate;
    CHECK(status(delegate, decompressing(), post_chunked(bytes, step)) == 200);
    CHECK(delegate.body == "one, two");
  }
}

TEST_CASE("decompress_request: H1C-20: what is not whole, damaged or followed by more", "[http]") {
  const std::string bytes = gzip("some text, some text");
  std::vector<std::string> bad{bytes + "x", bytes + std::string(8, '\0'), "text", "\x1f\x8b"};
  for (std::size_t size = 1; size < bytes.size(); ++size) bad.push_back(bytes.substr(0, size));
  std::string flipped = bytes;
  flipped[bytes.size() - 6] = static_cast<char>(flipped[bytes.size() - 6] ^ 1);
  bad.push_back(flipped);
  for (const std::string& each : bad) {
    CAPTURE(each.size());
    PieceDelegate delegate;
    CHECK(status(delegate, decompressing(), post(each)) == 400);
    CHECK(status(delegate, decompressing(), post_chunked(each, 5)) == 400);
    CHECK(delegate.finished == 0);
    CHECK(delegate.closed == delegate.started);
  }
}

TEST_CASE("decompress_request: HSV-11: the limit is on what comes of it", "[http]") {
  HTTPServerOptions options = decompressing();
  options.max_body_size = 1000;
  for (const std::size_t size : {999U, 1000U, 1001U}) {
    CAPTURE(size);
    PieceDelegate delegate;
    CHECK(status(delegate, options, post(gzip(std::string(size, 'x')))) ==
          (size <= 1000 ? 200 : 413));
    CHECK(delegate.finished == (size <= 1000 ? 1 : 0));
  }
}

TEST_CASE("decompress_request: D-08: a request's own limit counts too", "[http]") {
  PieceDelegate delegate;
  delegate.body_limit = 2000;
  HTTPServerOptions options = decompressing();
  options.max_body_size = 100;
  CHECK(status(delegate, options, post(gzip(std::string(2000, 'x')))) == 200);
  CHECK(status(delegate, options, post(gzip(std::string(2001, 'x')))) == 413);
}

TEST_CASE("decompress_request: HSV-12: a bomb is cut off, and comes in pieces", "[http]") {
  HTTPServerOptions options = decompressing();
  options.chunk_size = 10'000;
  options.max_body_size = 1'000'000;
  PieceDelegate delegate;
  const std::string bomb = gzip(std::string(50'000'000, '\0'));
  CHECK(bomb.size() < 60'000);
  CHECK(status(delegate, options, post(bomb)) == 413);
  CHECK(delegate.body.size() <= 1'000'000);
  CHECK(delegate.closed == 1);
  for (const std::size_t size : delegate.sizes) CHECK(size <= 10'000);
}

TEST_CASE("decompress_request: back-pressure holds what one piece made of many", "[http]") {
  HTTPServerOptions options = decompressing();
  options.chunk_size = 1000;
  PieceDelegate delegate;
  delegate.pauses = true;
  bora::http::HTTPServer server(delegate, options);
  Client client(server);
  std::string text;
  for (int i = 0; i < 1000; ++i) text += std::to_string(i) + ",";
  client.send_all(post(gzip(text)) + post(gzip("next")));
  for (std::size_t pieces = 1; pieces <= (text.size() + 999) / 1000; ++pieces) {
    CAPTURE(pieces);
    CHECK(delegate.sizes.size() == pieces);
    CHECK(delegate.finished == 0);
    CHECK(client.receive().empty());
    delegate.resume();
    run_until_idle();
  }
  CHECK(delegate.finished == 1);
  CHECK(delegate.body == text + "next");
  CHECK(status_of(client.receive()) == 200);
  delegate.resume();
  run_until_idle();
  CHECK(delegate.finished == 2);
}

TEST_CASE("decompress_request: what a paused delegate has not taken does not wait for more input",
          "[http]") {
  HTTPServerOptions options = decompressing();
  options.chunk_size = 1000;
  PieceDelegate delegate;
  delegate.pauses = true;
  bora::http::HTTPServer server(delegate, options);
  Client client(server);
  const std::string bytes = gzip(std::string(5000, 'x'), 0);
  const std::string request = post(bytes);
  client.send(request.substr(0, request.size() - 8));  // all but the checksum
  for (int i = 0; i < 5; ++i) {
    delegate.resume();
    run_until_idle();
  }
  CHECK(delegate.body.size() == 5000);
  CHECK(delegate.finished == 0);
  client.send(request.substr(request.size() - 8));
  delegate.resume();
  run_until_idle();
  CHECK(delegate.finished == 1);
}

TEST_CASE("decompress_request: a client that leaves while a delegate pauses", "[http]") {
  HTTPServerOptions options = decompressing();
  options.chunk_size = 10;
  PieceDelegate delegate;
  delegate.pauses = true;
  bora::http::HTTPServer server(delegate, options);
  Client client(server);
  client.send(post(gzip(std::string(1000, 'x'))));
  CHECK(delegate.sizes.size() == 1);
  client.reset();
  delegate.resume();
  run_until_idle();
  server.close_all_connections();
  CHECK(delegate.closed == 1);
  CHECK(delegate.finished == 0);
}
