#include "tests/runtime/asio/redis.h"

#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include <bora/core/io_loop.h>

#include "tests/support/catch.h"
#include "tests/support/server_process.h"

using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
using bora::test::Redis;
using bora::test::RedisError;
using bora::test::RedisReply;

namespace {

/// It is made when it is first asked for, and ends with the program.
class Server {
 public:
  static std::string socket() {
    static const bora::test::RedisServer server;
    return server.socket();
  }
};

template <class T>
T run(Task<T> task) {
  return IOLoop::current().run_sync(std::move(task), 60s);
}

Task<RedisReply> command(Redis& redis, std::vector<std::string> words) {
  RedisReply reply = co_await redis.command(std::move(words));
  co_return reply;
}

/// The text of a RedisError.
Task<std::string> failure_of(Redis& redis, std::vector<std::string> words) {
  std::string told;
  try {
    co_await redis.command(std::move(words));
  } catch (const RedisError& failure) {
    told = failure.what();
  }
  co_return told;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("redis: set and get, any bytes", "[asio]") {
  const auto talk = []() -> Task<std::string> {
    Redis redis;
    co_await redis.connect_unix(Server::socket());
    const Words set = {"SET", "key", std::string("a\0\r\nb", 5)};
    co_await redis.command(set);
    const Words get = {"GET", "key"};
    const RedisReply reply = co_await redis.command(get);
    const Words none = {"GET", "no such key"};
    const RedisReply nothing = co_await redis.command(none);
    CHECK(nothing.is_nil);
    co_return reply.text;
  };
  CHECK(run(talk()) == std::string("a\0\r\nb", 5));
}

TEST_CASE("redis: a command that is refused leaves a connection that works", "[asio]") {
  const auto talk = []() -> Task<std::string> {
    Redis redis;
    co_await redis.connect_unix(Server::socket());
    const Words wrong = {"NOSUCH"};
    const std::string told = co_await failure_of(redis, wrong);
    CHECK(told.starts_with("ERR unknown command"));
    const Words ping = {"PING"};
    const RedisReply reply = co_await redis.command(ping);
    co_return reply.text;
  };
  CHECK(run(talk()) == "PONG");
}

TEST_CASE("redis: no server", "[asio]") {
  const auto connect = []() -> Task<void> {
    Redis redis;
    co_await redis.connect_unix("/no/such/socket");
  };
  CHECK_THROWS_AS(run(connect()), RedisError);
}

TEST_CASE("redis: a thousand commands at once are answered in order", "[asio]") {
  const auto talk = []() -> Task<std::vector<RedisReply>> {
    Redis redis;
    co_await redis.connect_unix(Server::socket());
    const Words reset = {"SET", "count", "0"};
    co_await redis.command(reset);
    std::vector<Task<RedisReply>> tasks;
    for (int i = 0; i < 1000; ++i) tasks.push_back(command(redis, {"INCR", "count"}));
    std::vector<RedisReply> replies = co_await bora::multi(std::move(tasks));
    co_return replies;
  };
  const std::vector<RedisReply> replies = run(talk());
  REQUIRE(replies.size() == 1000);
  for (std::size_t i = 0; i < replies.size(); ++i) {
    CHECK(replies[i].number == static_cast<std::int64_t>(i + 1));
  }
}

TEST_CASE("redis: large answers, and lists", "[asio]") {
  const auto talk = []() -> Task<std::size_t> {
    Redis redis;
    co_await redis.connect_unix(Server::socket());
    const Words set = {"SET", "large", std::string(5'000'000, 'x')};
    co_await redis.command(set);
    const Words get = {"MGET", "large", "no such key"};
    const RedisReply reply = co_await redis.command(get);
    REQUIRE(reply.items.size() == 2);
    CHECK(reply.items[1].is_nil);
    co_return reply.items[0].text.size();
  };
  CHECK(run(talk()) == 5'000'000);
}

TEST_CASE("redis: a wait that is cancelled leaves the others in order", "[asio]") {
  const auto talk = []() -> Task<std::string> {
    Redis redis;
    Redis other;
    co_await redis.connect_unix(Server::socket());
    co_await other.connect_unix(Server::socket());
    const Words pop = {"BLPOP", "queue", "0"};
    bool was_late = false;
    try {
      Task<RedisReply> waiting = command(redis, pop);
      co_await bora::with_timeout(20ms, std::move(waiting), {.cancel = true});
    } catch (const bora::TimeoutError&) {
      was_late = true;
    }
    CHECK(was_late);
    const Words push = {"RPUSH", "queue", "dropped"};
    co_await other.command(push);
    const Words ping = {"PING"};
    const RedisReply reply = co_await redis.command(ping);
    co_return reply.text;
  };
  CHECK(run(talk()) == "PONG");
}

TEST_CASE("redis: a connection that breaks ends what waits, and can be made again", "[asio]") {
  const auto talk = []() -> Task<std::string> {
    Redis victim;
    Redis other;
    co_await victim.connect_unix(Server::socket());
    co_await other.connect_unix(Server::socket());
    const Words who = {"CLIENT", "ID"};
    const RedisReply id = co_await victim.command(who);
    const Words wait = {"BLPOP", "queue", "0"};
    const Words kill = {"CLIENT", "KILL", "ID", std::to_string(id.number)};
    auto [told, killed] = co_await bora::multi(failure_of(victim, wait), command(other, kill));
    CHECK_FALSE(told.empty());
    CHECK(killed.number == 1);
    const Words ping = {"PING"};
    const std::string refused = co_await failure_of(victim, ping);
    CHECK(refused == "not connected");
    co_await victim.connect_unix(Server::socket());
    const RedisReply reply = co_await victim.command(ping);
    co_return reply.text;
  };
  CHECK(run(talk()) == "PONG");
}

TEST_CASE("redis: what waits ends when the connection's owner goes", "[asio]") {
  auto redis = std::make_unique<Redis>();
  std::string told;
  const auto begin = [](Redis& connection) -> Task<void> {
    co_await connection.connect_unix(Server::socket());
  };
  run(begin(*redis));
  const auto waits = [](Redis& connection, std::string& outcome) -> Task<void> {
    const Words wait = {"BLPOP", "queue", "0"};
    outcome = co_await failure_of(connection, wait);
  };
  IOLoop::current().spawn(waits(*redis, told));
  for (int i = 0; i < 4; ++i) IOLoop::current().run_once();
  CHECK(told.empty());
  redis.reset();
  for (int i = 0; i < 4; ++i) IOLoop::current().run_once();
  CHECK_FALSE(told.empty());
}
