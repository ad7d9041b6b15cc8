// How a connection reads: requests, their bodies, and what is only read past.

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include <bora/core/log.h>

#include "runtime/http/http1_server_connection.h"

namespace bora::http {

namespace {

// Runs code of the delegate. Returns false if it threw; that is logged, and the connection can't go
// on.
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

// It reads once in a visit: a client that sends faster than it is answered must not keep the others
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
  Workspace& workspace = this->workspace();
  char* const input = workspace.input();
  if (input == nullptr) return;  // settle() asks for another visit
  const net::Transport::Result received =
      transport().receive(input, Workspace::kInputSize, has_hung_up_);
  // A short read empties the socket, and the poller reports later input. Only an end of input that
  // it has reported already must still be read.
  is_readable_ = !received.is_exhausted || (received.bytes > 0 && has_hung_up_);
  if (received.wants_output) wait_for_room();
  if (received.bytes > 0) {
    server().statistics.bytes_received += received.bytes;
    const InputInUse in_use(workspace, received.bytes);
    const std::size_t used = consume({input, received.bytes});
    if (used < received.bytes) keep_unread({input + used, received.bytes - used});
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
      transport().is_handshaking() ? tls_failed() : client_left();
      return;
  }
}

void HTTP1ServerConnection::end_of_input() {
  is_ended_ = true;
  if (state_ == State::lingering) {
    client_left();
  } else {
    const bool is_in_body = state_ == State::body && exchange_->answer == Exchange::Answer::none;
    if (is_in_body) {
      refuse(Error::incomplete_body);
    } else {
      begin_closing(false);  // half a head gets no answer; earlier requests still get theirs
    }
  }
}

void HTTP1ServerConnection::consume_unread() {
  Workspace& workspace = this->workspace();
  const InputInUse in_use(workspace, 0);  // keeps the workspace: a handler may end the server
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
  if (state_ >= State::closing) {
    should_linger_ = true;
    return;
  }
  unread_ = workspace().take_block();
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
  if (current() != nullptr) exchange_->http1.behind = {};
  return used;
}

std::size_t HTTP1ServerConnection::read_past(std::string_view bytes) {
  const std::size_t count = std::min<std::size_t>(lingering_.left, (bytes.size() + 1023) / 1024);
  lingering_.left = static_cast<std::uint16_t>(lingering_.left - count);
  if (lingering_.left == 0) close_now();
  return bytes.size();
}

void HTTP1ServerConnection::begin_exchange() {
  forget_answered();
  exchange_ = workspace().take_exchange();
  exchange_->stream = this;
  exchange_->http1.parser.begin(exchange_->request.headers(), server().limits);
  state_ = State::head;
  armed_ = Phase::none;
}

std::size_t HTTP1ServerConnection::read_head(std::string_view bytes) {
  Error error = Error::none;
  const std::size_t used = exchange_->http1.parser.feed(bytes, error);
  if (error != Error::none) {
    refuse(error, bytes.substr(used));
  } else if (exchange_->http1.parser.is_complete()) {
    head_complete(bytes.substr(used));
  }
  return used;
}

/// @param behind  The bytes that came with the end of the head.
void HTTP1ServerConnection::head_complete(std::string_view behind) {
  Exchange& exchange = *exchange_;
  exchange.http1.behind = behind;
  ++server().statistics.requests;
  const RequestHead& head = exchange.http1.parser.head();
  exchange.is_head = head.method == "HEAD";
  // H1C-10: an HTTP/1.0 client that wants to keep the connection must say where its body ends.
  const bool has_known_end =
      head.is_http_1_1 || head.has_content_length || exchange.is_head || head.method == "GET";
  exchange.http1.keep_alive = head.keep_alive && has_known_end && !server().options.no_keep_alive;
  exchange.http1.body_left = head.content_length;
  exchange.body_limit = server().options.max_body_size;
  exchange.is_complete = head.content_length == 0 && !head.is_chunked;
  if (!exchange.is_complete) {
    exchange.http1.chunks.begin(server().options.max_chunk_extras);
    exchange.pace = {};
    exchange.pace_limits = server().pace_limits;
  }
  const RequestBuilder::Origin origin{peer_.bytes, transport().tls() == nullptr ? "http" : "https",
                                      &server().options.form_limits};
  exchange.request.begin(head, origin, poller().now().monotonic_ns);
  state_ = exchange.is_complete ? State::handling : State::body;
  if (server().prepares_requests) prepare_request();
  start_request();
}

// The preparations that only some servers make before anybody sees the request.
void HTTP1ServerConnection::prepare_request() {
  Exchange& exchange = *exchange_;
  if (server().origin_rules.have_effect()) server().origin_rules.apply(exchange.request);
  if (!server().options.decompress_request) return;
  const std::string coding = exchange.request.headers().get("Content-Encoding");
  // RFC 9110, 8.4.1.3: both names mean the same.
  if (!equals_ignoring_case(coding, "gzip") && !equals_ignoring_case(coding, "x-gzip")) return;
  exchange.request.rename_header("Content-Encoding", "X-Consumed-Content-Encoding");
  exchange.decoder = std::make_unique<BodyDecoder>(server().options.chunk_size);
}

void HTTP1ServerConnection::start_request() {
  Exchange& exchange = *exchange_;
  exchange.is_started = exchange.is_starting = true;
  const bool is_fine = run_guarded(
      [&] { exchange.delegate = server().delegate.start_request(exchange.request.request()); });
  exchange.is_starting = false;
  if (!is_fine) {
    exchange.is_released = true;  // nobody else will release it
    if (exchange.stream == nullptr) {
      exchange.return_if_done();
    } else {
      fail(500, "start_request() threw");
    }
    return;
  }
  if (exchange.stream == nullptr) {
    // It was answered already, or closed from within the call.
    if (exchange.is_gone && !exchange.is_released) {
      exchange.tell_closed();
    } else {
      exchange.return_if_done();
    }
    return;
  }
  proceed();
}

// Does what follows start_request() and the body's last piece; while the reading is paused, that
// waits.
void HTTP1ServerConnection::proceed() {
  Exchange& exchange = *exchange_;
  exchange.is_held_up = exchange.is_paused;
  if (exchange.is_paused) return;
  if (exchange.decoder != nullptr && exchange.decoder->has_rest()) {
    if (!deliver_decoded({}) || exchange.is_held_up || !exchange.is_complete) return;
  }
  if (exchange.is_complete) {
    request_complete();
  } else {
    begin_body();
  }
}

void HTTP1ServerConnection::begin_body() {
  const Exchange& exchange = *exchange_;
  if (exchange.answer == Exchange::Answer::finished) return;  // the body is read past
  if (exchange.http1.parser.head().content_length > exchange.body_limit) {
    refuse(Error::body_too_large);
  } else if (exchange.http1.parser.head().expects_continue &&
             exchange.answer == Exchange::Answer::none && exchange.http1.behind.empty() &&
             unread_ == nullptr) {
    put("HTTP/1.1 100 Continue\r\n\r\n");  // RFC 9110, 10.1.1: not when the body is coming
  }
}

std::size_t HTTP1ServerConnection::read_body(std::string_view input) {
  Exchange& exchange = *exchange_;
  std::string_view data;
  std::size_t used = 0;
  const std::string_view bytes = input.substr(0, server().options.chunk_size);
  if (exchange.http1.parser.head().is_chunked) {
    Error error = Error::none;
    used = exchange.http1.chunks.feed(bytes, data, error);
    exchange.http1.body_seen += data.size();
    // A chunk is refused by its size line, before its data is read.
    const std::uint64_t room =
        exchange.body_limit - std::min(exchange.body_limit, exchange.http1.body_seen);
    if (error == Error::none && exchange.http1.chunks.promised() > room)
      error = Error::body_too_large;
    if (error != Error::none) {
      refuse(error);
      return used;
    }
    exchange.is_complete = exchange.http1.chunks.is_complete();
  } else {
    used =
        static_cast<std::size_t>(std::min<std::uint64_t>(exchange.http1.body_left, bytes.size()));
    data = bytes.substr(0, used);
    exchange.http1.body_left -= used;
    exchange.is_complete = exchange.http1.body_left == 0;
  }
  exchange.http1.behind = input.substr(used);
  exchange.pace.add(used);
  if (exchange.is_complete) state_ = State::handling;
  if (deliver(data) && exchange.is_complete) proceed();
  return used;
}

// Returns true if the exchange goes on.
bool HTTP1ServerConnection::deliver(std::string_view data) {
  Exchange& exchange = *exchange_;
  if (data.empty() || exchange.answer == Exchange::Answer::finished) return true;
  if (exchange.decoder != nullptr) return deliver_decoded(data);
  if (!run_guarded([&] { exchange.delegate->data_received(data); })) {
    fail(500, "data_received() threw");
  }
  return current() == &exchange;
}

// H1C-20: one piece of input may make thousands of pieces of output. Those that are left when the
// delegate pauses the reading wait for proceed().
bool HTTP1ServerConnection::deliver_decoded(std::string_view data) {
  Exchange& exchange = *exchange_;
  BodyDecoder& decoder = *exchange.decoder;
  decoder.add(data);
  while (!exchange.is_paused && exchange.answer != Exchange::Answer::finished) {
    Error error = Error::none;
    const std::string_view piece = decoder.next(exchange.body_limit, error);
    if (error != Error::none) {
      refuse(error);
      return false;
    }
    if (piece.empty()) break;
    if (!run_guarded([&] { exchange.delegate->data_received(piece); })) {
      fail(500, "data_received() threw");
    }
    if (exchange_ != &exchange) return false;
  }
  decoder.keep_rest();
  exchange.is_held_up = exchange.is_paused && decoder.has_rest();
  return true;
}

// The exchange may be gone after the delegate's finish().
void HTTP1ServerConnection::request_complete() {
  Exchange& exchange = *exchange_;
  if (exchange.answer == Exchange::Answer::finished) {
    end_exchange();
    return;
  }
  if (exchange.decoder != nullptr && !exchange.decoder->is_at_end()) {
    refuse(Error::bad_content_coding);
    return;
  }
  if (!run_guarded([&] { exchange.delegate->finish(); }) && current() == &exchange) {
    fail(500, "finish() threw");
  }
}

}  // namespace bora::http
