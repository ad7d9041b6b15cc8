#include <bora/engines/redis_engine.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <bora/core/error.h>
#include <bora/core/io_loop.h>
#include <bora/redis/subscriber.h>

#include "runtime/core/crypto.h"
#include "runtime/engines/broker_engine.h"

namespace bora::websocket {
namespace {

// The keys of each channel: KEYS[1] is a hash with the epoch, the newest offset and the limits;
// KEYS[2] a Stream with the messages that are kept, whose ids are OFFSET-0; KEYS[3] a sorted set of
// "PROCESS USER" by the time when they count as gone; KEYS[4] a hash with the number of processes
// of each user; KEYS[5] a hash of the users' infos. The name to publish to is KEYS[1] as well.

// A channel that nobody uses for this long is forgotten (in milliseconds).
#define BORA_FORGET "604800000"

constexpr const char* kOpen =
    "local epoch = redis.call('HGET', KEYS[1], 'epoch') "
    "if not epoch then epoch = ARGV[1] redis.call('HSET', KEYS[1], 'epoch', epoch) "
    "redis.call('DEL', KEYS[2]) end "
    "redis.call('PEXPIRE', KEYS[1], " BORA_FORGET
    ") "
    "local newest = tonumber(redis.call('HGET', KEYS[1], 'newest') or '0') "
    "local clock = redis.call('TIME') "
    "local now = clock[1] * 1000 + math.floor(clock[2] / 1000) ";

// ARGV: a new epoch, data, format, history, ttl.
const std::string& publish_script() {
  static const std::string script =
      std::string(kOpen) +
      "local history = tonumber(ARGV[4]) local ttl = tonumber(ARGV[5]) local offset = 0 "
      "if history > 0 then newest = newest + 1 offset = newest "
      "redis.call('HSET', KEYS[1], 'newest', newest, 'ttl', ttl) "
      "redis.call('XADD', KEYS[2], 'MAXLEN', history, string.format('%.0f', offset) .. '-0', "
      "'d', ARGV[2], 'f', ARGV[3], 't', string.format('%.0f', now)) "
      "redis.call('PEXPIRE', KEYS[2], ttl > 0 and ttl or " BORA_FORGET
      ") end "
      "redis.call('PUBLISH', KEYS[1], 'm ' .. epoch .. ' ' .. string.format('%.0f', offset) .. ' ' "
      ".. ARGV[3] .. ' ' .. ARGV[2]) "
      "return {epoch, newest}";
  return script;
}

// ARGV: a new epoch, the epoch and offset that are known, the highest number of messages.
const std::string& history_script() {
  static const std::string script =
      std::string(kOpen) +
      "local after = 0 local is_known = 0 "
      "if ARGV[2] == epoch and tonumber(ARGV[3]) <= newest then after = tonumber(ARGV[3]) "
      "is_known = 1 end "
      "local ttl = tonumber(redis.call('HGET', KEYS[1], 'ttl') or '0') "
      "local limit = tonumber(ARGV[4]) local kept = {} local all = 0 "
      "for _, entry in ipairs(redis.call('XREVRANGE', KEYS[2], '+', "
      "string.format('%.0f', after + 1) .. '-0')) do "
      "if ttl == 0 or now - tonumber(entry[2][6]) < ttl then all = all + 1 "
      "if all <= limit then kept[#kept + 1] = entry end end end "
      "local is_complete = 0 "
      "if is_known == 1 and all == newest - after and all <= limit then is_complete = 1 end "
      "return {epoch, newest, is_complete, kept}";
  return script;
}

// Removes members of processes that are taken for dead.
constexpr const char* kSweep =
    "local clock = redis.call('TIME') "
    "local now = clock[1] * 1000 + math.floor(clock[2] / 1000) "
    "local function left(user) "
    "if redis.call('HINCRBY', KEYS[4], user, -1) <= 0 then redis.call('HDEL', KEYS[4], user) "
    "redis.call('HDEL', KEYS[5], user) redis.call('PUBLISH', KEYS[1], 'l ' .. user) end end "
    "for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now)) do "
    "redis.call('ZREM', KEYS[3], name) left(string.sub(name, string.find(name, ' ') + 1)) end ";

// ARGV: process, time to live, then user and info, any number of them.
const std::string& join_script() {
  static const std::string script =
      std::string(kSweep) +
      "for i = 3, #ARGV, 2 do local user = ARGV[i] local info = ARGV[i + 1] "
      "if redis.call('ZADD', KEYS[3], now + tonumber(ARGV[2]), ARGV[1] .. ' ' .. user) == 1 then "
      "redis.call('HINCRBY', KEYS[4], user, 1) end "
      "if redis.call('HGET', KEYS[5], user) ~= info then redis.call('HSET', KEYS[5], user, info) "
      "redis.call('PUBLISH', KEYS[1], 'j ' .. #user .. ' ' .. user .. info) end end "
      "for i = 3, 5 do redis.call('PEXPIRE', KEYS[i], " BORA_FORGET ") end return 1";
  return script;
}

// ARGV: process, user.
const std::string& leave_script() {
  static const std::string script =
      std::string(kSweep) +
      "if redis.call('ZREM', KEYS[3], ARGV[1] .. ' ' .. ARGV[2]) == 1 then left(ARGV[2]) end "
      "return 1";
  return script;
}

const std::string& members_script() {
  static const std::string script = std::string(kSweep) + "return redis.call('HGETALL', KEYS[5])";
  return script;
}

class RedisBroker final : public Broker {
 public:
  explicit RedisBroker(RedisEngineOptions options)
      : options_(std::move(options)),
        process_(crypto::to_base64url(crypto::random_bytes(9))),
        new_epoch_(crypto::to_base64url(crypto::random_bytes(9))) {}
  ~RedisBroker() override { close(); }

  void start(BrokerSink& sink) override {
    sink_ = &sink;
    client_ = std::make_unique<redis::Client>(options_.redis);
    subscriber_ = std::make_unique<redis::Subscriber>(options_.redis);
    hearing_ = spawn(hear(this, is_open_));
    hearing_.set_quiet(quiet_exceptions<BrokenPromiseError>);
  }
  void close() noexcept override {
    if (sink_ == nullptr) return;
    sink_ = nullptr;
    *is_open_ = false;
    hearing_.cancel();
    client_.reset();
    subscriber_.reset();
  }

  Task<void> listen(std::string channel) override {
    std::string what;
    try {
      require_open();
      co_await subscriber_->subscribe(topic(channel), options_.redis.command_timeout);
      co_return;
    } catch (const std::exception& failure) {
      what = failure.what();
    }
    throw ChannelError(what);
  }
  void unlisten(std::string channel) noexcept override {
    if (subscriber_ != nullptr) subscriber_->unsubscribe(topic(channel));
  }

  Task<ChannelPosition> publish(std::string channel, ChannelMessage message,
                                ChannelLimits limits) override {
    std::vector<std::string> arguments(1, epoch());
    arguments.push_back(std::move(message.data));
    arguments.push_back(std::to_string(static_cast<int>(message.format)));
    arguments.push_back(std::to_string(limits.history));
    arguments.push_back(std::to_string(limits.ttl.count()));
    const redis::Value value = co_await run(publish_script(), channel, std::move(arguments));
    co_return ChannelPosition{value.items().at(0).text(), value.items().at(1).as<std::uint64_t>()};
  }

  Task<ChannelHistory> history(std::string channel, std::optional<ChannelPosition> since,
                               std::size_t limit) override {
    std::vector<std::string> arguments(1, epoch());
    arguments.push_back(since ? since->epoch : std::string());
    arguments.push_back(std::to_string(since ? since->offset : 0));
    arguments.push_back(std::to_string(limit));
    const redis::Value value = co_await run(history_script(), channel, std::move(arguments));
    const auto& parts = value.items();
    ChannelHistory found;
    found.position = {parts.at(0).text(), parts.at(1).as<std::uint64_t>()};
    found.is_complete = parts.at(2).integer() == 1;
    const auto entries = parts.at(3).as<std::vector<redis::StreamEntry>>();
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
      ChannelMessage message;
      message.data = (*entry)["d"];
      message.format = format_of((*entry)["f"]);
      message.offset = std::strtoull(entry->id.c_str(), nullptr, 10);
      found.messages.push_back(std::make_shared<const ChannelMessage>(std::move(message)));
    }
    co_return found;
  }

  Task<void> join(std::string channel, std::vector<ChannelMember> members) override {
    std::vector<std::string> arguments(1, process_);
    arguments.push_back(std::to_string(options_.presence_ttl.count()));
    for (ChannelMember& member : members) {
      arguments.push_back(std::move(member.user));
      arguments.push_back(std::move(member.info));
    }
    static_cast<void>(co_await run(join_script(), channel, std::move(arguments)));
  }
  Task<void> leave(std::string channel, std::string user) override {
    std::vector<std::string> arguments(1, process_);
    arguments.push_back(std::move(user));
    static_cast<void>(co_await run(leave_script(), channel, std::move(arguments)));
  }
  Task<std::vector<ChannelMember>> members(std::string channel) override {
    const redis::Value value = co_await run(members_script(), channel, {});
    std::vector<ChannelMember> members;
    for (const auto& [user, info] : value.as<std::map<std::string, std::string>>()) {
      members.push_back({user, info});
    }
    co_return members;
  }

 private:
  /// The name is in braces, so that a cluster keeps a channel's keys on one node.
  [[nodiscard]] std::string topic(const std::string& channel) const {
    return options_.prefix + ":channel:{" + channel + "}";
  }
  /// An epoch for a channel that has none yet. Each is a new one, so that a Redis that was emptied
  /// twice is not taken for the one before.
  std::string epoch() { return new_epoch_ + std::to_string(++epochs_); }

  static ChannelFormat format_of(std::string_view text) noexcept {
    if (text == "1") return ChannelFormat::binary;
    return text == "2" ? ChannelFormat::json : ChannelFormat::text;
  }

  void require_open() const {
    if (client_ == nullptr) throw ChannelError("the engine was closed");
  }

  /// It sends the script itself and not its hash: a hash that Redis does not know yet would be sent
  /// twice, and later commands might overtake it.
  Task<redis::Value> run(const std::string& script, const std::string& channel,
                         std::vector<std::string> arguments) {
    std::string what;
    try {
      require_open();
      const std::string name = topic(channel);
      redis::Command command("EVAL", script, 5, name, name + ":kept", name + ":seen",
                             name + ":counts", name + ":members");
      command.add(arguments);
      redis::Value value = co_await client_->run(std::move(command));
      co_return value;
    } catch (const std::exception& failure) {
      what = failure.what();
    }
    throw ChannelError(what);
  }

  /// @param is_open  False when `self` may be gone.
  static Task<void> hear(RedisBroker* self, std::shared_ptr<bool> is_open) {
    for (;;) {
      redis::Message message = co_await self->subscriber_->next();
      if (!*is_open) co_return;
      if (message.is_gap) {
        self->sink_->on_break();
        if (!*is_open) co_return;
        continue;
      }
      const std::string begin = self->options_.prefix + ":channel:{";
      if (!message.channel.starts_with(begin) || !message.channel.ends_with('}')) continue;
      const std::string channel =
          message.channel.substr(begin.size(), message.channel.size() - begin.size() - 1);
      if (auto event = read(std::move(message.payload))) {
        self->sink_->on_event(channel, std::move(*event));
      }
      if (!*is_open) co_return;
    }
  }

  static std::optional<BrokerEvent> read(std::string payload) {
    BrokerEvent event;
    std::string_view rest = payload;
    const auto word = [&rest] {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      const std::string_view first = rest.substr(0, end);
      rest.remove_prefix(std::min(rest.size(), end + 1));
      return first;
    };
    const std::string_view kind = word();
    if (kind == "m") {
      ChannelMessage message;
      event.epoch = word();
      message.offset = std::strtoull(std::string(word()).c_str(), nullptr, 10);
      message.format = format_of(word());
      message.data = rest;
      event.message = std::make_shared<const ChannelMessage>(std::move(message));
    } else if (kind == "j") {
      event.kind = BrokerEvent::Kind::join;
      const auto size = std::strtoull(std::string(word()).c_str(), nullptr, 10);
      if (size > rest.size()) return std::nullopt;
      event.member.user = rest.substr(0, size);
      event.member.info = rest.substr(size);
    } else if (kind == "l") {
      event.kind = BrokerEvent::Kind::leave;
      event.member.user = rest;
    } else {
      return std::nullopt;
    }
    return event;
  }

  RedisEngineOptions options_;
  std::string process_;
  std::string new_epoch_;
  std::uint64_t epochs_ = 0;
  BrokerSink* sink_ = nullptr;
  std::unique_ptr<redis::Client> client_;
  std::unique_ptr<redis::Subscriber> subscriber_;
  Future<void> hearing_;
  std::shared_ptr<bool> is_open_ = std::make_shared<bool>(true);
};

}  // namespace

std::shared_ptr<ChannelEngine> redis_engine(RedisEngineOptions options) {
  const std::chrono::milliseconds ttl = options.presence_ttl;
  return std::make_shared<BrokerEngine>(std::make_unique<RedisBroker>(std::move(options)), ttl);
}

}  // namespace bora::websocket
