#include <bora/stores.h>

#include <chrono>
#include <functional>

#include <bora/core/gen.h>
#include <bora/postgres.h>
#include <bora/redis_stores/redis_stores.h>
#include <bora/sqlite.h>
#include <bora/testing/fake_clock.h>

#include "tests/support/catch.h"
#include "tests/support/log_recorder.h"
#include "tests/support/server_process.h"

// Every implementation passes the same tests.

using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
using bora::database::Database;
using bora::stores::Cache;
using bora::stores::CacheOptions;
using bora::stores::CacheStore;
using bora::stores::Job;
using bora::stores::JobQueue;
using bora::stores::JobWorker;
using bora::stores::SessionStore;

namespace {

/// An engine, and how to make stores of it.
class Engine {
 public:
  explicit Engine(const std::string& name) : name_(name) {
    if (name == "sqlite") database_ = std::make_unique<bora::sqlite::Database>(":memory:");
    if (name == "postgres") {
      static const bora::test::PostgresServer server;
      bora::postgres::PoolOptions options;
      options.where = server.address();
      database_ = std::make_unique<bora::postgres::Pool>(options);
    }
    if (name == "redis") {
      static const bora::test::RedisServer server;
      bora::redis::Options options;
      options.where = "unix://" + server.socket();
      redis_ = std::make_unique<bora::redis::Client>(options);
    }
  }

  Task<void> clear() {
    if (redis_) co_await redis_->command("FLUSHALL");
    if (database_) {
      co_await bora::stores::make_tables(*database_);
      co_await database_->run_script(
          "delete from bora_sessions; delete from bora_cache; delete from bora_jobs");
    }
  }
  std::unique_ptr<SessionStore> sessions(bora::stores::SessionLimits limits) {
    if (redis_) return bora::stores::redis_sessions(*redis_, limits);
    if (database_) return bora::stores::database_sessions(*database_, limits);
    return bora::stores::memory_sessions(limits);
  }
  std::unique_ptr<CacheStore> cache() {
    if (redis_) return bora::stores::redis_cache(*redis_);
    if (database_) return bora::stores::database_cache(*database_);
    return bora::stores::memory_cache(100);
  }
  std::unique_ptr<JobQueue> jobs() {
    if (redis_) return bora::stores::redis_jobs(*redis_);
    if (database_) return bora::stores::database_jobs(*database_);
    return bora::stores::memory_jobs();
  }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] Database* database() const { return database_.get(); }

 private:
  std::string name_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<bora::redis::Client> redis_;
};

/// The loop's wall clock, which the test moves; timers run by the system's.
class WallClock final : public bora::Clock {
 public:
  WallClock() { IOLoop::current().set_clock(this); }
  ~WallClock() override { IOLoop::current().set_clock(nullptr); }
  [[nodiscard]] std::chrono::nanoseconds monotonic() const noexcept override {
    return bora::Clock::system().monotonic();
  }
  [[nodiscard]] std::chrono::nanoseconds since_epoch() const noexcept override { return now; }
  std::chrono::nanoseconds now = bora::Clock::system().since_epoch();
};

template <class Suite>
void with_each_engine(Suite suite) {
  for (const char* name : {"memory", "sqlite", "postgres", "redis"}) {
    INFO(name);
    WallClock clock;
    const auto run = [&]() -> Task<void> {
      Engine engine(name);
      co_await engine.clear();
      co_await suite(engine, clock);
    };
    IOLoop::current().run_sync(run, 60s);
  }
}

}  // namespace

TEST_CASE("sessions are listed, ended, and over in time", "[stores]") {
  with_each_engine([](Engine& engine, WallClock& clock) -> Task<void> {
    const auto sessions = engine.sessions({.idle = 1h, .absolute = 10h});
    const std::string binary("d\0\xff", 3);
    const std::string first = co_await sessions->begin("ann", binary);
    clock.now += 1s;
    const std::string second = co_await sessions->begin("ann");
    const std::string other = co_await sessions->begin("bob", "b");
    CHECK(first != second);
    CHECK(first.size() == 43);
    auto loaded = co_await sessions->load(first);
    REQUIRE(loaded);
    CHECK(loaded->user == "ann");
    CHECK(loaded->data == binary);
    loaded = co_await sessions->load("made up");
    CHECK_FALSE(loaded);
    loaded = co_await sessions->load("");
    CHECK_FALSE(loaded);

    auto list = co_await sessions->list("ann");
    REQUIRE(list.size() == 2);
    CHECK(list[0].key == SessionStore::key_of(second));
    CHECK(list[0].data.empty());
    bool is_done = co_await sessions->end_one("bob", list[0].key);
    CHECK_FALSE(is_done);
    is_done = co_await sessions->end_one("ann", list[0].key);
    CHECK(is_done);
    loaded = co_await sessions->load(second);
    CHECK_FALSE(loaded);

    const std::string third = co_await sessions->begin("ann");
    const std::size_t ended = co_await sessions->end_others("ann", third);
    CHECK(ended == 1);
    loaded = co_await sessions->load(first);
    CHECK_FALSE(loaded);
    is_done = co_await sessions->save(first, "again");
    CHECK_FALSE(is_done);
    is_done = co_await sessions->save(third, "new");
    CHECK(is_done);

    // A session that is used again and again lives until the absolute limit.
    for (int i = 0; i < 11; ++i) {
      clock.now += 54min;
      loaded = co_await sessions->load(third);
      REQUIRE(loaded);
      CHECK(loaded->data == "new");
    }
    clock.now += 10min;
    loaded = co_await sessions->load(third);
    CHECK_FALSE(loaded);
    // Bob's session was idle for too long.
    list = co_await sessions->list("bob");
    CHECK(list.empty());
    const std::size_t swept = co_await sessions->sweep();
    CHECK(swept == 1);
    loaded = co_await sessions->load(other);
    CHECK_FALSE(loaded);
    const std::string last = co_await sessions->begin("ann");
    co_await sessions->end(last);
    list = co_await sessions->list("ann");
    CHECK(list.empty());
  });
}

TEST_CASE("a cache makes once what many ask for", "[stores]") {
  with_each_engine([](Engine& engine, WallClock& clock) -> Task<void> {
    std::shared_ptr<CacheStore> store = engine.cache();
    Cache cache(store, {.ttl = 10s, .stale = 5s, .jitter = 0});
    int made = 0;
    bool fails = false;
    const auto make = [&made, &fails]() -> Task<std::string> {
      int& count = made;
      const bool throws = fails;
      co_await bora::moment;
      ++count;
      if (throws) throw std::runtime_error("not now");
      co_return std::string("v\0", 2) + std::to_string(count);
    };
    std::vector<Task<std::string>> many;
    for (int i = 0; i < 50; ++i) many.push_back(cache.get_or_set("key", make));
    const std::vector<std::string> values = co_await bora::multi(std::move(many));
    CHECK(made == 1);
    for (const std::string& value : values) CHECK(value == std::string("v\0", 2) + "1");
    clock.now += 9s;
    std::string value = co_await cache.get_or_set("key", make);
    CHECK(value.ends_with('1'));
    // A stale value is returned while a new one is made.
    clock.now += 2s;
    value = co_await cache.get_or_set("key", make);
    CHECK(value.ends_with('1'));
    for (int i = 0; i < 1000 && !value.ends_with('2'); ++i) {
      co_await bora::sleep(1ms);
      value = (co_await cache.get("key")).value_or("");
    }
    CHECK(made == 2);
    // The value is too old.
    clock.now += 16s;
    auto none = co_await cache.get("key");
    CHECK_FALSE(none);
    fails = true;
    std::string what;
    try {
      co_await cache.get_or_set("key", make);
    } catch (const std::runtime_error& failure) {
      what = failure.what();
    }
    CHECK(what == "not now");
    fails = false;
    value = co_await cache.get_or_set("key", make);
    CHECK(value.ends_with('4'));
    co_await cache.remove("key");
    none = co_await cache.get("key");
    CHECK_FALSE(none);
    co_await cache.set("other", "x", {.ttl = 1s});
    const auto other = co_await cache.get("other");
    CHECK(other == "x");
    if (engine.name() != "memory") co_return;
    for (int i = 0; i < 200; ++i) co_await cache.set(std::to_string(i), "x");
    const auto oldest = co_await cache.get("99");
    CHECK_FALSE(oldest);
    const auto newest = co_await cache.get("100");
    CHECK(newest);
  });
}

TEST_CASE("jobs are done at least once, and die after their last attempt", "[stores]") {
  with_each_engine([](Engine& engine, WallClock& clock) -> Task<void> {
    const auto jobs = engine.jobs();
    const std::string binary("p\0\xff", 3);
    const std::string first = co_await jobs->push("mails", binary);
    clock.now += 1ms;
    co_await jobs->push("mails", "second", {.delay = 10s, .max_attempts = 2});
    co_await jobs->push("other", "x");
    auto counts = co_await jobs->count("mails");
    CHECK(counts.waiting == 2);

    auto job = co_await jobs->take("mails", 30s);
    REQUIRE(job);
    CHECK(job->id == first);
    CHECK(job->payload == binary);
    CHECK(job->attempts == 1);
    auto none = co_await jobs->take("mails", 30s);
    CHECK_FALSE(none);
    counts = co_await jobs->count("mails");
    CHECK(counts.taken == 1);
    CHECK(counts.waiting == 1);
    bool is_done = co_await jobs->extend(*job, 60s);
    CHECK(is_done);
    clock.now += 31s;
    // The second job is due now; the first is still held.
    auto second = co_await jobs->take("mails", 10s);
    REQUIRE(second);
    CHECK(second->payload == "second");
    is_done = co_await jobs->done(*job);
    CHECK(is_done);
    is_done = co_await jobs->done(*job);
    CHECK_FALSE(is_done);
    // A worker that lost its job can't end it.
    clock.now += 11s;
    const auto again = co_await jobs->take("mails", 10s);
    REQUIRE(again);
    CHECK(again->id == second->id);
    CHECK(again->attempts == 2);
    is_done = co_await jobs->fail(*second, "late", 0ms);
    CHECK_FALSE(is_done);
    is_done = co_await jobs->done(*second);
    CHECK_FALSE(is_done);
    // Its second worker dies as well, and that was the last attempt.
    clock.now += 11s;
    none = co_await jobs->take("mails", 10s);
    CHECK_FALSE(none);
    auto dead = co_await jobs->dead("mails");
    REQUIRE(dead.size() == 1);
    CHECK(dead[0].payload == "second");
    CHECK(dead[0].attempts == 2);
    is_done = co_await jobs->revive("mails", dead[0].id);
    CHECK(is_done);
    is_done = co_await jobs->revive("mails", dead[0].id);
    CHECK_FALSE(is_done);
    job = co_await jobs->take("mails", 10s);
    REQUIRE(job);
    CHECK(job->attempts == 1);
    co_await jobs->fail(*job, "first \xff", 5s);
    none = co_await jobs->take("mails", 10s);
    CHECK_FALSE(none);
    clock.now += 6s;
    job = co_await jobs->take("mails", 10s);
    REQUIRE(job);
    co_await jobs->fail(*job, "second", 5s);
    dead = co_await jobs->dead("mails");
    REQUIRE(dead.size() == 1);
    CHECK(dead[0].error == "second");
    is_done = co_await jobs->forget("mails", dead[0].id);
    CHECK(is_done);
    counts = co_await jobs->count("mails");
    CHECK(counts.waiting + counts.taken + counts.dead == 0);

    if (engine.database() == nullptr) co_return;
    // A job belongs to its transaction.
    {
      auto transaction = co_await engine.database()->begin();
      co_await bora::stores::push_job(*transaction, "mails", "gone");
    }
    none = co_await jobs->take("mails", 10s);
    CHECK_FALSE(none);
  });
}

TEST_CASE("workers take each job once, and try again what failed", "[stores]") {
  const bora::test::LogRecorder log;
  with_each_engine([](Engine& engine, WallClock&) -> Task<void> {
    const auto jobs = engine.jobs();
    constexpr int kJobs = 60;
    for (int i = 0; i < kJobs; ++i) {
      co_await jobs->push("work", std::to_string(i), {.max_attempts = 3});
    }
    std::map<std::string, int> runs;
    int left = kJobs;
    const auto work = [&runs, &left](Job job) -> Task<void> {
      int& count = runs[job.payload];
      int& missing = left;
      ++count;
      const bool is_first = count == 1;
      const bool is_tenth = std::stoi(job.payload) % 10 == 0;
      co_await bora::sleep(1ms);
      if (is_first && is_tenth) throw std::runtime_error("try again");
      --missing;
    };
    const bora::stores::WorkerOptions options{.queue = "work", .poll = 5ms, .backoff = 1ms};
    JobWorker one(*jobs, options, work);
    JobWorker two(*jobs, options, work);
    auto running = bora::spawn(one.run());
    auto also = bora::spawn(two.run());
    while (left > 0) co_await bora::sleep(2ms);
    one.stop();
    two.stop();
    co_await running;
    co_await also;
    CHECK(one.succeeded() + two.succeeded() == kJobs);
    CHECK(one.failed() + two.failed() == kJobs / 10);
    CHECK(one.succeeded() > 0);
    CHECK(two.succeeded() > 0);
    for (const auto& [payload, count] : runs)
      CHECK(count == (std::stoi(payload) % 10 == 0 ? 2 : 1));
    const auto counts = co_await jobs->count("work");
    CHECK(counts.waiting + counts.taken + counts.dead == 0);
  });
}

namespace {

/// An engine that is not there at times.
class LostCache final : public CacheStore {
 public:
  Task<std::optional<Entry>> get(std::string) override {
    ++asked;
    if (is_lost) throw std::runtime_error("no connection");
    co_return std::nullopt;
  }
  Task<void> set(std::string, Entry) override {
    ++written;
    if (is_lost) throw std::runtime_error("no connection");
    co_return;
  }
  Task<void> remove(std::string) override { co_return; }

  bool is_lost = false;
  int asked = 0;
  int written = 0;
};

/// A queue from which no job can be taken, a few times.
class LostQueue final : public JobQueue {
 public:
  Task<std::optional<Job>> take(std::string, std::chrono::milliseconds) override {
    if (++taken <= 5) throw std::runtime_error("no connection");
    co_return std::nullopt;
  }
  Task<std::string> push(std::string, std::string, bora::stores::JobOptions) override {
    co_return "";
  }
  Task<bool> done(Job) override { co_return true; }
  Task<bool> extend(Job, std::chrono::milliseconds) override { co_return true; }
  Task<bool> fail(Job, std::string, std::chrono::milliseconds) override { co_return true; }
  Task<bora::stores::JobCounts> count(std::string) override { co_return {}; }
  Task<std::vector<bora::stores::DeadJob>> dead(std::string, std::size_t) override { co_return {}; }
  Task<bool> revive(std::string, std::string) override { co_return false; }
  Task<bool> forget(std::string, std::string) override { co_return false; }

  int taken = 0;
};

}  // namespace

TEST_CASE("an engine that is lost is told of once, and once when it is back", "[stores]") {
  bora::test::LogRecorder log;
  SECTION("a cache makes the values, and does not wait for the engine twice") {
    IOLoop::current().run_sync([]() -> Task<void> {
      const auto store = std::make_shared<LostCache>();
      Cache cache(store, {.ttl = 10s});
      const auto make = []() -> Task<std::string> { co_return "made"; };
      for (const bool is_lost : {true, true, true, false, false}) {
        store->is_lost = is_lost;
        const std::string value = co_await cache.get_or_set("key", make);
        CHECK(value == "made");
      }
      CHECK(store->asked == 5);
      CHECK(store->written == 2);
    });
    CHECK(log.lines ==
          std::vector<std::string>{"W application: the cache can't be read: no connection",
                                   "W application: the cache can be read again"});
  }
  SECTION("a worker") {
    IOLoop::current().run_sync([]() -> Task<void> {
      LostQueue jobs;
      const auto work = [](Job) -> Task<void> { co_return; };
      JobWorker worker(jobs, {.queue = "work", .poll = 1ms}, work);
      auto running = bora::spawn(worker.run());
      while (jobs.taken < 8) co_await bora::sleep(1ms);
      worker.stop();
      co_await running;
    });
    CHECK(log.lines == std::vector<std::string>{"W application: no job can be taken: no connection",
                                                "W application: jobs can be taken again"});
  }
}
