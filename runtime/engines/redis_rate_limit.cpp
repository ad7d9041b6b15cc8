#include <bora/engines/redis_rate_limit.h>

#include "runtime/engines/cell.h"

namespace bora::filters {
namespace {

class RedisRateLimit final : public RateLimitStore {
 public:
  RedisRateLimit(redis::Client& client, std::string prefix)
      : client_(client), prefix_(std::move(prefix)) {}

  Task<RateVerdict> take(std::string key, Rate rate) override {
    // ARGV: the step and the room, in microseconds.
    static const redis::Script script(
        "local clock = redis.call('TIME') local now = clock[1] * 1000000 + clock[2] "
        "local due = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) "
        "if due - now > tonumber(ARGV[2]) then return {0, due - now} end "
        "due = due + tonumber(ARGV[1]) "
        "redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', "
        "math.floor((due - now) / 1000) + 1) return {1, due - now}");
    const Cell cell(rate);
    std::vector<std::string> keys(1, prefix_ + ":rate:" + key);
    std::vector<std::string> arguments(1, std::to_string(cell.step));
    arguments.push_back(std::to_string(cell.room()));
    using Taken = std::pair<bool, std::int64_t>;
    const Taken taken = co_await client_.eval<Taken>(script, std::move(keys), std::move(arguments));
    co_return cell.verdict(taken.first, taken.second);
  }

 private:
  redis::Client& client_;
  std::string prefix_;
};

}  // namespace

std::shared_ptr<RateLimitStore> redis_rate_limit(redis::Client& client, std::string prefix) {
  return std::make_shared<RedisRateLimit>(client, std::move(prefix));
}

}  // namespace bora::filters
