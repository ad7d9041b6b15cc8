#include <bora/http/http_response_stream.h>

#include <bora/core/future.h>
#include <bora/core/locks.h>

#include "runtime/http/client/client_core.h"

namespace bora::http {

/// Connects the fetch, which runs by itself, and the reader.
class HTTPResponseStream::State : public std::enable_shared_from_this<State> {
 public:
  static Task<HTTPResponseStream> open(std::shared_ptr<AsyncHTTPClient::Core> core,
                                       HTTPRequest request) {
    auto state = std::make_shared<State>();
    const bool raises = request.raise_error;
    request.raise_error = false;
    // This object keeps the answer, which keeps the request, so the request must not keep this
    // object.
    const std::weak_ptr<State> reader = state;
    request.streaming_callback = [reader](std::string_view piece) {
      const std::shared_ptr<State> present = reader.lock();
      return present ? hand_over(present, std::string(piece)) : Task<void>();
    };
    auto on_head = [reader](const HTTPResponse& response) {
      const std::shared_ptr<State> present = reader.lock();
      if (!present) return;
      present->response_ = response;
      present->has_head_ = true;
      present->changed_.notify_all();
    };
    state->fetching_ = spawn(
        core->fetch(std::make_shared<const HTTPRequest>(std::move(request)), std::move(on_head)));
    state->fetching_.add_done_callback([reader] {
      if (const std::shared_ptr<State> present = reader.lock()) present->changed_.notify_all();
    });
    HTTPResponseStream stream(state);  // closes it, whatever happens from here on
    while (!state->has_head_ && !state->fetching_.done()) {
      Condition::Wait wait = state->changed_.wait();
      static_cast<void>(co_await wait);
    }
    if (!state->has_head_) static_cast<void>(state->fetching_.result());  // throws
    if (raises) state->response_.rethrow();
    co_return stream;
  }

  Task<std::optional<std::string>> read() {
    const std::shared_ptr<State> self = shared_from_this();
    while (!piece_ && !fetching_.done()) {
      Condition::Wait wait = changed_.wait();
      static_cast<void>(co_await wait);
    }
    std::optional<std::string> piece = std::move(piece_);
    piece_.reset();
    if (piece) {
      changed_.notify_all();
      co_return piece;
    }
    static_cast<void>(fetching_.result());  // throws
    co_return std::nullopt;
  }

  void close() noexcept { fetching_.cancel(); }
  [[nodiscard]] const HTTPResponse& response() const noexcept { return response_; }

 private:
  static Task<void> hand_over(std::shared_ptr<State> state, std::string piece) {
    state->piece_ = std::move(piece);
    state->changed_.notify_all();
    while (state->piece_) {
      Condition::Wait wait = state->changed_.wait();
      static_cast<void>(co_await wait);
    }
  }

  Future<HTTPResponse> fetching_;
  HTTPResponse response_;
  std::optional<std::string> piece_;
  Condition changed_;
  bool has_head_ = false;
};

HTTPResponseStream& HTTPResponseStream::operator=(HTTPResponseStream&& other) noexcept {
  if (this != &other) {
    if (state_) state_->close();
    state_ = std::move(other.state_);
  }
  return *this;
}
HTTPResponseStream::~HTTPResponseStream() {
  if (state_) state_->close();
}
const HTTPResponse& HTTPResponseStream::response() const noexcept {
  return state_->response();
}
Task<std::optional<std::string>> HTTPResponseStream::read() {
  return state_->read();
}

Task<HTTPResponseStream> AsyncHTTPClient::stream(std::string url) {
  HTTPRequest request;
  request.url = std::move(url);
  return HTTPResponseStream::State::open(core_, std::move(request));
}
Task<HTTPResponseStream> AsyncHTTPClient::stream(const HTTPRequest& request) {
  return HTTPResponseStream::State::open(core_, request);
}
bora::detail::AwaitByNameIf<bora::detail::LostTemporary<HTTPRequest>, Task<HTTPResponseStream>>
AsyncHTTPClient::stream(HTTPRequest&& request) {
  return HTTPResponseStream::State::open(core_, std::move(request));
}

}  // namespace bora::http
