// What databases cost on the loop: each call beside the same one by the bare client library, in
// turn.
//
//   build/release/bin/db_bench [SECONDS]    CPU of this process (user and system) for each
//                                           operation, medians of 7 rounds; it starts a PostgreSQL
//                                           and a Redis of its own, on sockets in /tmp

#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <hiredis/hiredis.h>
#include <libpq-fe.h>
#include <sqlite3.h>

#include <bora/core/executor.h>
#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
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

/// Prints and returns our wall time.
double compare(const char* name, const std::function<void(int)>& bare,
               const std::function<void(int)>& ours, double seconds) {
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
  return median(our_wall);
}

void run_sync(Task<void> task) {
  IOLoop::current().run_sync(std::move(task));
}

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

  const double trip = compare(
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
  const double page = compare(
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
  std::printf("%-34s %.2f round trips of one query\n", "a page of 20 takes", page / trip);
  PQfinish(piped);
  PQfinish(bare);
}

void bench_redis(double seconds) {
  const bora::test::RedisServer server;
  redisContext* const bare = redisConnectUnix(server.socket().c_str());
  freeReplyObject(redisCommand(bare, "SET key %s", "some value of thirty bytes ...."));
  bora::redis::Client client("unix://" + server.socket());
  compare(
      "Redis: 16 times GET, pipelined",
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
      [&](int count) {
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
      },
      seconds);
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

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 5.0;
  std::printf("%-34s %9s %9s   %5s   %9s %9s\n", "CPU in µs", "bare", "Bora", "ratio", "bare: µs",
              "Bora: µs");
  try {
    bench_postgres(seconds);
    bench_redis(seconds);
    bench_sqlite(seconds);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "db_bench: %s\n", failure.what());
    return 1;
  }
  return checksum == 0 ? 1 : 0;
}
