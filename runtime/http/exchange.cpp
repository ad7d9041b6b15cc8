#include "runtime/http/exchange.h"

#include <bora/core/error.h>
#include <bora/core/log.h>
#include <bora/net/error.h>
#include <bora/net/io_stream.h>
#include <bora/net/ssl_context.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "runtime/http/file_piece.h"
#include "runtime/http/http1_server_connection.h"
#include "runtime/http/workspace.h"

namespace bora::http {

namespace {

constexpr std::size_t kSmallBody = 4096;

constexpr std::size_t kMaxChunkLine = 20;

// RFC 9112, 6.3: these never have a body.
bool has_no_body(int status) {
  return status == 204 || status == 304;
}

// A length that a handler gave as a field instead of in ResponseHead.
std::int64_t length_from_fields(const ResponseHead& head) {
  if (head.headers == nullptr) return -1;
  const std::string_view text = head.headers->get_view("Content-Length").value_or("");
  std::int64_t length = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  return error == std::errc() && end == text.data() + text.size() ? length : -1;
}

bool asks_for_close(const ResponseHead& head) {
  return head.headers != nullptr &&
         equals_ignoring_case(head.headers->get_view("Connection").value_or(""), "close");
}

}  // namespace

Exchange::Exchange(Workspace& workspace) : workspace_(workspace), request_(*this) {}

void Exchange::write_headers(const ResponseHead& head, std::string_view chunk) {
  if (answer_ != Answer::none) throw std::logic_error("write_headers() was already called");
  check_response_head(head);
  answer_ = Answer::begun;
  if (connection_ == nullptr) return;
  decide_framing(head);
  const bool is_1_1 = parser_.head().is_http_1_1;
  ConnectionOption option = ConnectionOption::nothing;
  if (!keep_alive_) {
    option = ConnectionOption::close;
  } else if (!is_1_1) {
    option = ConnectionOption::keep_alive;
  }
  const WireHead wire{
      head, workspace_.common_head(), workspace_.server_size(), framing_, answer_left_, option};
  const bool has_length = framing_ == Framing::length || framing_ == Framing::none;
  if (has_length && !is_head_ && chunk.size() > answer_left_) {
    spoil(Error::output_too_long);
    connection_->write_error_page(500, false);
    return;
  }
  // A small body that is all here goes along.
  const bool is_whole = framing_ == Framing::length && !is_head_ && chunk.size() == answer_left_ &&
                        chunk.size() <= kSmallBody;
  const std::size_t room = response_head_bound(wire) + (is_whole ? chunk.size() : 0);
  char* const begin = connection_->prepare(room);
  char* end = write_response_head(begin, wire);
  answer_place_ = workspace_.output_place();
  if (is_whole) {
    end = std::copy(chunk.begin(), chunk.end(), end);
    answer_left_ = 0;
  }
  connection_->commit(static_cast<std::size_t>(end - begin));
  if (is_head_ || is_whole) return;
  if (!chunk.empty()) write_body(chunk);
}

void Exchange::decide_framing(const ResponseHead& head) {
  keep_alive_ = keep_alive_ && !asks_for_close(head) && !connection_->server_.is_draining;
  const bool reads_past =
      !parser_.head().is_chunked && body_left_ <= HTTP1ServerConnection::kMaxReadPast;
  // Who waits for "100 Continue" and gets this instead may send the body or leave it: no telling.
  if (!is_complete_ && (!reads_past || parser_.head().expects_continue)) keep_alive_ = false;
  std::int64_t length = head.content_length;
  if (length < 0) length = length_from_fields(head);
  answer_left_ = length < 0 ? 0 : static_cast<std::uint64_t>(length);
  answer_place_ = Workspace::kNoPlace;
  if (has_no_body(head.status)) {
    // RFC 9110, 8.6: of 304 the length is what 200 would have, so 0 would be a lie.
    framing_ = head.status == 304 && length > 0 ? Framing::length : Framing::none;
    is_head_ = is_head_ || framing_ == Framing::length;
    if (!is_head_) answer_left_ = 0;
  } else if (length >= 0) {
    framing_ = Framing::length;
  } else if (is_head_) {
    framing_ = Framing::none;  // nothing follows, so nothing needs to be framed
  } else if (parser_.head().is_http_1_1) {
    framing_ = Framing::chunked;
  } else {
    framing_ = Framing::until_close;
    keep_alive_ = false;
  }
}

void Exchange::write(std::string_view chunk) {
  if (answer_ != Answer::begun)
    throw std::logic_error("write() before write_headers() or after finish()");
  if (connection_ != nullptr && !is_head_ && !chunk.empty()) write_body(chunk);
}

void Exchange::write_body(std::string_view chunk) {
  if (is_spoilt_) return;
  if (framing_ == Framing::chunked) {
    char* const begin = connection_->prepare(kMaxChunkLine);
    connection_->commit(static_cast<std::size_t>(write_chunk_size(begin, chunk.size()) - begin));
    connection_->put(chunk);
    connection_->put("\r\n");
    return;
  }
  if (framing_ != Framing::until_close) {
    if (!keeps_promise(chunk.size())) return;
    answer_left_ -= chunk.size();
  }
  connection_->put(chunk);
}

// Whether the next `size` bytes belong to the length that was promised.
bool Exchange::keeps_promise(std::uint64_t size) {
  if (size <= answer_left_) return true;
  spoil(Error::output_too_long);
  return false;
}

// The client must not take the answer for whole. While nothing of it was sent it never was: 500 is
// sent in its place. Else the connection ends before the promised length is reached, which is why
// nothing of the piece that is too long is sent.
void Exchange::spoil(Error error) {
  gen_log.error(make_error_code(error).message(), ": ", request_.request().method(), " ",
                request_.request().uri());
  is_spoilt_ = true;
  keep_alive_ = false;
  connection_->should_linger_ = true;
  if (connection_->take_back_output(answer_place_)) {
    connection_->write_error_page(500, false);
  }
}

void Exchange::write_file(std::shared_ptr<const net::FileDescriptor> file, std::uint64_t offset,
                          std::uint64_t size) {
  if (answer_ != Answer::begun)
    throw std::logic_error("write_file() before write_headers() or after finish()");
  if (connection_ == nullptr || is_head_ || is_spoilt_ || size == 0) return;
  if (framing_ == Framing::chunked) {
    char* const begin = connection_->prepare(kMaxChunkLine);
    connection_->commit(static_cast<std::size_t>(write_chunk_size(begin, size) - begin));
  } else if (framing_ != Framing::until_close) {
    if (!keeps_promise(size)) return;
    answer_left_ -= size;
  }
  connection_->put_file(std::make_shared<FilePiece>(std::move(file), offset, size));
  if (framing_ == Framing::chunked) connection_->put("\r\n");
}

Task<void> Exchange::flush() {
  if (connection_ != nullptr) {
    HTTP1ServerConnection::Visit visit(*connection_, HTTP1ServerConnection::Visit::From::handler);
    connection_->flush_output();
  }
  if (connection_ != nullptr && !is_gone_ && connection_->is_congested()) {
    FlushWait wait(flushes_);
    co_await wait;
  }
  if (is_gone_) throw net::StreamClosedError(make_error_code(net::Error::closed_by_peer));
}

void Exchange::set_body_timeout(std::chrono::seconds time) {
  pace_limits_.timeout = time;
  if (connection_ != nullptr) connection_->look_at_deadline_anew();
}

net::IOStream Exchange::detach() {
  if (answer_ != Answer::none) throw std::logic_error("detach() after the answer has begun");
  if (connection_ == nullptr || is_gone_) {
    throw net::StreamClosedError(make_error_code(net::Error::closed_by_peer));
  }
  const HTTP1ServerConnection::Visit visit(*connection_,
                                           HTTP1ServerConnection::Visit::From::handler);
  return connection_->detach(*this);
}

void Exchange::resume_reading() {
  if (!std::exchange(is_paused_, false) || connection_ == nullptr) return;
  workspace_.poller().at_end_of_batch(*connection_);
}

// May end in release(): nothing of the exchange is to be touched behind it.
void Exchange::tell_closed() noexcept {
  if (delegate_ == nullptr || answer_ == Answer::finished || std::exchange(is_told_, true)) return;
  try {
    delegate_->on_connection_close();
  } catch (...) {
    app_log.exception("uncaught exception in on_connection_close()");
  }
}

// Resumed, they may wait again, or end, and this exchange with the last of them.
void Exchange::resume_flushes() {
  WaitList due;
  due.append(flushes_);
  while (Operation* const wait = due.first()) wait->complete();
}

void Exchange::finish() {
  if (answer_ != Answer::begun) throw std::logic_error("finish() before write_headers(), or twice");
  answer_ = Answer::finished;
  request_.finish();
  if (connection_ == nullptr) return;
  HTTP1ServerConnection::Visit visit(*connection_, HTTP1ServerConnection::Visit::From::handler);
  if (!is_head_ && framing_ == Framing::chunked) connection_->put("0\r\n\r\n");
  if (!is_head_ && framing_ == Framing::length && answer_left_ > 0 && !is_spoilt_) {
    spoil(Error::output_too_short);
  }
  connection_->answer_finished(*this);
}

std::optional<net::SSLCertificate> Exchange::get_ssl_certificate() const {
  if (connection_ == nullptr) return std::nullopt;
  return connection_->ssl_certificate();
}

void Exchange::release() {
  is_released_ = true;
  if (connection_ != nullptr && answer_ != Answer::finished) {
    if (!is_told_) {
      gen_log.error("released without an answer: ", request_.request().method(), " ",
                    request_.request().uri());
    }
    connection_->close();
    return;
  }
  return_if_done();
}

// Both sides have let go.
void Exchange::return_if_done() {
  if (is_released_ && connection_ == nullptr && !is_starting_) workspace_.give_exchange(this);
}

void Exchange::recycle() {
  connection_ = nullptr;
  delegate_ = nullptr;
  BORA_ASSERT(flushes_.is_empty() && "release() while a flush() is awaited");
  body_left_ = body_seen_ = answer_left_ = 0;
  is_started_ = is_starting_ = is_complete_ = is_paused_ = is_held_up_ = false;
  answer_ = Answer::none;
  framing_ = Framing::none;
  keep_alive_ = is_head_ = is_spoilt_ = is_gone_ = is_told_ = is_released_ = false;
  decoder_.reset();
  request_.recycle();
}

}  // namespace bora::http
