#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/core/locks.h>
#include <bora/websocket/channel.h>

#include "runtime/websocket/send_queue.h"

namespace bora::websocket {
struct Compression;
}

namespace bora::websocket::detail {

/// One channel in one process: its subscribers, and the messages that wait to be sent to them.
///
/// Messages from the engine wait for one of the loop's next turns, and then are sent together: one
/// system call for each subscriber however many messages there are. With many subscribers that
/// takes several turns, between which others have theirs; messages that arrive meanwhile wait for
/// the next time.
class ChannelState final : public ChannelListener,
                           public std::enable_shared_from_this<ChannelState> {
 public:
  /// The thread's state of this name and engine (null means the thread's own engine).
  static std::shared_ptr<ChannelState> get(std::string_view name,
                                           std::shared_ptr<ChannelEngine> engine);
  ChannelState(std::string name, std::shared_ptr<ChannelEngine> engine);
  ChannelState(const ChannelState&) = delete;
  ChannelState& operator=(const ChannelState&) = delete;
  ~ChannelState();

  /// Called with the subscriber's data before any message of the channel is sent to it; with null
  /// if the engine fails.
  using Greeting = std::function<void(const Subscribed* subscribed)>;

  Future<Subscribed> subscribe(WebSocketHandler& handler, SubscribeOptions options,
                               const ChannelOptions& channel, Greeting greeting);
  void unsubscribe(WebSocketHandler& handler);
  /// The handler's connection has ended.
  /// @returns  The number of messages that it did not get.
  std::size_t end(WebSocketHandler& handler);
  [[nodiscard]] bool is_subscribed(const WebSocketHandler& handler) const;
  [[nodiscard]] std::size_t subscribers() const { return subscribers_.size() - gone_; }

  [[nodiscard]] ChannelEngine& engine() const { return *engine_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const ChannelStatistics& statistics() const { return statistics_; }

 private:
  /// A message, or an event that is sent in an envelope only.
  struct Item {
    std::shared_ptr<const ChannelMessage> message{};
    std::uint64_t previous = 0;  ///< The offset of the message that was kept before.
    std::uint64_t number = 0;    ///< counted in this process; all items have one
    std::string told{};
    std::optional<ChannelMember> member{};  ///< who came or left
    bool has_come = false;
  };
  /// A subscriber that waits for the engine and the history; live messages wait with it.
  struct Joining {
    WebSocketHandler* handler;
    Greeting greeting;
    std::vector<Item> held{};
    bool is_over = false;  ///< the handler has left, or begins again
  };
  struct Subscriber {
    WebSocketHandler* handler = nullptr;  ///< null if it has left, while others are being served
    std::shared_ptr<Joining> joining{};
    std::uint64_t from = 0;   ///< the number of the first item for it
    std::uint64_t heard = 0;  ///< it got messages up to this offset from the history
    std::optional<std::string> user{};
    bool has_envelope = false;
  };
  struct User {
    ChannelMember member;
    std::size_t connections = 0;
    IOLoop::Timeout leaving = 0;
  };
  class Encoder;
  struct Batch;
  enum class Engine : std::uint8_t { left, entering, entered };

  void on_message(const std::shared_ptr<const ChannelMessage>& message) override;
  void on_gap(const ChannelPosition& position) override;
  void on_join(const ChannelMember& member) override;
  void on_leave(const ChannelMember& member) override;

  static Task<Subscribed> join(std::shared_ptr<ChannelState> self, std::shared_ptr<Joining> joining,
                               SubscribeOptions options);
  Task<Subscribed> catch_up(std::shared_ptr<Joining> joining, SubscribeOptions options);
  Task<void> enter_engine();
  void leave_engine_if_unused();

  void add(Item item);
  void go_on_soon();
  void go_on();
  void deliver(std::size_t place);
  void fetch_ahead(std::size_t place) const;
  [[nodiscard]] bool is_to_be_served(std::size_t place) const;
  void send_waiting(std::size_t place);
  std::size_t count_waiting(std::size_t place) const;
  std::size_t remove(WebSocketHandler& handler, bool has_ended);
  void compact();
  Subscriber* find(const WebSocketHandler& handler);

  static bool changes(std::map<std::string, ChannelMember>& here, const Item& item);
  void shorten(Subscribed& subscribed, const std::optional<ChannelMember>& own) const;
  void show(WebSocketHandler& handler, const std::optional<ChannelMember>& member);
  void enter(const ChannelMember& member);
  void leave(const std::string& user);
  void gone(const std::string& user);

  const std::string name_;
  const std::shared_ptr<ChannelEngine> engine_;
  std::vector<Subscriber> subscribers_;
  std::size_t gone_ = 0;  ///< Places of subscribers that are null.
  std::vector<std::weak_ptr<Joining>> joining_;
  std::vector<Item> waiting_;
  std::uint64_t next_number_ = 1;
  bool is_going_on_soon_ = false;
  bool is_going_on_ = false;
  std::unique_ptr<Batch> batch_;  ///< the one that is being sent
  std::size_t next_ = 0;          ///< the place that is served next, and the end of those that are
                                  ///< served
  std::size_t end_ = 0;

  Engine state_ = Engine::left;
  Condition state_changed_;
  ChannelPosition position_;  ///< The last message that came.
  std::unordered_map<std::string, User> users_;
  std::chrono::milliseconds leave_delay_{0};
  std::size_t max_members_ = SIZE_MAX;
  ChannelStatistics statistics_;
};

}  // namespace bora::websocket::detail
