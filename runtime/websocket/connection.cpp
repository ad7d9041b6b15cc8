#include "runtime/websocket/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "runtime/core/crypto.h"
#include "runtime/net/ssl_engine.h"
#include "runtime/net/transport.h"
#include "runtime/text/utf8.h"
#include "runtime/websocket/drain_close.h"

namespace bora::websocket {

namespace {

constexpr std::uint32_t kReadEvents = EPOLLIN | EPOLLRDHUP;

// A lingering close ends after this time, or after this much input was read past (16 MiB).
constexpr std::uint32_t kLingerSeconds = 5;
constexpr std::size_t kLingerUnit = 256;
constexpr std::uint16_t kLingerUnits = 65535;

// Longer messages are sent from where they are, because copying them costs more than a system call.
constexpr std::size_t kMaxGathered = 8 * 1024;

constexpr std::uint16_t kNoCode = 1005;

constexpr std::string_view kTooSlow = "the peer reads too slowly";
constexpr std::string_view kGone = "the connection ended";

// RFC 6455, 5.3: nobody may be able to foresee a key. Random bytes are made for many frames at
// once.
MaskKey new_mask() {
  thread_local std::string keys;
  thread_local std::size_t used = 0;
  if (used + sizeof(MaskKey) > keys.size()) {
    keys = crypto::random_bytes(256 * sizeof(MaskKey));
    used = 0;
  }
  MaskKey key;
  std::memcpy(key.data(), keys.data() + used, key.size());
  used += key.size();
  return key;
}

std::string_view view(std::span<char> bytes) {
  return {bytes.data(), bytes.size()};
}

/// Waits until the queue has room, or the connection is gone.
class RoomWait final : public bora::detail::ListedWait {
 public:
  explicit RoomWait(WaitList& waits) : ListedWait(waits, {}) {}
  void await_resume() const { check(); }
};

}  // namespace

// ---- Beginnings ----

Connection& Connection::start(ConnectionDelegate& delegate, net::Transport transport,
                              const Rules& rules, Compression* compression, std::string_view head,
                              std::string_view unread) {
  auto& connection = *new Connection(delegate, std::move(transport), rules, compression);
  const Call call(connection);
  if (connection.hub().poller().add(connection.fd_, kReadEvents, connection) != 0)
    connection.break_output();
  if (!unread.empty()) connection.extras().unread = unread;
  connection.is_readable_ = true;
  if (!head.empty()) connection.send_now(head, {}, false);
  if (connection.hub().is_draining()) connection.close(drain_close.code, drain_close.reason);
  return connection;
}

Connection::Connection(ConnectionDelegate& delegate, net::Transport transport, const Rules& rules,
                       Compression* compression)
    : WatchedSocket(transport.fd()),
      delegate_(&delegate),
      rules_(rules),
      compression_(compression),
      tls_(transport.take_tls().release()) {
  static_cast<void>(transport.take_socket().release());
  rules_.use();
  hub().add(*this);
}

Connection::~Connection() {
  if (compression_ != nullptr && !compression_->is_shared()) delete compression_;
  rules_.release();
}

Connection::Extras& Connection::extras() {
  if (!extras_) extras_ = std::make_unique<Extras>();
  return *extras_;
}

void Connection::drop_extras_if_unused() {
  if (!extras_) return;
  const Pending* const queue = extras_->queue.get();
  if (queue != nullptr && queue->is_empty() && queue->writers.is_empty() && queue->offered == 0)
    extras_->queue.reset();
  if (!extras_->queue && extras_->unread.empty() && extras_->close_reason.empty()) extras_.reset();
}

void Connection::open() {
  const Call call(*this);
  if (state_ == State::opening) state_ = State::open;
  resume();
}

void Connection::resume() {
  if (!std::exchange(is_paused_, false) || state_ == State::closed) return;
  hub().poller().at_end_of_batch(*this);
}

void Connection::set_nodelay(bool value) {
  const int flag = value ? 1 : 0;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &flag, sizeof(flag));
}

// ---- Events ----

void Connection::on_events(std::uint32_t events) {
  if (can_join_round(events)) {
    join_round();
    return;
  }
  const Visit visit(*this);
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
    // The input that the peer sent before it left is read, unless somebody is at work on a message.
    has_hung_up_ = is_readable_ = true;
    if ((events & EPOLLERR) != 0) {
      lost();
      return;
    }
  }
  if ((events & EPOLLRDHUP) != 0) has_hung_up_ = true;
  if ((events & (EPOLLIN | EPOLLRDHUP)) != 0) is_readable_ = true;
  if ((events & EPOLLOUT) != 0 && is_blocked_) send_pending();
  go_on();
}

void Connection::on_batch_end() {
  const Visit visit(*this);
  go_on();
}

void Connection::on_deadline() {
  const Visit visit(*this);
  const Phase waited_for = std::exchange(armed_, Phase::none);
  if (phase() != waited_for) return;
  switch (waited_for) {
    case Phase::none:
      return;
    case Phase::ping:
      has_heard_ = false;
      awaits_pong_ = rules_.ping_timeout.count() > 0;
      put_frame(Opcode::ping, false, {});
      return;
    case Phase::pong:
      // The pong may come after input that was not read yet, or after a long message that is
      // arriving.
      if (is_paused_ || std::exchange(has_heard_, false)) return;
      awaits_pong_ = false;
      close(kCloseNormal, "ping timed out");
      return;
    case Phase::write:
      if (std::exchange(has_progress_, false)) return;
      lost();
      return;
    case Phase::close:
    case Phase::linger:
      lost();
      return;
  }
}

void Connection::end_call() {
  if (--visits_ > 0) return;
  if (is_broken_ || state_ != State::open) {
    hub().poller().at_end_of_batch(*this);
  } else {
    update_deadline();
  }
}

// This is nearly always so after a message, and then there is nothing to settle.
bool Connection::is_at_rest() const {
  const Phase usual = rules_.sends_pings ? Phase::ping : Phase::none;
  return state_ == State::open && armed_ == usual && extras_ == nullptr && !is_readable_ &&
         !is_broken_ && !is_blocked_ && !awaits_pong_;
}

void Connection::settle() {
  if (state_ == State::closed) return;
  if (is_broken_) {
    lost();
    return;
  }
  drop_extras_if_unused();
  if (state_ == State::ended && !has_backlog()) {
    tell_closed();  // until now messages could be dropped
    finish_closing();
  }
  if (state_ == State::closed) return;
  update_deadline();
  const bool has_input = has_unread() || is_readable_;
  // If TLS must write before it can go on reading, it waits for the socket.
  const bool is_stuck = tls_ != nullptr && is_blocked_ && !has_backlog();
  if (has_input && can_read() && !is_stuck) hub().poller().at_end_of_batch(*this);
}

// ---- Reading ----

bool Connection::can_join_round(std::uint32_t events) const {
  return events == EPOLLIN && tls_ == nullptr && visits_ == 0 && extras_ == nullptr &&
         state_ <= State::closing && !is_paused_ && !has_hung_up_;
}

void Connection::join_round() {
  char* const room = hub().input();
  const ssize_t count = recv(fd_, room, Hub::kReadSize, 0);
  if (count > 0) {
    is_readable_ = static_cast<std::size_t>(count) == Hub::kReadSize;
    hub().add_to_round(*this, static_cast<std::size_t>(count));
    return;
  }
  const Visit visit(*this);
  received_nothing(count == 0 ? 0 : errno);
}

void Connection::serve_round(std::span<char> received) {
  has_heard_ = true;
  if (can_read()) {
    process(received);
  } else {
    keep_unread(received);
  }
}

void Connection::go_on() {
  if (has_unread() && can_read()) {
    std::string kept = std::exchange(extras_->unread, {});
    receive({kept.data(), kept.size()});
  }
  if (is_readable_ && !has_unread() && can_read()) read();
}

// It reads once, and then the others have their turn.
void Connection::read() {
  using Status = net::SSLEngine::Status;
  char* const room = hub().input();
  if (tls_ != nullptr) {
    const net::SSLEngine::Result result = tls_->read(room, Hub::kReadSize, has_hung_up_);
    is_readable_ = result.status == Status::done || result.status == Status::want_write;
    if (result.bytes > 0) receive({room, result.bytes});
    if (state_ == State::closed) return;
    if (result.status == Status::want_write) set_blocked(true);
    if (result.status == Status::closed) received_nothing(0);
    if (result.status == Status::failed) lost();
    return;
  }
  const ssize_t count = recv(fd_, room, Hub::kReadSize, 0);
  if (count <= 0) {
    received_nothing(count == 0 ? 0 : errno);
    return;
  }
  // After a short read nothing is left, except the end if it was announced.
  is_readable_ = static_cast<std::size_t>(count) == Hub::kReadSize || has_hung_up_;
  receive({room, static_cast<std::size_t>(count)});
}

void Connection::received_nothing(int error) {
  is_readable_ = error == EINTR;
  if (error == EAGAIN || error == EWOULDBLOCK || error == EINTR) return;
  if (error == 0) is_ended_ = true;
  lost();
}

void Connection::receive(std::span<char> received) {
  has_heard_ = true;
  if (state_ == State::lingering) {
    const std::size_t units = (received.size() + kLingerUnit - 1) / kLingerUnit;
    linger_left_ =
        static_cast<std::uint16_t>(linger_left_ - std::min<std::size_t>(units, linger_left_));
    if (linger_left_ == 0) close_now();
    return;
  }
  hub().begin_serving(*this);
  process(received);
  send_gathered();
  hub().end_serving();
}

MessageReader::Event Connection::next_event(std::span<char>& input) {
  const Inflation inflation{hub().inflater_of(*compression_), hub().inflated(),
                            compression_->keeps_received};
  return reader_.next(input, rules_.reading, &inflation);
}

void Connection::process(std::span<char> input) {
  using Kind = MessageReader::Kind;
  while (state_ <= State::closing && !is_paused_ && !is_broken_) {
    const MessageReader::Event event =
        compression_ == nullptr ? reader_.next(input, rules_.reading, nullptr) : next_event(input);
    switch (event.kind) {
      case Kind::none:
        return;
      case Kind::text:
      case Kind::binary: {
        if (state_ != State::open || delegate_ == nullptr) break;
        const MessageType type = event.kind == Kind::text ? MessageType::text : MessageType::binary;
        is_paused_ = true;  // resume() may come within the call
        if (delegate_->message_received(type, event.payload)) is_paused_ = false;
        break;
      }
      case Kind::ping:
        if (state_ == State::open) put_pong(event.payload);
        if (delegate_ != nullptr) delegate_->ping_received(event.payload);
        break;
      case Kind::pong:
        awaits_pong_ = false;
        if (delegate_ != nullptr) delegate_->pong_received(event.payload);
        break;
      case Kind::close:
        peer_closed(event.code, event.payload);
        return;
      case Kind::failure:
        fail(event.code, event.payload);
        return;
    }
  }
  if (state_ <= State::closing && !is_broken_) keep_unread(input);
}

void Connection::keep_unread(std::span<char> input) {
  if (input.empty()) return;
  extras().unread.append(view(input));
}

// RFC 6455, 5.5.1: the code is sent back, and then the server closes first (7.1.1).
void Connection::peer_closed(std::uint16_t code, std::string_view reason) {
  close_code_ = code;
  if (!reason.empty()) extras().close_reason = reason;
  if (state_ < State::closing) put_close(code, {});
  state_ = State::ended;
  if (!has_backlog()) tell_closed();
}

// ---- Writing ----

Task<void> Connection::write(MessageType type, std::string_view data) {
  if (gather(type, data)) return {};
  if (!may_write()) throw WebSocketClosedError("write_message() after the WebSocket was closed");
  if (!has_room(data.size())) {
    const WebSocketOptions& options = rules_.options;
    switch (options.overflow) {
      case OverflowPolicy::wait:
        return write_when_there_is_room(type, std::string(data), Offer(*this));
      case OverflowPolicy::drop_oldest:
        note_dropped(queue()->drop_oldest(data.size(), options.max_queue_size), kTooSlow);
        break;
      case OverflowPolicy::close:
        note_dropped(queue()->drop_oldest(options.max_queue_size, 0) + 1, kTooSlow);
        close(kCloseTryAgainLater, kTooSlow);
        return {};
    }
  }
  const Call call(*this);
  put_message(type, data);
  return {};
}

void Connection::write_frames(std::span<const SharedFrame> frames) {
  if (frames.size() == 1 && visits_ == 0 && tls_ == nullptr && is_at_rest()) {
    const std::string& bytes = *frames.front();
    const std::size_t sent = send_plain(bytes);
    if (sent == bytes.size()) return;
    const Call call(*this);
    keep().add(frames.front());
    if (is_broken_) return;  // it counts as dropped
    if (sent > 0) queue()->consume(sent);
    set_blocked(true);
    return;
  }
  const Call call(*this);
  if (may_write() && !has_backlog()) {
    if (is_set_aside_) hub().send_set_aside(*this);
    if (hub().is_serving(*this)) send_gathered();
    if (!has_backlog()) frames = frames.subspan(send_shared(frames));
  }
  for (; !frames.empty(); frames = frames.subspan(1)) {
    if (is_broken_ && state_ <= State::open) {  // reported with all others
      keep().add(frames.front());
    } else if (!may_write()) {
      note_dropped(frames.size(), kGone);
      return;
    } else if (make_room(frames.front()->size())) {
      keep().add(frames.front());
    }
  }
}

void Connection::write_now(MessageType type, std::string_view data) {
  if (!may_write()) {
    note_dropped(1, kGone);
  } else if (make_room(data.size())) {
    const Call call(*this);
    put_message(type, data);
  }
}

bool Connection::deflate(std::string_view data, std::string& to) {
  if (compression_ == nullptr || data.size() < compression_->threshold) return false;
  hub().deflater_of(*compression_).compress(data, false, to);
  return true;
}

// Sends while the socket takes it.
// @returns  How many frames are done; the last of them may be in the queue.
std::size_t Connection::send_shared(std::span<const SharedFrame> frames) {
  std::size_t done = 0;
  while (done < frames.size() && !is_broken_) {
    std::array<iovec, 16> parts;
    std::size_t count = std::min(frames.size() - done, parts.size());
    if (tls_ != nullptr) count = 1;
    std::size_t offered = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string& bytes = *frames[done + i];
      parts[i] = {const_cast<char*>(bytes.data()), bytes.size()};
      offered += bytes.size();
    }
    std::size_t sent = send_parts(std::span(parts).first(count));
    const bool is_full = sent < offered;
    for (; done < frames.size() && sent >= frames[done]->size(); ++done)
      sent -= frames[done]->size();
    if (!is_full || is_broken_) continue;
    keep().add(frames[done]);
    if (sent > 0) {
      queue()->consume(sent);
    } else if (tls_ != nullptr) {
      queue()->hold_first();
    }
    set_blocked(true);
    return done + 1;
  }
  return done;
}

// For a message whose sender does not wait.
// @returns  False if it was dropped.
bool Connection::make_room(std::size_t bytes) {
  if (has_room(bytes)) return true;
  const WebSocketOptions& options = rules_.options;
  switch (options.overflow) {
    case OverflowPolicy::wait:
      note_dropped(1, kTooSlow);
      return false;
    case OverflowPolicy::drop_oldest:
      note_dropped(queue()->drop_oldest(bytes, options.max_queue_size), kTooSlow);
      return may_write();  // on_drop() may have closed it
    case OverflowPolicy::close:
      break;
  }
  note_dropped(queue()->drop_oldest(options.max_queue_size, 0) + 1, kTooSlow);
  close(kCloseTryAgainLater, kTooSlow);
  return false;
}

bool Connection::has_room(std::size_t bytes) const {
  const Pending* const queue = this->queue();
  return queue == nullptr ||
         (queue->writers.is_empty() && queue->size() + bytes <= rules_.options.max_queue_size);
}

Connection::Offer::Offer(Connection& connection) {
  Pending& queue = *connection.queue();
  if (!queue.self) queue.self = std::make_shared<Connection*>(&connection);
  ++queue.offered;
  connection_ = queue.self;
}

Connection::Offer::~Offer() {
  if (connection_ == nullptr || *connection_ == nullptr) return;
  Connection& connection = **connection_;
  accept();
  connection.note_dropped(1, "its write was not awaited");
}

void Connection::Offer::accept() {
  --(*connection_)->queue()->offered;
  connection_ = nullptr;
}

Task<void> Connection::write_when_there_is_room(MessageType type, std::string data, Offer offer) {
  constexpr const char* kTooLate = "the WebSocket was closed before a message could be sent";
  while (!has_room(data.size())) {
    RoomWait wait(queue()->writers);
    co_await wait;
    if (offer.is_void()) throw WebSocketClosedError(kTooLate);
  }
  if (offer.is_void() || !may_write()) throw WebSocketClosedError(kTooLate);
  const Call call(*this);
  offer.accept();
  put_message(type, data);
}

// Gathers the usual answer of a server to the peer that is being served: it is short, and nothing
// waits. The visit that is under way sends it.
// @returns  False if it is something else.
bool Connection::gather(MessageType type, std::string_view data) {
  if (!hub().is_serving(*this) || state_ != State::open || is_broken_ || extras_ != nullptr ||
      data.size() > kMaxGathered || !rules_.is_server ||
      (compression_ != nullptr && data.size() >= compression_->threshold))
    return false;
  char* const room = hub().reserve(kMaxFrameHead + data.size());
  if (room == nullptr) return false;
  const Opcode opcode = type == MessageType::text ? Opcode::text : Opcode::binary;
  const std::size_t head = write_frame_head(room, opcode, true, false, data.size(), nullptr);
  if (!data.empty()) std::memcpy(room + head, data.data(), data.size());
  hub().commit(head + data.size());
  return true;
}

void Connection::put_message(MessageType type, std::string_view data) {
  const Opcode opcode = type == MessageType::text ? Opcode::text : Opcode::binary;
  if (compression_ == nullptr || data.size() < compression_->threshold) {
    put_frame(opcode, false, data);
    return;
  }
  std::string& deflated = hub().deflated();
  deflated.clear();
  hub().deflater_of(*compression_).compress(data, compression_->keeps_sent, deflated);
  put_frame(opcode, true, deflated);
}

void Connection::put_frame(Opcode opcode, bool is_compressed, std::string_view payload) {
  char head[kMaxFrameHead];
  if (rules_.is_server) {
    const std::size_t size =
        write_frame_head(head, opcode, true, is_compressed, payload.size(), nullptr);
    put({head, size}, payload, !is_control(opcode));
    return;
  }
  const MaskKey key = new_mask();
  const std::size_t size =
      write_frame_head(head, opcode, true, is_compressed, payload.size(), &key);
  std::string masked(payload);
  apply_mask(masked.data(), masked.size(), key);
  put({head, size}, masked, !is_control(opcode));
}

// RFC 6455, 5.5.3: of several pings only the last needs an answer. So a peer that sends pings and
// reads nothing has one pong in the queue, and the newest one after it.
void Connection::put_pong(std::string_view payload) {
  if (has_backlog() && queue()->has_pong()) {
    queue()->pong = payload;
  } else {
    put_frame(Opcode::pong, false, payload);
  }
}

void Connection::put(std::string_view head, std::string_view payload, bool is_message) {
  if (state_ == State::closed) return;
  if (is_set_aside_) hub().send_set_aside(*this);
  if (has_backlog()) {
    queue()->add(head, payload, is_message);
    return;
  }
  if (hub().is_serving(*this) && payload.size() > kMaxGathered) {
    send_gathered();
  } else if (hub().is_serving(*this)) {
    const std::size_t size = head.size() + payload.size();
    char* room = hub().reserve(size);
    if (room == nullptr) {
      send_gathered();
      room = has_backlog() ? nullptr : hub().reserve(size);
    }
    if (room != nullptr) {
      std::memcpy(room, head.data(), head.size());
      if (!payload.empty()) std::memcpy(room + head.size(), payload.data(), payload.size());
      hub().commit(size);
      return;
    }
  }
  send_now(head, payload, is_message);
}

void Connection::send_gathered() {
  const std::string_view gathered = hub().gathered();
  if (gathered.empty()) return;
  hub().drop_gathered();
  send_frames(gathered);
}

// Sends frames that were gathered. Those that can't be sent are kept one by one, so that each
// counts if it is dropped.
void Connection::send_frames(std::string_view frames) {
  std::size_t sent = 0;
  if (!is_broken_ && !has_backlog()) {
    sent = tls_ == nullptr ? send_plain(frames) : send_some(frames, {});
    if (sent == frames.size()) return;
  }
  while (!frames.empty()) {
    FrameHead head;
    if (read_frame_head(frames, head) != FrameHeadStatus::complete) break;
    const std::string_view frame =
        frames.substr(0, head.size + static_cast<std::size_t>(head.length));
    frames.remove_prefix(frame.size());
    if (sent >= frame.size()) {
      sent -= frame.size();
      continue;
    }
    if (tls_ != nullptr) {
      keep().add_block({frame.data(), frame.size() + frames.size()});
      frames = {};
    } else {
      keep().add(frame, {}, !is_control(head.opcode));
    }
    if (sent > 0) queue()->consume(std::exchange(sent, 0));
  }
  if (is_broken_) return;
  if (tls_ != nullptr) queue()->hold_first();
  set_blocked(true);
}

Connection::Pending& Connection::keep() {
  std::unique_ptr<Pending>& queue = extras().queue;
  if (!queue) queue = std::make_unique<Pending>();
  return *queue;
}

// Sends what can be sent, and keeps the rest.
void Connection::send_now(std::string_view first, std::string_view second, bool is_message) {
  std::size_t sent = 0;
  if (!is_broken_ && !has_backlog()) {
    sent = send_some(first, second);
    if (sent == first.size() + second.size()) return;
  }
  keep().add(first, second, is_message);
  if (is_broken_) return;  // it counts as dropped
  if (sent > 0) {
    queue()->consume(sent);
  } else if (tls_ != nullptr) {
    queue()->hold_first();
  }
  set_blocked(true);
}

std::size_t Connection::send_some(std::string_view first, std::string_view second) {
  if (tls_ != nullptr) {
    using Status = net::SSLEngine::Status;
    const net::SSLEngine::Result result = tls_->write(first, second);
    if (result.status != Status::done && result.status != Status::want_write) break_output();
    return result.bytes;
  }
  std::array<iovec, 2> parts{{{const_cast<char*>(first.data()), first.size()},
                              {const_cast<char*>(second.data()), second.size()}}};
  return send_parts(std::span(parts).first(second.empty() ? 1 : 2));
}

std::size_t Connection::send_plain(std::string_view bytes) {
  for (;;) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) return static_cast<std::size_t>(sent);
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) break_output();
    return 0;
  }
}

// TLS must be given the same bytes again, so it gets one part at a time.
std::size_t Connection::send_parts(std::span<iovec> parts) {
  if (tls_ != nullptr)
    return send_some({static_cast<char*>(parts[0].iov_base), parts[0].iov_len}, {});
  if (parts.size() == 1)
    return send_plain({static_cast<char*>(parts[0].iov_base), parts[0].iov_len});
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  for (;;) {
    const ssize_t sent = sendmsg(fd_, &message, MSG_NOSIGNAL);
    if (sent >= 0) return static_cast<std::size_t>(sent);
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) break_output();
    return 0;
  }
}

void Connection::send_pending() {
  while (has_backlog() && !is_broken_) {
    std::array<iovec, 16> parts;
    const std::size_t count = queue()->gather(std::span(parts).first(tls_ != nullptr ? 1 : 16));
    const std::size_t sent = send_parts(std::span(parts).first(count));
    if (is_broken_) return;
    if (sent == 0) {
      if (tls_ != nullptr) queue()->hold_first();
      break;
    }
    has_progress_ = true;
    queue()->consume(sent);
    if (queue()->pong && !queue()->has_pong()) {
      const std::string payload = *std::exchange(queue()->pong, std::nullopt);
      if (state_ == State::open) put_frame(Opcode::pong, false, payload);
    }
  }
  Pending* const queue = this->queue();
  if (queue != nullptr && queue->size() <= rules_.options.max_queue_size / 2)
    queue->writers.wake_all();
  if (!has_backlog()) set_blocked(false);
}

void Connection::set_blocked(bool is_blocked) {
  if (is_blocked_ == is_blocked || state_ == State::closed) return;
  is_blocked_ = is_blocked;
  has_progress_ = false;
  const std::uint32_t events = is_blocked ? kReadEvents | EPOLLOUT : kReadEvents;
  if (hub().poller().modify(fd_, events, *this) != 0) break_output();
}

// The delegate is never notified from within a call of its own: the end of the visit does it.
void Connection::break_output() {
  if (is_broken_) return;
  is_broken_ = true;
  if (visits_ == 0) hub().poller().at_end_of_batch(*this);
}

void Connection::note_dropped(std::size_t messages, std::string_view reason) {
  if (messages > 0 && delegate_ != nullptr) delegate_->messages_dropped(messages, reason);
}

void Connection::ping(std::string_view data) {
  if (!may_write()) throw WebSocketClosedError("ping() after the WebSocket was closed");
  if (data.size() > kMaxControlPayload)
    throw std::invalid_argument("ping() takes at most 125 bytes");
  const Call call(*this);
  put_frame(Opcode::ping, false, data);
}

// ---- Ends ----

void Connection::put_close(std::uint16_t code, std::string_view reason) {
  if (code == kNoCode) {
    put_frame(Opcode::close, false, {});
    return;
  }
  std::array<char, kMaxControlPayload> payload;
  payload[0] = static_cast<char>(code >> 8);
  payload[1] = static_cast<char>(code & 0xff);
  // A reason that is too long ends before the character that would be cut.
  const std::size_t size = text::utf8_prefix(reason, payload.size() - 2).size();
  if (size > 0) std::memcpy(payload.data() + 2, reason.data(), size);
  put_frame(Opcode::close, false, {payload.data(), size + 2});
}

void Connection::close(std::uint16_t code, std::string_view reason) {
  if (state_ >= State::closing) return;
  const Call call(*this);
  put_close(code, reason);
  state_ = State::closing;
  // A delegate that is busy with a message gets no other one, so the peer's answer can be read.
  resume();
}

void Connection::fail(std::uint16_t code, std::string_view reason) {
  if (state_ >= State::ended) return;
  const Call call(*this);
  if (state_ < State::closing) put_close(code, reason);
  state_ = State::ended;
  if (!has_backlog()) tell_closed();
}

void Connection::abort() {
  if (state_ == State::closed) return;
  const Call call(*this);
  break_output();
}

// The peer is gone, or given up.
void Connection::lost() {
  close_now();
  tell_closed();
}

void Connection::finish_closing() {
  if (tls_ != nullptr) tls_->shut_down();
  if (is_ended_ || shutdown(fd_, SHUT_WR) != 0) {
    close_now();
    return;
  }
  state_ = State::lingering;
  linger_left_ = kLingerUnits;
  is_readable_ = true;
  if (extras_) extras_->unread.clear();
}

void Connection::close_now() {
  if (state_ == State::closed) return;
  if (is_set_aside_) hub().send_set_aside(*this);
  state_ = State::closed;
  hub().poller().disarm(*this);
  hub().poller().remove(fd_, *this);
  delete std::exchange(tls_, nullptr);
  ::close(fd_);
  if (queue() != nullptr) {
    const std::unique_ptr<Pending> queue = std::move(extras_->queue);
    const std::size_t unsent = queue->messages() + queue->offered;
    if (queue->self) *queue->self = nullptr;
    queue->writers.wake_all();
    note_dropped(unsent, kGone);
  }
  hub().remove(*this);
}

void Connection::tell_closed() {
  if (is_told_) return;
  is_told_ = true;
  if (ConnectionDelegate* const delegate = std::exchange(delegate_, nullptr))
    delegate->connection_closed();
}

Connection::Phase Connection::phase() const {
  switch (state_) {
    case State::lingering:
      return Phase::linger;
    case State::closing:
    case State::ended:
      return Phase::close;
    case State::closed:
      return Phase::none;
    default:
      break;
  }
  if (is_blocked_) return rules_.options.write_timeout.count() > 0 ? Phase::write : Phase::none;
  if (state_ != State::open || rules_.options.ping_interval.count() <= 0) return Phase::none;
  return awaits_pong_ ? Phase::pong : Phase::ping;
}

void Connection::update_deadline() {
  const Phase wanted = phase();
  if (wanted == armed_) return;
  armed_ = wanted;
  std::chrono::seconds limit(0);
  switch (wanted) {
    case Phase::none:
      hub().poller().disarm(*this);
      return;
    case Phase::ping:
      limit = rules_.options.ping_interval;
      break;
    case Phase::pong:
      limit = rules_.ping_timeout;
      break;
    case Phase::close:
      limit = rules_.options.close_timeout;
      break;
    case Phase::write:
      limit = rules_.options.write_timeout;
      break;
    case Phase::linger:
      limit = std::chrono::seconds(kLingerSeconds);
      break;
  }
  hub().poller().arm(*this, limit);
}

}  // namespace bora::websocket
