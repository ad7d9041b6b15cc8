#include "runtime/net/stream_core.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <bora/core/io_loop.h>
#include <bora/core/log.h>

namespace bora::net {
namespace {

constexpr std::uint32_t kInput = EPOLLIN | EPOLLRDHUP;
constexpr std::uint32_t kEnds = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

std::error_code system_error(int number) noexcept {
  return {number, std::generic_category()};
}

/// Whether the peer has merely left, in one of many ways; that is not logged.
bool is_departure(std::error_code error) noexcept {
  return error == std::errc::connection_reset || error == std::errc::connection_aborted ||
         error == std::errc::broken_pipe || error == std::errc::timed_out ||
         error == std::errc::bad_file_descriptor || error == Error::truncated;
}

void make_non_blocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || ((flags & O_NONBLOCK) == 0 && ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0))
    throw std::system_error(errno, std::generic_category(), "can't make a stream of a descriptor");
}

}  // namespace

StreamCore::StreamCore(Transport transport, const StreamOptions& options, Kind kind)
    : poller_(Poller::of(IOLoop::current())),
      transport_(std::move(transport)),
      kind_(kind),
      max_buffer_size_(std::max<std::size_t>(options.max_buffer_size, 1)),
      max_write_buffer_size_(options.max_write_buffer_size) {
  const std::size_t largest = std::min(Poller::kScratchBytes, max_buffer_size_ / 2);
  chunk_size_ = static_cast<std::uint32_t>(
      std::clamp<std::size_t>(options.read_chunk_size, 1, std::max<std::size_t>(largest, 1)));
  make_non_blocking(fd());
  const int failure = poller_.add(fd(), kInput, *this);
  if (failure != 0)
    throw std::system_error(failure, std::generic_category(), "can't wait for a stream's data");
}

void StreamCore::take_over(std::string received, std::string unsent) {
  if (transport_.tls() != nullptr) {
    tls_ = std::make_unique<StreamTLS>(*this, std::string_view());
    tls().ignore_truncation(false);  // a stream tells an end of TLS from a connection that was cut
  }
  is_readable_ = true;  // the poller does not repeat events that the other stream has received
  if (!received.empty()) input_.append(std::move(received));
  if (!unsent.empty()) write(std::move(unsent));
}

Transport StreamCore::give_up(StreamRest& rest) {
  if (is_closed()) return Transport();
  rest.received = input_.take(input_.size());
  rest.unsent = output_.take(output_.size());
  poller_.remove(fd(), *this);
  tls_.reset();
  Transport transport = std::move(transport_);
  tell_closed(make_error_code(Error::closed));
  return transport;
}

StreamCore::~StreamCore() {
  abandon();
}

void StreamCore::abandon() noexcept {
  close_callback_ = {};
  close(make_error_code(Error::closed));
}

void StreamCore::close(std::error_code error) noexcept {
  if (is_closed()) return;
  error_ = error;
  const bool may_linger = tls_ && end_tls();
  poller_.remove(fd(), *this);
  if (may_linger) poller_.linger(transport_.take_socket());
  transport_.close();
  tell_closed(error);
}

void StreamCore::tell_closed(std::error_code error) noexcept {
  error_ = error;
  is_connecting_ = is_handshaking_ = is_readable_ = false;
  output_.clear();
  reader_.wake_all();
  writers_.wake_all();
  connector_.wake_all();
  if (close_callback_) set_close_callback(std::exchange(close_callback_, {}));
}

void StreamCore::set_close_callback(UniqueFunction<void()> callback) {
  if (is_closed()) {
    if (callback) IOLoop::current().add_callback(std::move(callback));
    return;
  }
  close_callback_ = std::move(callback);
  if (listens_for_close() && is_readable_) go_on_later();
}

void StreamCore::throw_closed() const {
  if (tls_ && !tls_->problem.empty()) throw StreamClosedError(error_, tls_->problem);
  throw StreamClosedError(error_);
}

// ---- Events ----

void StreamCore::on_events(std::uint32_t events) {
  const detail::StreamRef keep(this);
  try {
    handle_events(events);
  } catch (const std::exception& failure) {
    gen_log.error("closing a stream: ", failure.what());
    close(std::make_error_code(std::errc::not_enough_memory));
  }
}

void StreamCore::go_on_later() {
  if (std::exchange(will_go_on_, true)) return;
  IOLoop::current().add_callback([self = detail::StreamRef(this)] { self->go_on(); });
}

void StreamCore::go_on() {
  will_go_on_ = false;
  if (!is_closed()) on_events(0);
}

void StreamCore::handle_events(std::uint32_t events) {
  at_once_ = 0;
  if ((events & (kInput | kEnds)) != 0) is_readable_ = true;
  if ((events & kEnds) != 0) has_hung_up_ = true;
  bool has_room = (events & (EPOLLOUT | kEnds)) != 0;
  if (is_connecting_ && has_room) finish_connect();
  has_room = has_room || is_handshaking_;  // what was written meanwhile is sent at its end
  if (is_handshaking_ && !is_connecting_) shake_hands();
  if (is_opening()) return;
  if (tls_ && has_room) is_readable_ = true;  // reading may have waited until TLS could send
  if (is_writing() && (has_room || !wants_output_)) flush();
  if (tls_ && !is_writing()) watch(false);
  handle_input();
}

void StreamCore::handle_input() {
  if (Operation* const reader = reader_.first()) {
    if (advance(*goal_) && reader_.first() == reader) reader->complete();
  } else if (is_readable_ && listens_for_close()) {
    fill(nullptr);
  }
}

void StreamCore::watch(bool wants_output) {
  if (is_closed() || wants_output_ == wants_output) return;
  wants_output_ = wants_output;
  poller_.modify(fd(), wants_output ? kInput | EPOLLOUT : kInput, *this);
}

// ---- Reading ----

void StreamCore::begin_read() {
  if (is_reading_) throw std::logic_error("Already reading");
  is_reading_ = true;
}

void StreamCore::end_read() noexcept {
  is_reading_ = false;
  if (!is_closed() && is_readable_ && listens_for_close()) go_on_later();
}

bool StreamCore::may_read_now() {
  if (is_closed() || ++at_once_ < kMaxAtOnce) return true;
  go_on_later();
  return false;
}

bool StreamCore::advance(ReadGoal& goal) {
  for (;;) {
    judge(goal);
    if (goal.found != ReadGoal::kNotYet || is_closed()) return true;
    if (!is_readable_ || is_opening()) return false;
    if (at_once_ >= kMaxAtOnce) {
      go_on_later();
      return false;
    }
    fill(&goal);
  }
}

void StreamCore::judge(ReadGoal& goal) {
  goal.found = goal.find(input_.view());
  if (goal.found == ReadGoal::kUnsatisfiable) {
    gen_log.info("closing a connection: ", make_error_code(Error::unsatisfiable_read).message());
    close(make_error_code(Error::unsatisfiable_read));
  } else if (goal.found == ReadGoal::kNotYet && input_.size() > max_buffer_size_) {
    goal.found = ReadGoal::kOverflow;
    gen_log.error("closing a connection: its read buffer reached ", max_buffer_size_, " bytes");
    close(make_error_code(Error::buffer_full));
  }
}

void StreamCore::fill(ReadGoal* goal) {
  at_once_ += kSystemCallCost;
  if (goal != nullptr && goal->filled < goal->room && input_.is_empty()) {
    const Transfer received = receive(goal->memory + goal->filled, goal->room - goal->filled);
    goal->filled += received.bytes;
    note(received);
    return;
  }
  // Asking for one byte more than fits tells an overflow from an end.
  const std::size_t room = max_buffer_size_ - input_.size();
  char* const scratch = poller_.scratch();
  const Transfer received =
      receive(scratch, room < chunk_size_ ? room + 1 : std::size_t{chunk_size_});
  input_.append(std::string_view(scratch, received.bytes));
  note(received);
}

void StreamCore::note(const Transfer& received) {
  switch (received.state) {
    case Transport::State::done:
      is_readable_ = !received.is_exhausted || has_hung_up_;
      break;
    case Transport::State::would_block:
      is_readable_ = has_hung_up_ = false;
      break;
    case Transport::State::ended:
      close(make_error_code(Error::closed_by_peer));
      break;
    case Transport::State::failed: {
      const std::error_code error = error_of(received);
      if (!is_departure(error))
        gen_log.warning("closing a stream, reading failed: ", error.message());
      close(error);
      break;
    }
  }
}

StreamCore::Transfer StreamCore::receive(char* to, std::size_t room) {
  if (kind_ == Kind::other) return read_descriptor(to, room);
  Transfer received = transport_.receive(to, room, has_hung_up_);
  if (received.wants_output) watch(true);  // TLS must answer, and there is no room
  // The socket is not connected yet.
  if (received.error == ENOTCONN) received = {0, Transport::State::would_block, true, false, 0};
  // An end or a failure after these bytes is reported again by the next call.
  if (received.bytes > 0) received.state = Transport::State::done;
  return received;
}

// Reads from a pipe, a terminal or another device.
StreamCore::Transfer StreamCore::read_descriptor(char* to, std::size_t room) const {
  for (;;) {
    const ssize_t count = ::read(fd(), to, room);
    if (count > 0) {
      const auto bytes = static_cast<std::size_t>(count);
      return {bytes, Transport::State::done, bytes < room, false, 0};
    }
    if (count == 0) return {0, Transport::State::ended, true, false, 0};
    switch (errno) {
      case EINTR:
        continue;
      case EAGAIN:
        return {0, Transport::State::would_block, true, false, 0};
      case EIO:    // a terminal reports this when the other side has gone,
      case EBADF:  // and this is reported by the end of a pipe that can only be written
        return {0, Transport::State::ended, true, false, 0};
      default:
        return {0, Transport::State::failed, true, false, errno};
    }
  }
}

std::error_code StreamCore::error_of(const Transfer& transfer) {
  return tls_ ? tls_failure() : system_error(transfer.error);
}

// The wait may have been ended by close(), which does not look at the bytes.
void StreamCore::require_found(ReadGoal& goal) {
  if (goal.found == ReadGoal::kNotYet) goal.found = goal.find(input_.view());
  if (goal.found == ReadGoal::kNotYet) throw_closed();
  if (goal.found == ReadGoal::kOverflow)
    throw StreamBufferFullError("more arrived than the stream's max_buffer_size");
  if (goal.found == ReadGoal::kUnsatisfiable)
    throw StreamClosedError(make_error_code(Error::unsatisfiable_read));
}

std::string StreamCore::take(ReadGoal& goal) {
  require_found(goal);
  return input_.take(goal.found);
}

std::size_t StreamCore::take_into(ReadGoal& goal) {
  require_found(goal);
  if (goal.found > 0) {
    std::memcpy(goal.memory + goal.filled, input_.view().data(), goal.found);
    input_.consume(goal.found);
  }
  return std::exchange(goal.filled, 0) + goal.found;
}

void StreamCore::put_back(ReadGoal& goal) {
  if (goal.filled == 0) return;
  std::string all(goal.memory, std::exchange(goal.filled, 0));
  all.append(input_.view());
  input_.clear();
  input_.append(std::move(all));
}

// ---- Writing ----

void StreamCore::require_room(std::size_t bytes) const {
  if (is_closed()) throw_closed();
  if (max_write_buffer_size_ != 0 && output_.size() + bytes > max_write_buffer_size_)
    throw StreamBufferFullError("more was written than the stream's max_write_buffer_size");
}

std::uint64_t StreamCore::write(std::string_view bytes) {
  require_room(bytes.size());
  const std::uint64_t end = queued_ += bytes.size();
  bytes.remove_prefix(send_now(bytes));
  if (!bytes.empty() && !is_closed()) output_.append(bytes);
  return end;
}

std::uint64_t StreamCore::write(std::string&& bytes) {
  require_room(bytes.size());
  const std::uint64_t end = queued_ += bytes.size();
  const std::size_t sent = send_now(bytes);
  if (sent == bytes.size() || is_closed()) return end;
  if (sent > 0) {
    output_.append(std::string_view(bytes).substr(sent));
  } else {
    output_.append(std::move(bytes));
  }
  return end;
}

/// Returns how many bytes were taken; if not all of them, the poller will report when there is
/// room.
std::size_t StreamCore::send_now(std::string_view bytes) {
  if (is_writing() || is_opening() || bytes.empty()) return 0;
  if (at_once_ >= kMaxAtOnce) {
    go_on_later();
    return 0;
  }
  at_once_ += kSystemCallCost;
  const Transfer sent = send(bytes);
  sent_ += sent.bytes;
  if (sent.state == Transport::State::failed) {
    write_failed(error_of(sent));
  } else if (sent.bytes < bytes.size()) {
    watch(true);
  }
  return sent.bytes;
}

void StreamCore::flush() {
  while (is_writing()) {
    if (at_once_ >= kMaxAtOnce) {
      watch(false);
      go_on_later();
      break;
    }
    at_once_ += kSystemCallCost;
    const Transfer sent = send(output_.view());
    output_.consume(sent.bytes);
    sent_ += sent.bytes;
    if (sent.state == Transport::State::failed) return write_failed(error_of(sent));
    if (sent.state == Transport::State::would_block) {
      watch(true);
      break;
    }
  }
  if (!is_writing()) watch(false);
  wake_writers();
}

/// Each writer goes on within complete(), where it may change everything.
void StreamCore::wake_writers() {
  while (auto* const writer = static_cast<WriteWait*>(writers_.first())) {
    if (!is_sent(writer->place())) return;
    writer->complete();
  }
}

void StreamCore::write_failed(std::error_code error) {
  if (!is_departure(error)) gen_log.warning("closing a stream, writing failed: ", error.message());
  keep_what_came();
  close(error);
}

// A peer may answer and leave before it has read everything. Its answer must not be lost.
void StreamCore::keep_what_came() {
  while (input_.size() < max_buffer_size_) {
    char* const scratch = poller_.scratch();
    const std::size_t room = std::min<std::size_t>(max_buffer_size_ - input_.size(), chunk_size_);
    const Transfer received = receive(scratch, room);
    if (received.state != Transport::State::done) return;
    input_.append(std::string_view(scratch, received.bytes));
  }
}

StreamCore::Transfer StreamCore::send(std::string_view bytes) {
  return kind_ == Kind::other ? write_descriptor(bytes) : transport_.send(bytes);
}

StreamCore::Transfer StreamCore::write_descriptor(std::string_view bytes) const {
  for (;;) {
    const ssize_t count = ::write(fd(), bytes.data(), bytes.size());
    if (count >= 0)
      return {static_cast<std::size_t>(count), Transport::State::done, false, false, 0};
    switch (errno) {
      case EINTR:
        continue;
      case EAGAIN:
        return {0, Transport::State::would_block, true, false, 0};
      default:
        return {0, Transport::State::failed, true, false, errno};
    }
  }
}

// ---- Connecting ----

void StreamCore::connect(const Address& address) {
  if (is_closed()) throw_closed();
  if (is_connecting_) throw std::logic_error("Already connecting");
  is_readable_ = has_hung_up_ = has_opened_ = false;
  const auto* const native = static_cast<const sockaddr*>(address.native());
  if (::connect(fd(), native, static_cast<socklen_t>(address.native_size())) == 0) {
    has_opened_ = !is_handshaking_;
    return;
  }
  if (errno == EINPROGRESS || errno == EINTR) {
    is_connecting_ = true;
    watch(true);
  } else {
    close(system_error(errno));
  }
}

void StreamCore::finish_connect() {
  int failure = 0;
  socklen_t size = sizeof failure;
  if (::getsockopt(fd(), SOL_SOCKET, SO_ERROR, &failure, &size) != 0) failure = errno;
  if (failure != 0) return close(system_error(failure));
  // If there is no peer, the event is from before connect().
  sockaddr_storage peer{};
  size = sizeof peer;
  if (::getpeername(fd(), reinterpret_cast<sockaddr*>(&peer), &size) != 0) {
    is_readable_ = has_hung_up_ = false;
    return;
  }
  is_connecting_ = false;
  if (is_handshaking_) return;
  if (!is_writing()) watch(false);
  has_opened_ = true;
  connector_.wake_all();
}

}  // namespace bora::net
