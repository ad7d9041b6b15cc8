#include <chrono>
#include <csignal>
#include <map>
#include <random>

#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/redis.h>

#include "runtime/redis/reader.h"
#include "tests/support/catch.h"
#include "tests/support/log_recorder.h"
#include "tests/support/server_process.h"

using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
using bora::TimeoutError;
using bora::redis::Client;
using bora::redis::Command;
using bora::redis::Connection;
using bora::redis::ConnectionError;
using bora::redis::ConversionError;
using bora::redis::Error;
using bora::redis::Message;
using bora::redis::Options;
using bora::redis::Script;
using bora::redis::StreamEntry;
using bora::redis::Subscriber;
using bora::redis::Value;

namespace {

bora::test::RedisServer& server() {
  static bora::test::RedisServer one;
  return one;
}

Options options() {
  Options made;
  made.where = "unix://" + server().socket();
  made.command_timeout = 60s;  // however slow a checker makes it
  return made;
}

template <class Body>
void run(Body body) {
  IOLoop::current().run_sync(body(), 60s);
}

/// Why there is no connection. A command that ends before the server has answered is sent again.
Task<std::string> refusal(Client& redis) {
  for (;;) {
    try {
      co_await redis.command("PING");
      co_return "it did not fail";
    } catch (const ConnectionError& failure) {
      std::string what = failure.what();
      if (what.find("the server has not answered yet") == std::string::npos) co_return what;
    }
  }
}

template <class Failure = Error, class T>
Task<std::string> failure_of(Task<T> task) {
  std::string what = "it did not fail";
  try {
    co_await task;
  } catch (const Failure& failure) {
    what = failure.what();
  }
  co_return what;
}

}  // namespace

TEST_CASE("redis: commands and what they give", "[redis]") {
  run([]() -> Task<void> {
    Client redis(options());
    co_await redis.command("FLUSHALL");
    const std::string binary("a\0b\r\n$5\xff", 9);
    co_await redis.command("SET", "key", binary);
    const auto back = co_await redis.command<std::string>("GET", "key");
    CHECK(back == binary);
    const auto none = co_await redis.command<std::optional<std::string>>("GET", "missing");
    CHECK_FALSE(none);
    const auto number = co_await redis.command<int>("INCRBY", "n", 41);
    CHECK(number == 41);
    const auto real = co_await redis.command<double>("INCRBYFLOAT", "n", 0.5);
    CHECK(real == 41.5);
    co_await redis.command("HSET", "h", "a", 1, "b", "two");
    using Map = std::map<std::string, std::string>;
    const auto map = co_await redis.command<Map>("HGETALL", "h");
    CHECK(map == Map{{"a", "1"}, {"b", "two"}});
    const std::vector<std::string> letters = {"x", "y", "z"};
    co_await redis.command("RPUSH", "l", letters);
    const auto list = co_await redis.command<std::vector<std::string>>("LRANGE", "l", 0, -1);
    CHECK(list == std::vector<std::string>{"x", "y", "z"});
    const auto some =
        co_await redis.command<std::vector<std::optional<std::string>>>("MGET", "key", "no");
    CHECK(some.size() == 2);
    CHECK_FALSE(some[1]);

    const std::string wrong = co_await failure_of(redis.command("LPUSH", "key", 1));
    CHECK(wrong.starts_with("WRONGTYPE Operation"));
    const std::string unknown = co_await failure_of(redis.command("NOTHING"));
    CHECK(unknown.starts_with("ERR unknown command"));
    const std::string type = co_await failure_of<ConversionError>(redis.command<int>("GET", "key"));
    CHECK(type.starts_with("the reply is no whole number, but the text"));
    const std::string nil =
        co_await failure_of<ConversionError>(redis.command<std::string>("GET", "no"));
    CHECK(nil == "the reply is no text, but nil");

    const std::string id =
        co_await redis.command<std::string>("XADD", "s", "*", "f", "v", "g", "w");
    const auto entries = co_await redis.command<std::vector<StreamEntry>>("XRANGE", "s", "-", "+");
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].id == id);
    CHECK(entries[0]["g"] == "w");
    using Streams = std::vector<std::pair<std::string, std::vector<StreamEntry>>>;
    const auto streams = co_await redis.command<Streams>("XREAD", "STREAMS", "s", 0);
    CHECK(streams.at(0).second.at(0)["f"] == "v");

    std::vector<Command> commands;
    commands.emplace_back("SET", "t", 1);
    commands.emplace_back("LPUSH", "t", 1);
    commands.emplace_back("INCR", "t");
    const auto results = co_await redis.transaction(std::move(commands));
    REQUIRE(results.size() == 3);
    CHECK(results[1].is_error());
    CHECK(results[2].as<int>() == 2);
    std::vector<Command> refused;
    refused.emplace_back("SET", "t", 5);
    refused.emplace_back("NOTHING");
    const std::string aborted = co_await failure_of(redis.transaction(std::move(refused)));
    CHECK(aborted.starts_with("ERR unknown command"));

    const Script add("return redis.call('INCRBY', KEYS[1], ARGV[1])");
    for (int i = 1; i <= 3; ++i) {
      const std::vector<std::string> keys = {"sum"};
      const std::vector<std::string> arguments = {"10"};
      const int sum = co_await redis.eval<int>(add, keys, arguments);
      CHECK(sum == 10 * i);
    }
    const auto info = co_await redis.command<std::string>("INFO", "commandstats");
    CHECK(info.find("cmdstat_eval:calls=1") != std::string::npos);

    Connection watching = co_await redis.acquire();
    co_await watching.command("WATCH", "t");
    co_await redis.command("SET", "t", 9);
    std::vector<Command> change;
    change.emplace_back("SET", "t", 10);
    const auto unchanged = co_await watching.transaction(change);
    CHECK_FALSE(unchanged);
    const auto changed = co_await watching.transaction(change);
    CHECK(changed);
  });
}

TEST_CASE("redis: commands of one moment are sent together, and each gets its own reply",
          "[redis]") {
  run([]() -> Task<void> {
    Client redis(options());
    co_await redis.command("CONFIG", "RESETSTAT");
    std::vector<Task<std::string>> echoes;
    for (int i = 0; i < 500; ++i) echoes.push_back(redis.command<std::string>("ECHO", i));
    const std::vector<std::string> answers = co_await bora::multi(std::move(echoes));
    for (int i = 0; i < 500; ++i) CHECK(answers[static_cast<std::size_t>(i)] == std::to_string(i));
    const auto info = co_await redis.command<std::string>("INFO", "stats");
    const std::size_t at = info.find("total_reads_processed:") + 22;
    CHECK(std::stoi(info.substr(at)) < 10);

    // Some give up, and nobody gets another's reply.
    std::mt19937 random(3);
    int right = 0;
    const auto ask = [](Client& client, int i, int& count) -> Task<void> {
      const int back = co_await client.command<int>("ECHO", i);
      if (back != i) throw std::logic_error("somebody else's reply");
      ++count;
    };
    std::vector<bora::Future<void>> all;
    for (int i = 0; i < 10'000; ++i) {
      all.push_back(bora::spawn(ask(redis, i, right)));
      if (random() % 3 == 0) all[random() % all.size()].cancel();
      if (i % 100 == 0) co_await bora::moment;
    }
    for (auto& future : all) {
      static_cast<void>(co_await future.end());
      if (!future.cancelled()) future.result();
    }
    CHECK(right > 100);
    CHECK(redis.pending() == 0);
  });
}

TEST_CASE("redis: commands that block have connections of their own", "[redis]") {
  run([]() -> Task<void> {
    Client redis(options());
    co_await redis.command("DEL", "queue");
    using Popped = std::pair<std::string, std::string>;
    auto first = bora::spawn(redis.blocking<Popped>(Command("BLPOP", "queue", 0)));
    for (;;) {
      const auto info = co_await redis.command<std::string>("INFO", "clients");
      if (info.find("blocked_clients:1") != std::string::npos) break;
    }
    co_await redis.command("RPUSH", "queue", "a");
    const Popped popped = co_await first;
    CHECK(popped.second == "a");
    // A command that was given up takes nothing from the queue.
    auto second = bora::spawn(redis.blocking(Command("BLPOP", "queue", 0)));
    for (;;) {
      const auto info = co_await redis.command<std::string>("INFO", "clients");
      if (info.find("blocked_clients:1") != std::string::npos) break;
    }
    second.cancel();
    static_cast<void>(co_await second.end());
    for (;;) {
      const auto info = co_await redis.command<std::string>("INFO", "clients");
      if (info.find("blocked_clients:0") != std::string::npos) break;
    }
    co_await redis.command("RPUSH", "queue", "b");
    const auto left = co_await redis.command<std::string>("LPOP", "queue");
    CHECK(left == "b");
    const std::string late = co_await failure_of<TimeoutError>(
        redis.blocking(Command("BLPOP", "queue", 0).within(20ms)));
    CHECK(late == "Redis took longer than the command's deadline");
  });
}

TEST_CASE("redis: publish and subscribe, over a restart too", "[redis]") {
  bora::test::LogRecorder log;
  run([]() -> Task<void> {
    Client redis(options());
    Subscriber subscriber(options());
    co_await subscriber.subscribe("news");
    co_await subscriber.psubscribe("n?ise");
    co_await redis.command("PUBLISH", "news", "first");
    co_await redis.command("PUBLISH", "noise", "second");
    const Message first = co_await subscriber.next(30s);
    CHECK(first.channel == "news");
    CHECK(first.payload == "first");
    const Message second = co_await subscriber.next(30s);
    CHECK(second.channel == "noise");
    CHECK(second.pattern == "n?ise");
    subscriber.punsubscribe("n?ise");

    server().stop(SIGKILL);
    const std::string lost =
        co_await failure_of<ConnectionError>(redis.run(Command("PING").within(50ms)));
    CHECK(lost.find("no connection to Redis") + lost.find("is lost") != 2 * std::string::npos);
    server().start();
    const Message gap = co_await subscriber.next(30s);
    CHECK(gap.is_gap);
    co_await subscriber.subscribe("news");
    co_await redis.command("PUBLISH", "news", "third");
    const Message third = co_await subscriber.next(30s);
    CHECK(third.payload == "third");
  });
  std::size_t told = 0;
  for (const auto& line : log.lines) told += line.find("can't subscribe") != std::string::npos;
  CHECK(told <= 1);
}

TEST_CASE("redis: wrong addresses, a server that stands still", "[redis]") {
  bora::test::LogRecorder log;
  run([]() -> Task<void> {
    struct Case {
      const char* where;
      const char* what;
    };
    const std::vector<Case> cases = {
        {"http://x", "Redis' address is"},
        {"redis://h:x", "Redis' address is"},
        {"unix://", "Redis' address is"},
        {"redis://127.0.0.1/x", "Redis' address is"},
        {"unix:///nonexistent/x", "no connection to Redis at /nonexistent/x"}};
    for (const Case& wrong : cases) {
      Options made;
      made.where = wrong.where;
      made.command_timeout = 30ms;
      Client redis(made);
      const std::string what = co_await refusal(redis);
      INFO(what);
      CHECK(what.find(wrong.what) != std::string::npos);
    }
    Options login = options();
    login.where = "unix://" + server().socket() + "?db=99";
    login.command_timeout = 50ms;
    Client wrong(login);
    const std::string refused = co_await refusal(wrong);
    CHECK(refused.find("refuses the connection: ERR DB index") != std::string::npos);

    Options hasty = options();
    hasty.command_timeout = 100ms;
    Client redis(hasty);
    co_await redis.run(Command("PING").within(30s));
    ::kill(server().pid(), SIGSTOP);
    const std::string slow = co_await failure_of<TimeoutError>(redis.command("PING"));
    CHECK(slow == "Redis took longer than the command's deadline");
    CHECK_FALSE(redis.is_connected());
    ::kill(server().pid(), SIGCONT);
    const auto pong = co_await redis.run(Command("PING").within(30s));
    CHECK(pong.text() == "PONG");
  });
}

TEST_CASE("redis: replies cut anywhere, and bytes that are no reply", "[redis]") {
  const std::string whole =
      "*3\r\n$3\r\na\r\n\r\n:-5\r\n*2\r\n$-1\r\n*-1\r\n-ERR no\r\n+OK\r\n*0\r\n";
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    bora::redis::Reader reader;
    std::vector<Value> all;
    for (const std::string_view part :
         {std::string_view(whole).substr(0, cut), std::string_view(whole).substr(cut)}) {
      reader.feed(part);
      while (Value* const reply = reader.next()) all.push_back(std::move(*reply));
    }
    REQUIRE(all.size() == 4);
    CHECK(all[0].items()[0].text() == "a\r\n");
    CHECK(all[0].items()[1].integer() == -5);
    CHECK(all[0].items()[2].items()[0].is_nil());
    CHECK(all[1].is_error());
    CHECK(all[2].text() == "OK");
    CHECK(all[3].items().empty());
  }
  for (const char* wrong : {"x\r\n", "HTTP/1.1 400\r\n", "*1\r\n?\r\n"}) {
    bora::redis::Reader reader;
    reader.feed(wrong);
    INFO(wrong);
    CHECK_THROWS_AS(reader.next(), ConnectionError);
  }
}
