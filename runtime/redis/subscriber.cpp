#include <bora/redis/subscriber.h>

#include <algorithm>
#include <map>
#include <utility>

#include <bora/core/error.h>
#include <bora/core/future.h>
#include <bora/core/locks.h>
#include <bora/core/log.h>

#include "runtime/core/backoff.h"
#include "runtime/core/mailbox.h"
#include "runtime/redis/link.h"

namespace bora::redis {

class Subscriber::Impl : public std::enable_shared_from_this<Impl> {
 public:
  explicit Impl(Options options) : options_(std::move(options)) {}

  void start() {
    running_ = spawn(run(shared_from_this()));
    running_.set_quiet(quiet_exceptions<BrokenPromiseError>);
  }
  void stop() noexcept {
    is_stopped_ = true;
    if (link_ != nullptr) link_->close("the subscriber was closed");
    changed_.notify_all();
    running_.cancel();
  }

  /// @param command  SUBSCRIBE or PSUBSCRIBE.
  Task<void> subscribe(const char* command, std::string name, Deadline deadline) {
    const std::shared_ptr<Impl> self = shared_from_this();
    const Deadline limit = begun(deadline);
    const std::pair<std::string, std::string> key(command, std::move(name));
    const bool is_new = wanted_.emplace(key, false).second;
    if (is_new && is_connected()) link_->send(Command(key.first, key.second));
    for (;;) {
      const auto found = wanted_.find(key);
      if (found == wanted_.end() || found->second) co_return;
      const bool is_told = co_await changed_.wait(limit);
      if (!is_told) throw TimeoutError("Redis can't be reached to subscribe");
    }
  }

  void unsubscribe(const char* subscribing, const char* command, const std::string& name) {
    wanted_.erase({subscribing, name});
    if (is_connected()) link_->send(Command(command, name));
    changed_.notify_all();
  }

  Task<Message> next(Deadline deadline) {
    const std::shared_ptr<Impl> self = shared_from_this();
    co_return co_await told_.next(deadline);
  }

  [[nodiscard]] std::size_t pending() const noexcept { return told_.size(); }
  [[nodiscard]] bool is_connected() const noexcept { return link_ != nullptr && link_->is_open(); }

 private:
  static Task<void> run(std::shared_ptr<Impl> self) {
    bora::detail::Backoff backoff;
    bool was_connected = false;
    while (!self->is_stopped_) {
      bool has_failed = false;
      try {
        net::IOStream stream = co_await connect(self->options_);
        self->begin(std::move(stream));
        if (was_connected) self->told_.push({.is_gap = true});
        was_connected = true;
        if (backoff.has_failed()) gen_log.warning("redis: the server can be subscribed to again");
        backoff.reset();
        while (self->is_connected()) static_cast<void>(co_await self->lost_.wait());
      } catch (const Error& failure) {
        if (!backoff.has_failed()) gen_log.error("redis: can't subscribe: ", failure.what());
        has_failed = true;
      }
      if (self->is_stopped_) co_return;
      if (has_failed) co_await sleep(backoff.next());
    }
  }

  void begin(net::IOStream stream) {
    link_ = std::make_shared<Link>(options_);
    link_->on_lost = [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->lost_.notify_all();
    };
    link_->on_push = [weak = weak_from_this()](Value value) {
      if (const auto self = weak.lock()) self->take(std::move(value));
    };
    link_->open(std::move(stream));
    for (auto& [key, is_heard] : wanted_) {
      is_heard = false;
      link_->send(Command(key.first, key.second));
    }
  }

  void take(Value value) {
    auto parts = std::move(value).items();
    if (parts.size() < 3) return;
    const std::string& kind = parts[0].text();
    if (kind == "message") {
      told_.push({.channel = std::move(parts[1]).text(), .payload = std::move(parts[2]).text()});
    } else if (kind == "pmessage" && parts.size() > 3) {
      told_.push({.channel = std::move(parts[2]).text(),
                  .pattern = std::move(parts[1]).text(),
                  .payload = std::move(parts[3]).text()});
    } else if (kind == "subscribe" || kind == "psubscribe") {
      const auto found =
          wanted_.find({kind == "subscribe" ? "SUBSCRIBE" : "PSUBSCRIBE", parts[1].text()});
      if (found != wanted_.end()) found->second = true;
      changed_.notify_all();
    }
  }

  Options options_;
  std::shared_ptr<Link> link_;
  std::map<std::pair<std::string, std::string>, bool> wanted_;  ///< whether the server has agreed
  bora::detail::Mailbox<Message> told_;
  Condition changed_;
  Condition lost_;
  Future<void> running_;
  bool is_stopped_ = false;
};

Subscriber::Subscriber(Options options) : impl_(std::make_shared<Impl>(std::move(options))) {
  impl_->start();
}
Subscriber::~Subscriber() {
  impl_->stop();
}

Task<void> Subscriber::subscribe(std::string channel, Deadline deadline) {
  return impl_->subscribe("SUBSCRIBE", std::move(channel), deadline);
}
Task<void> Subscriber::psubscribe(std::string pattern, Deadline deadline) {
  return impl_->subscribe("PSUBSCRIBE", std::move(pattern), deadline);
}
void Subscriber::unsubscribe(std::string channel) {
  impl_->unsubscribe("SUBSCRIBE", "UNSUBSCRIBE", channel);
}
void Subscriber::punsubscribe(std::string pattern) {
  impl_->unsubscribe("PSUBSCRIBE", "PUNSUBSCRIBE", pattern);
}
Task<Message> Subscriber::next(Deadline deadline) {
  return impl_->next(deadline);
}
std::size_t Subscriber::pending() const noexcept {
  return impl_->pending();
}
bool Subscriber::is_connected() const noexcept {
  return impl_->is_connected();
}

}  // namespace bora::redis
