#include <arpa/inet.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <map>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <bora/core/gen.h>
#include <bora/core/locks.h>
#include <bora/engines/postgres_engine.h>
#include <bora/engines/redis_engine.h>
#include <bora/filters/health.h>
#include <bora/net/netutil.h>
#include <bora/postgres.h>
#include <bora/redis.h>
#include <bora/web.h>

#include "tests/runtime/websocket/engine_contract.h"
#include "tests/support/log_recorder.h"
#include "tests/support/server_process.h"

// A web app and its databases when one of them fails: /readyz, SIGTERM, and a worker that is
// killed.

extern char** environ;

using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
using bora::postgres::Pool;
using bora::websocket::ChannelEngine;
using bora::websocket::ChannelLimits;
using bora::websocket::ChannelPosition;
using bora::websocket::Heard;

namespace {

Pool* pool = nullptr;
bora::Event* asked = nullptr;

/// Answers when it gets the lock.
class Slow : public bora::web::RequestHandler {
 public:
  Task<void> get() {
    asked->set();
    const auto got = co_await pool->query_one<std::string>(
        "select 'answered' || pg_advisory_xact_lock(77)::text");
    write(*got);
  }
};

/// Returns the whole answer to a GET; blocks until it has come.
std::string fetch(int port, const std::string& path) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const std::string request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    static_cast<void>(::send(fd, request.data(), request.size(), MSG_NOSIGNAL));
    char bytes[4096];
    for (ssize_t count = 0; (count = ::recv(fd, bytes, sizeof bytes, 0)) > 0;) {
      answer.append(bytes, static_cast<std::size_t>(count));
    }
  }
  ::close(fd);
  return answer;
}

/// The same, while this thread's loop runs.
std::string fetch_beside(int port, const std::string& path) {
  auto answer = std::async(std::launch::async, [port, path] { return fetch(port, path); });
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (answer.wait_for(0s) != std::future_status::ready &&
         std::chrono::steady_clock::now() < end) {
    IOLoop::current().run_once(5ms);
  }
  return answer.get();
}

int listen(bora::http::HTTPServer& server) {
  auto sockets = bora::net::bind_sockets(0, "127.0.0.1");
  const int port = bora::net::local_port(sockets[0].get());
  server.add_sockets(std::move(sockets));
  return port;
}

}  // namespace

TEST_CASE("engines: an app starts without its servers, and is ready when they are there",
          "[engines]") {
  bora::test::LogRecorder log;
  bora::test::PostgresServer postgres;
  bora::test::RedisServer redis;
  postgres.stop();
  redis.stop();
  Pool db(postgres.address());
  bora::redis::Options options;
  options.where = "unix://" + redis.socket();
  options.command_timeout = 500ms;
  bora::redis::Client client(options);
  bora::filters::Health::add_check("postgres", [&db] { return db.ping(500ms); });
  bora::filters::Health::add_check("redis", [&client] { return client.ping(500ms); });
  {
    bora::web::Application app({bora::web::url<bora::filters::ReadyHandler>("/readyz")});
    bora::http::HTTPServer server(app);
    const int port = listen(server);
    for (int i = 0; i < 3; ++i) {
      const std::string answer = fetch_beside(port, "/readyz");
      CHECK(answer.starts_with("HTTP/1.1 503 "));
      CHECK(answer.find("postgres") != std::string::npos);
      CHECK(answer.find("redis") != std::string::npos);
    }
    postgres.start();
    CHECK(fetch_beside(port, "/readyz").starts_with("HTTP/1.1 503 "));
    redis.start();
    std::string answer;
    for (int i = 0; i < 50 && !answer.starts_with("HTTP/1.1 200 "); ++i) {
      answer = fetch_beside(port, "/readyz");
    }
    CHECK(answer.starts_with("HTTP/1.1 200 "));
  }
  bora::filters::Health::remove_check("postgres");
  bora::filters::Health::remove_check("redis");
  const auto count = [&log](const std::string& what) {
    return std::ranges::count_if(
        log.lines, [&](const std::string& line) { return line.find(what) != std::string::npos; });
  };
  CHECK(count("E general: postgres: no connection to PostgreSQL") == 1);
  CHECK(count("E general: redis: no connection to Redis") == 1);
  CHECK(count("postgres: the server can be reached again") == 1);
}

TEST_CASE("engines: SIGTERM lets queries end that requests wait for", "[engines]") {
  const bora::test::LogRecorder log;
  // Catch has a handler of its own for SIGTERM, and a loop leaves such signals alone.
  const auto former = std::signal(SIGTERM, SIG_DFL);
  bora::test::PostgresServer postgres;
  bora::Event is_asked;
  asked = &is_asked;
  IOLoop& loop = IOLoop::current();
  Pool db(postgres.address());
  pool = &db;
  bora::web::Application app({bora::web::url<Slow>("/slow")});
  bora::http::HTTPServer server(app);
  const int port = listen(server);
  std::future<std::string> answer;
  const auto story = [&]() -> Task<void> {
    bora::Event& waits = is_asked;
    Pool& used = db;
    std::future<std::string>& coming = answer;
    auto holder = co_await used.begin();
    co_await holder->execute("select pg_advisory_xact_lock(77)");
    coming = std::async(std::launch::async, [port] { return fetch(port, "/slow"); });
    co_await waits.wait();
    for (int running = 0; running == 0;) {
      const auto count = co_await used.query_one<int>(
          "select count(*) from pg_locks where locktype = 'advisory' and not granted");
      running = *count;
    }
    std::raise(SIGTERM);
    while (!IOLoop::current().is_stopping()) co_await bora::moment;
    co_await holder->commit();
  };
  loop.spawn(story());
  loop.start();  // until it has drained
  std::signal(SIGTERM, former);
  CHECK(answer.get().ends_with("\r\n\r\nanswered"));
  // The pool may still be opening a connection that another query asked for.
  const auto end = std::chrono::steady_clock::now() + 60s;
  const auto is_whole = [&db] { return db.statistics().idle == db.statistics().connections; };
  while (!is_whole() && std::chrono::steady_clock::now() < end) loop.run_once(5ms);
  CHECK(is_whole());
  pool = nullptr;
  asked = nullptr;
}

// --- A worker that is killed

namespace {

std::shared_ptr<ChannelEngine> engine_of(const std::string& name, const std::string& where) {
  if (name == "redis") {
    bora::redis::Options redis;
    redis.where = where;
    return bora::websocket::redis_engine({.redis = redis});
  }
  bora::postgres::ConnectOptions postgres;
  postgres.where = where;
  return bora::websocket::postgres_engine({.postgres = postgres});
}

std::string from_environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

int kills_wanted(int usual) {
  const std::string wanted = from_environment("BORA_TEST_KILLS");
  return wanted.empty() ? usual : std::atoi(wanted.c_str());
}

/// This program as a worker: it prints a line for each message that it received or published.
class WorkerProcess {
 public:
  WorkerProcess(const std::string& engine, const std::string& where, int number,
                const std::string& since) {
    std::vector<std::string> texts = {"BORA_TEST_ENGINE=" + engine, "BORA_TEST_WHERE=" + where,
                                      "BORA_TEST_NUMBER=" + std::to_string(number),
                                      "BORA_TEST_SINCE=" + since};
    for (char** entry = environ; *entry != nullptr; ++entry) texts.emplace_back(*entry);
    std::vector<char*> environment;
    for (std::string& text : texts) environment.push_back(text.data());
    environment.push_back(nullptr);
    std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
    std::string test = "engines: a worker of another test";
    char* const arguments[] = {program.data(), test.data(), nullptr};
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    REQUIRE(posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments, environment.data()) ==
            0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    output_ = ends[0];
    ::fcntl(output_, F_SETFL, O_NONBLOCK);
  }
  ~WorkerProcess() {
    kill();
    ::close(output_);
  }
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  /// Returns the whole lines that have come since the last call.
  std::vector<std::string> lines() {
    char bytes[16 * 1024];
    for (ssize_t count = 0; (count = ::read(output_, bytes, sizeof bytes)) > 0;) {
      rest_.append(bytes, static_cast<std::size_t>(count));
    }
    std::vector<std::string> whole;
    for (std::size_t end = 0; (end = rest_.find('\n')) != std::string::npos;) {
      whole.push_back(rest_.substr(0, end));
      rest_.erase(0, end + 1);
    }
    return whole;
  }
  void kill() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::string rest_;
};

void tell(const std::string& line) {
  const std::string whole = line + "\n";
  if (::write(STDOUT_FILENO, whole.data(), whole.size()) < 0) std::_Exit(1);  // nobody reads
}

/// Listens to a channel and prints the places of its messages.
class Teller final : public bora::websocket::ChannelListener {
 public:
  void on_message(const std::shared_ptr<const bora::websocket::ChannelMessage>& message) override {
    if (is_early) {
      early.push_back(message);
    } else {
      say(*message);
    }
  }
  void say(const bora::websocket::ChannelMessage& message) {
    if (message.offset <= last) return;
    last = message.offset;
    tell("heard " + std::to_string(message.offset) + " " + message.data);
  }
  void on_gap(const ChannelPosition&) override { tell("gap"); }
  void on_join(const bora::websocket::ChannelMember&) override {}
  void on_leave(const bora::websocket::ChannelMember&) override {}

  bool is_early = true;
  std::uint64_t last = 0;
  std::vector<std::shared_ptr<const bora::websocket::ChannelMessage>> early;
};

constexpr ChannelLimits kKept{.history = 100'000};

}  // namespace

TEST_CASE("engines: a worker of another test", "[.]") {
  const std::string name = from_environment("BORA_TEST_ENGINE");
  if (name.empty()) return;
  ::alarm(300);  // the process that started it may have died
  const auto engine = engine_of(name, from_environment("BORA_TEST_WHERE"));
  const std::string number = from_environment("BORA_TEST_NUMBER");
  const std::string since = from_environment("BORA_TEST_SINCE");  // EPOCH OFFSET
  Teller teller;
  const auto work = [&]() -> Task<void> {
    Teller& heard = teller;
    ChannelEngine& used = *engine;
    const std::string who = number;
    const std::string from = since;
    const ChannelPosition position = co_await used.subscribe("storm", heard);
    tell("epoch " + position.epoch);
    heard.last = position.offset;
    if (const std::size_t space = from.find(' '); space != std::string::npos) {
      const ChannelPosition place{from.substr(0, space), std::stoull(from.substr(space + 1))};
      heard.last = place.offset;
      const auto missed = co_await used.history("storm", place, 100'000);
      if (!missed.is_complete) tell("gap");
      for (const auto& message : missed.messages) heard.say(*message);
    }
    heard.is_early = false;
    for (const auto& message : heard.early) heard.say(*message);
    for (int i = 0;; ++i) {
      const std::string text = who + "-" + std::to_string(i);
      bora::websocket::ChannelMessage message;
      message.data = text;
      co_await used.publish("storm", std::move(message), kKept);
      tell("sent " + text);
      co_await bora::sleep(1ms);
    }
  };
  IOLoop::current().run_sync(work());
}

TEST_CASE("engines: workers are killed, and nothing is lost, twice or in disorder", "[engines]") {
  bora::test::LogRecorder log;
  bora::test::RedisServer redis;
  bora::test::PostgresServer postgres;
  const int kills = kills_wanted(3);
  const std::size_t messages = kills >= 20 ? 520 : 20;  // between two of them
  for (const std::string name : {"redis", "postgres"}) {
    INFO(name);
    const std::string where = name == "redis" ? "unix://" + redis.socket() : postgres.address();
    const auto engine = engine_of(name, where);
    IOLoop& loop = IOLoop::current();
    Heard heard;
    std::vector<std::pair<std::uint64_t, std::string>> all;  // as this process heard them
    heard.action = [&all](const bora::websocket::ChannelMessage& message) {
      all.emplace_back(message.offset, message.data);
    };
    const ChannelPosition begin = loop.run_sync(engine->subscribe("storm", heard));
    std::string epoch = begin.epoch;
    std::uint64_t last = begin.offset;
    std::vector<std::pair<std::uint64_t, std::string>> told;  // as the workers did
    std::vector<std::string> sent;
    bool has_gap = false;
    const auto take = [&](WorkerProcess& worker) {
      for (const std::string& line : worker.lines()) {
        if (line.starts_with("heard ")) {
          const std::size_t space = line.find(' ', 6);
          last = std::stoull(line.substr(6, space - 6));
          told.emplace_back(last, line.substr(space + 1));
        } else if (line.starts_with("sent ")) {
          sent.push_back(line.substr(5));
        } else if (line == "gap") {
          has_gap = true;
        }
      }
    };
    int own = 0;
    std::mt19937 random(5);
    for (int kill = 0; kill < kills; ++kill) {
      WorkerProcess worker(name, where, kill, epoch + " " + std::to_string(last));
      const std::size_t before = told.size();
      const std::size_t wanted = before + messages + random() % 10;
      const auto end = std::chrono::steady_clock::now() + 60s;
      while (told.size() < wanted && std::chrono::steady_clock::now() < end) {
        if (own % 2 == 0) {
          const std::string text = "own-" + std::to_string(own / 2);
          loop.run_sync(engine->publish("storm", {text}, kKept));
          sent.push_back(text);
        }
        ++own;
        loop.run_once(1ms);
        take(worker);
      }
      REQUIRE(told.size() >= wanted);
      worker.kill();
      take(worker);
    }
    // Messages that the last worker did not receive are not missing.
    const auto end = std::chrono::steady_clock::now() + 60s;
    const auto has_all = [&] {
      return std::ranges::all_of(sent, [&](const std::string& text) {
        return std::ranges::find(heard.log, text) != heard.log.end();
      });
    };
    while (!has_all() && std::chrono::steady_clock::now() < end) loop.run_once(10ms);
    CHECK(has_all());
    CHECK_FALSE(has_gap);
    std::map<std::string, int> counts;
    for (const auto& [offset, text] : all) ++counts[text];
    for (const auto& [text, count] : counts) CHECK(count == 1);
    CHECK(std::ranges::find(heard.log, "gap") == heard.log.end());
    // The workers together received the same messages in the same order.
    REQUIRE(told.size() <= all.size());
    CHECK(std::ranges::equal(told, std::span(all).first(told.size())));
    WARN(name << ": " << kills << " workers killed, " << all.size() << " messages, " << sent.size()
              << " of them promised; " << told.size() << " heard by the workers");
    engine->unsubscribe("storm", heard);
  }
}
