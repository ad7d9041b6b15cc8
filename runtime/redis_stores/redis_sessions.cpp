#include <algorithm>
#include <map>

#include <bora/redis_stores/redis_stores.h>

namespace bora::stores {
namespace {

/// A hash for each session, and for each user a set of their keys.
class RedisSessions final : public SessionStore {
 public:
  RedisSessions(redis::Client& client, SessionLimits limits, std::string prefix)
      : SessionStore(limits), client_(client), prefix_(std::move(prefix)) {}

 private:
  [[nodiscard]] std::string session(const std::string& key) const {
    return prefix_ + ":session:" + key;
  }
  [[nodiscard]] std::string user_set(const std::string& user) const {
    return prefix_ + ":sessions:" + user;
  }
  /// After this time Redis itself forgets the session. Whether it is over is decided by its record.
  [[nodiscard]] std::int64_t lifetime() const {
    return std::chrono::milliseconds(limits().absolute).count() + 60'000;
  }

  Task<void> insert(Record record) override {
    std::vector<redis::Command> commands;
    commands.emplace_back("HSET", session(record.key), "user", record.user, "data", record.data,
                          "begun", record.begun, "seen", record.seen);
    commands.emplace_back("PEXPIRE", session(record.key), lifetime());
    commands.emplace_back("SADD", user_set(record.user), record.key);
    commands.emplace_back("PEXPIRE", user_set(record.user), lifetime());
    co_await client_.transaction(std::move(commands));
  }
  Task<std::optional<Record>> find(std::string key) override {
    using Fields = std::map<std::string, std::string>;
    Fields fields = co_await client_.command<Fields>("HGETALL", session(key));
    std::optional<Record> record;
    if (fields.contains("user")) {
      record = Record{key, std::move(fields["user"]), std::move(fields["data"]),
                      std::stoll(fields["begun"]), std::stoll(fields["seen"])};
    }
    co_return record;
  }
  Task<bool> update(std::string key, std::int64_t seen, std::optional<std::string> data) override {
    // A session that was ended meanwhile is never made again.
    static const redis::Script script(
        "if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end "
        "redis.call('HSET', KEYS[1], 'seen', ARGV[1]) "
        "if ARGV[2] then redis.call('HSET', KEYS[1], 'data', ARGV[2]) end return 1");
    std::vector<std::string> keys(1, session(key));
    std::vector<std::string> arguments(1, std::to_string(seen));
    if (data) arguments.push_back(std::move(*data));
    const bool is_done = co_await client_.eval<bool>(script, std::move(keys), std::move(arguments));
    co_return is_done;
  }
  Task<bool> remove(std::string key) override {
    static const redis::Script script(
        "local user = redis.call('HGET', KEYS[1], 'user') if not user then return 0 end "
        "redis.call('DEL', KEYS[1]) redis.call('SREM', ARGV[1] .. user, ARGV[2]) return 1");
    std::vector<std::string> keys(1, session(key));
    std::vector<std::string> arguments(1, user_set(""));
    arguments.push_back(key);
    const bool is_done = co_await client_.eval<bool>(script, std::move(keys), std::move(arguments));
    co_return is_done;
  }
  Task<std::vector<Record>> of_user(std::string user) override {
    const auto keys =
        co_await client_.command<std::vector<std::string>>("SMEMBERS", user_set(user));
    std::vector<Record> records;
    for (const std::string& key : keys) {
      std::optional<Record> record = co_await find(key);
      if (record && record->user == user) {
        record->data.clear();
        records.push_back(std::move(*record));
      } else {
        co_await client_.command("SREM", user_set(user), key);  // Redis has forgotten it
      }
    }
    co_return records;
  }
  Task<std::size_t> remove_older(std::int64_t seen, std::int64_t begun) override {
    std::size_t count = 0;
    std::string cursor = "0";
    do {
      using Found = std::pair<std::string, std::vector<std::string>>;
      Found found =
          co_await client_.command<Found>("SCAN", cursor, "MATCH", session("*"), "COUNT", 500);
      for (const std::string& name : found.second) {
        const std::string key = name.substr(session("").size());
        const std::optional<Record> record = co_await find(key);
        if (!record || (record->seen >= seen && record->begun >= begun)) continue;
        const bool is_removed = co_await remove(key);
        if (is_removed) ++count;
      }
      cursor = std::move(found.first);
    } while (cursor != "0");
    co_return count;
  }

  redis::Client& client_;
  std::string prefix_;
};

}  // namespace

std::unique_ptr<SessionStore> redis_sessions(redis::Client& client, SessionLimits limits,
                                             std::string prefix) {
  return std::make_unique<RedisSessions>(client, limits, std::move(prefix));
}

}  // namespace bora::stores
