// How a connection puts answers on the wire: what exchanges ask of it as their MessageStream.

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <bora/net/io_stream.h>

#include "runtime/http/file_piece.h"
#include "runtime/http/http1_server_connection.h"

namespace bora::http {

namespace {

constexpr std::size_t kSmallBody = 4096;

constexpr std::size_t kMaxChunkLine = 20;

[[gnu::noinline]] bool asks_for_close(const HTTPHeaders& headers) {
  return equals_ignoring_case(headers.get_view("Connection").value_or(""), "close");
}

}  // namespace

void HTTP1ServerConnection::send_head(Exchange& exchange, const ResponseHead& head,
                                      std::string_view chunk) {
  HTTP1Message& message = exchange.http1;
  decide_framing(exchange, head);
  ConnectionOption option = ConnectionOption::nothing;
  if (!message.keep_alive) {
    option = ConnectionOption::close;
  } else if (!message.parser.head().is_http_1_1) {
    option = ConnectionOption::keep_alive;
  }
  Workspace& workspace = this->workspace();
  const WireHead wire{
      head,  workspace.common_head(), workspace.server_size(), message.framing, exchange.promised,
      option};
  // A small body that is complete is sent together with the head.
  const bool is_whole = message.framing == Framing::length && !exchange.is_head &&
                        chunk.size() == exchange.promised && chunk.size() <= kSmallBody;
  char* const begin = prepare(response_head_bound(wire) + (is_whole ? chunk.size() : 0));
  char* end = write_response_head(begin, wire);
  message.answer_place = place();
  if (is_whole) end = std::copy(chunk.begin(), chunk.end(), end);
  commit(end);
  if (!is_whole && !chunk.empty()) send_piece(exchange, chunk);
}

void HTTP1ServerConnection::decide_framing(Exchange& exchange, const ResponseHead& head) const {
  HTTP1Message& message = exchange.http1;
  const RequestHead& request = message.parser.head();
  if (head.headers != nullptr && asks_for_close(*head.headers)) message.keep_alive = false;
  message.keep_alive = message.keep_alive && !server().is_draining;
  const bool reads_past = !request.is_chunked && message.body_left <= kMaxReadPast;
  // A client that waits for "100 Continue" and gets this instead may or may not send the body.
  if (!exchange.is_complete && (!reads_past || request.expects_continue)) {
    message.keep_alive = false;
  }
  switch (exchange.body) {
    case Exchange::Body::none:
      message.framing = Framing::none;
      break;
    case Exchange::Body::sized:
      message.framing = Framing::length;
      break;
    case Exchange::Body::open:
      message.framing = request.is_http_1_1 ? Framing::chunked : Framing::until_close;
      message.keep_alive = message.keep_alive && request.is_http_1_1;
      break;
  }
}

void HTTP1ServerConnection::send_piece(Exchange& exchange, std::string_view chunk) {
  const bool is_chunked = exchange.http1.framing == Framing::chunked;
  if (is_chunked) put_chunk_size(chunk.size());
  put(chunk);
  if (is_chunked) put("\r\n");
}

void HTTP1ServerConnection::send_file(Exchange& exchange, std::shared_ptr<FilePiece> file) {
  const bool is_chunked = exchange.http1.framing == Framing::chunked;
  if (is_chunked) put_chunk_size(file->left());
  put_file(std::move(file));
  if (is_chunked) put("\r\n");
}

void HTTP1ServerConnection::put_chunk_size(std::uint64_t size) {
  commit(write_chunk_size(prepare(kMaxChunkLine), size));
}

void HTTP1ServerConnection::spoil_answer(Exchange& exchange, bool has_begun) {
  exchange.http1.keep_alive = false;
  should_linger_ = true;
  if (!has_begun || take_back(exchange.http1.answer_place)) write_error_page(500, false);
}

void HTTP1ServerConnection::write_error_page(int status, bool is_head) {
  const std::string page = error_page(status);
  ResponseHead head;
  head.status = status;
  head.content_type = "text/html; charset=UTF-8";
  const WireHead wire{
      head,        workspace().common_head(), workspace().server_size(), Framing::length,
      page.size(), ConnectionOption::close};
  char* const begin = prepare(response_head_bound(wire));
  commit(write_response_head(begin, wire));
  if (!is_head) put(page);
}

void HTTP1ServerConnection::end_answer(Exchange& exchange) {
  const Visit visit(*this, Visit::From::handler);
  const bool has_end = exchange.http1.framing == Framing::chunked && !exchange.is_head;
  if (has_end && !exchange.is_spoilt) put("0\r\n\r\n");
  exchange.is_paused = exchange.is_held_up = false;
  if (exchange.is_complete) {
    end_exchange();
  } else if (!exchange.http1.keep_alive) {
    let_go_of_answered();  // an early answer: RFC 9112, 9.6
    begin_closing(true);
  }
  // Otherwise the rest of the body is read and dropped before the next request has its turn.
}

void HTTP1ServerConnection::flush() {
  const Visit visit(*this, Visit::From::handler);
  send_output();
}

void HTTP1ServerConnection::go_on_reading() {
  poller().at_end_of_batch(*this);
}

net::IOStream HTTP1ServerConnection::detach(Exchange& exchange) {
  const Visit visit(*this, Visit::From::handler);
  return hand_over(exchange);
}

}  // namespace bora::http
