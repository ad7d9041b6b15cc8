// The states of a connection: visits, rounds, deadlines, ends. Its other parts are http1_input.cpp,
// http1_answer.cpp and http1_tls.cpp; what it sends is in output_queue.cpp.

#include "runtime/http/http1_server_connection.h"

#include <sys/epoll.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include <bora/core/assert.h>
#include <bora/core/error.h>
#include <bora/core/log.h>
#include <bora/net/error.h>
#include <bora/net/io_stream.h>

#include "runtime/http/refusal.h"

namespace bora::http {

namespace {

// A lingering close ends after this time, or after this much input was read past.
constexpr std::uint32_t kLingerSeconds = 5;
constexpr std::uint16_t kLingerKiB = 16 * 1024;

}  // namespace

static_assert(sizeof(HTTP1ServerConnection) <= 152, "idle connections are many");

void HTTP1ServerConnection::start(ServerContext& server, int fd, const PeerAddress& peer) {
  auto* const connection = new HTTP1ServerConnection(server, fd, peer);
  const Visit visit(*connection, Visit::From::loop);
  bool is_fine = connection->is_admitted();
  if (is_fine && server.options.ssl_options) is_fine = connection->begin_tls();
  if (!is_fine || server.workspace.poller().add(fd, kReadEvents, *connection) != 0)
    connection->close_now();
}

// If an address has too many connections, it gets a refusal, unless it speaks TLS. If it has far
// too many, they are closed without one.
bool HTTP1ServerConnection::is_admitted() {
  const std::size_t limit = server().options.max_connections_per_address;
  if (limit == 0) return true;
  const std::size_t connections = server().addresses.add(peer_);
  if (connections <= limit) return true;
  if (connections > 2 * limit || server().options.ssl_options) return false;
  refuse(Error::too_many_connections);
  return true;
}

HTTP1ServerConnection::HTTP1ServerConnection(ServerContext& server, int fd, const PeerAddress& peer)
    : OutputQueue(server, net::FileDescriptor(fd)), next_(server.first), peer_(peer) {
  if (next_ != nullptr) next_->previous_ = this;
  server.first = this;
  ++server.count;
  ++server.statistics.accepted;
}

void HTTP1ServerConnection::end_last_visit(Visit::From from) {
  settle(from);
  visits_ = 0;
  if (state_ == State::closed) delete this;
}

void HTTP1ServerConnection::on_events(std::uint32_t events) {
  if (can_join_round(events)) {
    join_round();
    return;
  }
  const Visit visit(*this, Visit::From::loop);
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
    // If there is no error, the peer has closed in good order, and what it sent before is a request
    // like any other.
    is_readable_ = true;
    if ((events & EPOLLERR) == 0) serve();
    client_left();
    return;
  }
  if ((events & EPOLLRDHUP) != 0) has_hung_up_ = true;
  if ((events & (EPOLLIN | EPOLLRDHUP)) != 0) is_readable_ = true;
  if ((events & EPOLLOUT) != 0 && is_blocked()) go_on_sending();
  serve();
}

void HTTP1ServerConnection::on_batch_end() {
  const Visit visit(*this, Visit::From::loop);
  if (current() != nullptr && exchange_->is_held_up) proceed();
  take_turn();
  serve();
}

void HTTP1ServerConnection::on_deadline() {
  const Visit visit(*this, Visit::From::loop);
  const Phase waited_for = armed_;
  // When the loop is late, the awaited input may have come meanwhile: a new request sets armed_
  // back.
  is_readable_ = true;
  serve();
  const bool is_in_vain = armed_ == waited_for && phase() == waited_for;
  armed_ = Phase::none;
  if (is_in_vain) time_over(waited_for);
}

void HTTP1ServerConnection::time_over(Phase waited_for) {
  switch (waited_for) {
    case Phase::none:
      return;
    case Phase::head:
      refuse(Error::header_timeout);
      return;
    case Phase::body: {
      const std::int64_t now = poller().now().monotonic_ns;
      if (exchange_->pace.is_too_slow(now, exchange_->pace_limits)) refuse(Error::body_timeout);
      return;
    }
    case Phase::handler:
      refuse(Error::handler_timeout);
      return;
    case Phase::write:
      if (is_too_slow()) close_with_reset();
      return;
    case Phase::handshake:
      client_left();
      return;
    case Phase::idle:
      begin_closing(unacknowledged() > 0);
      return;
    case Phase::linger:
      linger_over();
      return;
  }
}

void HTTP1ServerConnection::close() {
  const Visit visit(*this, Visit::From::loop);
  client_left();
}

void HTTP1ServerConnection::drain() {
  const Visit visit(*this, Visit::From::loop);
  // The loop may not have reported the last request yet; reading makes sure that it is not lost.
  is_readable_ = true;
  serve();
  if (state_ == State::lingering && unacknowledged() == 0) close_now();  // it has all of its answer
  if (is_readable_) return;  // more has come than is read at once; the server asks again
  const bool is_between_requests =
      state_ == State::idle || (state_ == State::head && !exchange_->http1.parser.has_begun());
  if (is_between_requests) begin_closing(false);
}

// ---- Rounds ----

void HTTP1ServerConnection::join_round() {
  char* const input = workspace().input();
  const net::Transport::Result received =
      transport().receive(input, Workspace::kInputSize, has_hung_up_);
  is_readable_ = !received.is_exhausted;
  if (received.bytes > 0) {
    server().statistics.bytes_received += received.bytes;
    ++visits_;  // the round ends it
    has_received_ = true;
    workspace().round().add(*this, {input, received.bytes});
    return;
  }
  const Visit visit(*this, Visit::From::loop);
  note_receipt(received.state);
}

bool HTTP1ServerConnection::answer_received(std::string_view bytes) {
  has_received_ = false;
  if (state_ == State::closed) return false;
  const std::size_t used = consume(bytes);
  if (used < bytes.size()) keep_unread(bytes.substr(used));
  if (state_ == State::closed) return false;  // the server may be gone, too
  return set_aside();
}

// ---- Output ----

// Wakes the handlers that wait in flush(): one that is answering when little enough output is left,
// those that have answered when all is sent.
void HTTP1ServerConnection::output_was_sent() {
  if (exchange_ == nullptr || !exchange_->is_awaited()) return;
  if (is_answered_) {
    if (!has_waiting()) exchange_->wake_flushes();
  } else if (holds_little()) {
    exchange_->resume_flushes();
  }
}

void HTTP1ServerConnection::file_is_warm() {
  const Visit visit(*this, Visit::From::loop);
  go_on_sending();
  serve();
}

// ---- Ends ----

// Both request and answer are done; the delegate that answered may keep the exchange a while.
void HTTP1ServerConnection::end_exchange() {
  const bool keeps_alive = exchange_->http1.keep_alive;
  const bool client_closes = !exchange_->http1.parser.head().keep_alive;
  let_go_of_answered();
  if (keeps_alive) {
    state_ = State::idle;
  } else {
    begin_closing(!client_closes);
  }
}

// The delegate that answered may still ask whether the answer was sent, until the next request
// comes.
void HTTP1ServerConnection::let_go_of_answered() {
  Exchange& exchange = *exchange_;
  exchange.stream = nullptr;
  if (exchange.is_released) {
    exchange_ = nullptr;
    exchange.return_if_done();
  } else {
    exchange.last_stream = this;
    is_answered_ = true;
  }
}

void HTTP1ServerConnection::forget_answered() {
  if (!is_answered_) return;
  is_answered_ = false;
  Exchange& exchange = *std::exchange(exchange_, nullptr);
  exchange.last_stream = nullptr;
  exchange.wake_flushes();
}

/// @param unread  For a malformed head: the bytes after the part that was taken.
void HTTP1ServerConnection::refuse(Error error, std::string_view unread) {
  note_refusal(error, unread);
  server().count_refusal(error);
  fail(status_of(error), {});
}

void HTTP1ServerConnection::note_refusal(Error error, std::string_view unread) const {
  const std::string peer = to_string(peer_);
  const std::string why = make_error_code(error).message();
  std::string message;
  if (current() != nullptr) {
    message = ": " + quote_beginning(exchange_->http1.parser.taken(), unread);
  }
  gen_log.info("refused a request of ", peer, ": ", why, message);
  if (!server().options.log_refusals) return;
  const int status = status_of(error);
  std::string what = "-";
  if (current() != nullptr && exchange_->is_started) {
    const HTTPServerRequest& request = exchange_->request.request();
    what = std::string(request.method()) + " " + std::string(request.uri());
  }
  const std::string line = std::to_string(status) + " " + what + " (" + peer + ") " + why;
  status < 500 ? access_log.warning(line) : access_log.error(line);
}

// Answers with an error page if nothing was answered yet, and closes.
void HTTP1ServerConnection::fail(int status, std::string_view why) {
  if (!why.empty()) gen_log.error("connection closed: ", why);
  const bool is_answered = current() != nullptr && exchange_->answer != Exchange::Answer::none;
  const bool is_head = current() != nullptr && exchange_->is_head;
  const bool ends_with_connection = is_answered && exchange_->http1.framing == Framing::until_close;
  abandon_exchange();
  if (state_ == State::closed) return;
  if (ends_with_connection) {
    close_with_reset();  // an orderly end would look like the end of the answer
    return;
  }
  if (!is_answered) write_error_page(status, is_head);
  begin_closing(true);
}

void HTTP1ServerConnection::abandon_exchange() {
  if (current() == nullptr) return;
  Exchange& exchange = *std::exchange(exchange_, nullptr);
  exchange.stream = nullptr;
  exchange.is_gone = true;
  if (!exchange.is_started) exchange.is_released = true;  // nobody knows of it
  if (exchange.is_started && !exchange.is_starting && !exchange.is_released) {
    // While somebody waits in flush(), the exchange can't be released. Otherwise the call may
    // release it.
    if (exchange.is_awaited()) {
      exchange.tell_closed();
      exchange.resume_flushes();
    } else {
      exchange.tell_closed();
    }
    return;
  }
  exchange.return_if_done();
}

// The peer is gone, or given up: nothing more is read or sent.
void HTTP1ServerConnection::client_left() {
  if (state_ == State::closed) return;
  const bool is_cut =
      has_waiting() || (current() != nullptr && exchange_->answer == Exchange::Answer::begun &&
                        exchange_->http1.framing == Framing::until_close);
  if (is_cut) {
    close_with_reset();
    return;
  }
  close_now();
  abandon_exchange();
}

// Nothing more is sent: the system drops its buffer, too, so that the client does not mistake the
// part that it has for the whole answer.
void HTTP1ServerConnection::close_with_reset() {
  transport().reset_on_close();
  close_now();
  abandon_exchange();
}

void HTTP1ServerConnection::begin_closing(bool should_linger) {
  abandon_exchange();
  if (state_ == State::closed) return;
  state_ = State::closing;
  should_linger_ = should_linger_ || should_linger || unread_ != nullptr || is_readable_;
  if (unread_ != nullptr) workspace().give_block(std::exchange(unread_, nullptr));
}

// A peer that uses TLS may always send something: its own end, new keys.
void HTTP1ServerConnection::finish_closing() {
  if (transport().tls() != nullptr) should_linger_ = true;
  transport().end_tls();
  if (!should_linger_ || is_ended_ || !transport().shut_down()) {
    close_now();
    return;
  }
  state_ = State::lingering;
  lingering_ = {kLingerKiB, 0};
}

// The last answer may stay in the system's buffer for a long time: if the socket is closed now, it
// stays there until the client takes it, for minutes if the client does not. So the client is
// watched until it has the answer.
void HTTP1ServerConnection::linger_over() {
  constexpr std::size_t kMost = UINT16_MAX;
  const std::size_t left = std::min((unacknowledged() + 1023) / 1024, kMost);
  const WritePace::Limits& limits = server().write_limits;
  std::uint64_t wanted = 1;  // in KiB, as all values here
  if (limits.has_window()) {
    wanted += limits.min_rate * static_cast<std::uint64_t>(limits.rate_window.count()) / 1024;
  }
  const bool is_too_slow = lingering_.queued > 0 && left + wanted > lingering_.queued;
  if (left == 0 || (!limits.has_window() && limits.timeout.count() <= 0)) {
    client_left();
  } else if (is_too_slow) {
    close_with_reset();
  } else {
    lingering_.queued = static_cast<std::uint16_t>(left);
  }
}

void HTTP1ServerConnection::close_now() {
  if (state_ == State::closed) return;
  send_kept();  // this output was finished before
  poller().remove(transport().fd(), *this);
  transport().close();
  leave();
}

// The socket is closed, or has another owner.
void HTTP1ServerConnection::leave() {
  state_ = State::closed;
  if (is_answered_ && (has_waiting() || is_broken())) exchange_->is_gone = true;
  forget_answered();
  poller().disarm(*this);
  if (unread_ != nullptr) workspace().give_block(std::exchange(unread_, nullptr));
  abandon();
  if (server().next == this) server().next = next_;
  (previous_ == nullptr ? server().first : previous_->next_) = next_;
  if (next_ != nullptr) next_->previous_ = previous_;
  if (server().options.max_connections_per_address > 0) server().addresses.remove(peer_);
  --server().count;
  server().on_closed();
}

// Bytes that were read and not used are passed on: those after the part that a visit gave to the
// delegate, and those kept since. A file can't be among the output: while there is one, no further
// request is read.
net::IOStream HTTP1ServerConnection::hand_over(Exchange& exchange) {
  send_output();
  if (is_broken()) throw net::StreamClosedError(make_error_code(net::Error::closed_by_peer));
  BORA_ASSERT(!has_file());
  std::string received(exchange.http1.behind);
  if (unread_ != nullptr) received.append(unread_->bytes());
  std::string unsent = take_waiting();
  poller().remove(transport().fd(), *this);
  exchange.request.finish();
  exchange.answer = Exchange::Answer::finished;
  exchange.stream = nullptr;
  exchange_ = nullptr;
  leave();
  return net::open_stream(std::move(transport()), std::move(received), std::move(unsent));
}

// The peer ended its side after a whole request, and nothing is being sent that would show whether
// it still reads. A long poll must not outlive its client, and a client that waits must get its
// answer: so the handler is notified, and may answer.
bool HTTP1ServerConnection::may_have_left() const {
  return (is_ended_ || has_hung_up_) && state_ == State::handling && !has_waiting() &&
         !exchange_->is_told && !exchange_->is_held_up;
}

void HTTP1ServerConnection::settle(Visit::From from) {
  if (state_ == State::closed) return;
  send_output();
  net::Poller& poller = this->poller();
  if (is_broken() || may_have_left()) {
    // A handler that is on the stack is notified later.
    if (from == Visit::From::handler && current() != nullptr) {
      poller.at_end_of_batch(*this);
      return;
    }
    if (!is_broken()) {
      exchange_->tell_closed();
      if (state_ == State::closed) return;
      send_output();
    }
    if (is_broken()) {
      client_left();
      return;
    }
  }
  if (state_ >= State::closing) {
    if (state_ == State::closing && !has_waiting()) finish_closing();
    if (state_ == State::closed) return;
  }
  update_deadline();
  const bool goes_on = (unread_ != nullptr || is_readable_) && can_consume();
  if (goes_on || wants_turn()) poller.at_end_of_batch(*this);
}

HTTP1ServerConnection::Phase HTTP1ServerConnection::phase() const {
  if (state_ == State::lingering) return Phase::linger;
  if (is_blocked()) return transport().is_handshaking() ? Phase::handshake : Phase::write;
  switch (state_) {
    case State::idle:
      return transport().is_handshaking() ? Phase::handshake : Phase::idle;
    case State::head:
      return exchange_->http1.parser.has_begun() ? Phase::head : Phase::idle;
    case State::body:
      if (!exchange_->is_paused) return Phase::body;
      [[fallthrough]];
    case State::handling:
      return exchange_->answer == Exchange::Answer::none ? Phase::handler : Phase::none;
    default:
      return Phase::none;
  }
}

void HTTP1ServerConnection::update_deadline() {
  const Phase wanted = phase();
  if (wanted == armed_ && wanted != Phase::none) return;
  net::Poller& poller = this->poller();
  if (armed_ == Phase::body && current() != nullptr) {
    exchange_->pace.stop(poller.now().monotonic_ns);
  }
  if (wanted == Phase::body) exchange_->pace.start(poller.now().monotonic_ns);
  armed_ = wanted;
  const std::chrono::seconds limit = time_limit(wanted);
  if (limit.count() > 0) {
    poller.arm(*this, limit);
  } else {
    poller.disarm(*this);
  }
}

std::chrono::seconds HTTP1ServerConnection::time_limit(Phase phase) const {
  const HTTPServerOptions& options = server().options;
  switch (phase) {
    case Phase::none:
      break;
    case Phase::handshake:
      return options.ssl_options.options().handshake_timeout;
    case Phase::idle:
      return options.idle_connection_timeout;
    case Phase::head:
      return options.header_timeout;
    case Phase::body:
      return exchange_->pace.time_left(exchange_->pace_limits);
    case Phase::handler:
      return options.handler_timeout;
    case Phase::write:
      return OutputQueue::time_left();
    case Phase::linger:
      if (lingering_.queued == 0) return std::chrono::seconds(kLingerSeconds);
      return server().write_limits.has_window() ? server().write_limits.rate_window
                                                : server().write_limits.timeout;
  }
  return std::chrono::seconds(0);
}

}  // namespace bora::http
