// How a connection sends: what is gathered, what waits for a slow client, and files.

#include <bora/core/log.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/http/file_piece.h"
#include "runtime/http/http1_server_connection.h"

namespace bora::http {

namespace {

// Pieces of a body from this size on are sent from where they are, without a copy.
constexpr std::size_t kLargePiece = 16 * 1024;

// Output that waits for a slow client: above the first flush() waits, until it is below the second.
constexpr std::size_t kHighWater = 64 * 1024;
constexpr std::size_t kLowWater = 16 * 1024;

}  // namespace

char* HTTP1ServerConnection::prepare(std::size_t bytes) {
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

void HTTP1ServerConnection::commit(std::size_t bytes) {
  if (pending_ == nullptr) {
    server_.workspace.add_output(bytes);
  } else {
    pending_->last().shrink(extended_ - bytes);
  }
}

void HTTP1ServerConnection::put(std::string_view bytes) {
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
void HTTP1ServerConnection::put_large(std::string_view bytes) {
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

bool HTTP1ServerConnection::take_back_output(std::uint64_t place) {
  return pending_ == nullptr && server_.workspace.rewind_output(*this, place);
}

// Behind what was put so far, and before what comes.
void HTTP1ServerConnection::put_file(std::shared_ptr<FilePiece> file) {
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

void HTTP1ServerConnection::spill_output() {
  pending_ = server_.workspace.take_block();
  pending_->append(server_.workspace.output());
  server_.workspace.drop_output();
}

void HTTP1ServerConnection::send_output() {
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

void HTTP1ServerConnection::send_pending() {
  while (pending_ != nullptr && send_front()) {
    Block* const sent = pending_;
    pending_ = sent->drop_file();
    server_.workspace.give_block(sent);
  }
  if (pending_ == nullptr) {
    has_file_ = false;
    set_blocked(false);
  }
  if (exchange_ == nullptr || !exchange_->is_awaited()) return;
  if (is_answered_) {
    if (pending_ == nullptr) exchange_->wake_flushes();
  } else if (pending_ == nullptr || pending_->total() <= kLowWater) {
    exchange_->resume_flushes();
  }
}

// True when the first block and its file are out.
bool HTTP1ServerConnection::send_front() {
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
bool HTTP1ServerConnection::send_file(FilePiece& file) {
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
    wants_turn_ = true;  // a short chunk may be the file's last, and then no event would come
  } else {
    set_blocked(true);  // delivered anew, should there be room again by now
  }
  return false;
}

// How much the socket took of the next chunk; -1: the file ends early, or can't be read.
std::ptrdiff_t HTTP1ServerConnection::send_chunk(FilePiece& file) {
  const net::Transport::Result sent =
      transport_.send_file(file.fd(), static_cast<off_t>(file.offset()), file.chunk());
  server_.statistics.bytes_sent += sent.bytes;
  if (sent.state == net::Transport::State::ended && sent.bytes == 0) return -1;
  if (sent.state == net::Transport::State::failed) break_output();
  return static_cast<std::ptrdiff_t>(sent.bytes);
}

// The client can only learn from the connection's end that something is missing.
void HTTP1ServerConnection::give_up_file() {
  gen_log.error("connection closed: a file became shorter while it was sent, or can't be read");
  drop_pending();
  break_output();
}

void HTTP1ServerConnection::drop_pending() {
  has_file_ = wants_turn_ = false;
  while (pending_ != nullptr) {
    Block* const dropped = pending_;
    pending_ = dropped->drop_file();
    server_.workspace.give_block(dropped);
  }
  set_blocked(false);
}

void HTTP1ServerConnection::file_is_warm() {
  const Visit visit(*this, Visit::From::loop);
  send_pending();
  serve();
}

// The rest of what the socket did not take.
void HTTP1ServerConnection::keep_pending(std::string_view bytes) {
  pending_ = server_.workspace.take_block();
  pending_->append(bytes);
  set_blocked(!is_broken_);
}

std::size_t HTTP1ServerConnection::send_some(std::string_view first, std::string_view second,
                                             int flags) {
  const std::size_t total = first.size() + second.size();
  if (is_broken_) return total;  // nobody is there to read it
  const net::Transport::Result sent = transport_.send(first, second, flags);
  server_.statistics.bytes_sent += sent.bytes;
  if (sent.state != net::Transport::State::failed) return sent.bytes;
  break_output();
  return total;
}

void HTTP1ServerConnection::break_output() {
  is_broken_ = true;
  if (exchange_ != nullptr) exchange_->is_gone = true;
}

void HTTP1ServerConnection::set_blocked(bool is_blocked) {
  if (is_blocked_ == is_blocked) return;
  is_blocked_ = is_blocked;
  if (is_blocked && pending_ != nullptr && !pending_->pace().has_begun()) {
    pending_->pace().begin(server_.workspace.poller().now().monotonic_ns, queued());
  }
  const std::uint32_t events = is_blocked ? kReadEvents | EPOLLOUT : kReadEvents;
  if (server_.workspace.poller().modify(transport_.fd(), events, *this) != 0) break_output();
}

// Of output that has waited.
void HTTP1ServerConnection::count_sent(std::size_t bytes) {
  if (bytes == 0 || !pending_->pace().has_begun()) return;
  pending_->pace().add(server_.workspace.poller().now().monotonic_ns, bytes);
  if (armed_ == Phase::write) armed_ = Phase::none;  // the time begins anew
}

bool HTTP1ServerConnection::is_congested() const {
  return pending_ != nullptr && pending_->total() > kHighWater;
}

void HTTP1ServerConnection::write_error_page(int status, bool is_head) {
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

}  // namespace bora::http
