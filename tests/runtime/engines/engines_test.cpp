#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <map>

#include <bora/core/gen.h>
#include <bora/engines/postgres_engine.h>
#include <bora/engines/rate_limit.h>
#include <bora/engines/redis_engine.h>
#include <bora/engines/redis_rate_limit.h>
#include <bora/sqlite.h>
#include <bora/stores.h>

#include "tests/runtime/websocket/engine_contract.h"
#include "tests/support/log_recorder.h"
#include "tests/support/server_process.h"

using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
using bora::websocket::ChannelEngine;
using bora::websocket::ChannelError;
using bora::websocket::ChannelLimits;
using bora::websocket::Heard;

namespace {

bora::test::RedisServer& redis_server() {
  static bora::test::RedisServer server(true);
  return server;
}
bora::test::PostgresServer& postgres_server() {
  static bora::test::PostgresServer server;
  return server;
}

std::shared_ptr<ChannelEngine> make(const std::string& name, std::chrono::milliseconds ttl = 30s) {
  if (name == "redis") {
    bora::redis::Options redis;
    redis.where = "unix://" + redis_server().socket();
    return bora::websocket::redis_engine({.redis = redis, .presence_ttl = ttl});
  }
  bora::postgres::ConnectOptions postgres;
  postgres.where = postgres_server().address();
  return bora::websocket::postgres_engine({.postgres = postgres, .presence_ttl = ttl});
}

/// Runs the loop until `is_done` returns true, for at most a minute.
bool wait_for(const std::function<bool()>& is_done) {
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (!is_done() && std::chrono::steady_clock::now() < end) IOLoop::current().run_once(10ms);
  return is_done();
}

}  // namespace

TEST_CASE("engines: each keeps the contract, as one process and as two", "[engines]") {
  for (const std::string name : {"redis", "postgres"}) {
    INFO(name);
    const auto one = make(name);
    const auto other = make(name);
    check_engine(*one, *one, "alone");
    check_engine(*one, *other, "both ' \" {x} \xc3\xa9");
  }
}

TEST_CASE("engines: long messages, and many of them", "[engines]") {
  IOLoop& loop = IOLoop::current();
  for (const std::string name : {"redis", "postgres"}) {
    INFO(name);
    const auto one = make(name);
    const auto other = make(name);
    Heard heard;
    loop.run_sync(other->subscribe("long", heard));
    const ChannelLimits kept{.history = 1000};
    const std::string large(100'000, 'x');
    std::vector<std::string> sent;
    for (int i = 0; i < 200; ++i) {
      const std::string data = i % 20 == 3 ? large + std::to_string(i) : std::to_string(i);
      sent.push_back(data);
      loop.spawn(one->publish("long", {data}, i % 3 == 0 ? ChannelLimits() : kept));
    }
    REQUIRE(wait_for([&] { return heard.log.size() >= sent.size(); }));
    CHECK(heard.log == sent);
    other->unsubscribe("long", heard);
  }
}

TEST_CASE("engines: a member whose process dies has left", "[engines]") {
  IOLoop& loop = IOLoop::current();
  for (const std::string name : {"redis", "postgres"}) {
    INFO(name);
    const auto watching = make(name, 300ms);
    Heard heard;
    loop.run_sync(watching->subscribe("room", heard));
    loop.run_sync(watching->join("room", {"ann"}));
    {
      const auto dying = make(name, 300ms);
      loop.run_sync(dying->join("room", {"bob"}));
    }
    REQUIRE(wait_for([&] { return heard.log.size() >= 3; }));
    CHECK(heard.log == std::vector<std::string>{"+ann", "+bob", "-bob"});
    CHECK(loop.run_sync(watching->members("room")).size() == 1);
    loop.run_sync(watching->leave("room", "ann"));
    watching->unsubscribe("room", heard);
  }
}

TEST_CASE(
    "engines: servers are killed, and nothing that was published is lost, twice or in disorder",
    "[engines]") {
  const bora::test::LogRecorder log;
  IOLoop& loop = IOLoop::current();
  for (const std::string name : {"redis", "postgres"}) {
    INFO(name);
    const auto one = make(name);
    const auto other = make(name);
    Heard near;
    Heard far;
    loop.run_sync(one->subscribe("storm", near));
    loop.run_sync(other->subscribe("storm", far));
    loop.run_sync(other->join("storm", {"ann"}));
    std::vector<std::string> published;  // what was promised
    std::atomic<bool> is_over = false;
    const auto talk = [](ChannelEngine& engine, std::vector<std::string>& done,
                         const std::atomic<bool>& stop) -> Task<void> {
      const ChannelLimits kept{.history = 100'000};
      for (int i = 0; !stop.load(); ++i) {
        std::string text = std::to_string(i);
        try {
          bora::websocket::ChannelMessage message;
          message.data = text;
          co_await engine.publish("storm", std::move(message), kept);
          done.push_back(text);
        } catch (const ChannelError&) {
        }
        co_await bora::sleep(1ms);
      }
    };
    auto talking = bora::spawn(talk(*one, published, is_over));
    // The whole test is BORA_TEST_KILLS=20, with ten thousand messages.
    const char* const wanted = std::getenv("BORA_TEST_KILLS");
    const int kills = wanted == nullptr ? 4 : std::atoi(wanted);
    const std::size_t messages = kills >= 20 ? 500 : 20;  // between two of them
    for (int kill = 1; kill <= kills; ++kill) {
      const std::size_t before = published.size();
      REQUIRE(wait_for([&] { return published.size() >= before + messages; }));
      if (name == "redis") {
        redis_server().restart(SIGTERM);
      } else {
        postgres_server().restart(kill % 2 == 0 ? SIGQUIT : SIGINT);
      }
    }
    const std::size_t before = published.size();
    REQUIRE(wait_for([&] { return published.size() >= before + 20; }));
    is_over = true;
    loop.run_sync([&]() -> Task<void> { co_await talking; });
    const std::string last = published.back();
    const auto has_last = [&last](const Heard& heard) {
      return std::ranges::find(heard.log, last) != heard.log.end();
    };
    REQUIRE(wait_for([&] { return has_last(near) && has_last(far); }));
    std::erase_if(far.log,
                  [](const std::string& line) { return line == "+ann" || line == "-ann"; });
    std::erase_if(near.log,
                  [](const std::string& line) { return line == "+ann" || line == "-ann"; });
    CHECK(near.log == far.log);
    // Messages whose publishing was confirmed are there; the others may be.
    std::map<std::string, int> counts;
    int previous = -1;
    for (const std::string& text : far.log) {
      ++counts[text];
      CHECK(std::stoi(text) > previous);
      previous = std::stoi(text);
    }
    for (const std::string& text : published) CHECK(counts[text] == 1);
    WARN(name << ": " << kills << " kills, " << far.log.size() << " messages, " << published.size()
              << " of them promised");
    CHECK(loop.run_sync(one->members("storm")).size() == 1);
    one->unsubscribe("storm", near);
    other->unsubscribe("storm", far);
  }
}

TEST_CASE("engines: a Redis that has lost its memory is a gap, and then goes on", "[engines]") {
  IOLoop& loop = IOLoop::current();
  const auto engine = make("redis");
  Heard heard;
  const ChannelLimits kept{.history = 10};
  loop.run_sync(engine->subscribe("lost", heard));
  loop.run_sync(engine->publish("lost", {"before"}, kept));
  REQUIRE(wait_for([&] { return heard.log.size() == 1; }));
  bora::redis::Options redis;
  redis.where = "unix://" + redis_server().socket();
  bora::redis::Client client(redis);
  loop.run_sync([&]() -> Task<void> { co_await client.command("FLUSHALL"); });
  heard.offset = 0;
  loop.run_sync(engine->publish("lost", {"after"}, kept));
  REQUIRE(wait_for([&] { return heard.log.size() == 3; }));
  CHECK(heard.log == std::vector<std::string>{"before", "gap", "after"});
  engine->unsubscribe("lost", heard);
}

TEST_CASE("engines: a rate is limited for all processes together", "[engines]") {
  IOLoop& loop = IOLoop::current();
  const auto check = [&loop](bora::filters::RateLimitStore& one,
                             bora::filters::RateLimitStore& other) {
    const bora::filters::Rate rate{.limit = 60, .period = 60s, .burst = 3};
    const auto take = [&](bora::filters::RateLimitStore& store, const std::string& key) {
      return loop.run_sync(store.take(key, rate));
    };
    CHECK(take(one, "ann").remaining == 2);
    CHECK(take(other, "ann").remaining == 1);
    const auto last = take(one, "ann");
    CHECK(last.is_allowed);
    CHECK(last.remaining == 0);
    CHECK(last.reset_after > 2s);
    CHECK(last.reset_after <= 3s);
    for (int i = 0; i < 3; ++i) {
      const auto refused = take(other, "ann");
      CHECK_FALSE(refused.is_allowed);
      CHECK(refused.retry_after > 0s);
      CHECK(refused.retry_after <= 1s);
    }
    CHECK(take(one, "bob").is_allowed);
  };
  bora::redis::Options redis;
  redis.where = "unix://" + redis_server().socket();
  bora::redis::Client client(redis);
  bora::filters::MemoryRateLimitStore memory;  // in one process
  check(memory, memory);
  check(*bora::filters::redis_rate_limit(client), *bora::filters::redis_rate_limit(client));
  bora::postgres::Pool pool(postgres_server().address());
  bora::sqlite::Database file(":memory:");
  for (bora::database::Database* database : {static_cast<bora::database::Database*>(&pool),
                                             static_cast<bora::database::Database*>(&file)}) {
    loop.run_sync(bora::stores::make_tables(*database));
    check(*bora::filters::database_rate_limit(*database),
          *bora::filters::database_rate_limit(*database));
  }
}
