#include "runtime/net/listener.h"

#include <sys/epoll.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <utility>

#include <bora/core/log.h>

#include "runtime/net/worker.h"
#include "runtime/net/worker_sockets.h"

namespace bora::net {
namespace {

constexpr int kAcceptsAtOnce = 128;

constexpr int kAcceptsInTurn = 8;
constexpr std::chrono::milliseconds kPatienceForOthers{1};

// Accepting again at once would spin. Some descriptors will be free after this time.
constexpr std::chrono::milliseconds kPause{200};

/// Whether the failure is that of one connection (Linux reports its pending network errors by
/// accept), or a signal: the next call may succeed.
bool concerns_one_connection(int error) noexcept {
  switch (error) {
    case ECONNABORTED:
    case EINTR:
    case EPROTO:
    case EPERM:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENONET:
      return true;
    default:
      return false;
  }
}

}  // namespace

Listener::Listener(Poller& poller, FileDescriptor socket, Acceptor& acceptor)
    : poller_(poller), loop_(IOLoop::current()), socket_(std::move(socket)), acceptor_(acceptor) {
  const int error = poller_.add(socket_.get(), EPOLLIN, *this);
  if (error != 0)
    throw std::system_error(error, std::generic_category(), "can't wait for connections");
  if (is_shared_by_workers(socket_)) sharer_ = worker_role();
}

Listener::~Listener() {
  if (is_destroyed_ != nullptr) *is_destroyed_ = true;
  static_cast<void>(release());
}

FileDescriptor Listener::release() {
  loop_.remove_timeout(std::exchange(later_, 0));
  if (socket_) poller_.remove(socket_.get(), *this);
  is_paused_ = true;
  return std::move(socket_);
}

void Listener::resume() {
  if (!std::exchange(is_paused_, false)) return;
  if (later_ == 0) accept_later({});
}

void Listener::accept_all() {
  while (accept_one() == Outcome::accepted) {
  }
}

void Listener::on_events(std::uint32_t) {
  if (sharer_ == nullptr || is_our_turn()) {
    accept_some();
  } else if (later_ == 0) {
    accept_later(kPatienceForOthers);
  }
}

bool Listener::is_our_turn() const noexcept {
  const std::uint32_t turn = sharer_->accept_turn->load(std::memory_order_relaxed);
  return turn == static_cast<std::uint32_t>(sharer_->task_id);
}

void Listener::accept_some() {
  const int limit = sharer_ != nullptr ? kAcceptsInTurn : kAcceptsAtOnce;
  for (int i = 0; i < limit; ++i) {
    const Outcome outcome = accept_one();
    if (outcome == Outcome::destroyed) return;
    if (i == 0 && sharer_ != nullptr && outcome == Outcome::accepted) {
      const int next = (sharer_->task_id + 1) % sharer_->workers;
      sharer_->accept_turn->store(static_cast<std::uint32_t>(next), std::memory_order_relaxed);
    }
    if (outcome == Outcome::none) return;
  }
  if (later_ != 0) return;
  accept_later(sharer_ != nullptr ? kPatienceForOthers : std::chrono::nanoseconds(0));
}

void Listener::accept_later(std::chrono::nanoseconds delay) {
  later_ = loop_.call_later(delay, [this] {
    later_ = 0;
    accept_some();
  });
}

Listener::Outcome Listener::accept_one() {
  if (is_paused_) return Outcome::none;
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  const int fd = ::accept4(socket_.get(), reinterpret_cast<sockaddr*>(&peer), &size,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) {
    const int error = errno;
    if (concerns_one_connection(error)) return Outcome::accepted;
    if (error != EAGAIN) note_shortage(error);
    return Outcome::none;
  }
  is_short_ = false;
  bool is_destroyed = false;
  bool* const outer = std::exchange(is_destroyed_, &is_destroyed);
  acceptor_.accepted(fd, peer, size);
  if (is_destroyed) {
    if (outer != nullptr) *outer = true;
    return Outcome::destroyed;
  }
  is_destroyed_ = outer;
  return Outcome::accepted;
}

void Listener::note_shortage(int error) {
  if (!std::exchange(is_short_, true)) {
    gen_log.error("can't accept connections for now: ", std::strerror(error),
                  "; trying again every ", kPause.count(), " ms");
  }
  if (later_ == 0) accept_later(kPause);
}

}  // namespace bora::net
