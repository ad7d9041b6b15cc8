#include <tuple>

#include <bora/redis_stores/redis_stores.h>

#include "runtime/stores/present.h"

namespace bora::stores {
namespace {

// The keys of a queue: KEYS[1], a sorted set of ids by the time from which they can be taken;
// KEYS[2], a set of dead ids; and for each job a hash, whose name begins with KEYS[3]. A job that
// is taken stays in the first set, with the end of its visibility as its time.
const redis::Script& push_script() {
  static const redis::Script script(
      "redis.call('HSET', KEYS[3] .. ARGV[1], 'payload', ARGV[2], 'attempts', 0, 'max', ARGV[3]) "
      "redis.call('ZADD', KEYS[1], ARGV[4], ARGV[1]) return 1");
  return script;
}

const redis::Script& take_script() {
  static const redis::Script script(
      "while true do "
      "local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, 1) "
      "if #ids == 0 then return false end "
      "local id = ids[1] local job = KEYS[3] .. id "
      "local attempts = tonumber(redis.call('HGET', job, 'attempts')) "
      "local max = tonumber(redis.call('HGET', job, 'max')) "
      "if not attempts then redis.call('ZREM', KEYS[1], id) "
      "elseif attempts >= max then redis.call('ZREM', KEYS[1], id) "
      "redis.call('ZADD', KEYS[2], ARGV[1], id) redis.call('HDEL', job, 'receipt') "
      "else redis.call('ZADD', KEYS[1], ARGV[2], id) "
      "redis.call('HSET', job, 'attempts', attempts + 1, 'receipt', ARGV[3]) "
      "return {id, redis.call('HGET', job, 'payload'), attempts + 1, max} end end");
  return script;
}

const redis::Script& done_script() {
  static const redis::Script script(
      "if redis.call('HGET', KEYS[3] .. ARGV[1], 'receipt') ~= ARGV[2] then return 0 end "
      "redis.call('DEL', KEYS[3] .. ARGV[1]) redis.call('ZREM', KEYS[1], ARGV[1]) return 1");
  return script;
}

const redis::Script& extend_script() {
  static const redis::Script script(
      "if redis.call('HGET', KEYS[3] .. ARGV[1], 'receipt') ~= ARGV[2] then return 0 end "
      "redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1]) return 1");
  return script;
}

const redis::Script& fail_script() {
  static const redis::Script script(
      "local job = KEYS[3] .. ARGV[1] "
      "if redis.call('HGET', job, 'receipt') ~= ARGV[2] then return 0 end "
      "redis.call('HDEL', job, 'receipt') redis.call('HSET', job, 'error', ARGV[4]) "
      "if tonumber(redis.call('HGET', job, 'attempts')) >= "
      "tonumber(redis.call('HGET', job, 'max')) then "
      "redis.call('ZREM', KEYS[1], ARGV[1]) redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1]) "
      "else redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1]) end return 1");
  return script;
}

const redis::Script& revive_script() {
  static const redis::Script script(
      "if redis.call('ZREM', KEYS[2], ARGV[1]) == 0 then return 0 end "
      "redis.call('HSET', KEYS[3] .. ARGV[1], 'attempts', 0) "
      "redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1]) return 1");
  return script;
}

const redis::Script& forget_script() {
  static const redis::Script script(
      "if redis.call('ZREM', KEYS[2], ARGV[1]) == 0 then return 0 end "
      "redis.call('DEL', KEYS[3] .. ARGV[1]) return 1");
  return script;
}

const redis::Script& count_script() {
  static const redis::Script script(
      "local later = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '+inf') local taken = 0 "
      "for _, id in ipairs(later) do "
      "if redis.call('HEXISTS', KEYS[3] .. id, 'receipt') == 1 then taken = taken + 1 end end "
      "return {redis.call('ZCARD', KEYS[1]) - taken, taken, redis.call('ZCARD', KEYS[2])}");
  return script;
}

class RedisJobs final : public JobQueue {
 public:
  RedisJobs(redis::Client& client, std::string prefix)
      : client_(client), prefix_(std::move(prefix)) {}

  Task<std::string> push(std::string queue, std::string payload, JobOptions options) override {
    std::string id = new_id();
    std::vector<std::string> arguments;
    arguments.push_back(id);
    arguments.push_back(std::move(payload));
    arguments.push_back(std::to_string(options.max_attempts));
    arguments.push_back(std::to_string(present() + options.delay.count()));
    co_await client_.eval(push_script(), keys(queue), std::move(arguments));
    co_return id;
  }
  Task<std::optional<Job>> take(std::string queue, std::chrono::milliseconds visibility) override {
    using Taken = std::optional<std::tuple<std::string, std::string, int, int>>;
    const std::int64_t now = present();
    std::string receipt = new_id();
    std::vector<std::string> arguments;
    arguments.push_back(std::to_string(now));
    arguments.push_back(std::to_string(now + visibility.count()));
    arguments.push_back(receipt);
    const Taken taken =
        co_await client_.eval<Taken>(take_script(), keys(queue), std::move(arguments));
    std::optional<Job> job;
    if (taken) {
      const auto& [id, payload, attempts, most] = *taken;
      job = Job{id, queue, payload, attempts, most, receipt};
    }
    co_return job;
  }
  Task<bool> done(Job job) override { return with_receipt(done_script(), job, {}); }
  Task<bool> extend(Job job, std::chrono::milliseconds visibility) override {
    std::vector<std::string> rest(1, std::to_string(present() + visibility.count()));
    return with_receipt(extend_script(), job, std::move(rest));
  }
  Task<bool> fail(Job job, std::string error, std::chrono::milliseconds delay) override {
    std::vector<std::string> rest(1, std::to_string(present() + delay.count()));
    rest.push_back(std::move(error));
    return with_receipt(fail_script(), job, std::move(rest));
  }
  Task<JobCounts> count(std::string queue) override {
    using Counts = std::tuple<std::size_t, std::size_t, std::size_t>;
    std::vector<std::string> arguments(1, std::to_string(present()));
    const Counts counts =
        co_await client_.eval<Counts>(count_script(), keys(queue), std::move(arguments));
    const auto [waiting, taken, dead] = counts;
    co_return JobCounts{waiting, taken, dead};
  }
  Task<std::vector<DeadJob>> dead(std::string queue, std::size_t limit) override {
    std::vector<DeadJob> jobs;
    if (limit == 0) co_return jobs;
    const std::vector<std::string> names = keys(queue);
    const auto ids =
        co_await client_.command<std::vector<std::string>>("ZRANGE", names[1], 0, limit - 1);
    for (const std::string& id : ids) {
      using Fields = std::tuple<std::optional<std::string>, int, std::optional<std::string>>;
      const Fields fields =
          co_await client_.command<Fields>("HMGET", names[2] + id, "payload", "attempts", "error");
      const auto& [payload, attempts, error] = fields;
      jobs.push_back({id, payload.value_or(""), attempts, error.value_or("")});
    }
    co_return jobs;
  }
  Task<bool> revive(std::string queue, std::string id) override {
    std::vector<std::string> arguments(1, std::move(id));
    arguments.push_back(std::to_string(present()));
    return client_.eval<bool>(revive_script(), keys(queue), std::move(arguments));
  }
  Task<bool> forget(std::string queue, std::string id) override {
    std::vector<std::string> arguments(1, std::move(id));
    return client_.eval<bool>(forget_script(), keys(queue), std::move(arguments));
  }

 private:
  /// The queue's name is in braces, so that a cluster keeps all keys on one node.
  [[nodiscard]] std::vector<std::string> keys(const std::string& queue) const {
    const std::string name = prefix_ + ":{" + queue + "}:";
    std::vector<std::string> names(1, name + "jobs");
    names.push_back(name + "dead");
    names.push_back(name + "job:");
    return names;
  }
  Task<bool> with_receipt(const redis::Script& script, const Job& job,
                          std::vector<std::string> rest) {
    std::vector<std::string> arguments(1, job.id);
    arguments.push_back(job.receipt);
    for (std::string& one : rest) arguments.push_back(std::move(one));
    return client_.eval<bool>(script, keys(job.queue), std::move(arguments));
  }

  redis::Client& client_;
  std::string prefix_;
};

}  // namespace

std::unique_ptr<JobQueue> redis_jobs(redis::Client& client, std::string prefix) {
  return std::make_unique<RedisJobs>(client, std::move(prefix));
}

}  // namespace bora::stores
