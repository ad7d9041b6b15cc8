#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/websocket/channel_engine.h>

#include "tests/support/catch.h"

namespace bora::websocket {

/// Records what an engine reports.
class Heard final : public ChannelListener {
 public:
  void on_message(const std::shared_ptr<const ChannelMessage>& message) override {
    log.push_back(message->data);
    if (message->offset > 0) {
      if (message->offset <= offset) log.push_back("an offset that does not grow");
      offset = message->offset;
    }
    if (action) action(*message);
  }
  void on_gap(const ChannelPosition& position) override {
    log.push_back("gap");
    offset = position.offset;
  }
  void on_join(const ChannelMember& member) override {
    log.push_back("+" + member.user + member.info);
  }
  void on_leave(const ChannelMember& member) override { log.push_back("-" + member.user); }

  std::vector<std::string> log;
  std::uint64_t offset = 0;
  std::function<void(const ChannelMessage&)> action;
};

/// What every engine must do. `one` and `other` are the same engine as two processes see it, or the
/// same object; `name` is a channel that nobody has used yet.
inline void check_engine(ChannelEngine& one, ChannelEngine& other, const std::string& name) {
  using Log = std::vector<std::string>;
  IOLoop& loop = IOLoop::current();
  const auto wait_for = [&loop](const std::function<bool()>& is_done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!is_done() && std::chrono::steady_clock::now() < end)
      loop.run_once(std::chrono::milliseconds(20));
    return is_done();
  };
  const ChannelLimits kept{.history = 3, .ttl = std::chrono::hours(1)};
  const auto publish = [&](ChannelEngine& engine, std::string data, const ChannelLimits& limits) {
    return loop.run_sync(engine.publish(name, {std::move(data)}, limits));
  };
  const auto history = [&](ChannelEngine& engine, std::optional<ChannelPosition> since,
                           std::size_t limit) {
    return loop.run_sync(engine.history(name, since, limit));
  };
  const auto texts = [](const ChannelHistory& found) {
    Log result;
    for (const auto& message : found.messages) result.push_back(message->data);
    return result;
  };

  Heard near;
  Heard far;
  const ChannelPosition start = loop.run_sync(one.subscribe(name, near));
  near.offset = far.offset = start.offset;
  CHECK(loop.run_sync(other.subscribe(name, far)) == start);
  CHECK(history(one, start, 10).is_complete);

  // The order is the same for all, from both sides.
  const ChannelPosition first = publish(one, "a", kept);
  CHECK(first.epoch == start.epoch);
  CHECK(first.offset > start.offset);
  const ChannelPosition second = publish(other, "b", kept);
  CHECK(second.offset > first.offset);
  REQUIRE(wait_for([&] { return near.log.size() >= 2 && far.log.size() >= 2; }));
  CHECK(near.log == Log{"a", "b"});
  CHECK(far.log == near.log);

  // Messages that are not kept have no offset, and those that are kept stay.
  CHECK(publish(one, "now", {}) == second);
  CHECK(texts(history(other, std::nullopt, 10)) == Log{"a", "b"});

  // History: all messages, the newest, those since a position, and a position from elsewhere.
  CHECK(texts(history(one, start, 10)) == Log{"a", "b"});
  CHECK(texts(history(one, first, 10)) == Log{"b"});
  CHECK(history(other, first, 10).is_complete);
  CHECK(history(other, second, 10).messages.empty());
  CHECK(history(other, second, 10).is_complete);
  CHECK(history(other, second, 10).position == second);
  CHECK(texts(history(other, std::nullopt, 1)) == Log{"b"});
  CHECK_FALSE(history(one, start, 1).is_complete);
  CHECK(texts(history(one, ChannelPosition{"elsewhere", 1}, 10)) == Log{"a", "b"});
  CHECK_FALSE(history(one, ChannelPosition{"elsewhere", 1}, 10).is_complete);
  CHECK_FALSE(history(one, ChannelPosition{start.epoch, second.offset + 1000}, 10).is_complete);
  CHECK(loop.run_sync(one.history(name + " of nobody", std::nullopt, 10)).messages.empty());

  // The oldest messages are forgotten.
  publish(one, "c", kept);
  publish(other, "d", kept);
  CHECK(texts(history(one, first, 10)) == Log{"b", "c", "d"});
  CHECK(history(one, first, 10).is_complete);
  CHECK_FALSE(history(one, start, 10).is_complete);

  // Formats and bytes.
  loop.run_sync(one.publish(name, {std::string("\0\xff", 2), ChannelFormat::binary}, kept));
  loop.run_sync(one.publish(name, {"{}", ChannelFormat::json}, kept));
  const ChannelHistory formats = history(other, std::nullopt, 2);
  REQUIRE(formats.messages.size() == 2);
  CHECK(formats.messages[0]->data == std::string("\0\xff", 2));
  CHECK(formats.messages[0]->format == ChannelFormat::binary);
  CHECK(formats.messages[1]->format == ChannelFormat::json);

  // Messages whose publishing was not awaited keep their order.
  REQUIRE(wait_for([&] { return far.log.size() >= 7 && near.log.size() >= 7; }));
  near.log.clear();
  far.log.clear();
  loop.spawn(one.publish(name, {"1"}, kept));
  loop.spawn(one.publish(name, {"2"}, {}));
  loop.spawn(one.publish(name, {"3"}, kept));
  REQUIRE(wait_for([&] { return near.log.size() >= 3 && far.log.size() >= 3; }));
  CHECK(near.log == Log{"1", "2", "3"});
  CHECK(far.log == near.log);

  // A listener publishes, and then unsubscribes.
  near.log.clear();
  far.log.clear();
  near.action = [&](const ChannelMessage& message) {
    if (message.data == "ping") loop.spawn(one.publish(name, {"pong"}, kept));
    if (message.data == "pong") one.unsubscribe(name, near);
  };
  loop.spawn(other.publish(name, {"ping"}, kept));
  REQUIRE(wait_for([&] { return far.log.size() >= 2 && near.log.size() >= 2; }));
  publish(other, "later", {});
  REQUIRE(wait_for([&] { return far.log.size() >= 3; }));
  CHECK(far.log == Log{"ping", "pong", "later"});
  CHECK(near.log == Log{"ping", "pong"});
  one.unsubscribe(name, near);
  other.unsubscribe("another channel", near);

  // Presence.
  using Members = std::vector<ChannelMember>;
  far.log.clear();
  loop.run_sync(one.join(name, {"bob", "1"}));
  loop.run_sync(one.join(name, {"ada"}));
  loop.run_sync(one.join(name, {"bob", "1"}));
  REQUIRE(wait_for([&] { return far.log.size() >= 2; }));
  CHECK(loop.run_sync(other.members(name)) == Members{{"ada"}, {"bob", "1"}});
  loop.run_sync(one.join(name, {"bob", "2"}));
  REQUIRE(wait_for([&] { return far.log.size() >= 3; }));
  CHECK(loop.run_sync(other.members(name)) == Members{{"ada"}, {"bob", "2"}});
  if (&one != &other) {  // in both processes, and then in one
    loop.run_sync(other.join(name, {"bob", "2"}));
    loop.run_sync(one.leave(name, "bob"));
    CHECK(loop.run_sync(one.members(name)) == Members{{"ada"}, {"bob", "2"}});
    loop.run_sync(other.leave(name, "bob"));
  } else {
    loop.run_sync(one.leave(name, "bob"));
  }
  loop.run_sync(one.leave(name, "nobody"));
  loop.run_sync(one.leave(name, "ada"));
  REQUIRE(wait_for([&] { return far.log.size() >= 5; }));
  CHECK(far.log == Log{"+bob1", "+ada", "+bob2", "-bob", "-ada"});
  CHECK(loop.run_sync(other.members(name)).empty());
  other.unsubscribe(name, far);
}

}  // namespace bora::websocket
