#include <bora/http/http_server.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <coroutine>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include <bora/core/detail/durations.h>
#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/core/locks.h>
#include <bora/core/log.h>
#include <bora/net/netutil.h>
#include <bora/net/systemd.h>

#include "runtime/http/http1_server_connection.h"
#include "runtime/http/workspace.h"
#include "runtime/net/listener.h"
#include "runtime/net/poller.h"
#include "runtime/net/worker.h"
#include "runtime/net/worker_sockets.h"

namespace bora::http {

namespace {

// A client may be sending its next request over a connection that is idle as far as we know. So
// idle ones are closed only after this long, while every answer says `Connection: close`.
constexpr std::chrono::milliseconds kIdleGrace{500};

// An answer leaves in one piece, so waiting for more to send along only delays it. Sockets accepted
// from a listener inherit it.
void set_no_delay(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

// A peer that has lost its power or its network sends no end. If nobody sends anything over the
// connection, only the system's probes find out. Accepted sockets inherit this, too, so it does not
// cost a call for each of them.
void set_keepalive(int fd, std::chrono::seconds idle) {
  constexpr int kProbes = 4;
  constexpr int kLargestIdle = 32767;
  if (idle.count() <= 0) return;
  const int on = 1;
  const int seconds = static_cast<int>(std::min<std::int64_t>(idle.count(), kLargestIdle));
  const int interval = std::max(seconds / kProbes, 1);
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof(seconds));
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof(interval));
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &kProbes, sizeof(kProbes));
}

}  // namespace

bool HTTPServerConnectionDelegate::supports_method(std::string_view) {
  return false;
}

Task<void> HTTPServerConnectionDelegate::drain() {
  co_return;
}

class HTTPServer::Impl final : public ServerContext, public net::Acceptor {
 public:
  Impl(HTTPServerConnectionDelegate& delegate, const HTTPServerOptions& options)
      : ServerContext(delegate, options), loop_(IOLoop::current()) {
    drain_key_ = loop_.add_drain([this] { return drain(); });
    net::systemd::announce(loop_);
  }

  ~Impl() override {
    loop_.remove_drain(drain_key_);
    stop();
    close_all_connections();
    end_wait();
  }

  void add_sockets(std::vector<net::FileDescriptor> sockets) {
    for (net::FileDescriptor& socket : sockets) {
      fcntl(socket.get(), F_SETFL, fcntl(socket.get(), F_GETFL) | O_NONBLOCK);
      set_no_delay(socket.get());
      set_keepalive(socket.get(), options.tcp_keepalive);
      if (port_ == 0) port_ = net::local_port(socket.get());
      add_listener(std::move(socket));
    }
  }

  void add_connection(int fd) {
    sockaddr_storage peer{};
    socklen_t size = sizeof(peer);
    getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    set_no_delay(fd);
    set_keepalive(fd, options.tcp_keepalive);
    HTTP1ServerConnection::start(*this, fd, address_of(peer));
  }

  [[nodiscard]] int port() const { return port_; }

  void stop() { listeners_.clear(); }

  void close_all_connections() {
    while (first != nullptr) first->close();
  }

  Task<void> drain() {
    if (options.drain_delay > std::chrono::seconds(0)) {
      Task<void> delay = sleep(options.drain_delay);
      co_await delay;
    }
    const auto patience = bora::detail::saturating_cast<std::chrono::nanoseconds>(
        std::max(options.drain_timeout, std::chrono::seconds(0)));
    const auto limit = bora::detail::saturating_add(loop_.clock().monotonic(), patience);
    is_draining = true;
    // Connections that the kernel has accepted for us are served, too, even above the limit.
    for (const auto& listener : listeners_) {
      listener->resume();
      listener->accept_all();
    }
    stop();
    co_await until_empty(std::min<std::chrono::nanoseconds>(kIdleGrace, patience));
    while (count > 0 && loop_.clock().monotonic() < limit) {
      close_idle_connections();
      co_await until_empty(
          std::min<std::chrono::nanoseconds>(kIdleGrace, limit - loop_.clock().monotonic()));
    }
    close_all_connections();
    Task<void> rest = with_timeout(limit - loop_.clock().monotonic(), delegate.drain(),
                                   TimeoutOptions{.cancel = true});
    try {
      co_await std::move(rest);
    } catch (const TimeoutError&) {  // the time is over
    }
  }

  void on_closed() override {
    if (is_full_ && count < options.max_connections) {
      is_full_ = false;
      for (const auto& listener : listeners_) listener->resume();
    }
    if (count == 0 && !waits_.is_empty()) end_wait_in({});
  }

 private:
  void add_listener(net::FileDescriptor socket) {
    listeners_.push_back(
        std::make_unique<net::Listener>(workspace.poller(), std::move(socket), *this));
    if (is_full_) listeners_.back()->pause();
  }

  void accepted(int fd, const sockaddr_storage& peer, socklen_t) override {
    HTTP1ServerConnection::start(*this, fd, address_of(peer));
    const bool is_full = options.max_connections > 0 && count >= options.max_connections;
    if (!is_full || is_full_ || is_draining) return;
    is_full_ = true;
    for (const auto& listener : listeners_) listener->pause();
    note_full();
  }

  // At the limit connections come and go, so this is logged once a minute at most.
  void note_full() {
    constexpr std::int64_t kSilence = 60'000'000'000;
    const std::int64_t now = workspace.poller().now().monotonic_ns;
    if (was_full_ns_ != 0 && now - was_full_ns_ < kSilence) return;
    was_full_ns_ = now;
    gen_log.warning("max_connections (", options.max_connections,
                    ") reached: further ones wait until others close");
  }

  void close_idle_connections() {
    // A handler that runs in between may close any of them.
    next = first;
    while (HTTP1ServerConnection* const connection = next) {
      next = connection->next();
      connection->drain();
    }
  }

  Task<void> until_empty(std::chrono::nanoseconds patience) {
    if (count == 0) co_return;
    end_wait_in(patience);
    DrainWait wait(waits_);
    co_await wait;
  }

  class DrainWait final : public bora::detail::ListedWait {
   public:
    explicit DrainWait(WaitList& waits) : ListedWait(waits, {}) {}
    void await_resume() const { check(); }
  };

  void end_wait_in(std::chrono::nanoseconds time) {
    loop_.remove_timeout(timeout_);
    timeout_ = loop_.call_later(time, [this] { end_wait(); });
  }

  void end_wait() {
    loop_.remove_timeout(std::exchange(timeout_, 0));
    WaitList due;
    due.append(waits_);
    while (Operation* const wait = due.first()) wait->complete();
  }

  IOLoop& loop_;
  std::uint64_t drain_key_ = 0;
  std::vector<std::unique_ptr<net::Listener>> listeners_;
  WaitList waits_;  ///< Drains.
  IOLoop::Timeout timeout_ = 0;
  int port_ = 0;
  bool is_full_ = false;  ///< max_connections is reached: the listeners are paused.
  std::int64_t was_full_ns_ = 0;
};

HTTPServer::HTTPServer(HTTPServerConnectionDelegate& delegate, HTTPServerOptions options)
    : delegate_(delegate),
      options_(std::move(options)),
      front_(options_.backlog, options_.reuse_port) {}

HTTPServer::~HTTPServer() = default;

HTTPServer::Impl& HTTPServer::impl() {
  if (impl_ == nullptr) impl_ = std::make_unique<Impl>(delegate_, options_);
  return *impl_;
}

void HTTPServer::listen(int port, std::string_view address) {
  impl().add_sockets(front_.open(port, address, net::AddressFamily::unspecified));
}
void HTTPServer::listen(std::string_view address) {
  impl().add_sockets(front_.open(address));
}
void HTTPServer::bind(std::string_view address) {
  front_.bind(front_.open(address));
}
void HTTPServer::bind(int port, std::string_view address) {
  front_.bind(front_.open(port, address, net::AddressFamily::unspecified));
}
void HTTPServer::bind(std::vector<net::FileDescriptor> sockets) {
  front_.bind(std::move(sockets));
}
void HTTPServer::start(int num_processes, net::ForkOptions options) {
  std::vector<net::FileDescriptor> sockets =
      front_.start(num_processes, options, options_.drain_timeout, options_.ssl_options);
  impl().add_sockets(std::move(sockets));
}
void HTTPServer::reload_certificates() {
  net::detail::reload_certificates(options_.ssl_options);
}
void HTTPServer::add_sockets(std::vector<net::FileDescriptor> sockets) {
  impl().add_sockets(net::detail::checked(std::move(sockets)));
}
void HTTPServer::add_connection(int fd) {
  impl().add_connection(fd);
}
int HTTPServer::port() const {
  if (const int bound = front_.port()) return bound;
  return impl_ != nullptr ? impl_->port() : 0;
}
void HTTPServer::stop() {
  front_.stop();
  if (impl_ != nullptr) impl_->stop();
}
void HTTPServer::close_all_connections() {
  if (impl_ != nullptr) impl_->close_all_connections();
}
Task<void> HTTPServer::drain() {
  return impl().drain();
}
HTTPServerStatistics HTTPServer::statistics() const {
  if (impl_ == nullptr) return {};
  HTTPServerStatistics statistics = impl_->statistics;
  statistics.connections = impl_->count;
  return statistics;
}
std::size_t HTTPServer::connection_count() const {
  return impl_ != nullptr ? impl_->count : 0;
}

}  // namespace bora::http
