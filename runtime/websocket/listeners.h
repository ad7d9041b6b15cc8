#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include <bora/websocket/channel_engine.h>

namespace bora::websocket {

/// The listeners of one channel. They may come and go while a message is delivered: a listener that
/// has gone gets nothing more, and a new one gets only later messages. A message that arrives
/// meanwhile waits its turn, so that all of them get the same order.
class Listeners {
 public:
  void add(ChannelListener& listener) {
    if (std::find(all_.begin(), all_.end(), &listener) == all_.end()) all_.push_back(&listener);
  }
  void remove(ChannelListener& listener) noexcept {
    const auto found = std::find(all_.begin(), all_.end(), &listener);
    if (found == all_.end()) return;
    if (is_telling_) {
      *found = nullptr;
      ++gone_;
    } else {
      all_.erase(found);
    }
  }
  [[nodiscard]] bool is_empty() const { return all_.size() == gone_; }

  // The Listeners must outlive these calls.

  void tell_message(std::shared_ptr<const ChannelMessage> message) {
    tell({Event::Kind::message, std::move(message)});
  }
  void tell_join(const ChannelMember& member) { tell({Event::Kind::join, {}, member}); }
  void tell_leave(const ChannelMember& member) { tell({Event::Kind::leave, {}, member}); }
  void tell_gap(const ChannelPosition& position) { tell({Event::Kind::gap, {}, {}, position}); }

 private:
  struct Event {
    enum class Kind : std::uint8_t { message, join, leave, gap };
    Kind kind;
    std::shared_ptr<const ChannelMessage> message{};
    ChannelMember member{};
    ChannelPosition position{};
  };

  void tell(Event event) {
    if (is_telling_) {
      waiting_.push_back(std::move(event));
      return;
    }
    is_telling_ = true;
    tell_all(event);
    while (!waiting_.empty()) {
      event = std::move(waiting_.front());
      waiting_.pop_front();
      tell_all(event);
    }
    is_telling_ = false;
    all_.erase(std::remove(all_.begin(), all_.end(), nullptr), all_.end());
    gone_ = 0;
  }

  void tell_all(const Event& event) {
    const std::size_t count = all_.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (all_[i] != nullptr) tell(*all_[i], event);
    }
  }

  static void tell(ChannelListener& listener, const Event& event) {
    switch (event.kind) {
      case Event::Kind::message:
        return listener.on_message(event.message);
      case Event::Kind::join:
        return listener.on_join(event.member);
      case Event::Kind::leave:
        return listener.on_leave(event.member);
      case Event::Kind::gap:
        return listener.on_gap(event.position);
    }
  }

  std::vector<ChannelListener*> all_;
  std::size_t gone_ = 0;
  std::deque<Event> waiting_;
  bool is_telling_ = false;
};

}  // namespace bora::websocket
