#include "runtime/http/output_queue.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cstring>

#include <bora/core/log.h>

#include "runtime/http/file_piece.h"

namespace bora::http {

namespace {

// Answers up to this size wait for the round's end; larger ones would push it out of the cache.
constexpr std::size_t kMaxSetAside = 4 * 1024;

// Pieces of a body from this size on are sent from where they are, without a copy.
constexpr std::size_t kLargePiece = 16 * 1024;

// Output that waits for a slow client. Above the first limit flush() waits, until the output is
// below the second one.
constexpr std::size_t kHighWater = 64 * 1024;
constexpr std::size_t kLowWater = 16 * 1024;

}  // namespace

static_assert(EPOLLIN == 0x1 && EPOLLRDHUP == 0x2000);

char* OutputQueue::prepare_otherwise(std::size_t bytes) {
  send_kept();
  if (pending_ == nullptr) {
    shared().claim(*this);
    if (char* const room = shared().reserve(bytes)) return room;
    send_output();
  }
  if (pending_ == nullptr) {
    shared().claim(*this);
    return shared().reserve(bytes);
  }
  return pending_->last().extend(bytes);
}

void OutputQueue::put(std::string_view bytes) {
  if (bytes.size() >= kLargePiece && !is_blocked_) {
    put_large(bytes);
  } else if (pending_ != nullptr) {
    pending_->last().append(bytes);
  } else {
    char* const room = prepare(bytes.size());
    std::memcpy(room, bytes.data(), bytes.size());
    commit(room + bytes.size());
  }
}

// The gathered output and the new piece are sent together.
void OutputQueue::put_large(std::string_view bytes) {
  send_kept();
  if (pending_ != nullptr && !has_file_) go_on_sending();
  if (pending_ != nullptr) {
    pending_->last().append(bytes);
    return;
  }
  const std::string_view gathered =
      shared().belongs_to(*this) ? shared().text() : std::string_view();
  const std::size_t sent = send_some(gathered, bytes);
  if (sent < gathered.size()) {
    keep_waiting(gathered.substr(sent));
    pending_->append(bytes);
  } else if (sent < gathered.size() + bytes.size()) {
    keep_waiting(bytes.substr(sent - gathered.size()));
  }
  if (!gathered.empty()) shared().drop();
}

void OutputQueue::put_file(std::shared_ptr<FilePiece> file) {
  if (is_broken_) return;
  send_kept();
  if (pending_ == nullptr) {
    if (shared().belongs_to(*this)) {
      move_away();
    } else {
      pending_ = shared().take_block();
    }
  }
  pending_->last().add_file(std::move(file), shared().take_block());
  has_file_ = true;
}

void OutputQueue::move_away() {
  pending_ = shared().take_block();
  pending_->append(shared().text());
  shared().drop();
}

bool OutputQueue::set_aside() {
  if (pending_ != nullptr || !shared().belongs_to(*this)) return false;
  const std::size_t size = shared().text().size();
  is_set_aside_ = size > 0 && size <= kMaxSetAside;
  if (!is_set_aside_) send_output();
  return is_set_aside_;
}

void OutputQueue::send_set_aside(std::string_view answer) {
  is_set_aside_ = false;
  const std::size_t sent = send_some(answer, {});
  if (sent < answer.size()) keep_waiting(answer.substr(sent));
}

void OutputQueue::send_all() {
  send_kept();
  if (pending_ != nullptr) {
    if (!is_blocked_ && !wants_turn_) go_on_sending();
    return;
  }
  if (!shared().belongs_to(*this)) return;
  const std::string_view output = shared().text();
  const std::size_t sent = output.empty() ? 0 : send_some(output, {});
  if (sent < output.size()) keep_waiting(output.substr(sent));
  shared().drop();
}

void OutputQueue::go_on_sending() {
  while (pending_ != nullptr && send_front()) {
    OutputBlock* const sent = pending_;
    pending_ = sent->drop_file();
    shared().give_block(sent);
  }
  if (pending_ == nullptr) {
    has_file_ = false;
    set_blocked(false);
  }
  output_was_sent();
}

// Returns true when the first block and its file are sent.
bool OutputQueue::send_front() {
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

// Sends one chunk, after which other connections have their turn. Returns true when the last one is
// sent.
bool OutputQueue::send_file(FilePiece& file) {
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
  if (static_cast<std::size_t>(sent) == wanted || (sent > 0 && is_blocked_)) {
    wants_turn_ = true;  // a short chunk may be the file's last, and no event would follow
  } else {
    set_blocked(true);  // the event comes again if there is room by now
  }
  return false;
}

// Returns how much the socket took of the next chunk; -1 if the file ends early, or can't be read.
std::ptrdiff_t OutputQueue::send_chunk(FilePiece& file) {
  const net::Transport::Result sent =
      transport_.send_file(file.fd(), static_cast<off_t>(file.offset()), file.chunk());
  server_.statistics.bytes_sent += sent.bytes;
  if (sent.state == net::Transport::State::ended && sent.bytes == 0) return -1;
  if (sent.state == net::Transport::State::failed) break_output();
  return static_cast<std::ptrdiff_t>(sent.bytes);
}

// The client can only learn from the connection's end that something is missing.
void OutputQueue::give_up_file() {
  gen_log.error("connection closed: a file became shorter while it was sent, or can't be read");
  drop_waiting();
  break_output();
}

void OutputQueue::drop_waiting() {
  has_file_ = wants_turn_ = false;
  while (pending_ != nullptr) {
    OutputBlock* const dropped = pending_;
    pending_ = dropped->drop_file();
    shared().give_block(dropped);
  }
  set_blocked(false);
}

void OutputQueue::abandon() {
  if (shared().belongs_to(*this)) shared().drop();
  is_blocked_ = false;
  drop_waiting();
}

// Keeps the bytes that the socket did not take.
void OutputQueue::keep_waiting(std::string_view bytes) {
  pending_ = shared().take_block();
  pending_->append(bytes);
  set_blocked(!is_broken_);
}

std::size_t OutputQueue::send_some(std::string_view first, std::string_view second, int flags) {
  const std::size_t total = first.size() + second.size();
  if (is_broken_) return total;  // nobody is there to read it
  const net::Transport::Result sent = transport_.send(first, second, flags);
  server_.statistics.bytes_sent += sent.bytes;
  if (sent.state != net::Transport::State::failed) return sent.bytes;
  break_output();
  return total;
}

void OutputQueue::break_output() {
  is_broken_ = true;
  output_broke();
}

void OutputQueue::set_blocked(bool is_blocked) {
  if (is_blocked_ == is_blocked) return;
  is_blocked_ = is_blocked;
  if (is_blocked && pending_ != nullptr && !pending_->pace().has_begun()) {
    pending_->pace().begin(poller().now().monotonic_ns, unacknowledged());
  }
  const std::uint32_t events = is_blocked ? kReadEvents | EPOLLOUT : kReadEvents;
  if (poller().modify(transport_.fd(), events, *this) != 0) break_output();
}

// Measures the pace of output that has waited.
void OutputQueue::count_sent(std::size_t bytes) {
  if (bytes == 0 || !pending_->pace().has_begun()) return;
  pending_->pace().add(poller().now().monotonic_ns, bytes);
  output_moves();
}

bool OutputQueue::holds_much() const {
  return pending_ != nullptr && pending_->total() > kHighWater;
}

bool OutputQueue::holds_little() const {
  return pending_ == nullptr || pending_->total() <= kLowWater;
}

bool OutputQueue::is_too_slow() const {
  return pending_ == nullptr ||
         pending_->pace().is_too_slow(poller().now().monotonic_ns, unacknowledged(),
                                      server_.write_limits);
}

std::chrono::seconds OutputQueue::time_left() const {
  if (pending_ == nullptr || !pending_->pace().has_begun()) return server_.write_limits.timeout;
  return pending_->pace().time_left(poller().now().monotonic_ns, server_.write_limits);
}

}  // namespace bora::http
