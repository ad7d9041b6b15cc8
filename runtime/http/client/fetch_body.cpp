// Sends the body of a request: a text, a file, or what a producer writes.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <bora/core/executor.h>
#include <bora/net/netutil.h>

#include "runtime/http/client/fetch.h"

namespace bora::http {

namespace {

constexpr std::size_t kPiece = 64 * 1024;
constexpr std::chrono::nanoseconds kContinuePatience = std::chrono::seconds(1);  // RFC 9110, 10.1.1

}  // namespace

class Fetch::Sender final : public BodyWriter {
 public:
  Sender(net::IOStream& stream, std::optional<std::uint64_t> length)
      : stream_(stream), left_(length) {}

  Task<void> write(std::string data) override {
    if (data.empty()) co_return;
    if (left_) {
      if (data.size() > *left_)
        throw std::length_error("fetch(): more body than its Content-Length says");
      *left_ -= data.size();
    } else {
      char size[24];
      const auto end = std::to_chars(size, size + sizeof size, data.size(), 16).ptr;
      data.insert(0, std::string(size, end) + "\r\n").append("\r\n");
    }
    net::WriteTask writing = stream_.write(std::move(data));
    co_await writing;
  }

  Task<void> finish() {
    if (!left_) {
      net::WriteTask writing = stream_.write("0\r\n\r\n");
      co_await writing;
    } else if (*left_ > 0) {
      throw std::length_error("fetch(): less body than its Content-Length says");
    }
  }

 private:
  net::IOStream& stream_;
  std::optional<std::uint64_t> left_;
};

Task<void> Fetch::send_body(ClientConnection& connection) {
  const HTTPRequest& request = *request_;
  if (request.expect_100_continue) {
    Event::Wait agreed = continue_.wait(kContinuePatience);
    try {
      co_await agreed;
    } catch (const TimeoutError&) {  // RFC 9110, 10.1.1: not every server knows it
    }
  }
  try {
    if (request.body) {
      const std::string_view body = *request.body;
      for (std::size_t at = 0; at < body.size(); at += kPiece) {
        net::WriteTask writing = connection.stream.write(body.substr(at, kPiece));
        co_await writing;
      }
    } else if (file_size_) {
      Task<void> sending = send_file(connection);
      co_await sending;
    } else {
      Sender sender(connection.stream, declared_length_);
      Task<void> producing = request.body_producer(sender);
      co_await producing;
      Task<void> finishing = sender.finish();
      co_await finishing;
    }
  } catch (const net::StreamClosedError&) {
    co_return;  // the coroutine that reads reports the failure
  }
  body_is_sent_ = true;
  if (phase_ == FetchPhase::request) enter(FetchPhase::first_byte);
}

Task<void> Fetch::send_file(ClientConnection& connection) {
  auto open = [path = request_->body_file] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); };
  auto opening = run_in_executor(open);
  const auto file = std::make_shared<net::FileDescriptor>(co_await opening);
  if (!*file) refuse("body_file " + request_->body_file + " can't be opened");
  std::uint64_t at = 0;
  while (at < *file_size_) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, *file_size_ - at));
    auto read = [file, at, wanted] {
      std::string piece(wanted, '\0');
      const ssize_t count = ::pread(file->get(), piece.data(), wanted, static_cast<off_t>(at));
      piece.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
      return piece;
    };
    auto reading = run_in_executor(read);
    std::string piece = co_await reading;
    if (piece.empty())
      throw std::length_error("fetch(): body_file became shorter while it was sent");
    at += piece.size();
    net::WriteTask writing = connection.stream.write(std::move(piece));
    co_await writing;
  }
}

}  // namespace bora::http
