#include "tests/runtime/asio/postgres.h"

#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include <bora/core/io_loop.h>

#include "tests/support/catch.h"
#include "tests/support/has_text.h"
#include "tests/support/server_process.h"

using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
using bora::test::Postgres;
using bora::test::PostgresError;
using bora::test::PostgresResult;

namespace {

/// It is made when it is first asked for, and ends with the program.
class Cluster {
 public:
  static std::string address() {
    static const bora::test::PostgresServer server;
    return server.address();
  }
};

template <class T>
T run(Task<T> task) {
  return IOLoop::current().run_sync(std::move(task), 60s);
}

Task<std::string> ask(std::string statement) {
  Postgres database;
  co_await database.connect(Cluster::address());
  const PostgresResult result = co_await database.query(std::move(statement));
  co_return result.text(0, 0);
}

/// Returns, for example, "22012: ERROR:  division by zero" if the statement fails.
Task<std::string> failure_of(Postgres& database, std::string statement) {
  std::string told;
  try {
    co_await database.query(std::move(statement));
  } catch (const PostgresError& failure) {
    told = failure.state() + ": " + failure.what();
  }
  co_return told;
}

}  // namespace

TEST_CASE("postgres: connect and ask", "[asio]") {
  CHECK(run(ask("select 6 * 7")) == "42");
}

TEST_CASE("postgres: a refused connection tells why", "[asio]") {
  const auto connect = [](std::string where) -> Task<void> {
    Postgres database;
    co_await database.connect(std::move(where));
  };
  CHECK_THROWS_WITH(run(connect("host=/no/such/folder")),
                    bora::test::has_text("No such file or directory"));
  CHECK_THROWS_WITH(run(connect(Cluster::address() + " dbname=nothing")),
                    bora::test::has_text("database \"nothing\" does not exist"));
  CHECK_THROWS_AS(run(connect("port=x")), PostgresError);
}

TEST_CASE("postgres: a statement that fails leaves a connection that works", "[asio]") {
  const auto errors = []() -> Task<std::vector<std::string>> {
    Postgres database;
    co_await database.connect(Cluster::address());
    std::vector<std::string> told(3);
    told[0] = co_await failure_of(database, "select 1 / 0");
    told[1] = co_await failure_of(database, "select nothing");
    const PostgresResult result = co_await database.query("select 'works'");
    told[2] = result.text(0, 0);
    co_return told;
  };
  const std::vector<std::string> told = run(errors());
  REQUIRE(told.size() == 3);
  CHECK(told[0] == "22012: ERROR:  division by zero\n");
  CHECK(told[1].starts_with("42703: ERROR:  column \"nothing\" does not exist"));
  CHECK(told[2] == "works");
}

TEST_CASE("postgres: many rows, and statements that are longer than a socket's buffer", "[asio]") {
  const auto ask_much = []() -> Task<std::string> {
    Postgres database;
    co_await database.connect(Cluster::address());
    const PostgresResult many =
        co_await database.query("select n, repeat('x', 100) from generate_series(1, 20000) n");
    CHECK(many.rows() == 20'000);
    CHECK(many.text(19'999, 0) == "20000");
    const std::string text(3'000'000, 'y');
    const PostgresResult one = co_await database.query("select length('" + text + "')");
    co_return one.text(0, 0);
  };
  CHECK(run(ask_much()) == "3000000");
}

TEST_CASE("postgres: many connections at once", "[asio]") {
  const auto ask_all = []() -> Task<std::vector<std::string>> {
    std::vector<Task<std::string>> tasks;
    for (int i = 0; i < 30; ++i) {
      tasks.push_back(ask("select " + std::to_string(i) + " from pg_sleep(0.01)"));
    }
    std::vector<std::string> answers = co_await bora::multi(std::move(tasks));
    co_return answers;
  };
  const std::vector<std::string> answers = run(ask_all());
  REQUIRE(answers.size() == 30);
  for (std::size_t i = 0; i < answers.size(); ++i) CHECK(answers[i] == std::to_string(i));
}

TEST_CASE("postgres: a statement that is cancelled ends in the server too", "[asio]") {
  const auto give_up = []() -> Task<std::string> {
    Postgres database;
    co_await database.connect(Cluster::address());
    bool was_late = false;
    try {
      Task<PostgresResult> sleeping = database.query("select pg_sleep(3600)");
      co_await bora::with_timeout(50ms, std::move(sleeping), {.cancel = true});
    } catch (const bora::TimeoutError&) {
      was_late = true;
    }
    CHECK(was_late);
    const PostgresResult running = co_await database.query(
        "select count(*) from pg_stat_activity where query like 'select pg_sleep(3600)%'"
        " and state = 'active'");
    co_return running.text(0, 0);
  };
  CHECK(run(give_up()) == "0");
}

TEST_CASE("postgres: a connection that breaks ends its statement", "[asio]") {
  const auto break_it = []() -> Task<std::string> {
    Postgres victim;
    Postgres other;
    co_await victim.connect(Cluster::address());
    co_await other.connect(Cluster::address());
    const PostgresResult own = co_await victim.query("select pg_backend_pid()");
    const std::string statement = "select pg_terminate_backend(" + own.text(0, 0) + ")";
    auto [told, ended] =
        co_await bora::multi(failure_of(victim, "select pg_sleep(3600)"), other.query(statement));
    CHECK(ended.rows() == 1);
    co_return told;
  };
  CHECK(run(break_it()).find("terminat") != std::string::npos);
}

TEST_CASE("postgres: notifications", "[asio]") {
  const auto listen = []() -> Task<std::string> {
    Postgres listener;
    Postgres speaker;
    co_await listener.connect(Cluster::address());
    co_await speaker.connect(Cluster::address());
    co_await listener.query("listen news");
    std::string told;
    const auto speak = [](Postgres& database) -> Task<void> {
      co_await database.query("notify news, 'first'");
      co_await database.query("notify news, 'second'");
    };
    const auto hear = [](Postgres& database, std::string& heard) -> Task<void> {
      const std::string first = co_await database.notification();
      const std::string second = co_await database.notification();
      heard = first + ", " + second;
    };
    co_await bora::multi(speak(speaker), hear(listener, told));
    co_return told;
  };
  CHECK(run(listen()) == "first, second");
}
