// How a connection reads: requests, their bodies, and what is only read past.

#include <bora/core/log.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "runtime/http/http1_server_connection.h"

namespace bora::http {

namespace {

// Runs code of the delegate's. False if it threw: logged, and the connection can't go on.
template <class Function>
bool run_guarded(Function&& function) noexcept {
  try {
    function();
    return true;
  } catch (...) {
    app_log.exception("uncaught exception in a message delegate");
    return false;
  }
}

}  // namespace

// One read a visit: a client that sends faster than it is answered must not keep the others
// waiting.
void HTTP1ServerConnection::serve() {
  if (has_received_) return;
  bool has_read = false;
  while (can_consume()) {
    if (unread_ != nullptr) {
      consume_unread();
    } else if (is_readable_ && !has_read) {
      receive();
      has_read = true;
    } else {
      return;
    }
  }
}

void HTTP1ServerConnection::receive() {
  Workspace& workspace = server_.workspace;
  char* const input = workspace.input();
  if (input == nullptr) return;  // settle() asks for another visit
  const net::Transport::Result received =
      transport_.receive(input, Workspace::kInputSize, has_hung_up_);
  // A short read empties the socket, and what comes later is told of. Only an end of input that was
  // told of before is still to be read.
  is_readable_ = !received.is_exhausted || (received.bytes > 0 && has_hung_up_);
  if (received.wants_output) set_blocked(true);
  if (received.bytes > 0) {
    server_.statistics.bytes_received += received.bytes;
    const InputInUse in_use(workspace, received.bytes);
    const std::size_t used = consume({input, received.bytes});
    keep_unread({input + used, received.bytes - used});
    if (state_ == State::closed) return;
  }
  note_receipt(received.state);
}

void HTTP1ServerConnection::note_receipt(net::Transport::State state) {
  switch (state) {
    case net::Transport::State::done:
    case net::Transport::State::would_block:
      return;
    case net::Transport::State::ended:
      end_of_input();
      return;
    case net::Transport::State::failed:
      transport_.is_handshaking() ? tls_failed() : client_left();
      return;
  }
}

void HTTP1ServerConnection::end_of_input() {
  is_ended_ = true;
  if (state_ == State::lingering) {
    client_left();
  } else {
    const bool is_in_body = state_ == State::body && exchange_->answer_ == Exchange::Answer::none;
    if (is_in_body) {
      refuse(Error::incomplete_body);
    } else {
      begin_closing(false);  // half a head has no answer; earlier requests still have
    }
  }
}

void HTTP1ServerConnection::consume_unread() {
  Workspace& workspace = server_.workspace;
  const InputInUse in_use(workspace, 0);  // keeps it: a handler may end the server
  Block* const block = std::exchange(unread_, nullptr);
  block->consume(consume(block->bytes()));
  if (block->size() > 0 && state_ < State::closing) {
    unread_ = block;
    return;
  }
  if (block->size() > 0) should_linger_ = true;
  workspace.give_block(block);
}

void HTTP1ServerConnection::keep_unread(std::string_view bytes) {
  if (bytes.empty()) return;
  if (state_ >= State::closing) {
    should_linger_ = true;
    return;
  }
  unread_ = server_.workspace.take_block();
  unread_->append(bytes);
}

std::size_t HTTP1ServerConnection::consume(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && can_consume()) {
    const std::string_view rest = bytes.substr(used);
    if (state_ == State::idle) begin_exchange();
    if (state_ == State::head) {
      used += read_head(rest);
    } else if (state_ == State::body) {
      used += read_body(rest);
    } else {
      used += read_past(rest);
    }
  }
  if (exchange_ != nullptr) exchange_->behind_ = {};
  return used;
}

std::size_t HTTP1ServerConnection::read_past(std::string_view bytes) {
  linger_left_ -= static_cast<std::uint32_t>(std::min<std::size_t>(linger_left_, bytes.size()));
  if (linger_left_ == 0) close_now();
  return bytes.size();
}

void HTTP1ServerConnection::begin_exchange() {
  exchange_ = server_.workspace.take_exchange();
  exchange_->connection_ = this;
  exchange_->parser_.begin(exchange_->request_.headers(), server_.limits);
  state_ = State::head;
  armed_ = Phase::none;
}

std::size_t HTTP1ServerConnection::read_head(std::string_view bytes) {
  Error error = Error::none;
  const std::size_t used = exchange_->parser_.feed(bytes, error);
  if (error != Error::none) {
    refuse(error, bytes.substr(used));
  } else if (exchange_->parser_.is_complete()) {
    head_complete(bytes.substr(used));
  }
  return used;
}

/// @param behind  What came with the end of the head.
void HTTP1ServerConnection::head_complete(std::string_view behind) {
  Exchange& exchange = *exchange_;
  exchange.behind_ = behind;
  ++server_.statistics.requests;
  const RequestHead& head = exchange.parser_.head();
  exchange.is_head_ = head.method == "HEAD";
  // H1C-10: an HTTP/1.0 client that wants to keep the connection must say where its body ends.
  const bool has_known_end =
      head.is_http_1_1 || head.has_content_length || exchange.is_head_ || head.method == "GET";
  exchange.keep_alive_ = head.keep_alive && has_known_end && !server_.options.no_keep_alive;
  exchange.body_left_ = head.content_length;
  exchange.max_body_size_ = server_.options.max_body_size;
  exchange.is_complete_ = head.content_length == 0 && !head.is_chunked;
  if (!exchange.is_complete_) {
    exchange.chunks_.begin(server_.options.max_chunk_extras);
    exchange.pace_ = {};
    exchange.pace_limits_ = server_.pace_limits;
  }
  const RequestBuilder::Origin origin{peer_.bytes, transport_.tls() == nullptr ? "http" : "https",
                                      &server_.options.form_limits};
  exchange.request_.begin(head, origin, server_.workspace.poller().now().monotonic_ns);
  state_ = exchange.is_complete_ ? State::handling : State::body;
  if (server_.prepares_requests) prepare_request();
  start_request();
}

// What only some servers do to a request before anybody sees it.
void HTTP1ServerConnection::prepare_request() {
  Exchange& exchange = *exchange_;
  if (server_.origin_rules.have_effect()) server_.origin_rules.apply(exchange.request_);
  if (!server_.options.decompress_request) return;
  const std::string coding = exchange.request_.headers().get("Content-Encoding");
  // RFC 9110, 8.4.1.3: both names mean the same.
  if (!equals_ignoring_case(coding, "gzip") && !equals_ignoring_case(coding, "x-gzip")) return;
  exchange.request_.rename_header("Content-Encoding", "X-Consumed-Content-Encoding");
  exchange.decoder_ = std::make_unique<BodyDecoder>(server_.options.chunk_size);
}

void HTTP1ServerConnection::start_request() {
  Exchange& exchange = *exchange_;
  exchange.is_started_ = exchange.is_starting_ = true;
  const bool is_fine = run_guarded(
      [&] { exchange.delegate_ = server_.delegate.start_request(exchange.request_.request()); });
  exchange.is_starting_ = false;
  if (!is_fine) {
    exchange.is_released_ = true;  // nobody else will
    if (exchange.connection_ == nullptr) {
      exchange.return_if_done();
    } else {
      fail(500, "start_request() threw");
    }
    return;
  }
  if (exchange.connection_ == nullptr) {
    // Answered already, or closed from within the call.
    if (exchange.is_gone_ && !exchange.is_released_) {
      exchange.tell_closed();
    } else {
      exchange.return_if_done();
    }
    return;
  }
  proceed();
}

// What follows start_request() and the body's last piece; while the reading is paused, it waits.
void HTTP1ServerConnection::proceed() {
  Exchange& exchange = *exchange_;
  exchange.is_held_up_ = exchange.is_paused_;
  if (exchange.is_paused_) return;
  if (exchange.decoder_ != nullptr && exchange.decoder_->has_rest()) {
    if (!deliver_decoded({}) || exchange.is_held_up_ || !exchange.is_complete_) return;
  }
  if (exchange.is_complete_) {
    request_complete();
  } else {
    begin_body();
  }
}

void HTTP1ServerConnection::begin_body() {
  const Exchange& exchange = *exchange_;
  if (exchange.answer_ == Exchange::Answer::finished) return;  // read past
  if (exchange.parser_.head().content_length > exchange.max_body_size_) {
    refuse(Error::body_too_large);
  } else if (exchange.parser_.head().expects_continue &&
             exchange.answer_ == Exchange::Answer::none && exchange.behind_.empty() &&
             unread_ == nullptr) {
    put("HTTP/1.1 100 Continue\r\n\r\n");  // RFC 9110, 10.1.1: not when the body is coming
  }
}

std::size_t HTTP1ServerConnection::read_body(std::string_view input) {
  Exchange& exchange = *exchange_;
  std::string_view data;
  std::size_t used = 0;
  const std::string_view bytes = input.substr(0, server_.options.chunk_size);
  if (exchange.parser_.head().is_chunked) {
    Error error = Error::none;
    used = exchange.chunks_.feed(bytes, data, error);
    exchange.body_seen_ += data.size();
    // A chunk is refused by its size line, before its data is read.
    const std::uint64_t room =
        exchange.max_body_size_ - std::min(exchange.max_body_size_, exchange.body_seen_);
    if (error == Error::none && exchange.chunks_.promised() > room) error = Error::body_too_large;
    if (error != Error::none) {
      refuse(error);
      return used;
    }
    exchange.is_complete_ = exchange.chunks_.is_complete();
  } else {
    used = static_cast<std::size_t>(std::min<std::uint64_t>(exchange.body_left_, bytes.size()));
    data = bytes.substr(0, used);
    exchange.body_left_ -= used;
    exchange.is_complete_ = exchange.body_left_ == 0;
  }
  exchange.behind_ = input.substr(used);
  exchange.pace_.add(used);
  if (exchange.is_complete_) state_ = State::handling;
  if (deliver(data) && exchange.is_complete_) proceed();
  return used;
}

// True if the exchange goes on.
bool HTTP1ServerConnection::deliver(std::string_view data) {
  Exchange& exchange = *exchange_;
  if (data.empty() || exchange.answer_ == Exchange::Answer::finished) return true;
  if (exchange.decoder_ != nullptr) return deliver_decoded(data);
  if (!run_guarded([&] { exchange.delegate_->data_received(data); })) {
    fail(500, "data_received() threw");
  }
  return exchange_ == &exchange;
}

// H1C-20: one piece of input may make thousands of output. What is left when the delegate pauses
// the reading waits for proceed().
bool HTTP1ServerConnection::deliver_decoded(std::string_view data) {
  Exchange& exchange = *exchange_;
  BodyDecoder& decoder = *exchange.decoder_;
  decoder.add(data);
  while (!exchange.is_paused_ && exchange.answer_ != Exchange::Answer::finished) {
    Error error = Error::none;
    const std::string_view piece = decoder.next(exchange.max_body_size_, error);
    if (error != Error::none) {
      refuse(error);
      return false;
    }
    if (piece.empty()) break;
    if (!run_guarded([&] { exchange.delegate_->data_received(piece); })) {
      fail(500, "data_received() threw");
    }
    if (exchange_ != &exchange) return false;
  }
  decoder.keep_rest();
  exchange.is_held_up_ = exchange.is_paused_ && decoder.has_rest();
  return true;
}

// Behind the delegate's finish() the exchange may be gone.
void HTTP1ServerConnection::request_complete() {
  Exchange& exchange = *exchange_;
  if (exchange.answer_ == Exchange::Answer::finished) {
    end_exchange();
    return;
  }
  if (exchange.decoder_ != nullptr && !exchange.decoder_->is_at_end()) {
    refuse(Error::bad_content_coding);
    return;
  }
  if (!run_guarded([&] { exchange.delegate_->finish(); }) && exchange_ == &exchange) {
    fail(500, "finish() threw");
  }
}

}  // namespace bora::http
