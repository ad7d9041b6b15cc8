#include <bora/postgres/listener.h>

#include <algorithm>
#include <set>
#include <utility>

#include <bora/core/future.h>
#include <bora/core/io_loop.h>
#include <bora/core/locks.h>
#include <bora/core/log.h>

#include "runtime/core/backoff.h"
#include "runtime/core/mailbox.h"
#include "runtime/postgres/link.h"

namespace bora::postgres {

using database::Parameters;
using database::Statement;

namespace {

std::string in_quotes(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

}  // namespace

class Listener::Impl : public std::enable_shared_from_this<Impl> {
 public:
  explicit Impl(ConnectOptions options) : options_(std::move(options)) {}

  void start() {
    running_ = spawn(run(shared_from_this()));
    running_.set_quiet(quiet_exceptions<BrokenPromiseError>);
  }
  void stop() noexcept {
    is_stopped_ = true;
    if (link_ != nullptr) link_->close("the listener was closed");
    changed_.notify_all();
    running_.cancel();  // ends in a later turn, and keeps this object until then
  }

  Task<void> listen(std::string channel, Deadline deadline) {
    const std::shared_ptr<Impl> self = shared_from_this();
    const Deadline limit = begun(deadline);
    channels_.insert(channel);
    for (;;) {
      if (is_connected()) {
        try {
          co_await link_->run(Statement("listen " + in_quotes(channel)).within(limit).unprepared(),
                              Parameters());
          co_return;
        } catch (const database::ConnectionError&) {
        }
      }
      const bool is_told = co_await changed_.wait(limit);
      if (!is_told) throw TimeoutError("the server can't be reached to listen");
      // A new connection listens to all channels before it counts as connected.
      if (is_connected()) co_return;
    }
  }

  Task<void> unlisten(std::string channel) {
    const std::shared_ptr<Impl> self = shared_from_this();
    channels_.erase(channel);
    if (!is_connected()) co_return;
    co_await link_->run(Statement("unlisten " + in_quotes(channel)).unprepared(), Parameters());
  }

  Task<Notification> next(Deadline deadline) {
    const std::shared_ptr<Impl> self = shared_from_this();
    co_return co_await told_.next(deadline);
  }

  [[nodiscard]] std::size_t pending() const noexcept { return told_.size(); }
  [[nodiscard]] bool is_connected() const noexcept { return is_ready_ && link_->is_open(); }

 private:
  static Task<void> run(std::shared_ptr<Impl> self) {
    bora::detail::Backoff backoff;
    bool was_connected = false;
    while (!self->is_stopped_) {
      bool has_failed = false;
      try {
        co_await self->connect_once();
        if (was_connected) self->told_.push({.channel = {}, .payload = {}, .is_gap = true});
        was_connected = true;
        if (backoff.has_failed()) gen_log.warning("postgres: the server can be listened to again");
        backoff.reset();
        self->is_ready_ = true;
        self->changed_.notify_all();
        while (self->link_->is_open()) static_cast<void>(co_await self->lost_.wait());
        self->is_ready_ = false;
      } catch (const std::exception& failure) {
        if (!backoff.has_failed()) gen_log.error("postgres: can't listen: ", failure.what());
        has_failed = true;
      }
      if (self->is_stopped_) co_return;
      if (has_failed) co_await sleep(backoff.next());
    }
  }

  Task<void> connect_once() {
    ConnectionPtr connection = co_await connect(options_);
    link_ = std::make_shared<Link>(std::move(connection), options_);
    link_->on_lost = [self = weak_from_this()] {
      if (const auto impl = self.lock()) impl->lost_.notify_all();
    };
    link_->on_notify = [self = weak_from_this()](const PGnotify& told) {
      if (const auto impl = self.lock()) {
        impl->told_.push({.channel = told.relname, .payload = told.extra, .sender = told.be_pid});
      }
    };
    // More channels may be asked for meanwhile.
    std::set<std::string> heard;
    for (;;) {
      const auto missing = std::ranges::find_if(
          channels_, [&heard](const std::string& channel) { return !heard.contains(channel); });
      if (missing == channels_.end()) break;
      heard.insert(*missing);
      Statement statement("listen " + in_quotes(*missing));
      co_await link_->run(std::move(statement).within(options_.connect_timeout).unprepared(),
                          Parameters());
    }
  }

  ConnectOptions options_;
  std::shared_ptr<Link> link_;
  std::set<std::string> channels_;
  bora::detail::Mailbox<Notification> told_;
  Condition changed_;
  Condition lost_;
  Future<void> running_;
  bool is_ready_ = false;
  bool is_stopped_ = false;
};

Listener::Listener(ConnectOptions options) : impl_(std::make_shared<Impl>(std::move(options))) {
  impl_->start();
}
Listener::~Listener() {
  impl_->stop();
}

Task<void> Listener::listen(std::string channel, Deadline deadline) {
  return impl_->listen(std::move(channel), deadline);
}
Task<void> Listener::unlisten(std::string channel) {
  return impl_->unlisten(std::move(channel));
}
Task<Notification> Listener::next(Deadline deadline) {
  return impl_->next(deadline);
}
std::size_t Listener::pending() const noexcept {
  return impl_->pending();
}
bool Listener::is_connected() const noexcept {
  return impl_->is_connected();
}

}  // namespace bora::postgres
