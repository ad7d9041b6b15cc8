// What databases cost on the loop: each call beside the same one by the bare client library, in
// turn.
//
//   build/release/bin/db_bench [SECONDS [NAME]]
//   build/release/bin/db_bench COUNT NAME bare|bora
//
// It prints the CPU time of this process (user and system) for each operation, as medians of 7
// rounds. It starts a PostgreSQL and a Redis of its own, on sockets in /tmp. With a NAME, it
// measures only what has NAME in its own name. The second form does one side of it COUNT times, for
// tools that count: valgrind --tool=callgrind --toggle-collect='compare*', or strace -c. What a
// page of 20 queries takes is measured on a line that delays each way by 5 ms, because round trips
// are what is counted there.

#include <arpa/inet.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <libpq-fe.h>
#include <sqlite3.h>

#include <bora/core/executor.h>
#include <bora/core/future.h>
#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/engines/postgres_engine.h>
#include <bora/engines/redis_engine.h>
#include <bora/postgres.h>
#include <bora/redis.h>
#include <bora/sqlite.h>

#include "tests/support/server_process.h"

namespace {

using bora::IOLoop;
using bora::Task;
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 7;
constexpr int kPage = 20;
constexpr int kCommands = 16;
constexpr int kRows = 10'000;

struct World {
  int id;
  int number;
};

double cpu_seconds() {
  rusage used = {};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

struct Cost {
  double cpu;  ///< Microseconds for each operation.
  double wall;
};

Cost measure(const std::function<void(int)>& run, double seconds) {
  int count = 1;
  for (;;) {
    const auto begin = Clock::now();
    const double before = cpu_seconds();
    run(count);
    const double wall = std::chrono::duration<double>(Clock::now() - begin).count();
    const double cpu = cpu_seconds() - before;
    if (wall >= seconds || count > 100'000'000) return {cpu / count * 1e6, wall / count * 1e6};
    count = wall < seconds / 10 ? count * 4 : static_cast<int>(count * 1.2 * seconds / wall) + 1;
  }
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

std::string wanted;
std::string only_side;
int only_count = 0;

bool is_wanted(std::string_view name) {
  return name.find(wanted) != std::string_view::npos;
}

void compare(const char* name, const std::function<void(int)>& bare,
             const std::function<void(int)>& ours, double seconds) {
  if (!is_wanted(name)) return;
  if (!only_side.empty()) return (only_side == "bare" ? bare : ours)(only_count);
  std::vector<double> ratios;
  std::vector<double> bare_cpu;
  std::vector<double> our_cpu;
  std::vector<double> bare_wall;
  std::vector<double> our_wall;
  for (int i = 0; i < kRounds; ++i) {
    const Cost a = measure(bare, seconds / kRounds / 2);
    const Cost b = measure(ours, seconds / kRounds / 2);
    ratios.push_back(b.cpu / a.cpu);
    bare_cpu.push_back(a.cpu);
    our_cpu.push_back(b.cpu);
    bare_wall.push_back(a.wall);
    our_wall.push_back(b.wall);
  }
  std::printf("%-34s %9.2f %9.2f   %5.2f   %9.1f %9.1f\n", name, median(bare_cpu), median(our_cpu),
              median(ratios), median(bare_wall), median(our_wall));
  std::fflush(stdout);
}

void run_sync(Task<void> task) {
  IOLoop::current().run_sync(std::move(task));
}

/// A line to a server's socket that delays all bytes by 5 ms, each way. It has a thread of its own,
/// so it is only for measuring by the clock.
class DelayedLine {
 public:
  explicit DelayedLine(std::string server) : server_(std::move(server)) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const std::string path = folder_.path() + "/.s.PGSQL.5432";
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, 16) != 0) {
      throw std::runtime_error("can't listen on " + path);
    }
    thread_ = std::thread([this] { work(); });
  }
  ~DelayedLine() {
    is_over_ = true;
    thread_.join();
    ::close(listener_);
  }
  DelayedLine(const DelayedLine&) = delete;
  DelayedLine& operator=(const DelayedLine&) = delete;
  [[nodiscard]] std::string folder() const { return folder_.path(); }

 private:
  static constexpr std::chrono::milliseconds kDelay{5};
  struct Way {
    int from;
    int to;
    std::deque<std::pair<Clock::time_point, std::string>> bytes{};
    bool is_over = false;
  };

  void work() {
    std::deque<Way> ways;
    while (!is_over_) {
      std::vector<pollfd> descriptors = {{listener_, POLLIN, 0}};
      for (const Way& way : ways) {
        descriptors.push_back({way.is_over ? -1 : way.from, POLLIN, 0});
      }
      const timespec pause{0, 100'000};
      ::ppoll(descriptors.data(), descriptors.size(), &pause, nullptr);
      const auto now = Clock::now();
      for (std::size_t i = 0; i < ways.size(); ++i) {
        Way& way = ways[i];
        if (descriptors[i + 1].revents != 0) {
          char bytes[64 * 1024];
          const ssize_t count = ::read(way.from, bytes, sizeof bytes);
          way.is_over = count <= 0;
          if (count > 0) {
            way.bytes.emplace_back(now + kDelay,
                                   std::string(bytes, static_cast<std::size_t>(count)));
          }
        }
        while (!way.bytes.empty() && way.bytes.front().first <= now) {
          const std::string& text = way.bytes.front().second;
          if (::write(way.to, text.data(), text.size()) < 0) way.is_over = true;
          way.bytes.pop_front();
        }
      }
      if (descriptors[0].revents != 0) {
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, server_.c_str(), server_.size() + 1);
        const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
          ways.push_back({client, server});
          ways.push_back({server, client});
        }
      }
    }
    for (const Way& way : ways) ::close(way.from);
  }

  bora::test::ServerFolder folder_;
  std::string server_;
  int listener_ = -1;
  std::atomic<bool> is_over_{false};
  std::thread thread_;
};

// ---- libpq ----

void wait_for(PGconn* connection, bool for_write) {
  pollfd descriptor = {PQsocket(connection),
                       static_cast<short>(for_write ? POLLIN | POLLOUT : POLLIN), 0};
  ::poll(&descriptor, 1, -1);
}

PGresult* next_result(PGconn* connection) {
  while (PQflush(connection) == 1) {
    wait_for(connection, true);
    PQconsumeInput(connection);
  }
  while (PQisBusy(connection) != 0) {
    wait_for(connection, false);
    if (PQconsumeInput(connection) == 0) throw std::runtime_error(PQerrorMessage(connection));
  }
  return PQgetResult(connection);
}

World world_of(PGresult* result, int row) {
  return {std::atoi(PQgetvalue(result, row, 0)), std::atoi(PQgetvalue(result, row, 1))};
}

void send_point(PGconn* connection, int id) {
  const std::string text = std::to_string(id);
  const char* const values[] = {text.c_str()};
  PQsendQueryPrepared(connection, "point", 1, values, nullptr, nullptr, 0);
}

/// One statement's rows, outside of pipeline mode.
std::vector<World> read_worlds(PGconn* connection) {
  std::vector<World> worlds;
  while (PGresult* const result = next_result(connection)) {
    const int rows = PQntuples(result);
    worlds.reserve(static_cast<std::size_t>(rows));
    for (int i = 0; i < rows; ++i) worlds.push_back(world_of(result, i));
    PQclear(result);
  }
  return worlds;
}

int next_id() {
  static unsigned state = 1;
  state = state * 1'664'525 + 1'013'904'223;
  return static_cast<int>(state >> 8) % kRows + 1;
}

long checksum = 0;

/// Counts the round trips that a page of 20 queries takes, on one connection.
void count_round_trips(const bora::test::PostgresServer& server, double seconds) {
  const DelayedLine line(server.folder() + "/.s.PGSQL.5432");
  bora::postgres::PoolOptions options;
  options.where = "host=" + line.folder() + " user=bora dbname=postgres";
  bora::postgres::Pool pool(options);
  const auto ask = [&](int queries, int count) {
    const auto run = [](bora::postgres::Pool& db, int size, int times) -> Task<void> {
      bora::postgres::Connection connection = co_await db.acquire();
      for (int i = 0; i < times; ++i) {
        std::vector<Task<std::optional<World>>> all;
        for (int j = 0; j < size; ++j) {
          all.push_back(
              connection.query_one<World>("select id, number from world where id = $1", next_id()));
        }
        const auto worlds = co_await bora::multi(std::move(all));
        for (const auto& world : worlds) checksum += world->number;
      }
    };
    run_sync(run(pool, queries, count));
  };
  ask(1, 1);
  const auto one = [&](int count) { ask(1, count); };
  const auto page = [&](int count) { ask(kPage, count); };
  std::vector<double> ratios;
  for (int i = 0; i < kRounds; ++i) {
    const Cost trip = measure(one, seconds / kRounds / 2);
    const Cost whole = measure(page, seconds / kRounds / 2);
    ratios.push_back(whole.wall / trip.wall);
  }
  std::printf("%-34s %26.2f\n", "PostgreSQL: round trips of 20", median(ratios));
}

void bench_postgres(double seconds) {
  const bora::test::PostgresServer server;
  PGconn* const bare = PQconnectdb(server.address().c_str());
  if (PQstatus(bare) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(bare));
  PQclear(PQexec(bare,
                 "create table world as select n as id, n * 7 % 10000 as number from "
                 "generate_series(1, 10000) n"));
  PQclear(PQexec(bare, "alter table world add primary key (id)"));
  PQclear(PQexec(bare, "analyze world"));
  PQclear(PQprepare(bare, "point", "select id, number from world where id = $1", 1, nullptr));
  PQclear(PQprepare(bare, "all", "select id, number from world", 0, nullptr));
  PQsetnonblocking(bare, 1);

  bora::postgres::PoolOptions options;
  options.where = server.address();
  bora::postgres::Pool pool(options);
  const char* const point = "select id, number from world where id = $1";

  compare(
      "PostgreSQL: by primary key",
      [&](int count) {
        for (int i = 0; i < count; ++i) {
          send_point(bare, next_id());
          checksum += read_worlds(bare).at(0).number;
        }
      },
      [&](int count) {
        const auto run = [](bora::postgres::Pool& db, const char* text, int times) -> Task<void> {
          for (int i = 0; i < times; ++i) {
            const auto world = co_await db.query_one<World>(text, next_id());
            checksum += world->number;
          }
        };
        run_sync(run(pool, point, count));
      },
      seconds);

  PGconn* const piped = PQconnectdb(server.address().c_str());
  PQclear(PQprepare(piped, "point", point, 1, nullptr));
  PQsetnonblocking(piped, 1);
  PQenterPipelineMode(piped);
  compare(
      "PostgreSQL: 20 of them, pipelined",
      [&](int count) {
        for (int i = 0; i < count; ++i) {
          for (int j = 0; j < kPage; ++j) {
            send_point(piped, next_id());
            PQpipelineSync(piped);
          }
          for (int answered = 0; answered < kPage;) {
            PGresult* const result = next_result(piped);
            if (result == nullptr) continue;
            if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) ++answered;
            if (PQresultStatus(result) == PGRES_TUPLES_OK) checksum += world_of(result, 0).number;
            PQclear(result);
          }
        }
      },
      [&](int count) {
        const auto run = [](bora::postgres::Pool& db, const char* text, int times) -> Task<void> {
          bora::postgres::Connection connection = co_await db.acquire();
          for (int i = 0; i < times; ++i) {
            std::vector<Task<std::optional<World>>> all;
            all.reserve(kPage);
            for (int j = 0; j < kPage; ++j) {
              all.push_back(connection.query_one<World>(text, next_id()));
            }
            const auto worlds = co_await bora::multi(std::move(all));
            for (const auto& world : worlds) checksum += world->number;
          }
        };
        run_sync(run(pool, point, count));
      },
      seconds);

  compare(
      "PostgreSQL: 10,000 rows",
      [&](int count) {
        for (int i = 0; i < count; ++i) {
          PQsendQueryPrepared(bare, "all", 0, nullptr, nullptr, nullptr, 0);
          checksum += read_worlds(bare).at(kRows - 1).number;
        }
      },
      [&](int count) {
        const auto run = [](bora::postgres::Pool& db, int times) -> Task<void> {
          for (int i = 0; i < times; ++i) {
            const auto worlds = co_await db.query<World>("select id, number from world");
            checksum += worlds.at(kRows - 1).number;
          }
        };
        run_sync(run(pool, count));
      },
      seconds);
  PQclear(PQprepare(bare, "all_binary", "select id, number from world", 0, nullptr));
  compare(
      "PostgreSQL: 10,000 rows, binary",
      [&](int count) {
        for (int i = 0; i < count; ++i) {
          PQsendQueryPrepared(bare, "all_binary", 0, nullptr, nullptr, nullptr, 1);
          std::vector<World> worlds;
          while (PGresult* const result = next_result(bare)) {
            const auto number = [result](int row, int column) {
              std::uint32_t value = 0;
              std::memcpy(&value, PQgetvalue(result, row, column), sizeof value);
              return static_cast<int>(ntohl(value));
            };
            const int rows = PQntuples(result);
            worlds.reserve(static_cast<std::size_t>(rows));
            for (int row = 0; row < rows; ++row) worlds.push_back({number(row, 0), number(row, 1)});
            PQclear(result);
          }
          checksum += worlds.at(kRows - 1).number;
        }
      },
      [&](int count) {
        const auto run = [](bora::postgres::Pool& db, int times) -> Task<void> {
          for (int i = 0; i < times; ++i) {
            const auto worlds = co_await db.query<World>(
                bora::database::Statement("select id, number from world").binary());
            checksum += worlds.at(kRows - 1).number;
          }
        };
        run_sync(run(pool, count));
      },
      seconds);
  if (is_wanted("PostgreSQL: round trips")) count_round_trips(server, seconds);
  PQfinish(piped);
  PQfinish(bare);
}

/// hiredis' asynchronous API on a loop of poll().
class BareRedis {
 public:
  explicit BareRedis(const std::string& socket) : context_(redisAsyncConnectUnix(socket.c_str())) {
    context_->ev.data = this;
    context_->ev.addRead = [](void* self) { static_cast<BareRedis*>(self)->events_ |= POLLIN; };
    context_->ev.delRead = [](void* self) { static_cast<BareRedis*>(self)->events_ &= ~POLLIN; };
    context_->ev.addWrite = [](void* self) { static_cast<BareRedis*>(self)->events_ |= POLLOUT; };
    context_->ev.delWrite = [](void* self) { static_cast<BareRedis*>(self)->events_ &= ~POLLOUT; };
  }
  ~BareRedis() { redisAsyncFree(context_); }
  BareRedis(const BareRedis&) = delete;
  BareRedis& operator=(const BareRedis&) = delete;

  void get(const char* key) {
    ++pending_;
    const auto take = [](redisAsyncContext*, void* reply, void* self) {
      --static_cast<BareRedis*>(self)->pending_;
      if (reply != nullptr) checksum += static_cast<long>(static_cast<redisReply*>(reply)->len);
    };
    redisAsyncCommand(context_, take, this, "GET %s", key);
  }
  void wait_for_all() {
    while (pending_ > 0) {
      pollfd descriptor = {context_->c.fd, static_cast<short>(events_), 0};
      ::poll(&descriptor, 1, -1);
      if ((descriptor.revents & POLLOUT) != 0) redisAsyncHandleWrite(context_);
      if ((descriptor.revents & (POLLIN | POLLHUP)) != 0) redisAsyncHandleRead(context_);
    }
  }

 private:
  redisAsyncContext* context_;
  int events_ = 0;
  int pending_ = 0;
};

void bench_redis(double seconds) {
  const bora::test::RedisServer server;
  redisContext* const bare = redisConnectUnix(server.socket().c_str());
  freeReplyObject(redisCommand(bare, "SET key %s", "some value of thirty bytes ...."));
  bora::redis::Client client("unix://" + server.socket());
  const auto ours = [&](int count) {
    const auto run = [](bora::redis::Client& redis, int times) -> Task<void> {
      for (int i = 0; i < times; ++i) {
        std::vector<Task<bora::redis::Value>> all;
        all.reserve(kCommands);
        for (int j = 0; j < kCommands; ++j) all.push_back(redis.command("GET", "key"));
        const auto values = co_await bora::multi(std::move(all));
        for (const auto& value : values) checksum += static_cast<long>(value.text().size());
      }
    };
    run_sync(run(client, count));
  };
  BareRedis async(server.socket());
  compare(
      "Redis: 16 times GET, pipelined",
      [&](int count) {
        for (int i = 0; i < count; ++i) {
          for (int j = 0; j < kCommands; ++j) async.get("key");
          async.wait_for_all();
        }
      },
      ours, seconds);
  compare(
      "Redis: beside the blocking API",
      [&](int count) {
        for (int i = 0; i < count; ++i) {
          for (int j = 0; j < kCommands; ++j) redisAppendCommand(bare, "GET %s", "key");
          for (int j = 0; j < kCommands; ++j) {
            void* reply = nullptr;
            redisGetReply(bare, &reply);
            checksum += static_cast<long>(static_cast<redisReply*>(reply)->len);
            freeReplyObject(reply);
          }
        }
      },
      ours, seconds);
  redisFree(bare);
}

void bench_sqlite(double seconds) {
  const bora::test::ServerFolder folder;
  const std::string path = folder.path() + "/bench.db";
  bora::sqlite::Database db(path);
  run_sync(
      db.run_script("create table world (id integer primary key, number integer); "
                    "insert into world with recursive n(i) as (select 1 union all select i + 1 "
                    "from n where i < 10000) select i, i * 7 % 10000 from n"));
  sqlite3* bare = nullptr;
  sqlite3_open_v2(path.c_str(), &bare, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(bare, "select id, number from world where id = ?1", -1, &statement, nullptr);
  bora::ThreadPool thread(1);
  compare(
      "SQLite: by primary key, off the loop",
      [&](int count) {
        const auto run = [](bora::ThreadPool& executor, sqlite3_stmt* prepared,
                            int times) -> Task<void> {
          for (int i = 0; i < times; ++i) {
            const int id = next_id();
            const auto job = [prepared, id] {
              sqlite3_bind_int(prepared, 1, id);
              sqlite3_step(prepared);
              const World world{sqlite3_column_int(prepared, 0), sqlite3_column_int(prepared, 1)};
              sqlite3_reset(prepared);
              return world;
            };
            const World world = co_await bora::run_in_executor(executor, job);
            checksum += world.number;
          }
        };
        run_sync(run(thread, statement, count));
      },
      [&](int count) {
        const auto run = [](bora::sqlite::Database& file, int times) -> Task<void> {
          for (int i = 0; i < times; ++i) {
            const auto world = co_await file.query_one<World>(
                "select id, number from world where id = $1", next_id());
            checksum += world->number;
          }
        };
        run_sync(run(db, count));
      },
      seconds);
  sqlite3_finalize(statement);
  sqlite3_close(bare);
}

/// Messages of channels, which one process's engine publishes and another's receives.
void bench_engine(const char* name, bora::websocket::ChannelEngine& from,
                  bora::websocket::ChannelEngine& to, double seconds) {
  class Counter final : public bora::websocket::ChannelListener {
   public:
    void on_message(const std::shared_ptr<const bora::websocket::ChannelMessage>&) override {
      ++count;
    }
    void on_gap(const bora::websocket::ChannelPosition&) override {}
    void on_join(const bora::websocket::ChannelMember&) override {}
    void on_leave(const bora::websocket::ChannelMember&) override {}
    long count = 0;
  } counter;
  if (!is_wanted(name)) return;
  IOLoop& loop = IOLoop::current();
  static_cast<void>(loop.run_sync(to.subscribe("bench", counter)));
  bool is_over = false;
  const auto talk = [](bora::websocket::ChannelEngine& engine, const bool& stop) -> Task<void> {
    const bora::websocket::ChannelLimits kept{.history = 1000};
    while (!stop) {
      bora::websocket::ChannelMessage message;
      message.data = std::string(100, 'x');
      static_cast<void>(co_await engine.publish("bench", std::move(message), kept));
    }
  };
  std::vector<bora::Future<void>> talking;
  for (int i = 0; i < 64; ++i) talking.push_back(bora::spawn(talk(from, is_over)));
  const auto begin = Clock::now();
  const double cpu = cpu_seconds();
  while (std::chrono::duration<double>(Clock::now() - begin).count() < seconds) {
    loop.run_once(std::chrono::milliseconds(10));
  }
  const double wall = std::chrono::duration<double>(Clock::now() - begin).count();
  const double used = cpu_seconds() - cpu;
  const auto heard = static_cast<double>(counter.count);
  std::printf("%-34s %9.2f for a message and its hearing; %.0f messages a second\n", name,
              used / heard * 1e6, heard / wall);
  std::fflush(stdout);
  is_over = true;
  const auto end = [](std::vector<bora::Future<void>>& all) -> Task<void> {
    for (auto& one : all) static_cast<void>(co_await one.end());
  };
  run_sync(end(talking));
  to.unsubscribe("bench", counter);
}

void bench_engines(double seconds) {
  {
    const bora::test::RedisServer server;
    bora::redis::Options redis;
    redis.where = "unix://" + server.socket();
    const auto one = bora::websocket::redis_engine({.redis = redis});
    const auto other = bora::websocket::redis_engine({.redis = redis});
    bench_engine("Channels: redis_engine", *one, *other, seconds);
  }
  const bora::test::PostgresServer server;
  bora::postgres::ConnectOptions postgres;
  postgres.where = server.address();
  const auto one = bora::websocket::postgres_engine({.postgres = postgres});
  const auto other = bora::websocket::postgres_engine({.postgres = postgres});
  bench_engine("Channels: postgres_engine", *one, *other, seconds);
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 5.0;
  if (argc > 2) wanted = argv[2];
  if (argc > 3) {
    only_side = argv[3];
    only_count = std::atoi(argv[1]);
  }
  std::printf("%-34s %9s %9s   %5s   %9s %9s\n", "CPU in µs", "bare", "Bora", "ratio", "bare: µs",
              "Bora: µs");
  try {
    if (wanted.empty() || wanted.starts_with("Pos")) bench_postgres(seconds);
    if (wanted.empty() || wanted.starts_with("Red")) bench_redis(seconds);
    if (wanted.empty() || wanted.starts_with("SQL")) bench_sqlite(seconds);
    if (wanted.empty() || wanted.starts_with("Cha")) bench_engines(seconds);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "db_bench: %s\n", failure.what());
    return 1;
  }
  return checksum == 0 ? 1 : 0;
}
