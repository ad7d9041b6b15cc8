#include "runtime/http/exchange.h"

#include <charconv>
#include <stdexcept>
#include <utility>

#include <bora/core/error.h>
#include <bora/core/log.h>
#include <bora/net/error.h>
#include <bora/net/io_stream.h>
#include <bora/net/ssl_context.h>

#include "runtime/http/file_piece.h"
#include "runtime/http/workspace.h"

namespace bora::http {

namespace {

// RFC 9112, 6.3: these never have a body.
bool has_no_body(int status) {
  return status == 204 || status == 304;
}

// A length that a handler gave as a field instead of in ResponseHead.
[[gnu::noinline]] std::int64_t length_from_fields(const ResponseHead& head) {
  if (head.headers == nullptr) return -1;
  const std::string_view text = head.headers->get_view("Content-Length").value_or("");
  std::int64_t length = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  return error == std::errc() && end == text.data() + text.size() ? length : -1;
}

}  // namespace

Exchange::Exchange(Workspace& workspace) : request(*this), workspace_(workspace) {}

void Exchange::write_headers(const ResponseHead& head, std::string_view chunk) {
  if (answer != Answer::none) throw std::logic_error("write_headers() was already called");
  check_response_head(head);
  answer = Answer::begun;
  if (stream == nullptr) return;
  decide_body(head);
  left_ = promised;
  if (body != Body::open && !is_head && !take_promised(chunk.size())) {
    spoil(Error::output_too_long, false);
    return;
  }
  stream->send_head(*this, head, is_head ? std::string_view() : chunk);
}

void Exchange::decide_body(const ResponseHead& head) {
  std::int64_t length = head.content_length;
  if (length < 0) length = length_from_fields(head);
  promised = length < 0 ? 0 : static_cast<std::uint64_t>(length);
  if (has_no_body(head.status)) {
    // RFC 9110, 8.6: the length in a 304 is the one that a 200 would have, so 0 would be wrong.
    body = head.status == 304 && length > 0 ? Body::sized : Body::none;
    is_head = is_head || body == Body::sized;
    if (body == Body::none) promised = 0;
  } else if (length >= 0) {
    body = Body::sized;
  } else {
    body = is_head ? Body::none : Body::open;  // a message without a body needs no framing
  }
}

void Exchange::write(std::string_view chunk) {
  if (answer != Answer::begun)
    throw std::logic_error("write() before write_headers() or after finish()");
  if (stream == nullptr || is_head || is_spoilt || chunk.empty()) return;
  if (body != Body::open && !take_promised(chunk.size())) {
    spoil(Error::output_too_long, true);
  } else {
    stream->send_piece(*this, chunk);
  }
}

// Whether the next `size` bytes belong to what was promised.
bool Exchange::take_promised(std::uint64_t size) {
  if (size > left_) return false;
  left_ -= size;
  return true;
}

void Exchange::spoil(Error error, bool has_begun) {
  gen_log.error(make_error_code(error).message(), ": ", request.request().method(), " ",
                request.request().uri());
  is_spoilt = true;
  stream->spoil_answer(*this, has_begun);
}

void Exchange::write_file(std::shared_ptr<const net::FileDescriptor> file, std::uint64_t offset,
                          std::uint64_t size) {
  if (answer != Answer::begun)
    throw std::logic_error("write_file() before write_headers() or after finish()");
  if (stream == nullptr || is_head || is_spoilt || size == 0) return;
  if (body != Body::open && !take_promised(size)) {
    spoil(Error::output_too_long, true);
  } else {
    stream->send_file(*this, std::make_shared<FilePiece>(std::move(file), offset, size));
  }
}

Task<void> Exchange::flush() {
  if (stream != nullptr) stream->flush();
  if (last_stream != nullptr) last_stream->flush();
  if (last_stream != nullptr && last_stream->has_unsent()) {
    FlushWait wait(flushes_);
    co_await wait;
  }
  if (stream != nullptr && !is_gone && stream->is_congested()) {
    FlushWait wait(flushes_);
    co_await wait;
  }
  if (is_gone) throw net::StreamClosedError(make_error_code(net::Error::closed_by_peer));
}

void Exchange::set_body_timeout(std::chrono::seconds time) {
  pace_limits.timeout = time;
  if (stream != nullptr) stream->limits_changed();
}

net::IOStream Exchange::detach() {
  if (answer != Answer::none) throw std::logic_error("detach() after the answer has begun");
  if (stream == nullptr || is_gone) {
    throw net::StreamClosedError(make_error_code(net::Error::closed_by_peer));
  }
  return stream->detach(*this);
}

void Exchange::resume_reading() {
  if (std::exchange(is_paused, false) && stream != nullptr) stream->go_on_reading();
}

void Exchange::tell_closed() noexcept {
  if (delegate == nullptr || answer == Answer::finished || std::exchange(is_told, true)) return;
  try {
    delegate->on_connection_close();
  } catch (...) {
    app_log.exception("uncaught exception in on_connection_close()");
  }
}

void Exchange::resume_flushes() {
  WaitList due;
  due.append(flushes_);
  while (Operation* const wait = due.first()) wait->complete();
}

void Exchange::finish() {
  if (answer != Answer::begun) throw std::logic_error("finish() before write_headers(), or twice");
  answer = Answer::finished;
  request.finish();
  if (stream == nullptr) return;
  if (body == Body::sized && !is_head && left_ > 0 && !is_spoilt) {
    spoil(Error::output_too_short, true);
  }
  stream->end_answer(*this);
}

std::optional<net::SSLCertificate> Exchange::get_ssl_certificate() const {
  if (stream == nullptr) return std::nullopt;
  return stream->ssl_certificate();
}

void Exchange::release() {
  is_released = true;
  if (last_stream != nullptr) std::exchange(last_stream, nullptr)->release_answered();
  if (stream != nullptr && answer != Answer::finished) {
    if (!is_told) {
      gen_log.error("released without an answer: ", request.request().method(), " ",
                    request.request().uri());
    }
    stream->give_up();
    return;
  }
  return_if_done();
}

void Exchange::return_if_done() {
  if (is_released && stream == nullptr && !is_starting) workspace_.give_exchange(this);
}

void Exchange::recycle() {
  stream = last_stream = nullptr;
  delegate = nullptr;
  BORA_ASSERT(flushes_.is_empty() && "release() while a flush() is awaited");
  http1.body_left = http1.body_seen = 0;
  http1.framing = Framing::none;
  http1.keep_alive = false;
  is_started = is_starting = is_complete = is_paused = is_held_up = false;
  answer = Answer::none;
  body = Body::none;
  is_head = is_spoilt = is_gone = is_told = is_released = false;
  decoder.reset();
  request.recycle();
}

}  // namespace bora::http
