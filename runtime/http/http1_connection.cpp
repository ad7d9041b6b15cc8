#include "runtime/http/http1_connection.h"

#include <arpa/inet.h>
#include <bora/core/error.h>
#include <bora/core/log.h>
#include <linux/sockios.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "runtime/http/file_piece.h"
#include "runtime/net/ssl_engine.h"

namespace bora::http {

namespace {

// Pieces of a body from this size on are sent from where they are, without a copy.
constexpr std::size_t kLargePiece = 16 * 1024;

// Answers up to this size wait for the round's end; larger ones would push it out of the cache.
constexpr std::size_t kMaxSetAside = 4 * 1024;

// Output that waits for a slow client: above the first flush() waits, until it is below the second.
constexpr std::size_t kHighWater = 64 * 1024;
constexpr std::size_t kLowWater = 16 * 1024;

// A lingering close ends after this long, or when this much was read past.
constexpr std::uint32_t kLingerSeconds = 5;
constexpr std::uint32_t kLingerBytes = 16 * 1024 * 1024;

constexpr std::string_view kALPN = "\x08http/1.1";

// What a client gets that speaks HTTP to a port where TLS is spoken.
constexpr std::string_view kSpeaksTLS =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 40\r\n"
    "Connection: close\r\n\r\nThis port speaks TLS: ask for https://\r\n";

std::string to_text(const PeerAddress& peer) {
  char text[INET6_ADDRSTRLEN];
  const int family = peer.bytes[0] == 4 ? AF_INET : AF_INET6;
  if (peer.bytes[0] == 0 || inet_ntop(family, peer.bytes + 1, text, sizeof(text)) == nullptr)
    return "a local client";
  return text;
}

/// Keeps what was read where it is: handlers may make other connections read.
class InputInUse {
 public:
  InputInUse(Workspace& workspace, std::size_t bytes)
      : workspace_(workspace), kept_(workspace.kept_input()) {
    workspace_.retain();
    workspace_.keep_input(bytes);
  }
  InputInUse(const InputInUse&) = delete;
  InputInUse& operator=(const InputInUse&) = delete;
  ~InputInUse() {
    workspace_.drop_input(kept_);
    workspace_.release();
  }

 private:
  Workspace& workspace_;
  const std::size_t kept_;
};

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

HTTPServerOptions usable(HTTPServerOptions options) {
  options.chunk_size = std::max<std::size_t>(options.chunk_size, 1);
  return options;
}

}  // namespace

static_assert(EPOLLIN == 0x1 && EPOLLRDHUP == 0x2000);
static_assert(sizeof(HTTP1Connection) <= 192, "idle connections are many");

ServerContext::ServerContext(HTTPServerConnectionDelegate& the_delegate,
                             const HTTPServerOptions& the_options)
    : delegate(the_delegate),
      options(usable(the_options)),
      limits{options.max_header_size, options.max_header_count, options.max_uri_size},
      pace_limits{options.body_timeout, options.min_body_rate, options.body_rate_window},
      write_limits{options.write_timeout, options.min_write_rate, options.write_rate_window},
      origin_rules(options),
      prepares_requests(origin_rules.have_effect() || options.decompress_request),
      workspace(Workspace::acquire()) {}

void ServerContext::count_refusal(Error error) noexcept {
  if (error == Error::too_many_connections) {
    ++statistics.turned_away;
    return;
  }
  switch (status_of(error)) {
    case 408:
    case 503:
      ++statistics.timed_out;
      return;
    case 413:
    case 414:
    case 431:
      ++statistics.too_large;
      return;
    default:
      ++statistics.malformed;
  }
}

ServerContext::~ServerContext() {
  workspace.release();
}

void HTTP1Connection::start(ServerContext& server, int fd, const PeerAddress& peer) {
  auto* const connection = new HTTP1Connection(server, fd, peer);
  const Visit visit(*connection, Visit::From::loop);
  bool is_fine = connection->is_admitted();
  if (is_fine && server.options.ssl_options) is_fine = connection->begin_tls();
  if (!is_fine || server.workspace.poller().add(fd, kReadEvents, *connection) != 0)
    connection->close_now();
}

// One address too many is told so, if it speaks plainly. Many too many are not worth the bytes.
bool HTTP1Connection::is_admitted() {
  const std::size_t limit = server_.options.max_connections_per_address;
  if (limit == 0) return true;
  const std::size_t connections = server_.addresses.add(peer_);
  if (connections <= limit) return true;
  if (connections > 2 * limit || server_.options.ssl_options) return false;
  refuse(Error::too_many_connections);
  return true;
}

HTTP1Connection::HTTP1Connection(ServerContext& server, int fd, const PeerAddress& peer)
    : server_(server), next_(server.first), fd_(fd), peer_(peer) {
  if (next_ != nullptr) next_->previous_ = this;
  server.first = this;
  ++server.count;
  ++server.statistics.accepted;
}

void HTTP1Connection::end_visit(Visit::From from) {
  if (visits_ > 1) {
    --visits_;
    return;
  }
  settle(from);
  visits_ = 0;
  if (state_ == State::closed) delete this;
}

void HTTP1Connection::on_events(std::uint32_t events) {
  if (can_join_round(events)) {
    join_round();
    return;
  }
  const Visit visit(*this, Visit::From::loop);
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
    // Without an error the peer closed in good order: what it sent before is a request like any.
    is_readable_ = true;
    if ((events & EPOLLERR) == 0) serve();
    client_left();
    return;
  }
  if ((events & EPOLLRDHUP) != 0) has_hung_up_ = true;
  if ((events & (EPOLLIN | EPOLLRDHUP)) != 0) is_readable_ = true;
  if ((events & EPOLLOUT) != 0 && is_blocked_) send_pending();
  serve();
}

void HTTP1Connection::on_batch_end() {
  const Visit visit(*this, Visit::From::loop);
  if (exchange_ != nullptr && exchange_->is_held_up_) proceed();
  if (wants_turn_) {
    wants_turn_ = false;
    send_pending();
  }
  serve();
}

void HTTP1Connection::on_deadline() {
  const Visit visit(*this, Visit::From::loop);
  const Phase waited_for = armed_;
  // When the loop is late, what is waited for may have come meanwhile: a new request sets armed_
  // back.
  is_readable_ = true;
  serve();
  const bool is_in_vain = armed_ == waited_for && phase() == waited_for;
  armed_ = Phase::none;
  if (is_in_vain) time_over(waited_for);
}

void HTTP1Connection::time_over(Phase waited_for) {
  switch (waited_for) {
    case Phase::none:
      return;
    case Phase::head:
      refuse(Error::header_timeout);
      return;
    case Phase::body: {
      const std::int64_t now = server_.workspace.poller().now().monotonic_ns;
      if (exchange_->pace_.is_too_slow(now, server_.pace_limits)) refuse(Error::body_timeout);
      return;
    }
    case Phase::handler:
      refuse(Error::handler_timeout);
      return;
    case Phase::write: {
      const std::int64_t now = server_.workspace.poller().now().monotonic_ns;
      if (pending_ == nullptr || pending_->pace().is_too_slow(now, queued(), server_.write_limits))
        client_left();
      return;
    }
    case Phase::handshake:
    case Phase::idle:
    case Phase::linger:
      client_left();
      return;
  }
}

void HTTP1Connection::close() {
  const Visit visit(*this, Visit::From::loop);
  client_left();
}

void HTTP1Connection::drain() {
  const Visit visit(*this, Visit::From::loop);
  // A request may have come that the loop has not told of yet: it is not lost.
  is_readable_ = true;
  serve();
  if (is_readable_) return;  // more has come than is read at once; the server asks again
  const bool is_between_requests =
      state_ == State::idle || (state_ == State::head && !exchange_->parser_.has_begun());
  if (is_between_requests) begin_closing(false);
}

// ---- Rounds ----

void HTTP1Connection::join_round() {
  char* const input = server_.workspace.input();
  const ssize_t count = recv(fd_, input, Workspace::kInputSize, 0);
  if (count > 0) {
    const auto size = static_cast<std::size_t>(count);
    server_.statistics.bytes_received += size;
    is_readable_ = size == Workspace::kInputSize;
    server_.workspace.round().add(*this, {input, size});
    return;
  }
  const Visit visit(*this, Visit::From::loop);
  is_readable_ = true;
  received_nothing(count == 0 ? 0 : errno);
}

void HTTP1Connection::begin_round() {
  ++visits_;
  has_received_ = true;
}

// True if the workspace's output is an answer of this connection that may be set aside.
bool HTTP1Connection::answer_received(std::string_view bytes) {
  has_received_ = false;
  if (state_ == State::closed) return false;
  const std::size_t used = consume(bytes);
  keep_unread(bytes.substr(used));
  if (state_ == State::closed) return false;  // the server may be gone, too
  const Workspace& workspace = server_.workspace;
  if (pending_ != nullptr || !workspace.owns_output(*this)) return false;
  is_set_aside_ = workspace.output().size() <= kMaxSetAside;
  if (!is_set_aside_) flush_output();
  return is_set_aside_;
}

void HTTP1Connection::send_set_aside(std::string_view answer) {
  is_set_aside_ = false;
  const std::size_t sent = send_some(answer, {});
  if (sent < answer.size()) keep_pending(answer.substr(sent));
}

// ---- Input ----

// One read a visit: a client that sends faster than it is answered must not keep the others
// waiting.
void HTTP1Connection::serve() {
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

void HTTP1Connection::receive() {
  if (tls_ != nullptr) {
    receive_tls();
    return;
  }
  Workspace& workspace = server_.workspace;
  char* const input = workspace.input();
  if (input == nullptr) return;  // settle() asks for another visit
  const ssize_t count = recv(fd_, input, Workspace::kInputSize, 0);
  if (count > 0) {
    const auto size = static_cast<std::size_t>(count);
    server_.statistics.bytes_received += size;
    // A short read empties the socket, and what comes later is told of. Only an end of input that
    // was told of before is still to be read.
    if (size < Workspace::kInputSize && !has_hung_up_) is_readable_ = false;
    const InputInUse in_use(workspace, size);
    const std::size_t used = consume({input, size});
    keep_unread({input + used, size - used});
    return;
  }
  received_nothing(count == 0 ? 0 : errno);
}

// 0: the peer has ended its side.
void HTTP1Connection::received_nothing(int error) {
  if (error == EINTR) return;
  is_readable_ = false;
  if (error == 0) {
    end_of_input();
  } else if (error != EAGAIN) {
    client_left();
  }
}

void HTTP1Connection::end_of_input() {
  is_ended_ = true;
  if (state_ == State::lingering) {
    client_left();
  } else {
    begin_closing(false);  // a request that is not whole has no answer; earlier ones still have
  }
}

void HTTP1Connection::consume_unread() {
  Block* const block = std::exchange(unread_, nullptr);
  block->consume(consume(block->bytes()));
  if (block->size() > 0 && state_ < State::closing) {
    unread_ = block;
    return;
  }
  if (block->size() > 0) should_linger_ = true;
  server_.workspace.give_block(block);
}

void HTTP1Connection::keep_unread(std::string_view bytes) {
  if (bytes.empty()) return;
  if (state_ >= State::closing) {
    should_linger_ = true;
    return;
  }
  unread_ = server_.workspace.take_block();
  unread_->append(bytes);
}

std::size_t HTTP1Connection::consume(std::string_view bytes) {
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
  return used;
}

std::size_t HTTP1Connection::read_past(std::string_view bytes) {
  linger_left_ -= static_cast<std::uint32_t>(std::min<std::size_t>(linger_left_, bytes.size()));
  if (linger_left_ == 0) close_now();
  return bytes.size();
}

void HTTP1Connection::begin_exchange() {
  exchange_ = server_.workspace.take_exchange();
  exchange_->connection_ = this;
  exchange_->parser_.begin(exchange_->request_.headers(), server_.limits);
  state_ = State::head;
  armed_ = Phase::none;
}

std::size_t HTTP1Connection::read_head(std::string_view bytes) {
  Error error = Error::none;
  const std::size_t used = exchange_->parser_.feed(bytes, error);
  if (error != Error::none) {
    refuse(error);
  } else if (exchange_->parser_.is_complete()) {
    head_complete();
  }
  return used;
}

void HTTP1Connection::head_complete() {
  Exchange& exchange = *exchange_;
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
  }
  const RequestBuilder::Origin origin{peer_.bytes, tls_ == nullptr ? "http" : "https",
                                      &server_.options.form_limits};
  exchange.request_.begin(head, origin, server_.workspace.poller().now().monotonic_ns);
  state_ = exchange.is_complete_ ? State::handling : State::body;
  if (server_.prepares_requests) prepare_request();
  start_request();
}

// What only some servers do to a request before anybody sees it.
void HTTP1Connection::prepare_request() {
  Exchange& exchange = *exchange_;
  if (server_.origin_rules.have_effect()) server_.origin_rules.apply(exchange.request_);
  if (!server_.options.decompress_request) return;
  const std::string coding = exchange.request_.headers().get("Content-Encoding");
  // RFC 9110, 8.4.1.3: both names mean the same.
  if (!equals_ignoring_case(coding, "gzip") && !equals_ignoring_case(coding, "x-gzip")) return;
  exchange.request_.rename_header("Content-Encoding", "X-Consumed-Content-Encoding");
  exchange.decoder_ = std::make_unique<BodyDecoder>(server_.options.chunk_size);
}

void HTTP1Connection::start_request() {
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
void HTTP1Connection::proceed() {
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

void HTTP1Connection::begin_body() {
  const Exchange& exchange = *exchange_;
  if (exchange.answer_ == Exchange::Answer::finished) return;  // read past
  if (exchange.parser_.head().content_length > exchange.max_body_size_) {
    refuse(Error::body_too_large);
  } else if (exchange.parser_.head().expects_continue &&
             exchange.answer_ == Exchange::Answer::none) {
    put("HTTP/1.1 100 Continue\r\n\r\n");  // RFC 9110, 10.1.1
  }
}

std::size_t HTTP1Connection::read_body(std::string_view bytes) {
  Exchange& exchange = *exchange_;
  std::string_view data;
  std::size_t used = 0;
  bytes = bytes.substr(0, server_.options.chunk_size);
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
  exchange.pace_.add(used);
  if (exchange.is_complete_) state_ = State::handling;
  if (deliver(data) && exchange.is_complete_) proceed();
  return used;
}

// True if the exchange goes on.
bool HTTP1Connection::deliver(std::string_view data) {
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
bool HTTP1Connection::deliver_decoded(std::string_view data) {
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
void HTTP1Connection::request_complete() {
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

// ---- Output ----

char* HTTP1Connection::prepare(std::size_t bytes) {
  if (is_set_aside_) server_.workspace.round().send_answer(*this);
  if (pending_ == nullptr) {
    server_.workspace.claim_output(*this);
    if (char* const room = server_.workspace.reserve_output(bytes)) return room;
    flush_output();
  }
  if (pending_ == nullptr) {
    server_.workspace.claim_output(*this);
    return server_.workspace.reserve_output(bytes);
  }
  extended_ = static_cast<std::uint32_t>(bytes);
  return pending_->last().extend(bytes);
}

void HTTP1Connection::commit(std::size_t bytes) {
  if (pending_ == nullptr) {
    server_.workspace.add_output(bytes);
  } else {
    pending_->last().shrink(extended_ - bytes);
  }
}

void HTTP1Connection::put(std::string_view bytes) {
  if (bytes.size() >= kLargePiece && !is_blocked_) {
    put_large(bytes);
  } else if (pending_ != nullptr) {
    pending_->last().append(bytes);
  } else {
    char* const room = prepare(bytes.size());
    std::memcpy(room, bytes.data(), bytes.size());
    commit(bytes.size());
  }
}

// What is gathered and the new piece leave together.
void HTTP1Connection::put_large(std::string_view bytes) {
  Workspace& workspace = server_.workspace;
  if (is_set_aside_) workspace.round().send_answer(*this);
  if (pending_ != nullptr && !has_file_) send_pending();
  if (pending_ != nullptr) {
    pending_->last().append(bytes);
    return;
  }
  const std::string_view gathered =
      workspace.owns_output(*this) ? workspace.output() : std::string_view();
  const std::size_t sent = send_some(gathered, bytes);
  if (sent < gathered.size()) {
    keep_pending(gathered.substr(sent));
    pending_->append(bytes);
  } else if (sent < gathered.size() + bytes.size()) {
    keep_pending(bytes.substr(sent - gathered.size()));
  }
  if (!gathered.empty()) workspace.drop_output();
}

// Behind what was put so far, and before what comes.
void HTTP1Connection::put_file(std::shared_ptr<FilePiece> file) {
  if (is_broken_) return;
  Workspace& workspace = server_.workspace;
  if (is_set_aside_) workspace.round().send_answer(*this);
  if (pending_ == nullptr) {
    if (workspace.owns_output(*this)) {
      spill_output();
    } else {
      pending_ = workspace.take_block();
    }
  }
  pending_->last().add_file(std::move(file), workspace.take_block());
  has_file_ = true;
}

// Another connection needs the workspace's output.
void HTTP1Connection::spill_output() {
  pending_ = server_.workspace.take_block();
  pending_->append(server_.workspace.output());
  server_.workspace.drop_output();
}

void HTTP1Connection::flush_output() {
  if (is_set_aside_) server_.workspace.round().send_answer(*this);
  if (pending_ != nullptr) {
    if (!is_blocked_ && !wants_turn_) send_pending();
    return;
  }
  Workspace& workspace = server_.workspace;
  if (!workspace.owns_output(*this)) return;
  const std::string_view output = workspace.output();
  const std::size_t sent = output.empty() ? 0 : send_some(output, {});
  if (sent < output.size()) keep_pending(output.substr(sent));
  workspace.drop_output();
}

void HTTP1Connection::send_pending() {
  while (pending_ != nullptr && send_front()) {
    Block* const sent = pending_;
    pending_ = sent->drop_file();
    server_.workspace.give_block(sent);
  }
  if (pending_ == nullptr) {
    has_file_ = false;
    set_blocked(false);
  }
  if (exchange_ != nullptr && !exchange_->flushes_.is_empty() &&
      (pending_ == nullptr || pending_->total() <= kLowWater)) {
    exchange_->resume_flushes();
  }
}

// True when the first block and its file are out.
bool HTTP1Connection::send_front() {
  FilePiece* const file = pending_->file();
  if (pending_->size() > 0) {
    const bool goes_on = file != nullptr && !file->is_warming() && file->is_resident();
    const std::size_t sent = send_some(pending_->bytes(), {}, goes_on ? MSG_MORE : 0);
    pending_->consume(sent);
    count_sent(sent);
    if (pending_->size() > 0) {
      set_blocked(!is_broken_);
      return false;
    }
  }
  return file == nullptr || send_file(*file);
}

// One chunk, then the others have their turn. True when the last one is out.
bool HTTP1Connection::send_file(FilePiece& file) {
  if (is_broken_) return true;
  if (file.is_warming()) return false;
  if (!file.is_resident()) {
    file.warm(*this);
    return false;
  }
  const std::size_t wanted = file.chunk();
  const std::ptrdiff_t sent = send_chunk(file);
  if (sent < 0) give_up_file();
  if (is_broken_) return false;
  file.advance(static_cast<std::size_t>(sent));
  count_sent(static_cast<std::size_t>(sent));
  if (file.left() == 0) return true;
  if (static_cast<std::size_t>(sent) < wanted) {
    set_blocked(true);  // delivered anew, should there be room again by now
  } else {
    wants_turn_ = true;
  }
  return false;
}

// How much the socket took of the next chunk; -1: the file ends early, or can't be read.
std::ptrdiff_t HTTP1Connection::send_chunk(FilePiece& file) {
  if (tls_ != nullptr) return send_chunk_tls(file);
  auto offset = static_cast<off_t>(file.offset());
  for (;;) {
    const ssize_t sent = ::sendfile(fd_, file.fd(), &offset, file.chunk());
    if (sent > 0) server_.statistics.bytes_sent += static_cast<std::size_t>(sent);
    if (sent > 0) return sent;
    if (sent == 0) return -1;
    if (errno == EAGAIN) return 0;
    if (errno == EINTR) continue;
    if (errno == EINVAL || errno == ENOSYS) return copy_chunk(file);
    if (errno == EIO || errno == EOVERFLOW) return -1;
    break_output();
    return 0;
  }
}

// Where the kernel can't send the file by itself: piece by piece through our memory.
std::ptrdiff_t HTTP1Connection::copy_chunk(FilePiece& file) {
  char bytes[16 * 1024];
  const std::size_t count = file.read(bytes, sizeof bytes);
  if (count == 0) return -1;
  return static_cast<std::ptrdiff_t>(send_some({bytes, count}, {}));
}

// The client can only learn from the connection's end that something is missing.
void HTTP1Connection::give_up_file() {
  gen_log.error("connection closed: a file became shorter while it was sent, or can't be read");
  drop_pending();
  break_output();
}

void HTTP1Connection::drop_pending() {
  has_file_ = wants_turn_ = false;
  while (pending_ != nullptr) {
    Block* const dropped = pending_;
    pending_ = dropped->drop_file();
    server_.workspace.give_block(dropped);
  }
  set_blocked(false);
}

void HTTP1Connection::file_is_warm() {
  const Visit visit(*this, Visit::From::loop);
  send_pending();
  serve();
}

// The rest of what the socket did not take.
void HTTP1Connection::keep_pending(std::string_view bytes) {
  pending_ = server_.workspace.take_block();
  pending_->append(bytes);
  set_blocked(!is_broken_);
}

std::size_t HTTP1Connection::send_some(std::string_view first, std::string_view second, int flags) {
  if (tls_ != nullptr) return send_some_tls(first, second);
  iovec parts[2] = {{const_cast<char*>(first.data()), first.size()},
                    {const_cast<char*>(second.data()), second.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  const std::size_t total = first.size() + second.size();
  flags |= MSG_NOSIGNAL;
  if (is_broken_) return total;  // nobody is there to read it
  for (;;) {
    const ssize_t sent = second.empty() ? send(fd_, first.data(), first.size(), flags)
                                        : sendmsg(fd_, &message, flags);
    if (sent >= 0) {
      server_.statistics.bytes_sent += static_cast<std::size_t>(sent);
      return static_cast<std::size_t>(sent);
    }
    if (errno == EAGAIN) return 0;
    if (errno == EINTR) continue;
    break_output();
    return total;
  }
}

void HTTP1Connection::break_output() {
  is_broken_ = true;
  if (exchange_ != nullptr) exchange_->is_gone_ = true;
}

void HTTP1Connection::set_blocked(bool is_blocked) {
  if (is_blocked_ == is_blocked) return;
  is_blocked_ = is_blocked;
  if (is_blocked && pending_ != nullptr && !pending_->pace().has_begun()) {
    pending_->pace().begin(server_.workspace.poller().now().monotonic_ns, queued());
  }
  const std::uint32_t events = is_blocked ? kReadEvents | EPOLLOUT : kReadEvents;
  if (server_.workspace.poller().modify(fd_, events, *this) != 0) break_output();
}

// Of output that has waited.
void HTTP1Connection::count_sent(std::size_t bytes) {
  if (bytes == 0 || !pending_->pace().has_begun()) return;
  pending_->pace().add(server_.workspace.poller().now().monotonic_ns, bytes);
  if (armed_ == Phase::write) armed_ = Phase::none;  // the time begins anew
}

// What the system holds for the client.
std::size_t HTTP1Connection::queued() const {
  int bytes = 0;
  return ioctl(fd_, SIOCOUTQ, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

bool HTTP1Connection::is_congested() const {
  return pending_ != nullptr && pending_->total() > kHighWater;
}

void HTTP1Connection::write_error_page(int status, bool is_head) {
  const std::string page = error_page(status);
  ResponseHead head;
  head.status = status;
  head.content_type = "text/html; charset=UTF-8";
  const WireHead wire{head,
                      server_.workspace.common_head(),
                      server_.workspace.server_size(),
                      Framing::length,
                      page.size(),
                      ConnectionOption::close};
  char* const begin = prepare(response_head_bound(wire));
  commit(static_cast<std::size_t>(write_response_head(begin, wire) - begin));
  if (!is_head) put(page);
}

// ---- TLS ----

bool HTTP1Connection::begin_tls() {
  try {
    tls_ = new net::SSLEngine(server_.options.ssl_options, fd_, {}, kALPN);
  } catch (const net::SSLError& error) {
    gen_log.error("connection closed: ", error.what());
    return false;
  }
  tls_->ignore_truncation();  // a request says itself where it ends
  return true;
}

bool HTTP1Connection::is_handshaking() const {
  return tls_ != nullptr && !tls_->is_ready();
}

void HTTP1Connection::receive_tls() {
  using Status = net::SSLEngine::Status;
  Workspace& workspace = server_.workspace;
  char* const input = workspace.input();
  if (input == nullptr) return;  // settle() asks for another visit
  const net::SSLEngine::Result result = tls_->read(input, Workspace::kInputSize, has_hung_up_);
  is_readable_ = result.status == Status::done || result.status == Status::want_write;
  if (result.bytes > 0) {
    server_.statistics.bytes_received += result.bytes;
    const InputInUse in_use(workspace, result.bytes);
    const std::size_t used = consume({input, result.bytes});
    keep_unread({input + used, result.bytes - used});
  }
  if (state_ == State::closed) return;
  if (result.status == Status::want_write) {
    set_blocked(true);
  } else if (result.status == Status::closed) {
    end_of_input();
  } else if (result.status == Status::failed) {
    tls_failed();
  }
}

void HTTP1Connection::tls_failed() {
  if (!is_handshaking()) {
    client_left();
    return;
  }
  tls_->log_handshake_failure(to_text(peer_));
  const bool is_plain_http = tls_->failure().is_plain_http;
  end_tls();
  if (is_plain_http) put(kSpeaksTLS);
  begin_closing(true);  // so that our alert, or the answer, is not overtaken by a reset
}

std::size_t HTTP1Connection::send_some_tls(std::string_view first, std::string_view second) {
  if (is_broken_) return first.size() + second.size();
  const net::SSLEngine::Result result = tls_->write(first, second);
  server_.statistics.bytes_sent += result.bytes;
  if (result.status == net::SSLEngine::Status::done ||
      result.status == net::SSLEngine::Status::want_write)
    return result.bytes;
  break_output();
  return first.size() + second.size();
}

std::ptrdiff_t HTTP1Connection::send_chunk_tls(FilePiece& file) {
  using Status = net::SSLEngine::Status;
  const net::SSLEngine::Result result =
      tls_->send_file(file.fd(), static_cast<off_t>(file.offset()), file.chunk());
  server_.statistics.bytes_sent += result.bytes;
  if (result.status == Status::file_ended && result.bytes == 0) return -1;
  const bool goes_on = result.status == Status::done || result.status == Status::want_write ||
                       result.status == Status::file_ended;
  if (!goes_on) break_output();
  return static_cast<std::ptrdiff_t>(result.bytes);
}

void HTTP1Connection::end_tls() {
  if (tls_ == nullptr) return;
  tls_->shut_down();
  delete std::exchange(tls_, nullptr);
}

std::optional<net::SSLCertificate> HTTP1Connection::ssl_certificate() const {
  if (tls_ == nullptr) return std::nullopt;
  return tls_->peer_certificate();
}

// ---- Ends ----

void HTTP1Connection::answer_finished(Exchange& exchange) {
  exchange.is_paused_ = exchange.is_held_up_ = false;
  if (exchange.is_complete_) {
    end_exchange();
  } else if (!exchange.keep_alive_) {
    begin_closing(true);  // an early answer: RFC 9112, 9.6
  }
  // Else the rest of the body is read past, then the next request has its turn.
}

// Both request and answer are behind; whoever answered may keep the exchange a while.
void HTTP1Connection::end_exchange() {
  Exchange& exchange = *std::exchange(exchange_, nullptr);
  const bool keeps_alive = exchange.keep_alive_;
  const bool client_closes = !exchange.parser_.head().keep_alive;
  exchange.connection_ = nullptr;
  exchange.return_if_done();
  if (keeps_alive) {
    state_ = State::idle;
  } else {
    begin_closing(!client_closes);
  }
}

void HTTP1Connection::refuse(Error error) {
  gen_log.info("refused a request: ", make_error_code(error).message());
  server_.count_refusal(error);
  fail(status_of(error), {});
}

// Answers with an error page, as far as nothing was answered yet, and closes.
void HTTP1Connection::fail(int status, std::string_view why) {
  if (!why.empty()) gen_log.error("connection closed: ", why);
  const bool is_answered = exchange_ != nullptr && exchange_->answer_ != Exchange::Answer::none;
  const bool is_head = exchange_ != nullptr && exchange_->is_head_;
  abandon_exchange();
  if (state_ == State::closed) return;
  if (!is_answered) write_error_page(status, is_head);
  begin_closing(true);
}

void HTTP1Connection::abandon_exchange() {
  if (exchange_ == nullptr) return;
  Exchange& exchange = *std::exchange(exchange_, nullptr);
  exchange.connection_ = nullptr;
  exchange.is_gone_ = true;
  if (!exchange.is_started_) exchange.is_released_ = true;  // nobody knows of it
  if (exchange.is_started_ && !exchange.is_starting_ && !exchange.is_released_) {
    // While somebody waits in flush() the exchange can't be released; else it may be, in the call.
    if (!exchange.flushes_.is_empty()) {
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
void HTTP1Connection::client_left() {
  if (state_ == State::closed) return;
  close_now();
  abandon_exchange();
}

void HTTP1Connection::begin_closing(bool should_linger) {
  abandon_exchange();
  if (state_ == State::closed) return;
  state_ = State::closing;
  should_linger_ = should_linger_ || should_linger || unread_ != nullptr || is_readable_;
  if (unread_ != nullptr) server_.workspace.give_block(std::exchange(unread_, nullptr));
}

void HTTP1Connection::finish_closing() {
  end_tls();
  if (!should_linger_ || is_ended_ || shutdown(fd_, SHUT_WR) != 0) {
    close_now();
    return;
  }
  state_ = State::lingering;
  linger_left_ = kLingerBytes;
}

void HTTP1Connection::close_now() {
  if (state_ == State::closed) return;
  if (is_set_aside_) server_.workspace.round().send_answer(*this);  // it was finished before
  state_ = State::closed;
  Workspace& workspace = server_.workspace;
  workspace.poller().disarm(*this);
  workspace.poller().remove(fd_, *this);
  delete std::exchange(tls_, nullptr);
  ::close(fd_);
  if (workspace.owns_output(*this)) workspace.drop_output();
  if (unread_ != nullptr) workspace.give_block(std::exchange(unread_, nullptr));
  is_blocked_ = false;
  drop_pending();
  if (server_.next == this) server_.next = next_;
  (previous_ == nullptr ? server_.first : previous_->next_) = next_;
  if (next_ != nullptr) next_->previous_ = previous_;
  if (server_.options.max_connections_per_address > 0) server_.addresses.remove(peer_);
  --server_.count;
  server_.on_closed();
}

// The peer ended its side behind a whole request, and nothing is being sent that would show whether
// it still reads. A long poll must not outlive its client, and an answer not be withheld from one
// that waits: so the handler is told, and may answer.
bool HTTP1Connection::may_have_left() const {
  return (is_ended_ || has_hung_up_) && state_ == State::handling && pending_ == nullptr &&
         !exchange_->is_told_ && !exchange_->is_held_up_;
}

void HTTP1Connection::settle(Visit::From from) {
  if (state_ == State::closed) return;
  flush_output();
  net::Poller& poller = server_.workspace.poller();
  if (is_broken_ || may_have_left()) {
    // A handler that is on the stack is told later.
    if (from == Visit::From::handler && exchange_ != nullptr) {
      poller.at_end_of_batch(*this);
      return;
    }
    if (!is_broken_) {
      exchange_->tell_closed();
      if (state_ == State::closed) return;
      flush_output();
    }
    if (is_broken_) {
      client_left();
      return;
    }
  }
  if (state_ == State::closing && pending_ == nullptr) finish_closing();
  if (state_ == State::closed) return;
  update_deadline();
  const bool goes_on = can_consume() && (unread_ != nullptr || is_readable_);
  if (goes_on || wants_turn_) poller.at_end_of_batch(*this);
}

HTTP1Connection::Phase HTTP1Connection::phase() const {
  if (state_ == State::lingering) return Phase::linger;
  if (is_blocked_) return is_handshaking() ? Phase::handshake : Phase::write;
  switch (state_) {
    case State::idle:
      return is_handshaking() ? Phase::handshake : Phase::idle;
    case State::head:
      return exchange_->parser_.has_begun() ? Phase::head : Phase::idle;
    case State::body:
      if (!exchange_->is_paused_) return Phase::body;
      [[fallthrough]];
    case State::handling:
      return exchange_->answer_ == Exchange::Answer::none ? Phase::handler : Phase::none;
    default:
      return Phase::none;
  }
}

void HTTP1Connection::update_deadline() {
  const Phase wanted = phase();
  if (wanted == armed_ && wanted != Phase::none) return;
  net::Poller& poller = server_.workspace.poller();
  if (armed_ == Phase::body && exchange_ != nullptr) {
    exchange_->pace_.stop(poller.now().monotonic_ns);
  }
  if (wanted == Phase::body) exchange_->pace_.start(poller.now().monotonic_ns);
  armed_ = wanted;
  const std::chrono::seconds limit = time_limit(wanted);
  if (limit.count() > 0) {
    poller.arm(*this, static_cast<std::uint32_t>(limit.count()));
  } else {
    poller.disarm(*this);
  }
}

std::chrono::seconds HTTP1Connection::time_limit(Phase phase) const {
  const HTTPServerOptions& options = server_.options;
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
      return exchange_->pace_.time_left(server_.pace_limits);
    case Phase::handler:
      return options.handler_timeout;
    case Phase::write:
      if (pending_ == nullptr || !pending_->pace().has_begun()) return options.write_timeout;
      return pending_->pace().time_left(server_.workspace.poller().now().monotonic_ns,
                                        server_.write_limits);
    case Phase::linger:
      return std::chrono::seconds(kLingerSeconds);
  }
  return std::chrono::seconds(0);
}

}  // namespace bora::http
