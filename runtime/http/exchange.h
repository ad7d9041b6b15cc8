#pragma once

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <string_view>

#include <bora/core/locks.h>
#include <bora/core/task.h>
#include <bora/http/error.h>
#include <bora/http/http_connection.h>

#include "runtime/http/body_decoder.h"
#include "runtime/http/body_pace.h"
#include "runtime/http/chunk_decoder.h"
#include "runtime/http/message_stream.h"
#include "runtime/http/request_builder.h"
#include "runtime/http/request_parser.h"
#include "runtime/http/response_head.h"

namespace bora::http {

class Workspace;

/// The state of a message in HTTP/1: how its request is read, and how its answer is framed.
struct HTTP1Message {
  RequestParser parser;
  ChunkDecoder chunks;          ///< Set when a chunked body begins.
  std::uint64_t body_left = 0;  ///< With Content-Length: bytes to come.
  std::uint64_t body_seen = 0;  ///< chunked: the bytes so far
  std::string_view behind;  ///< during a call of the delegate: the bytes after those that it gets
  std::uint64_t answer_place = 0;  ///< the beginning of the answer: an OutputQueue::Place
  Framing framing = Framing::none;
  bool keep_alive = false;
};

/// One request and its answer: everything that a connection needs only while it is busy.
///
/// It begins with a request's first byte. Its stream lets go of it when the answer is finished (and
/// the request is read), or when the client left; the code that answers lets go of it by release().
/// It returns to the workspace when both have.
class Exchange final : public HTTPConnection {
 public:
  enum class Answer : std::uint8_t { none, begun, finished };
  /// none: there is no body. sized: its length is promised. open: its end is not known.
  enum class Body : std::uint8_t { none, sized, open };

  explicit Exchange(Workspace& workspace);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // HTTPConnection: what the delegate calls.
  void write_headers(const ResponseHead& head, std::string_view chunk) override;
  void write(std::string_view chunk) override;
  void write_file(std::shared_ptr<const net::FileDescriptor> file, std::uint64_t offset,
                  std::uint64_t size) override;
  Task<void> flush() override;
  void finish() override;
  [[nodiscard]] std::optional<net::SSLCertificate> get_ssl_certificate() const override;
  [[nodiscard]] bool is_closed() const override { return is_gone; }
  void pause_reading() override { is_paused = true; }
  void resume_reading() override;
  void set_max_body_size(std::uint64_t bytes) override { body_limit = bytes; }
  [[nodiscard]] std::uint64_t max_body_size() const override { return body_limit; }
  void set_body_timeout(std::chrono::seconds time) override;
  net::IOStream detach() override;
  void release() override;

  // What its stream calls.
  /// It may end in release(): the exchange must not be used after it.
  void tell_closed() noexcept;
  /// Whether a handler waits in flush().
  [[nodiscard]] bool is_awaited() const { return !flushes_.is_empty(); }
  /// Called when little enough output is left. The handlers that resume may wait again, or end, and
  /// this exchange with the last of them.
  void resume_flushes();
  /// The same, but they are resumed in the loop's next turn.
  void wake_flushes() { flushes_.wake_all(); }
  /// Returns it to the workspace, if both sides have let go.
  void return_if_done();
  /// Restores the state of a new one.
  void recycle();

  // The state of both sides, which the stream writes, too.
  MessageStream* stream = nullptr;  ///< null: it let go
  /// The one that let go when the answer was finished; null once it has another request, or is
  /// closed.
  MessageStream* last_stream = nullptr;
  HTTPMessageDelegate* delegate = nullptr;

  // The request.
  std::uint64_t body_limit = 0;
  bool is_started = false;   ///< the delegate has the request
  bool is_starting = false;  ///< start_request() is on the stack.
  bool is_complete = false;  ///< The whole request is read.
  bool is_paused = false;    ///< pause_reading()
  bool is_held_up = false;   ///< a call that is due waits for the end of the pause

  // The answer.
  Answer answer = Answer::none;
  Body body = Body::none;
  bool is_head = false;    ///< Of a HEAD request: no body is sent.
  bool is_spoilt = false;  ///< it breaks its promise: nothing more of it is sent
  bool is_gone = false;    ///< The client left first.
  bool is_told = false;    ///< The delegate knows that it left, or may have.
  bool is_released = false;
  std::uint64_t promised = 0;  ///< of a sized body

  BodyPace::Limits pace_limits{};  ///< These two are set when a body begins.
  BodyPace pace;
  std::unique_ptr<BodyDecoder> decoder;  ///< of a gzip body, with decompress_request
  HTTP1Message http1;
  RequestBuilder request;

 private:
  /// The wait of a handler until little enough output is left.
  class FlushWait final : public bora::detail::ListedWait {
   public:
    explicit FlushWait(WaitList& waits) : ListedWait(waits, {}) {}
    void await_resume() const { check(); }
  };

  void decide_body(const ResponseHead& head);
  [[nodiscard]] bool take_promised(std::uint64_t size);
  [[gnu::noinline]] void spoil(Error error, bool has_begun);

  Workspace& workspace_;
  std::uint64_t left_ = 0;  ///< of the promised body, still to be written
  WaitList flushes_;        ///< those in flush()
};

}  // namespace bora::http
