#include "runtime/engines/broker_engine.h"

#include <algorithm>
#include <exception>
#include <utility>

#include <bora/core/io_loop.h>
#include <bora/core/locks.h>

namespace bora::websocket {
namespace {

/// Limits for a channel that catches up; beyond them it begins again.
constexpr std::size_t kMaxWaiting = 10'000;
constexpr std::size_t kMaxMissed = 10'000;

}  // namespace

class BrokerEngine::Core final : public BrokerSink, public std::enable_shared_from_this<Core> {
 public:
  Core(std::unique_ptr<Broker> of, std::chrono::milliseconds presence_ttl)
      : broker_(std::move(of)), presence_ttl_(presence_ttl) {}

  Broker& broker() {
    if (!std::exchange(is_started_, true)) broker_->start(*this);
    return *broker_;
  }

  void close() noexcept {
    is_closed_ = true;
    if (is_started_) broker_->close();
    channels_.clear();
    stopped_.notify_all();
  }

  Task<ChannelPosition> subscribe(std::string name, ChannelListener* listener) {
    const std::shared_ptr<Core> self = shared_from_this();
    broker();
    const std::shared_ptr<Channel> channel = channel_of(name);
    channel->coming.push_back(listener);
    std::exception_ptr failure;
    while (channel->state == State::starting && !failure) {
      if (!channel->starting.is_valid() || channel->starting.done()) {
        channel->starting = spawn(start(self, name, channel));
      }
      const Future<void> starting = channel->starting;
      try {
        co_await starting;
      } catch (...) {
        failure = std::current_exception();
      }
    }
    const auto place = std::ranges::find(channel->coming, listener);
    const bool is_wanted = place != channel->coming.end();
    if (is_wanted) channel->coming.erase(place);
    if (failure) {
      forget_if_unused(name, *channel);
      std::rethrow_exception(failure);
    }
    // The listener may have been unsubscribed meanwhile.
    if (is_wanted) channel->listeners->add(*listener);
    ChannelPosition position = channel->last;
    forget_if_unused(name, *channel);
    co_return position;
  }

  void unsubscribe(const std::string& name, ChannelListener& listener) noexcept {
    const auto found = channels_.find(name);
    if (found == channels_.end()) return;
    const std::shared_ptr<Channel> channel = found->second;
    std::erase(channel->coming, &listener);
    channel->listeners->remove(listener);
    forget_if_unused(name, *channel);
  }

  Task<void> join(std::string name, ChannelMember member) {
    const std::shared_ptr<Core> self = shared_from_this();
    own_[name].insert_or_assign(member.user, member);
    if (!std::exchange(is_beating_, true)) IOLoop::current().spawn(beat(self));
    std::vector<ChannelMember> one(1, std::move(member));
    co_await broker().join(std::move(name), std::move(one));
  }

  Task<void> leave(std::string name, std::string user) {
    const std::shared_ptr<Core> self = shared_from_this();
    if (const auto found = own_.find(name); found != own_.end()) {
      found->second.erase(user);
      if (found->second.empty()) own_.erase(found);
    }
    co_await broker().leave(std::move(name), std::move(user));
  }

  // BrokerSink

  void on_event(const std::string& name, BrokerEvent event) override {
    const auto found = channels_.find(name);
    if (found == channels_.end()) return;
    const std::shared_ptr<Channel> channel = found->second;
    take(name, channel, std::move(event));
  }

  void on_break() override {
    const auto channels = channels_;
    for (const auto& [name, channel] : channels) {
      if (channel->state == State::starting) continue;
      channel->is_broken = true;
      catch_up_soon(name, channel);
    }
    // A server that has lost its memory is told again which users are here.
    if (is_beating_) beat_now_.notify_all();
  }

 private:
  enum class State : std::uint8_t { starting, live, catching_up };
  struct Channel {
    State state = State::starting;
    bool is_broken = false;  ///< Something may be missing since catching up has begun.
    ChannelPosition last;
    std::map<std::string, ChannelMember> members;
    std::deque<BrokerEvent> waiting;
    std::shared_ptr<Listeners> listeners = std::make_shared<Listeners>();
    std::vector<ChannelListener*> coming;
    Future<void> starting;
  };

  std::shared_ptr<Channel> channel_of(const std::string& name) {
    std::shared_ptr<Channel>& channel = channels_[name];
    if (channel == nullptr) channel = std::make_shared<Channel>();
    return channel;
  }

  void forget_if_unused(const std::string& name, Channel& channel) noexcept {
    if (!channel.listeners->is_empty() || !channel.coming.empty()) return;
    const auto found = channels_.find(name);
    if (found == channels_.end() || found->second.get() != &channel) return;
    const std::shared_ptr<Channel> kept = found->second;
    channels_.erase(found);
    if (!is_closed_) broker_->unlisten(name);
  }

  [[nodiscard]] bool is_present(const std::string& name, const Channel& channel) const noexcept {
    const auto found = channels_.find(name);
    return !is_closed_ && found != channels_.end() && found->second.get() == &channel;
  }

  static Task<void> start(std::shared_ptr<Core> self, std::string name,
                          std::shared_ptr<Channel> channel) {
    channel->waiting.clear();
    co_await self->broker().listen(name);
    const ChannelHistory now = co_await self->broker().history(name, std::nullopt, 0);
    const std::vector<ChannelMember> members = co_await self->broker().members(name);
    channel->last = now.position;
    for (const ChannelMember& member : members) channel->members.emplace(member.user, member);
    channel->state = State::live;
    self->take_waiting(name, channel);
  }

  /// Events that came while the channel was not live.
  void take_waiting(const std::string& name, const std::shared_ptr<Channel>& channel) {
    std::deque<BrokerEvent> waiting = std::move(channel->waiting);
    channel->waiting.clear();
    for (BrokerEvent& event : waiting) take(name, channel, std::move(event));
    if (channel->is_broken && channel->state == State::live) catch_up_soon(name, channel);
  }

  void take(const std::string& name, const std::shared_ptr<Channel>& channel, BrokerEvent event) {
    if (channel->state != State::live) {
      if (channel->waiting.size() >= kMaxWaiting) {
        channel->waiting.clear();
        channel->is_broken = true;
      }
      channel->waiting.push_back(std::move(event));
      return;
    }
    const std::shared_ptr<Listeners> listeners = channel->listeners;
    switch (event.kind) {
      case BrokerEvent::Kind::join: {
        const auto [found, is_new] = channel->members.try_emplace(event.member.user, event.member);
        if (!is_new && found->second == event.member) return;
        found->second = event.member;
        return listeners->tell_join(event.member);
      }
      case BrokerEvent::Kind::leave: {
        const auto node = channel->members.extract(event.member.user);
        if (node) listeners->tell_leave(node.mapped());
        return;
      }
      case BrokerEvent::Kind::message:
        break;
    }
    const std::uint64_t offset = event.message->offset;
    if (offset > 0) {
      const bool is_same = event.epoch == channel->last.epoch;
      if (is_same && offset <= channel->last.offset) return;
      if (!is_same || offset > channel->last.offset + 1) {
        channel->is_broken = true;
        channel->waiting.push_back(std::move(event));
        return catch_up_soon(name, channel);
      }
      channel->last.offset = offset;
    }
    listeners->tell_message(event.message);
  }

  void catch_up_soon(const std::string& name, const std::shared_ptr<Channel>& channel) {
    if (channel->state != State::live) return;
    channel->state = State::catching_up;
    IOLoop::current().spawn(catch_up(shared_from_this(), name, channel));
  }

  static Task<void> catch_up(std::shared_ptr<Core> self, std::string name,
                             std::shared_ptr<Channel> channel) {
    ChannelHistory missed;
    std::vector<ChannelMember> members;
    std::chrono::milliseconds pause(50);
    for (;;) {
      if (!self->is_present(name, *channel)) co_return;
      channel->is_broken = false;
      bool is_done = false;
      try {
        co_await self->broker().listen(name);
        missed = co_await self->broker().history(name, channel->last, kMaxMissed);
        members = co_await self->broker().members(name);
        is_done = true;
      } catch (const ChannelError&) {
        // The broker has logged the reason.
      }
      if (is_done && !channel->is_broken) break;
      if (!is_done) {
        co_await sleep(pause);
        pause = std::min<std::chrono::milliseconds>(pause * 2, std::chrono::seconds(2));
      }
    }
    if (!self->is_present(name, *channel)) co_return;
    const std::shared_ptr<Listeners> listeners = channel->listeners;
    if (!missed.is_complete) {
      ChannelPosition from = missed.position;
      if (!missed.messages.empty()) from.offset = missed.messages.front()->offset - 1;
      channel->last = from;
      listeners->tell_gap(from);
    }
    for (const auto& message : missed.messages) {
      if (message->offset <= channel->last.offset) continue;
      channel->last.offset = message->offset;
      listeners->tell_message(message);
    }
    channel->last = missed.position;
    // Reports the users who came and left meanwhile.
    std::map<std::string, ChannelMember> before = std::exchange(channel->members, {});
    for (const ChannelMember& member : members) channel->members.emplace(member.user, member);
    for (const auto& [user, member] : before) {
      if (!channel->members.contains(user)) listeners->tell_leave(member);
    }
    for (const ChannelMember& member : members) {
      const auto found = before.find(member.user);
      if (found == before.end() || found->second != member) listeners->tell_join(member);
    }
    channel->state = State::live;
    self->take_waiting(name, channel);
  }

  static Task<void> beat(std::shared_ptr<Core> self) {
    while (!self->is_closed_) {
      static_cast<void>(co_await self->beat_now_.wait(self->presence_ttl_ / 3));
      const auto own = self->own_;
      for (const auto& [name, members] : own) {
        if (self->is_closed_) co_return;
        // A user who has left meanwhile stays away.
        const auto found = self->own_.find(name);
        if (found == self->own_.end()) continue;
        std::vector<ChannelMember> list;
        for (const auto& [user, member] : found->second) list.push_back(member);
        try {
          co_await self->broker().join(name, std::move(list));
        } catch (const ChannelError&) {
        }
      }
    }
  }

  std::unique_ptr<Broker> broker_;
  std::chrono::milliseconds presence_ttl_;
  std::map<std::string, std::shared_ptr<Channel>> channels_;
  std::map<std::string, std::map<std::string, ChannelMember>> own_;
  Condition beat_now_;
  Condition stopped_;
  bool is_started_ = false;
  bool is_beating_ = false;
  bool is_closed_ = false;

  friend class BrokerEngine;
};

namespace {

/// Keeps what a Task of the broker needs until its end.
template <class T, class Owner>
Task<T> keeping([[maybe_unused]] std::shared_ptr<Owner> owner, Task<T> task) {
  if constexpr (std::is_void_v<T>) {
    co_await task;
  } else {
    T value = co_await task;
    co_return value;
  }
}

}  // namespace

BrokerEngine::BrokerEngine(std::unique_ptr<Broker> broker, std::chrono::milliseconds presence_ttl)
    : core_(std::make_shared<Core>(std::move(broker), presence_ttl)) {}

BrokerEngine::~BrokerEngine() {
  core_->close();
  core_->beat_now_.notify_all();
}

Task<ChannelPosition> BrokerEngine::publish(std::string_view channel, ChannelMessage message,
                                            const ChannelLimits& limits) {
  return keeping(core_, core_->broker().publish(std::string(channel), std::move(message), limits));
}
Task<ChannelPosition> BrokerEngine::subscribe(std::string_view channel, ChannelListener& listener) {
  return core_->subscribe(std::string(channel), &listener);
}
void BrokerEngine::unsubscribe(std::string_view channel, ChannelListener& listener) noexcept {
  core_->unsubscribe(std::string(channel), listener);
}
Task<ChannelHistory> BrokerEngine::history(std::string_view channel,
                                           const std::optional<ChannelPosition>& since,
                                           std::size_t limit) {
  return keeping(core_, core_->broker().history(std::string(channel), since, limit));
}
Task<void> BrokerEngine::join(std::string_view channel, ChannelMember member) {
  return core_->join(std::string(channel), std::move(member));
}
Task<void> BrokerEngine::leave(std::string_view channel, std::string_view user) {
  return core_->leave(std::string(channel), std::string(user));
}
Task<std::vector<ChannelMember>> BrokerEngine::members(std::string_view channel) {
  return keeping(core_, core_->broker().members(std::string(channel)));
}

}  // namespace bora::websocket
