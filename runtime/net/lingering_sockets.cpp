#include "runtime/net/lingering_sockets.h"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <new>

#include "runtime/net/deadline_wheel.h"
#include "runtime/net/poller.h"

namespace bora::net {
namespace {

constexpr std::chrono::seconds kPatience{5};
constexpr std::chrono::milliseconds kLastPatience{1000};
constexpr std::size_t kMostSockets = 1000;
// How many reads are thrown away at once. Only a peer that does not stop sends more.
constexpr int kMostReads = 16;

enum class Input { none, more, ended };

/// Throws away what has arrived.
Input discard(int fd, char* scratch) noexcept {
  for (int reads = 0; reads < kMostReads;) {
    const ssize_t count = ::recv(fd, scratch, Poller::kScratchBytes, MSG_DONTWAIT);
    if (count > 0) {
      ++reads;
    } else if (count == 0) {
      return Input::ended;
    } else if (errno != EINTR) {
      return errno == EAGAIN ? Input::none : Input::ended;
    }
  }
  return Input::more;
}

/// Whether the peer's kernel has everything, as far as the system knows.
bool has_arrived(int fd) noexcept {
  int unacknowledged = 0;
  return ::ioctl(fd, SIOCOUTQ, &unacknowledged) != 0 || unacknowledged <= 0;
}

}  // namespace

class LingeringSockets::Socket final : public Poller::Handler, public CoarseDeadline {
 public:
  Socket(LingeringSockets& all, FileDescriptor fd) noexcept : all_(all), fd_(std::move(fd)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (!is_watched_) return;
    all_.poller_.remove(fd_.get(), *this);
    all_.poller_.disarm(*this);
  }

  /// Returns false if it can't be watched.
  bool watch() {
    is_watched_ = all_.poller_.add(fd_.get(), EPOLLIN | EPOLLRDHUP, *this) == 0;
    if (is_watched_) all_.poller_.arm(*this, kPatience);
    return is_watched_;
  }
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

 private:
  void on_events(std::uint32_t) override {
    switch (discard(fd_.get(), all_.poller_.scratch())) {
      case Input::none:
        return;
      case Input::more:  // a condition that already holds is reported again
        all_.poller_.modify(fd_.get(), EPOLLIN | EPOLLRDHUP, *this);
        return;
      case Input::ended:
        all_.remove(*this);
        return;
    }
  }
  void on_deadline() override { all_.remove(*this); }

  LingeringSockets& all_;
  FileDescriptor fd_;
  bool is_watched_ = false;
};

LingeringSockets::LingeringSockets(Poller& poller) noexcept : poller_(poller) {}

LingeringSockets::~LingeringSockets() {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + kLastPatience;
  for (const auto& socket : sockets_) {
    // No event reports the peer's acknowledgements, so they are looked for again and again.
    while (discard(socket->fd(), poller_.scratch()) != Input::ended && !has_arrived(socket->fd()) &&
           Clock::now() < end) {
      pollfd waiting{socket->fd(), POLLIN | POLLRDHUP, 0};
      ::poll(&waiting, 1, 1);
    }
  }
}

void LingeringSockets::add(FileDescriptor fd) noexcept {
  ::shutdown(fd.get(), SHUT_WR);
  if (sockets_.size() >= kMostSockets) return;
  try {
    if (discard(fd.get(), poller_.scratch()) == Input::ended) return;
    sockets_.push_back(std::make_unique<Socket>(*this, std::move(fd)));
    if (!sockets_.back()->watch()) sockets_.pop_back();
  } catch (const std::bad_alloc&) {  // the socket is closed at once
  }
}

void LingeringSockets::remove(Socket& socket) noexcept {
  const auto found = std::find_if(sockets_.begin(), sockets_.end(),
                                  [&](const auto& one) { return one.get() == &socket; });
  if (found == sockets_.end()) return;
  std::swap(*found, sockets_.back());
  sockets_.pop_back();
}

}  // namespace bora::net
