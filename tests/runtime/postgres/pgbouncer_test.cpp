#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>

#include "tests/runtime/postgres/postgres_test.h"
#include "tests/support/log_recorder.h"

// A proxy that gives each transaction whichever connection is free.

using namespace std::chrono_literals;
using bora::Task;
using bora::TimeoutError;
using bora::database::Error;
using bora::database::Statement;
using bora::database::Transaction;
using bora::postgres::Pool;
using bora::postgres::PoolOptions;
using bora::postgres::test::failure_of;
using bora::postgres::test::run;
using bora::postgres::test::server;
using bora::postgres::test::settle;

#ifdef PGBOUNCER_PROGRAM

namespace {

/// All clients share two connections to the server.
class Proxy {
 public:
  Proxy() {
    const std::string settings = folder_.path() + "/pgbouncer.ini";
    std::ofstream(settings) << "[databases]\npostgres = host=" << server().folder()
                            << " port=5432 user=bora\n[pgbouncer]\nunix_socket_dir = "
                            << folder_.path()
                            << "\nlisten_port = 5432\nauth_type = any\npool_mode = transaction\n"
                               "default_pool_size = 2\nmax_client_conn = 100\n";
    process_.emplace(std::vector<std::string>{PGBOUNCER_PROGRAM, settings}, "process up", SIGINT);
  }

  [[nodiscard]] PoolOptions options() const {
    PoolOptions made;
    made.where = "host=" + folder_.path() + " user=bora dbname=postgres";
    made.is_prepared = false;
    made.max_size = 8;
    return made;
  }

 private:
  bora::test::ServerFolder folder_;
  std::optional<bora::test::ServerProcess> process_;
};

}  // namespace

TEST_CASE("postgres: through pgbouncer, whose connections change", "[postgres]") {
  run([]() -> Task<void> {
    const Proxy proxy;
    Pool db(proxy.options());
    co_await db.run_script("drop table if exists proxied; create table proxied (id int, sum int)");
    co_await db.execute("insert into proxied values (1, 0), (2, 0)");
    const auto add = [](Transaction& transaction) -> Task<void> {
      co_await transaction.execute("update proxied set sum = sum + $1 where id = $2", 1, 1);
      co_await transaction.execute("update proxied set sum = sum + $1 where id = $2", 1, 2);
    };
    const auto ask = [](Pool& pool, int i) -> Task<void> {
      const auto found = co_await pool.query_one<std::tuple<int, std::string>>(
          "select $1::int, repeat($2, $3)", i, "x", i);
      CHECK(std::get<0>(*found) == i);
      CHECK(std::get<1>(*found).size() == static_cast<std::size_t>(i));
    };
    for (int round = 0; round < 5; ++round) {
      std::vector<Task<void>> all;
      for (int i = 0; i < 20; ++i) {
        all.push_back(ask(db, i));
        all.push_back(db.transaction(add));
      }
      co_await bora::multi(std::move(all));
    }
    const auto sums = co_await db.query<int>("select sum from proxied");
    CHECK(sums == std::vector<int>{100, 100});
    // Several statements run at once on one of our connections.
    {
      auto connection = co_await db.acquire();
      std::vector<Task<std::optional<int>>> all;
      for (int i = 0; i < 20; ++i) {
        all.push_back(connection.query_one<int>("select $1::int", i));
      }
      const auto answers = co_await bora::multi(std::move(all));
      for (std::size_t i = 0; i < answers.size(); ++i) CHECK(answers[i] == static_cast<int>(i));
    }
    // Statements that are refused or take too long.
    const std::string wrong = co_await failure_of<Error>(db.query("select 1 / $1::int", 0));
    CHECK(wrong.find("[22012]") != std::string::npos);
    const std::string late = co_await failure_of<TimeoutError>(
        db.query(Statement("select pg_sleep(3600)").within(50ms)));
    CHECK(late.find("took longer") != std::string::npos);
    auto rows = co_await db.stream<int>("select n from generate_series(1, 1000) n");
    int seen = 0;
    for (;;) {
      const auto row = co_await rows.next();
      if (!row) break;
      ++seen;
    }
    CHECK(seen == 1000);
  });
}

#endif
