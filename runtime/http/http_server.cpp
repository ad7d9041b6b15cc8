#include <arpa/inet.h>
#include <bora/core/io_loop.h>
#include <bora/core/log.h>
#include <bora/http/http_server.h>
#include <bora/net/netutil.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <coroutine>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/http/http1_connection.h"
#include "runtime/http/workspace.h"
#include "runtime/net/listener.h"
#include "runtime/net/poller.h"

namespace bora::http {

namespace {

constexpr int kBacklog = 1024;

PeerAddress address_of(const sockaddr_storage& peer) {
  PeerAddress address;
  if (peer.ss_family == AF_INET) {
    address.bytes[0] = 4;
    std::memcpy(address.bytes + 1, &reinterpret_cast<const sockaddr_in&>(peer).sin_addr, 4);
  } else if (peer.ss_family == AF_INET6) {
    address.bytes[0] = 16;
    std::memcpy(address.bytes + 1, &reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr, 16);
  }
  return address;
}

// An answer leaves in one piece, so waiting for more to send along only delays it. Sockets accepted
// from a listener inherit it.
void set_no_delay(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

}  // namespace

class HTTPServer::Impl final : public ServerContext, public net::Acceptor {
 public:
  Impl(HTTPServerConnectionDelegate& delegate, const HTTPServerOptions& options)
      : ServerContext(delegate, options), loop_(IOLoop::current()) {
    drain_key_ = loop_.add_drain([this] { return drain(); });
  }

  ~Impl() override {
    loop_.remove_drain(drain_key_);
    stop();
    close_all_connections();
    end_wait();
  }

  void listen(int port, std::string_view address) {
    for (net::FileDescriptor& socket : net::bind_sockets(port, address, kBacklog)) {
      set_no_delay(socket.get());
      if (port_ == 0) port_ = net::local_port(socket.get());
      listeners_.push_back(
          std::make_unique<net::Listener>(workspace.poller(), std::move(socket), *this));
    }
  }

  void add_connection(int fd) {
    sockaddr_storage peer{};
    socklen_t size = sizeof(peer);
    getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    set_no_delay(fd);
    HTTP1Connection::start(*this, fd, address_of(peer));
  }

  [[nodiscard]] int port() const { return port_; }

  void stop() { listeners_.clear(); }

  void close_all_connections() {
    while (first != nullptr) first->close();
  }

  Task<void> drain() {
    // What the kernel has accepted for us is served too.
    for (const auto& listener : listeners_) listener->accept_all();
    stop();
    is_draining = true;
    for (HTTP1Connection* connection = first; connection != nullptr;) {
      HTTP1Connection* const next = connection->next();
      connection->drain();
      connection = next;
    }
    if (count > 0) {
      timeout_ = loop_.call_later(options.drain_timeout, [this] { end_wait(); });
      DrainWait wait{*this};
      co_await wait;
    }
    close_all_connections();
  }

  void on_empty() override {
    if (!waiters_.empty()) loop_.add_callback([this] { end_wait(); });
  }

 private:
  void accepted(int fd, const sockaddr_storage& peer) override {
    HTTP1Connection::start(*this, fd, address_of(peer));
  }

  struct DrainWait {
    Impl& server;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) const { server.waiters_.push_back(handle); }
    void await_resume() const noexcept {}
  };

  void end_wait() {
    loop_.remove_timeout(std::exchange(timeout_, 0));
    for (const std::coroutine_handle<> waiter : std::exchange(waiters_, {})) waiter.resume();
  }

  IOLoop& loop_;
  std::uint64_t drain_key_ = 0;
  std::vector<std::unique_ptr<net::Listener>> listeners_;
  std::vector<std::coroutine_handle<>> waiters_;
  IOLoop::Timeout timeout_ = 0;
  int port_ = 0;
};

HTTPServer::HTTPServer(HTTPServerConnectionDelegate& delegate, HTTPServerOptions options)
    : impl_(std::make_unique<Impl>(delegate, options)) {}

HTTPServer::~HTTPServer() = default;

void HTTPServer::listen(int port, std::string_view address) {
  impl_->listen(port, address);
}
void HTTPServer::add_connection(int fd) {
  impl_->add_connection(fd);
}
int HTTPServer::port() const {
  return impl_->port();
}
void HTTPServer::stop() {
  impl_->stop();
}
void HTTPServer::close_all_connections() {
  impl_->close_all_connections();
}
Task<void> HTTPServer::drain() {
  return impl_->drain();
}
std::size_t HTTPServer::connection_count() const {
  return impl_->count;
}

}  // namespace bora::http
