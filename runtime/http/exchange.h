#pragma once

#include <bora/core/locks.h>
#include <bora/core/task.h>
#include <bora/http/http_connection.h>

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <string_view>

#include "runtime/http/body_decoder.h"
#include "runtime/http/body_pace.h"
#include "runtime/http/chunk_decoder.h"
#include "runtime/http/request_builder.h"
#include "runtime/http/request_parser.h"
#include "runtime/http/response_head.h"

namespace bora::http {

class HTTP1ServerConnection;
class Workspace;

/// One request and its answer: everything that a connection needs only while it is busy.
///
/// Begins with a request's first byte. The connection lets go of it when the answer is finished
/// (and the request is read), or when the client left; whoever answers lets go of it by release().
/// It returns to the workspace when both have.
class Exchange final : public HTTPConnection {
 public:
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
  [[nodiscard]] bool is_closed() const override { return is_gone_; }
  void pause_reading() override { is_paused_ = true; }
  void resume_reading() override;
  void set_max_body_size(std::uint64_t bytes) override { max_body_size_ = bytes; }
  [[nodiscard]] std::uint64_t max_body_size() const override { return max_body_size_; }
  void set_body_timeout(std::chrono::seconds time) override;
  net::IOStream detach() override;
  void release() override;

  /// Back to the state of a new one.
  void recycle();

 private:
  friend class HTTP1ServerConnection;

  enum class Answer : std::uint8_t { none, begun, finished };

  /// What a handler waits in until little enough output is left.
  class FlushWait final : public bora::detail::ListedWait {
   public:
    explicit FlushWait(WaitList& waits) : ListedWait(waits, {}) {}
    void await_resume() const { check(); }
  };

  void write_body(std::string_view chunk);
  [[nodiscard]] bool keeps_promise(std::uint64_t size);
  void spoil(Error error);
  void decide_framing(const ResponseHead& head);
  void tell_closed() noexcept;
  void resume_flushes();
  void return_if_done();

  Workspace& workspace_;
  HTTP1ServerConnection* connection_ = nullptr;  ///< Null: it let go.
  HTTPMessageDelegate* delegate_ = nullptr;
  WaitList flushes_;  ///< That wait.

  // The request.
  std::uint64_t body_left_ = 0;  ///< With Content-Length: bytes to come.
  std::uint64_t body_seen_ = 0;  ///< Chunked: bytes that came.
  std::uint64_t max_body_size_ = 0;
  bool is_started_ = false;   ///< The delegate knows of the request.
  bool is_starting_ = false;  ///< start_request() is on the stack.
  bool is_complete_ = false;  ///< The whole request is read.
  bool is_paused_ = false;    ///< pause_reading()
  bool is_held_up_ = false;   ///< HTTP1ServerConnection::proceed() waits for the end of the pause.

  // The answer.
  Answer answer_ = Answer::none;
  Framing framing_ = Framing::none;
  bool keep_alive_ = false;
  bool is_head_ = false;    ///< Of a HEAD request: no body is sent.
  bool is_spoilt_ = false;  ///< Not what was promised: nothing more of it is sent.
  bool is_gone_ = false;    ///< The client left first.
  bool is_told_ = false;    ///< The delegate knows that it left, or may have.
  bool is_released_ = false;
  std::uint64_t answer_left_ = 0;   ///< With Content-Length: bytes to be written.
  std::uint64_t answer_place_ = 0;  ///< Of its beginning: Workspace::output_place().

  BodyPace::Limits pace_limits_{};  ///< These three are set when a body begins.
  BodyPace pace_;
  ChunkDecoder chunks_;
  std::string_view
      behind_;  ///< During a call of the delegate: what came behind what it is told of.
  std::unique_ptr<BodyDecoder> decoder_;  ///< Of a body in gzip, with decompress_request.
  RequestParser parser_;
  RequestBuilder request_;
};

}  // namespace bora::http
