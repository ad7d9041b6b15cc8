#include <bora/net/tcp_server.h>

#include <fcntl.h>

#include <algorithm>
#include <utility>

#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/core/locks.h>
#include <bora/core/log.h>
#include <bora/net/ssl_io_stream.h>
#include <bora/net/systemd.h>

#include "runtime/net/listener.h"
#include "runtime/net/worker_sockets.h"

namespace bora::net {
namespace {

bool is_departure(std::error_code error) noexcept {
  return error == Error::closed_by_peer || error == std::errc::connection_reset ||
         error == std::errc::broken_pipe || error == std::errc::connection_aborted ||
         error == Error::truncated || error == Error::handshake_failed ||  // these were logged
         error == Error::bad_certificate || error == Error::unsatisfiable_read;
}

}  // namespace

/// Outlives the server as long as handlers run.
class TCPServer::Impl final : public Acceptor, public std::enable_shared_from_this<Impl> {
 public:
  explicit Impl(TCPServer& server)
      : server_(&server), loop_(IOLoop::current()), poller_(Poller::of(loop_)) {
    drain_key_ = loop_.add_drain([this] { return drain(); });
    systemd::announce(loop_);
    none_.set();
  }

  /// Called when the server's object is destroyed.
  void leave() {
    loop_.remove_drain(drain_key_);
    stop();
    cancel_handlers();
    server_ = nullptr;
  }

  void add_sockets(std::vector<FileDescriptor> sockets) {
    for (FileDescriptor& socket : sockets) {
      ::fcntl(socket.get(), F_SETFL, ::fcntl(socket.get(), F_GETFL) | O_NONBLOCK);
      if (port_ == 0) port_ = local_port(socket.get());
      listeners_.push_back(std::make_unique<Listener>(poller_, std::move(socket), *this));
    }
  }

  void stop() { listeners_.clear(); }

  Task<void> drain() {
    const std::shared_ptr<Impl> self = shared_from_this();
    for (std::size_t i = 0; i < listeners_.size(); ++i) listeners_[i]->accept_all();
    stop();
    try {
      co_await none_.wait(server_->options_.drain_timeout);
    } catch (const TimeoutError&) {
      cancel_handlers();
    }
    co_await none_.wait();
  }

  void cancel_handlers() {
    for (Running* one = first_; one != nullptr; one = one->next) one->handler->cancel();
  }

  [[nodiscard]] int port() const noexcept { return port_; }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

 private:
  /// A running handler, linked for cancelling.
  struct Running {
    Running(Impl& owner, Task<void>& task) noexcept : impl(owner), handler(&task) {
      next = impl.first_;
      if (next != nullptr) next->previous = this;
      impl.first_ = this;
      if (impl.count_++ == 0) impl.none_.clear();
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() {
      (previous == nullptr ? impl.first_ : previous->next) = next;
      if (next != nullptr) next->previous = previous;
      if (--impl.count_ == 0) impl.none_.set();
    }

    Impl& impl;
    Task<void>* handler;
    Running* previous = nullptr;
    Running* next = nullptr;
  };

  void accepted(int fd, const sockaddr_storage& peer, socklen_t size) override {
    FileDescriptor socket(fd);
    try {
      IOStream stream = open(std::move(socket));
      loop_.spawn(serve(shared_from_this(), std::move(stream), Address::from_native(&peer, size)));
    } catch (const std::exception& failure) {
      gen_log.error("a connection can't be served: ", failure.what());
    }
  }

  [[nodiscard]] IOStream open(FileDescriptor socket) const {
    const TCPServerOptions& options = server_->options_;
    if (!options.ssl_options) return IOStream(std::move(socket), options.stream);
    return SSLIOStream(std::move(socket), options.ssl_options, {}, options.stream);
  }

  static Task<void> serve(std::shared_ptr<Impl> impl, IOStream stream, Address peer) {
    Task<void> handler = impl->server_->handle_stream(std::move(stream), peer);
    const Running running(*impl, handler);
    try {
      co_await handler;
    } catch (const StreamClosedError& failure) {
      if (!is_departure(failure.real_error())) app_log.exception("Error in a connection's handler");
    } catch (const std::exception&) {
      app_log.exception("Error in a connection's handler");
    }
  }

  TCPServer* server_;
  IOLoop& loop_;
  Poller& poller_;
  std::uint64_t drain_key_ = 0;
  std::vector<std::unique_ptr<Listener>> listeners_;
  Running* first_ = nullptr;
  std::size_t count_ = 0;
  Event none_;  // no handler runs
  int port_ = 0;
};

TCPServer::TCPServer(TCPServerOptions options)
    : options_(std::move(options)), front_(options_.backlog, options_.reuse_port) {}

TCPServer::~TCPServer() {
  if (impl_ != nullptr) impl_->leave();
}

TCPServer::Impl& TCPServer::impl() {
  if (impl_ == nullptr) impl_ = std::make_shared<Impl>(*this);
  return *impl_;
}

void TCPServer::listen(int port, std::string_view address, AddressFamily family) {
  impl().add_sockets(front_.open(port, address, family));
}
void TCPServer::listen(std::string_view address) {
  impl().add_sockets(front_.open(address));
}
void TCPServer::bind(int port, std::string_view address, AddressFamily family) {
  front_.bind(front_.open(port, address, family));
}
void TCPServer::bind(std::string_view address) {
  front_.bind(front_.open(address));
}
void TCPServer::bind(std::vector<FileDescriptor> sockets) {
  front_.bind(std::move(sockets));
}
void TCPServer::start(int num_processes, ForkOptions options) {
  std::vector<FileDescriptor> sockets =
      front_.start(num_processes, options, options_.drain_timeout, options_.ssl_options);
  impl().add_sockets(std::move(sockets));
}
void TCPServer::add_sockets(std::vector<FileDescriptor> sockets) {
  impl().add_sockets(detail::checked(std::move(sockets)));
}
void TCPServer::add_socket(FileDescriptor socket) {
  std::vector<FileDescriptor> sockets;
  sockets.push_back(std::move(socket));
  add_sockets(std::move(sockets));
}
void TCPServer::reload_certificates() {
  detail::reload_certificates(options_.ssl_options);
}
void TCPServer::stop() {
  front_.stop();
  if (impl_ != nullptr) impl_->stop();
}
Task<void> TCPServer::drain() {
  return impl().drain();
}
void TCPServer::cancel_handlers() {
  if (impl_ != nullptr) impl_->cancel_handlers();
}
int TCPServer::port() const {
  if (const int bound = front_.port()) return bound;
  return impl_ != nullptr ? impl_->port() : 0;
}
std::size_t TCPServer::connection_count() const noexcept {
  return impl_ != nullptr ? impl_->count() : 0;
}

}  // namespace bora::net
