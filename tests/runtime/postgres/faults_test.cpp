#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/runtime/postgres/postgres_test.h"
#include "tests/support/free_port.h"
#include "tests/support/log_recorder.h"

// What can be wrong with a server, and the errors that a program gets then.

using namespace std::chrono_literals;
using bora::Task;
using bora::database::ConnectionError;
using bora::database::Error;
using bora::database::Rows;
using bora::postgres::Pool;
using bora::postgres::PoolOptions;
using bora::postgres::test::failure_of;
using bora::postgres::test::options;
using bora::postgres::test::run;
using bora::postgres::test::server;
using bora::postgres::test::settle;
using bora::test::free_port;

namespace {

void write(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
}

}  // namespace

TEST_CASE("postgres: a wrong password, a wrong user, TLS that is refused", "[postgres]") {
  bora::test::LogRecorder log;
  const std::string port = std::to_string(free_port());
  bora::test::PostgresServer other({"listen_addresses=127.0.0.1", "port=" + port});
  const std::string local = "host=" + other.folder() + " port=" + port + " dbname=postgres";
  run([&]() -> Task<void> {
    const std::string& place = local;
    const std::string& number = port;
    bora::test::PostgresServer& used = other;
    Pool db(place + " user=bora");
    co_await db.execute("create role guest login password 'right'");
    write(used.folder() + "/data/pg_hba.conf",
          "local all guest scram-sha-256\nlocal all all trust\nhost all all 127.0.0.1/32 trust\n");
    co_await db.execute("select pg_reload_conf()");
    // The server needs some time to read its file.
    std::string refused = "it did not fail";
    for (int i = 0; i < 200 && refused == "it did not fail"; ++i) {
      Pool wrong(place + " user=guest password=wrong");
      refused = co_await failure_of<ConnectionError>(wrong.query("select 1"));
      if (refused == "it did not fail") co_await bora::sleep(10ms);
    }
    CHECK(refused.find("password authentication failed for user \"guest\"") != std::string::npos);
    CHECK(refused.find("wrong") == std::string::npos);  // the password is not shown
    Pool right(place + " user=guest password=right");
    const auto one = co_await right.query_one<int>("select 1");
    CHECK(*one == 1);
    Pool nobody(place + " user=nobody_of_this_name");
    const std::string no_user = co_await failure_of<ConnectionError>(nobody.query("select 1"));
    CHECK(no_user.find("role \"nobody_of_this_name\" does not exist") != std::string::npos);
    // A server without TLS.
    const std::string remote =
        "host=127.0.0.1 port=" + number + " user=bora dbname=postgres sslmode=";
    Pool plain(remote + "disable");
    co_await plain.query("select 1");
    Pool encrypted(remote + "require");
    const std::string no_tls = co_await failure_of<ConnectionError>(encrypted.query("select 1"));
    CHECK(no_tls.find("server does not support SSL, but SSL was required") != std::string::npos);
    // A table that the user may not see, and one that does not exist.
    const std::string denied = co_await failure_of(right.query("select * from pg_authid"));
    CHECK(denied.find("[42501]") != std::string::npos);
    const std::string no_table = co_await failure_of(right.query("select * from nowhere.table1"));
    CHECK(no_table.find("[42P01]") != std::string::npos);
    const auto still = co_await right.query_one<int>("select 2");
    CHECK(*still == 2);
  });
  CHECK(log.lines.size() == 3);  // each pool that found no connection, once
}

TEST_CASE("postgres: the server ends in the middle of COPY, in and out", "[.][heavy]") {
  const bora::test::LogRecorder log;
  run([]() -> Task<void> {
    Pool db(options(2));
    co_await db.run_script("drop table if exists copied; create table copied (n int, t text)");
    co_await db.execute(
        "insert into copied select n, repeat('x', 1000) from generate_series(1, 20000) n");
    for (const int signal : {SIGINT, SIGQUIT}) {
      auto in = co_await db.copy_in("copy copied from stdin");
      co_await in.write_row(-1, std::string(100'000, 'y'));
      auto out = co_await db.copy_out("copy copied to stdout");
      const auto first = co_await out.next();
      CHECK(first.has_value());
      server().restart(signal);
      const auto fill = [](bora::postgres::CopyIn& into) -> Task<void> {
        for (int i = 0; i < 1000; ++i) co_await into.write_row(-1, std::string(100'000, 'y'));
        co_await into.finish();
      };
      const std::string lost_in = co_await failure_of<ConnectionError>(fill(in));
      CHECK(lost_in != "it did not fail");
      const auto drain = [](bora::postgres::CopyOut& from) -> Task<void> {
        for (;;) {
          const auto line = co_await from.next();
          if (!line) break;
        }
      };
      const std::string lost_out = co_await failure_of<ConnectionError>(drain(out));
      CHECK(lost_out != "it did not fail");
    }
    const auto none = co_await db.query_one<int>("select count(*) from copied where n = -1");
    CHECK(*none == 0);
    co_await settle(db, db.statistics().connections);
    CHECK(db.statistics().idle == db.statistics().connections);
    co_await db.execute("drop table copied");
  });
}

TEST_CASE("postgres: the first of two servers dies, and the second one answers", "[.][heavy]") {
  const bora::test::LogRecorder log;
  bora::test::PostgresServer first;
  run([&first]() -> Task<void> {
    bora::test::PostgresServer& dying = first;
    PoolOptions both = options(3);
    both.where = "host=" + dying.folder() + "," + server().folder() +
                 " user=bora dbname=postgres target_session_attrs=read-write";
    Pool db(both);
    const char* const who =
        "select setting from pg_settings where name = 'unix_socket_directories'";
    auto answer = co_await db.query_one<std::string>(who);
    CHECK(*answer == dying.folder());
    auto transaction = co_await db.begin();
    auto running = bora::spawn(db.query("select pg_sleep(3600)"));
    for (;;) {  // Until it runs there, on a connection of its own.
      const auto begun = co_await db.query_one<int>(
          "select count(*) from pg_stat_activity where query = 'select pg_sleep(3600)'");
      if (*begun == 1) break;
      co_await bora::sleep(10ms);
    }
    dying.stop(SIGQUIT);
    const std::string cut = co_await failure_of<ConnectionError>(
        [](auto future) -> Task<void> { co_await future; }(running));
    CHECK(cut != "it did not fail");
    const std::string gone = co_await failure_of<ConnectionError>(transaction->commit());
    CHECK(gone != "it did not fail");
    answer = co_await db.query_one<std::string>(who);
    CHECK(*answer == server().folder());
  });
}

TEST_CASE("postgres: migrations at the start, by one setting", "[postgres]") {
  bora::test::LogRecorder log;
  const bora::test::ServerFolder folder;
  const std::string path = folder.path();
  write(path + "/0001_begun.sql", "create table begun (n int);");
  write(path + "/0002_index.sql",
        "-- bora: no transaction\ncreate index concurrently begun_n on begun (n);");
  bora::test::PostgresServer other;
  run([&]() -> Task<void> {
    bora::test::PostgresServer& used = other;
    const std::string& steps = path;
    PoolOptions with;
    with.where = used.address();
    with.migrations = steps;
    used.stop();
    {
      // The program starts without the server, and makes its tables when the server is there.
      Pool early(with);
      const std::string refused = co_await failure_of<ConnectionError>(early.ping(5s));
      CHECK(refused.starts_with("no connection to PostgreSQL"));
      used.start();
      PoolOptions plain;
      plain.where = used.address();
      Pool watching(plain);
      int found = 0;
      for (int i = 0; i < 2000 && found == 0; ++i) {  // nobody asks the other pool
        const auto count = co_await watching.query_one<int>(
            "select count(*) from pg_class where relname = 'begun_n'");
        found = *count;
        if (found == 0) co_await bora::sleep(5ms);
      }
      CHECK(found == 1);
      const auto empty = co_await early.query_one<int>("select count(*) from begun");
      CHECK(*empty == 0);
    }
    // Two pools, as two processes would, find a new step at the same time.
    write(steps + "/0003_more.sql", "alter table begun add column m int;");
    Pool one(with);
    Pool another(with);
    const auto insert = [](Pool& pool) -> Task<void> {
      co_await pool.execute("insert into begun (n, m) values (1, 2)");
    };
    co_await bora::multi(insert(one), insert(another));
    const auto both = co_await one.query_one<int>("select count(*) from begun where m = 2");
    CHECK(*both == 2);
    // A step that was edited.
    write(steps + "/0001_begun.sql", "create table begun (n bigint);");
    Pool edited(with);
    for (int i = 0; i < 2; ++i) {
      const std::string refused = co_await failure_of(edited.query("select 1"));
      CHECK(refused.starts_with("the migration 0001_begun was edited after it was run"));
    }
    const std::string ping = co_await failure_of(edited.ping(5s));
    CHECK(ping.starts_with("the migration 0001_begun was edited"));
  });
  std::size_t told = 0;
  for (const auto& line : log.lines)
    told += line.find("was edited after it was run") != std::string::npos;
  CHECK(told == 1);
}

TEST_CASE("postgres: a loop may end while migrations of the start are run", "[postgres]") {
  bora::test::LogRecorder log;
  const bora::test::ServerFolder folder;
  write(folder.path() + "/0001_slow.sql", "select pg_sleep(0.01);");
  const std::string where = server().address();
  for (int turns = 0; turns < 40; ++turns) {
    std::thread([&] {
      PoolOptions options;
      options.where = where;
      options.migrations = folder.path();
      Pool pool(options);
      bora::IOLoop::current().run_sync([turns]() -> Task<void> {
        const int count = turns;
        for (int i = 0; i < count; ++i) co_await bora::sleep(std::chrono::microseconds(500));
      });
    }).join();
  }
  std::vector<std::string> errors;
  for (const std::string& line : log.lines) {
    if (line.starts_with("E ")) errors.push_back(line);
  }
  CHECK(errors == std::vector<std::string>{});
  run([]() -> Task<void> {
    Pool pool(server().address());
    co_await pool.execute("drop table if exists bora_migrations");
  });
}

TEST_CASE("postgres: a pool may end while a transaction is rolled back", "[postgres]") {
  const bora::test::LogRecorder log;
  run([]() -> Task<void> {
    {
      Pool pool(server().address());
      const auto transaction = co_await pool.begin();
      co_await transaction->execute("select 1");
    }
    Pool pool(server().address());
    co_await pool.ping(5s);
  });
  CHECK(log.lines.empty());
}
