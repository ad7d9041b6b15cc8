// Any bytes over a connection: the answers, and the requests that reach the handler, are the same
// however the bytes are cut, and everything is given back.
//
// The first byte chooses the cuts, its lowest bit whether bodies in gzip are decoded.

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/core/log.h>
#include <bora/http/http_server.h>

#include "tests/fuzz/invariants.h"

namespace {

using namespace bora;

class Delegate final : public http::HTTPServerConnectionDelegate {
 public:
  http::HTTPMessageDelegate* start_request(http::HTTPServerRequest& request) override;

  std::string seen;
  int unreleased = 0;
};

class Message final : public http::HTTPMessageDelegate {
 public:
  Message(Delegate& owner, http::HTTPServerRequest& request) : owner_(owner), request_(request) {}

  void data_received(std::string_view piece) override { request_.append_body(piece); }
  void on_connection_close() override { release(); }
  void finish() override {
    owner_.seen += request_.to_string() + " " + std::string(request_.body()) + "\n";
    owner_.seen += request_.headers().to_string();
    std::string error;
    if (request_.parse_query(error) && request_.parse_body(error)) {
      for (const auto& [name, value] : request_.arguments())
        owner_.seen += name + "=" + value + "\n";
    }
    owner_.seen += request_.cookie("a");
    http::ResponseHead head;
    head.content_length = static_cast<std::int64_t>(request_.body().size());
    request_.connection().write_headers(head, request_.body());
    request_.connection().finish();
    release();
  }

 private:
  void release() {
    --owner_.unreleased;
    request_.connection().release();
  }

  Delegate& owner_;
  http::HTTPServerRequest& request_;
};

http::HTTPMessageDelegate* Delegate::start_request(http::HTTPServerRequest& request) {
  ++unreleased;
  return new (request.allocate(sizeof(Message), alignof(Message))) Message(*this, request);
}

void run_until_idle() {
  while (IOLoop::current().run_once()) {
  }
}

// The second may turn between two runs.
std::string without_dates(std::string text) {
  constexpr std::string_view kDate = "\r\nDate: ";
  for (std::size_t at = text.find(kDate); at != std::string::npos; at = text.find(kDate, at)) {
    text.erase(at, std::min(text.find('\r', at + 2), text.size()) - at);
  }
  return text;
}

/// A server with limits that an input of moderate size can reach.
struct Server {
  explicit Server(bool decompresses) : server(delegate, options(decompresses)) {}

  static http::HTTPServerOptions options(bool decompresses) {
    http::HTTPServerOptions options;
    options.max_header_size = 1024;
    options.max_header_count = 12;
    options.max_uri_size = 200;
    options.max_body_size = 300;
    options.max_chunk_extras = 100;
    options.chunk_size = 64;
    options.decompress_request = decompresses;
    options.xheaders = true;
    options.trusted_downstream = {"10.0.0.0/8", "::1"};
    return options;
  }

  /// All that comes of `bytes`, sent in pieces: each as long as `step` says, and then a little
  /// longer.
  std::string outcome(std::string_view bytes, std::size_t step) {
    delegate.seen.clear();
    int pair[2];
    fuzz::require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0,
                  "a pair of sockets");
    server.add_connection(pair[1]);
    std::string received;
    bool has_ended = false;
    for (std::size_t at = 0; at < bytes.size() && !has_ended;) {
      const std::string_view piece = bytes.substr(at, step);
      const ssize_t sent = ::send(pair[0], piece.data(), piece.size(), MSG_NOSIGNAL);
      if (sent <= 0) break;
      at += static_cast<std::size_t>(sent);
      if (step > 1) step += step / 2;
      run_until_idle();
      has_ended = receive(pair[0], received);
    }
    has_ended = receive(pair[0], received);
    ::close(pair[0]);
    run_until_idle();
    fuzz::require(server.connection_count() == 0, "a closed connection is gone");
    fuzz::require(delegate.unreleased == 0, "each request is answered or told that it is over");
    return delegate.seen + "====\n" + without_dates(received) + (has_ended ? "closed" : "open");
  }

  static bool receive(int fd, std::string& received) {
    char buffer[4096];
    for (;;) {
      run_until_idle();
      const ssize_t count = ::recv(fd, buffer, sizeof(buffer), 0);
      if (count <= 0) return count == 0 || errno != EAGAIN;
      received.append(buffer, static_cast<std::size_t>(count));
    }
  }

  Delegate delegate;
  http::HTTPServer server;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  set_log_level(LogLevel::error);
  if (size < 2) return 0;
  // Never destroyed: the loop that they belong to ends with the thread, before static objects do.
  static Server* const servers[2] = {new Server(false), new Server(true)};
  Server& server = *servers[data[0] & 1];
  const std::string_view bytes = fuzz::as_text(data + 1, size - 1);
  const std::string whole = server.outcome(bytes, bytes.size());
  for (const std::size_t step : {std::size_t{1}, std::size_t{2} + (data[0] >> 1)}) {
    const std::string cut = server.outcome(bytes, step);
    if (cut != whole) std::fprintf(stderr, "whole: %s\n\ncut: %s\n", whole.c_str(), cut.c_str());
    fuzz::require(cut == whole, "how the bytes are cut changes nothing");
  }
  return 0;
}
