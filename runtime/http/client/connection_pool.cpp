#include "runtime/http/client/connection_pool.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include <bora/core/io_loop.h>

#include "runtime/net/stream_core.h"

namespace bora::http {

namespace {

std::chrono::nanoseconds now() {
  return IOLoop::current().clock().coarse();
}

/// Bytes are not an end, because a TLS server may send tickets at any time.
bool has_ended(int fd) {
  char byte = 0;
  const ssize_t count = ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
}

}  // namespace

void ClientConnection::on_deadline() {
  if (pool_ != nullptr) pool_->drop(*this);
}

// ---- Turns ----

ConnectionPool::Acquire::Acquire(ConnectionPool& pool, Origin& origin) noexcept
    : pool_(&pool), origin_(&origin) {
  ++origin.references;
}

ConnectionPool::Acquire::Acquire(Acquire&& other) noexcept
    : Operation(std::move(other)), pool_(other.pool_), origin_(other.origin_) {
  ++origin_->references;
}

ConnectionPool::Acquire::~Acquire() {
  --origin_->references;
  // It was granted, but the coroutine was destroyed before it could go on.
  if (state_ == State::granted) pool_->give_up(*origin_);
  if (state_ != State::granted) pool_->forget_if_unused(*origin_);
}

void ConnectionPool::Acquire::join() {
  number_ = ++pool_->last_number_;
  if (origin_->waiting.is_empty()) pool_->lines_.emplace(number_, origin_);
  origin_->waiting.push_back(*this);
}

ConnectionPool::Lease ConnectionPool::Acquire::await_resume() {
  if (state_ == State::granted) {
    state_ = State::over;
    return Lease(pool_, origin_);
  }
  check();
  return {};
}

ConnectionPool::Acquire ConnectionPool::acquire(const std::string& origin) {
  return Acquire(*this, origin_of(origin));
}

ConnectionPool::Origin& ConnectionPool::origin_of(const std::string& key) {
  const auto found = origins_.find(key);
  if (found != origins_.end()) return *found->second;
  return *origins_.emplace(key, std::make_unique<Origin>(key)).first->second;
}

bool ConnectionPool::has_room(const Origin& origin) const noexcept {
  return running_ < limits_.max_clients && origin.running < limits_.max_per_origin;
}

bool ConnectionPool::try_take(Origin& origin) noexcept {
  if (!origin.waiting.is_empty() || !has_room(origin)) return false;
  ++running_;
  ++origin.running;
  return true;
}

void ConnectionPool::give_up(Origin& origin) noexcept {
  --running_;
  --origin.running;
  serve();
  forget_if_unused(origin);
}

// Serves the first waiting requests whose origins have room. An origin whose first request has left
// is sorted in again.
void ConnectionPool::serve() noexcept {
  for (auto line = lines_.begin(); line != lines_.end() && running_ < limits_.max_clients;) {
    Origin& origin = *line->second;
    auto* const first = static_cast<Acquire*>(origin.waiting.first());
    if (first != nullptr && first->number() == line->first) {
      if (!has_room(origin)) {
        ++line;
        continue;
      }
      ++running_;
      ++origin.running;
      first->grant();  // leaves the list
    }
    lines_.erase(line);
    if (const auto* const next = static_cast<Acquire*>(origin.waiting.first()))
      lines_.emplace(next->number(), &origin);
    line = lines_.begin();
  }
}

void ConnectionPool::forget_if_unused(Origin& origin) noexcept {
  if (origin.running > 0 || origin.references > 0 || !origin.idle.empty()) return;
  std::erase_if(lines_, [&](const auto& line) { return line.second == &origin; });
  origins_.erase(origins_.find(origin.key));
}

std::size_t ConnectionPool::waiting() const noexcept {
  std::size_t count = 0;
  for (const auto& [key, origin] : origins_) count += origin->waiting.size();
  return count;
}

// ---- Idle connections ----

ConnectionPool::ConnectionPool(const Limits& limits)
    : limits_(limits), poller_(net::Poller::of(IOLoop::current())) {}

ConnectionPool::~ConnectionPool() {
  close_idle();
}

void ConnectionPool::close_idle() noexcept {
  while (!idle_.empty()) drop(*idle_.back());
}

std::unique_ptr<ClientConnection> ConnectionPool::take_out(ClientConnection& connection) {
  poller_.disarm(connection);
  std::unique_ptr<ClientConnection> owned = std::move(*connection.place_);
  idle_.erase(connection.place_);
  connection.pool_ = nullptr;
  Origin& origin = *std::exchange(connection.origin_, nullptr);
  if (origin.idle.back() == &connection) {
    origin.idle.pop_back();
  } else {
    std::erase(origin.idle, &connection);
  }
  forget_if_unused(origin);
  return owned;
}

std::unique_ptr<ClientConnection> ConnectionPool::Lease::take_idle(bool asks) {
  while (!origin_->idle.empty()) {
    std::unique_ptr<ClientConnection> connection = pool_->take_out(*origin_->idle.back());
    // Bytes that a server sends without having been asked belong to no request.
    const auto& core = net::detail::StreamAccess::core(connection->stream);
    if (!connection->stream.closed() && core->is_idle() && connection->expires_ > now() &&
        !(asks && has_ended(core->fd())))
      return connection;
  }
  return nullptr;
}

void ConnectionPool::Lease::give_back(std::unique_ptr<ClientConnection> connection,
                                      std::chrono::nanoseconds limit) {
  ConnectionPool& pool = *pool_;
  Origin& origin = *origin_;
  const auto life = std::min(limit, pool.limits_.idle_timeout);
  if (pool.limits_.max_idle > 0 && life.count() > 0) {
    ClientConnection& kept = *connection;
    kept.pool_ = &pool;
    kept.origin_ = &origin;  // the origin stays as long as it has idle connections
    kept.expires_ = bora::detail::saturating_add(now(), life);
    kept.place_ = pool.idle_.insert(pool.idle_.end(), std::move(connection));
    origin.idle.push_back(&kept);
    pool.poller_.arm(kept, std::chrono::duration_cast<std::chrono::seconds>(life));
    if (!std::exchange(kept.tells_of_its_end_, true)) {
      kept.stream.set_close_callback([self = kept.self_] {
        if (*self != nullptr && (*self)->pool_ != nullptr) (*self)->pool_->drop(**self);
      });
    }
    if (pool.idle_.size() > pool.limits_.max_idle) pool.drop(*pool.idle_.front());
  }
  release();
}

void ConnectionPool::Lease::release() noexcept {
  if (origin_ == nullptr) return;
  std::exchange(pool_, nullptr)->give_up(*std::exchange(origin_, nullptr));
}

}  // namespace bora::http
