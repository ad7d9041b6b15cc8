// Any bytes over a connection. The answers, and the requests that reach the handler, are the same
// however the bytes are cut, and all resources are released.
//
// The first byte chooses the cuts, and its lowest bit whether bodies in gzip are decoded. The bytes
// go to several servers of one loop in the same turns, each with cuts of its own: turns take most
// of the time, and connections that are served together must not affect each other.

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

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
    if (request_.parse_query() == nullptr && request_.parse_body() == nullptr) {
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

// A new second may begin between two runs.
std::string without_dates(std::string text) {
  constexpr std::string_view kDate = "\r\nDate: ";
  for (std::size_t at = text.find(kDate); at != std::string::npos; at = text.find(kDate, at)) {
    text.erase(at, std::min(text.find('\r', at + 2), text.size()) - at);
  }
  return text;
}

/// Whether a client gets "100 Continue" depends on how much of its body has come already (RFC 9110,
/// 10.1.1).
std::string without_interim_answers(std::string text) {
  constexpr std::string_view kInterim = "HTTP/1.1 100 Continue\r\n\r\n";
  for (std::size_t at = 0; (at = text.find(kInterim, at)) != std::string::npos;)
    text.erase(at, kInterim.size());
  return text;
}

/// How bytes are cut: the length of the piece that begins at `at`.
class Cuts {
 public:
  /// All bytes at once.
  static Cuts none() { return {0, 0}; }
  /// Byte by byte. In a longer text, words stay whole, because they would take most of the time.
  static Cuts fine() { return {1, 0}; }
  /// The first piece has `size` bytes, and each further one is half as long again.
  static Cuts growing(std::size_t size) { return {2, size}; }

  std::size_t piece(std::string_view bytes, std::size_t at) {
    constexpr std::size_t kBytewise = 300;
    const std::size_t left = bytes.size() - at;
    if (kind_ == 0) return left;
    if (kind_ == 2) return std::exchange(size_, size_ + size_ / 2);
    if (bytes.size() <= kBytewise) return 1;
    std::size_t size = 1;
    while (size < left && is_inside_word(bytes, at + size)) ++size;
    return size;
  }

 private:
  Cuts(int kind, std::size_t size) : kind_(kind), size_(size) {}

  static bool is_inside_word(std::string_view bytes, std::size_t at) {
    return is_letter(bytes[at - 1]) && is_letter(bytes[at]);
  }
  static bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

  int kind_;
  std::size_t size_;
};

/// A server with limits that an input of moderate size can reach, and a client's bytes on their way
/// to it.
class Delivery {
 public:
  explicit Delivery(bool decompresses) : server_(delegate_, options(decompresses)) {}

  void begin(std::string_view bytes, Cuts cuts) {
    delegate_.seen.clear();
    received_.clear();
    bytes_ = bytes;
    cuts_ = cuts;
    at_ = 0;
    has_ended_ = false;
    int pair[2];
    fuzz::require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0,
                  "a pair of sockets");
    client_ = pair[0];
    server_.add_connection(pair[1]);
  }

  /// Sends the next piece. Returns false if there is none, or nobody reads it.
  bool send_piece() {
    if (at_ >= bytes_.size() || has_ended_) return false;
    const std::string_view piece = bytes_.substr(at_, cuts_.piece(bytes_, at_));
    const ssize_t sent = ::send(client_, piece.data(), piece.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      at_ += static_cast<std::size_t>(sent);
    } else if (errno == EAGAIN) {
      receive();
    } else {
      has_ended_ = true;
    }
    return true;
  }

  /// Reads all that has come. Returns true if that was something.
  bool receive() {
    bool has_come = false;
    char buffer[4096];
    for (;;) {
      const ssize_t count = ::recv(client_, buffer, sizeof(buffer), 0);
      if (count <= 0) {
        is_closed_ = count == 0 || errno != EAGAIN;
        return has_come;
      }
      received_.append(buffer, static_cast<std::size_t>(count));
      has_come = true;
    }
  }

  void hang_up() { ::close(client_); }

  /// Returns all effects of the bytes.
  std::string outcome() {
    fuzz::require(server_.connection_count() == 0, "a closed connection is gone");
    fuzz::require(delegate_.unreleased == 0, "each request is answered or told that it is over");
    return delegate_.seen + "====\n" + without_interim_answers(without_dates(received_)) +
           (is_closed_ ? "closed" : "open");
  }

 private:
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

  Delegate delegate_;
  http::HTTPServer server_;
  std::string_view bytes_;
  Cuts cuts_ = Cuts::none();
  std::size_t at_ = 0;
  int client_ = -1;
  std::string received_;
  bool has_ended_ = false;  ///< nobody reads any more
  bool is_closed_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  set_log_level(LogLevel::error);
  if (size < 2) return 0;
  // They are never destroyed, because their loop ends with the thread, before static objects.
  using Deliveries = std::array<Delivery, 3>;
  static Deliveries* const both[2] = {
      new Deliveries{Delivery(false), Delivery(false), Delivery(false)},
      new Deliveries{Delivery(true), Delivery(true), Delivery(true)}};
  Deliveries& deliveries = *both[data[0] & 1];
  const std::string_view bytes = fuzz::as_text(data + 1, size - 1);
  deliveries[0].begin(bytes, Cuts::none());
  deliveries[1].begin(bytes, Cuts::fine());
  deliveries[2].begin(bytes, Cuts::growing(std::size_t{2} + (data[0] >> 1)));
  for (bool is_sending = true; is_sending;) {
    is_sending = false;
    for (Delivery& delivery : deliveries) is_sending |= delivery.send_piece();
    IOLoop::current().run_once();
  }
  for (bool is_receiving = true; is_receiving;) {
    run_until_idle();
    is_receiving = false;
    for (Delivery& delivery : deliveries) is_receiving |= delivery.receive();
  }
  for (Delivery& delivery : deliveries) delivery.hang_up();
  run_until_idle();
  const std::string whole = deliveries[0].outcome();
  for (std::size_t i = 1; i < deliveries.size(); ++i) {
    const std::string cut = deliveries[i].outcome();
    if (cut != whole) std::fprintf(stderr, "whole: %s\n\ncut: %s\n", whole.c_str(), cut.c_str());
    fuzz::require(cut == whole, "how the bytes are cut changes nothing");
  }
  return 0;
}
