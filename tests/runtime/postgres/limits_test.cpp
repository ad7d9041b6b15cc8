#include <sys/wait.h>

#include <chrono>
#include <csignal>

#include "tests/runtime/postgres/postgres_test.h"

// How long connections are kept, and what is kept on them.

using namespace std::chrono_literals;
using bora::Task;
using bora::database::ConnectionError;
using bora::database::Statement;
using bora::postgres::Connection;
using bora::postgres::Pool;
using bora::postgres::PoolOptions;
using bora::postgres::test::failure_of;
using bora::postgres::test::options;
using bora::postgres::test::run;
using bora::postgres::test::settle;

namespace {

const char* const kPid = "select pg_backend_pid()";
const char* const kPrepared = "select count(*) from pg_prepared_statements";

Task<int> number(bora::database::Querier& db, Statement statement) {
  const auto value = co_await db.query_one<int>(std::move(statement));
  co_return value.value();
}

}  // namespace

TEST_CASE("postgres: connections end when they are unused, and when they are old", "[postgres]") {
  run([]() -> Task<void> {
    // Unused connections end.
    PoolOptions idle = options(3);
    idle.idle_timeout = 0s;
    Pool sparing(idle);
    co_await bora::multi(sparing.query(kPid), sparing.query(kPid), sparing.query(kPid));
    for (int i = 0; i < 2000 && sparing.statistics().connections > 0; ++i) {
      co_await bora::sleep(5ms);
    }
    CHECK(sparing.statistics().connections == 0);
    const int used = co_await number(sparing, "select 1");
    CHECK(used == 1);

    // An old connection ends when it is given back, and not in the middle of anything.
    PoolOptions old = options(1);
    old.max_lifetime = 0s;
    Pool young(old);
    const int first = co_await number(young, kPid);
    const int second = co_await number(young, kPid);
    CHECK(first != second);
    {
      Connection kept = co_await young.acquire();
      const int before = co_await number(kept, kPid);
      const int after = co_await number(kept, kPid);
      CHECK(before == after);
    }
    CHECK(young.statistics().opened == 3);

    // Any other connection is used again.
    Pool usual(options(1));
    const int one = co_await number(usual, kPid);
    const int same = co_await number(usual, kPid);
    CHECK(one == same);
  });
}

TEST_CASE("postgres: what was unused for a while is asked before its use", "[postgres]") {
  run([]() -> Task<void> {
    PoolOptions asking = options(1);
    asking.check_after = 0s;
    Pool db(asking);
    const int pid = co_await number(db, kPid);
    const int again = co_await number(db, kPid);
    CHECK(pid == again);
    CHECK(db.statistics().opened == 1);
    // The server stops instead of answering: the statement's deadline ends that, too.
    ::kill(pid, SIGSTOP);
    bool is_late = false;
    try {
      co_await db.query(Statement("select 1").within(100ms));
    } catch (const bora::TimeoutError&) {
      is_late = true;
    }
    CHECK(is_late);
    ::kill(pid, SIGCONT);
    const int one = co_await number(db, "select 1");
    CHECK(one == 1);
    // The server's process is gone, and the program has not noticed it, because the loop did not
    // turn.
    const int here = co_await number(db, kPid);
    ::kill(here, SIGTERM);
    while (::kill(here, 0) == 0) {
    }
    const int other = co_await number(db, kPid);
    CHECK(other != here);
  });
}

TEST_CASE("postgres: a connection that ends is noticed, whatever comes with its end",
          "[postgres]") {
  run([]() -> Task<void> {
    Pool watching(options(1));
    co_await watching.query("select 1");
    const auto terminate = [&watching](int pid) -> Task<void> {
      co_await watching.execute("select pg_terminate_backend($1, 60000)", pid);
    };
    // The connection is idle: the server's last message and the end come together.
    Pool idle(options(1));
    const int unused = co_await number(idle, kPid);
    co_await terminate(unused);
    for (int i = 0; i < 2000 && idle.statistics().connections > 0; ++i) {
      co_await bora::sleep(5ms);
    }
    CHECK(idle.statistics().connections == 0);
    // The connection ends within a transaction.
    Pool used(options(1));
    auto transaction = co_await used.begin();
    const int working = co_await number(*transaction, kPid);
    co_await terminate(working);
    const std::string cut = co_await failure_of<ConnectionError>(transaction->commit());
    CHECK(cut != "it did not fail");
    transaction.reset();
    // It ends right after an answer, all in one event: the next statement notices it, or the next
    // script.
    for (const bool is_script : {false, true}) {
      Connection kept = co_await used.acquire();
      const int pid = kept.backend_pid();
      auto asking = bora::spawn(kept.query_one<int>("select 1"));
      co_await bora::sleep(0ms);
      ::kill(pid, SIGTERM);
      while (::kill(pid, 0) == 0) {  // the loop does not turn
      }
      try {
        const auto one = co_await asking;
        CHECK(*one == 1);
      } catch (const ConnectionError&) {  // it was not answered any more
      }
      std::string gone;
      if (is_script) {
        gone = co_await failure_of<ConnectionError>(kept.run_script("select 1; select 2"));
      } else {
        gone = co_await failure_of<ConnectionError>(kept.query("select 1"));
      }
      CHECK(gone != "it did not fail");
    }
  });
}

TEST_CASE("postgres: what is kept prepared, and what is not", "[postgres]") {
  run([]() -> Task<void> {
    PoolOptions few = options(1);
    few.max_prepared = 3;
    few.on_connect = {"set application_name = 'few'"};
    Pool db(few);
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < 5; ++i) {
        const auto value =
            co_await db.query_one<int>("select $1::int + " + std::to_string(i), round);
        CHECK(*value == round + i);
      }
    }
    const int kept = co_await number(db, Statement(kPrepared).unprepared());
    CHECK(kept == 3);
    const auto name =
        co_await db.query_one<std::string>("select current_setting('application_name')");
    CHECK(*name == "few");

    // For a proxy that changes connections nothing is prepared and nothing is set.
    PoolOptions unnamed = options(1);
    unnamed.is_prepared = false;
    unnamed.statement_timeout = 7s;
    Pool plain(unnamed);
    for (int i = 0; i < 3; ++i) {
      const auto value = co_await plain.query_one<std::string>("select $1::text", i);
      CHECK(*value == std::to_string(i));
    }
    const auto limit = co_await plain.query_one<std::string>(
        Statement("select current_setting('statement_timeout')").within(30s));
    CHECK(*limit == "0");
    const int none = co_await number(plain, kPrepared);
    CHECK(none == 0);
  });
}
