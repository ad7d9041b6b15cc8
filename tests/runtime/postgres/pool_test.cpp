#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <fstream>
#include <limits>
#include <map>
#include <random>

#include <nlohmann/json.hpp>

#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/core/locks.h>
#include <bora/postgres.h>

#include "tests/runtime/postgres/postgres_test.h"
#include "tests/support/log_recorder.h"

using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
using bora::TimeoutError;
using bora::database::ConnectionError;
using bora::database::ConversionError;
using bora::database::Error;
using bora::database::Rows;
using bora::database::Statement;
using bora::database::Transaction;
using bora::database::UUID;
using bora::postgres::Connection;
using bora::postgres::Pool;
using bora::postgres::PoolOptions;
using bora::postgres::test::failure_of;
using bora::postgres::test::options;
using bora::postgres::test::run;
using bora::postgres::test::server;
using bora::postgres::test::settle;

enum class Mood { sad, happy };

template <>
struct bora::database::EnumNames<Mood> {
  static constexpr std::pair<Mood, std::string_view> names[] = {{Mood::sad, "sad"},
                                                                {Mood::happy, "happy"}};
};

namespace {

struct Entry {
  int id;
  std::string title;
  std::optional<std::string> body;
};

}  // namespace

TEST_CASE("postgres: rows become values, tuples and structs", "[postgres]") {
  run([]() -> Task<void> {
    Pool db(options());
    co_await db.execute("drop table if exists entries");
    co_await db.execute(
        "create table entries (id int primary key, title text not null, body text)");
    const std::uint64_t inserted = co_await db.execute(
        "insert into entries values ($1, $2, $3), ($4, $5, $6)", 1, "first", nullptr, 2,
        std::string("se\"c'ond"), std::optional<std::string>("text"));
    CHECK(inserted == 2);

    const std::vector<Entry> entries =
        co_await db.query<Entry>("select body, title, id, 7 as other from entries order by id");
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].id == 1);
    CHECK_FALSE(entries[0].body);
    CHECK(entries[1].title == "se\"c'ond");
    CHECK(entries[1].body == "text");

    const auto titles = co_await db.query<std::string>("select title from entries order by id");
    CHECK(titles == std::vector<std::string>{"first", "se\"c'ond"});
    // <std::string> is the type of the rows here, though the argument has the same type.
    const std::string wanted = "first";
    const auto same =
        co_await db.query<std::string>("select title from entries where title = $1", wanted);
    CHECK(same.size() == 1);
    const auto pairs = co_await db.query<std::tuple<std::string, int>>(
        "select title, id from entries order by id");
    CHECK(std::get<1>(pairs.at(1)) == 2);
    const auto one = co_await db.query_one<Entry>("select * from entries where id = $1", 2);
    REQUIRE(one);
    CHECK(one->id == 2);
    const auto none = co_await db.query_one<Entry>("select * from entries where id = $1", 3);
    CHECK_FALSE(none);
    const std::string many = co_await failure_of<bora::database::TooManyRows>(
        db.query_one<Entry>("select * from entries"));
    CHECK(many.find("pool_test.cpp:") != std::string::npos);

    const Rows rows = co_await db.query("select id, title from entries order by id");
    int sum = 0;
    for (const auto row : rows) sum += row.get<int>("id");
    CHECK(sum == 3);
    CHECK(rows[1].get<std::string>(1) == "se\"c'ond");
    const std::string no_column =
        co_await failure_of<ConversionError>(db.query<Entry>("select id, title from entries"));
    CHECK(no_column == "there is no column 'body'; the statement gives: id, title");
    const std::string null = co_await failure_of<ConversionError>(
        db.query<std::string>("select body from entries where id = 1"));
    CHECK(null == "column 'body': NULL is no text");
    const std::string size = co_await failure_of<ConversionError>(db.query<int>("select 1, 2"));
    CHECK(size == "the program asks for 1 column, the statement gives 2 (?column?, ?column?)");
    const std::string range =
        co_await failure_of<ConversionError>(db.query<std::int16_t>("select 32768 as n"));
    CHECK(range == "column 'n': the text \"32768\" is no whole number that fits");
  });
}

TEST_CASE("postgres: types go there and come back", "[postgres]") {
  run([]() -> Task<void> {
    Pool db(options());
    const auto same = [&db]<class T>(const char* type, T value) -> Task<void> {
      const std::string text = std::string("select $1::") + type + " as v";
      const Statement as_binary = Statement(text).binary();
      INFO(type);
      const auto back = co_await db.query_one<T>(text, value);
      REQUIRE(back);
      CHECK(*back == value);
      const auto binary = co_await db.query_one<T>(as_binary, value);
      REQUIRE(binary);
      CHECK(*binary == value);
      const auto null = co_await db.query_one<std::optional<T>>(text, std::optional<T>());
      REQUIRE(null);
      CHECK_FALSE(*null);
      const auto no_binary = co_await db.query_one<std::optional<T>>(as_binary, std::optional<T>());
      REQUIRE(no_binary);
      CHECK_FALSE(*no_binary);
    };
    co_await same("bool", true);
    co_await same("bool", false);
    co_await same("int2", std::int16_t{-7});
    co_await same("int8", std::numeric_limits<std::int64_t>::min());
    co_await same("numeric", std::numeric_limits<std::uint64_t>::max());
    co_await same("float8", 0.1);
    co_await same("float8", -1e300);
    co_await same("float4", 1.5F);
    co_await same("text", std::string("a\\b\"c'd\n\xc3\xa9"));
    co_await same("numeric", std::string("12345678901234567890.123456789"));
    std::vector<std::byte> bytes;
    for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<std::byte>(i));
    co_await same("bytea", bytes);
    co_await same("uuid", *UUID::parse("F81D4FAE-7dec-11d0-a765-00a0c91e6bf6"));
    co_await same("timestamptz", std::chrono::sys_time<std::chrono::microseconds>(
                                     std::chrono::microseconds(1'234'567'890'123'456)));
    co_await same("timestamptz", std::chrono::sys_time<std::chrono::microseconds>(-1us));
    co_await same("timestamp", std::chrono::sys_seconds(1'000s));
    co_await same("timestamptz", std::chrono::system_clock::time_point::max());
    using namespace std::chrono;
    co_await same("date", year_month_day(year(2024), month(2), day(29)));
    co_await same("interval", microseconds(25h + 3min + 1us));
    co_await same("interval", seconds(-90));
    co_await same("time", seconds(86'399));
    co_await same("jsonb", nlohmann::json::parse(R"({"a": [1, null, "x"]})"));
    // These have names because g++ 12 can't compile lists in braces in an awaited expression.
    const std::vector<int> numbers = {1, -2, 3};
    const std::vector<std::string> texts = {"a", "", "NULL", "c,d", "e\"\\f", "{}"};
    const std::vector<std::vector<int>> nested = {{1, 2}, {3, 4}};
    const std::vector<std::optional<std::string>> some = {std::nullopt, "x"};
    co_await same("int[]", numbers);
    co_await same("int[]", std::vector<int>());
    co_await same("text[]", texts);
    co_await same("int[][]", nested);
    co_await same("text[]", some);
    co_await same("text", Mood::happy);
    const auto zoned =
        co_await db.query_one<sys_seconds>("select '2024-01-01 12:00:00+05:30'::timestamptz");
    CHECK(*zoned == sys_days(2024y / 1 / 1) + 6h + 30min);
    const auto days = co_await db.query_one<seconds>("select '-3 days 01:00:00'::interval");
    CHECK(*days == -71h);

    const std::string nul =
        co_await failure_of(db.execute("select $1::text", std::string("a\0b", 3)));
    CHECK(nul.starts_with("a text with a NUL in it can't be a parameter [22021]"));
    const std::string utf8 = co_await failure_of(db.execute("select $1::text", "\xff"));
    CHECK(utf8.find("[22021]") != std::string::npos);
    const std::string injected = "'; drop table entries; --";
    const auto echo = co_await db.query_one<std::string>("select $1::text", injected);
    CHECK(*echo == injected);
  });
}

TEST_CASE("postgres: values at the edges, as text and in the binary format", "[postgres]") {
  using namespace std::chrono;
  using Time = sys_time<microseconds>;
  run([]() -> Task<void> {
    Pool db(options(1));
    // Reads a value as T in both formats: they give the same, or both refuse it.
    const auto both = [&db]<class T>(const char* value, const T& wanted) -> Task<void> {
      const std::string text = std::string("select ") + value + " as v";
      INFO(value);
      const auto one = co_await db.query_one<T>(text);
      CHECK(*one == wanted);
      const Statement as_binary = Statement(text).binary();
      const auto other = co_await db.query_one<T>(as_binary);
      CHECK(*other == wanted);
    };
    const auto refused = [&db]<class T>(const char* value, const T&) -> Task<void> {
      const std::string text = std::string("select ") + value + " as v";
      INFO(value);
      const std::string one = co_await failure_of<ConversionError>(db.query_one<T>(text));
      CHECK(one.starts_with("column 'v': "));
      const Statement as_binary = Statement(text).binary();
      const std::string other = co_await failure_of<ConversionError>(db.query_one<T>(as_binary));
      CHECK(other.starts_with("column 'v': "));
    };
    co_await both("'infinity'::timestamptz", Time::max());
    co_await both("'-infinity'::timestamp", Time::min());
    co_await both("'infinity'::timestamptz", system_clock::time_point::max());
    co_await both("'294246-12-31 23:59:59.999999+00'::timestamptz",
                  Time(microseconds(9'223'371'244'799'999'999)));
    co_await both("'4713-01-01 00:00:00+00 BC'::timestamptz",
                  Time(microseconds(-210'863'520'000'000'000)));
    co_await both("'0001-01-01'::timestamp", Time(sys_days(1y / 1 / 1)));
    co_await refused("'294276-12-31 23:59:59.999999+00'::timestamptz", Time());
    co_await refused("'9999-01-01'::timestamptz", system_clock::time_point());  // nanoseconds
    co_await both("'9999-12-31'::date", year_month_day(9999y / 12 / 31));
    co_await both("'0044-03-15 BC'::date", year_month_day(year(-43) / 3 / 15));
    co_await refused("'infinity'::date", year_month_day());
    co_await refused("'5874897-12-31'::date", year_month_day());
    co_await refused("'2147483647 days'::interval", seconds());
    co_await refused("'1 month'::interval", seconds());
    co_await refused("'1000 years'::interval", nanoseconds());
    co_await both("'24:00:00'::time", seconds(86'400));
    co_await both("'-1.5'::float8", -1.5);
    co_await both("'Infinity'::float4", std::numeric_limits<float>::infinity());
    co_await both("'-Infinity'::float8", -std::numeric_limits<double>::infinity());
    for (const char* nan : {"'NaN'::float4", "'NaN'::float8", "'NaN'::numeric"}) {
      const std::string text = std::string("select ") + nan;
      const auto one = co_await db.query_one<double>(text);
      CHECK(std::isnan(*one));
      const Statement as_binary = Statement(text).binary();
      const auto other = co_await db.query_one<double>(as_binary);
      CHECK(std::isnan(*other));
    }
    co_await refused("1e300::float8", float());
    co_await refused("1e400::numeric", double());
    co_await refused("9223372036854775808::numeric", std::int64_t());
    co_await refused("-1", unsigned());
    co_await refused("32768", std::int16_t());
    co_await refused("1.5::numeric", int());
    co_await refused("null::int", int());
    co_await both("12::numeric", 12);
    for (const char* number :
         {"0", "0.000", "-0.00012", "10000", "100000000.5", "123456789012345678901234567890.12345",
          "0.1234567890123456789", "1e100", "NaN", "Infinity", "-Infinity"}) {
      const std::string text = std::string("select '") + number + "'::numeric";
      const auto one = co_await db.query_one<std::string>(text);
      const Statement as_binary = Statement(text).binary();
      const auto other = co_await db.query_one<std::string>(as_binary);
      CHECK(*one == *other);
    }
    // Other types are read as text.
    for (const char* value :
         {"true", "'a'::\"char\"", "12::int2", "0.1::float4", "0.1::float8", "'NaN'::float8",
          "'2024-02-29'::date", "'0044-03-15 BC'::date", "'infinity'::date",
          "'2024-02-29 01:02:03.45'::timestamp", "'0044-03-15 01:02:03 BC'::timestamp",
          "'infinity'::timestamp", "'01:02:03.000001'::time", "'{\"a\": [1]}'::jsonb",
          "'[1]'::json", "'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'::uuid", "'x'::name", "'x'::bpchar",
          "'x'"}) {
      const std::string text = std::string("select ") + value;
      INFO(value);
      const auto one = co_await db.query_one<std::string>(text);
      const Statement as_binary = Statement(text).binary();
      const auto other = co_await db.query_one<std::string>(as_binary);
      CHECK(*one == *other);
    }
    const Statement inet = Statement("select '10.0.0.1'::inet as v").binary();
    const std::string unknown = co_await failure_of<ConversionError>(db.query<std::string>(inet));
    CHECK(unknown == "column 'v': a binary value of the type with the OID 869 is no text");
    // Arrays.
    const std::vector<int> none;
    const std::vector<int> three = {1, 2, 3};
    const std::vector<std::vector<std::string>> nested = {{"a", "b,\"c"}, {"", "NULL"}};
    const std::vector<std::optional<int>> holes = {1, std::nullopt};
    const std::vector<std::vector<std::vector<int>>> deep = {{{1}, {2}}, {{3}, {4}}};
    co_await both("'{}'::int[]", none);
    co_await both("'[5:7]={1,2,3}'::int[]", three);
    co_await both("array[array['a', 'b,\"c'], array['', 'NULL']]", nested);
    co_await both("array[1, null]", holes);
    co_await both("array[[[1],[2]],[[3],[4]]]", deep);
    co_await refused("array[[1],[2]]", three);
    co_await refused("array[1]", nested);
    co_await refused("array[1, null]", three);
    // NUL is in bytes only.
    const std::vector<std::byte> nul = {std::byte{0}, std::byte{'a'}, std::byte{0}};
    co_await both("'\\x006100'::bytea", nul);
    co_await both("''::bytea", std::vector<std::byte>());
    // An enumeration of the database, and rows.
    co_await db.run_script("drop type if exists mood; create type mood as enum ('sad', 'happy')");
    co_await both("'happy'::mood", Mood::happy);
    const Statement rows = Statement("select 7 as id, 'x' as title, null as body").binary();
    const auto entries = co_await db.query<Entry>(rows);
    CHECK(entries.at(0).id == 7);
    const Statement pair = Statement("select 1.5::float8, true").binary();
    const auto pairs = co_await db.query<std::tuple<double, bool>>(pair);
    CHECK(pairs.at(0) == std::tuple(1.5, true));
    const Statement many = Statement("select n from generate_series(1, 3) n").binary();
    auto stream = co_await db.stream<int>(many);
    const auto first = co_await stream.next();
    CHECK(*first == 1);
  });
}

TEST_CASE("postgres: errors tell code, place, constraint and where the statement was made",
          "[postgres]") {
  run([]() -> Task<void> {
    Pool db(options());
    co_await db.execute("drop table if exists users");
    co_await db.execute("create table users (id int primary key, email text unique)");
    co_await db.execute("insert into users values (1, 'ann')");
    bool is_caught = false;
    try {
      co_await db.execute("insert into users values ($1, $2)", 2, "ann");
    } catch (const Error& error) {
      is_caught = true;
      CHECK(error.is_unique_violation());
      CHECK(error.constraint() == "users_email_key");
      CHECK(error.table() == "users");
      CHECK(error.detail() == "Key (email)=(ann) already exists.");
      CHECK(std::string(error.where().file_name()).ends_with("pool_test.cpp"));
      CHECK(error.where().line() == __LINE__ - 8);
    }
    CHECK(is_caught);
    is_caught = false;
    try {
      co_await db.query("select  nothing from users");
    } catch (const Error& error) {
      is_caught = true;
      CHECK(error.code() == "42703");
      CHECK(error.position() == 9);
    }
    CHECK(is_caught);
    const auto count = co_await db.query_one<int>("select count(*) from users");
    CHECK(*count == 1);
    // A table changes under a prepared statement.
    const Rows before = co_await db.query("select * from users");
    co_await db.execute("alter table users add column age int");
    const Rows after = co_await db.query("select * from users");
    CHECK(after.columns() == 3);
    // COPY in an ordinary statement ends the connection, not the pool.
    const std::string copy =
        co_await failure_of<ConnectionError>(db.execute("copy users to stdout"));
    CHECK(copy.find("copy_in() and copy_out()") != std::string::npos);
    const auto again = co_await db.query_one<int>("select 1");
    CHECK(*again == 1);
  });
}

TEST_CASE("postgres: statements of one connection are pipelined, and keep apart", "[postgres]") {
  run([]() -> Task<void> {
    Pool db(options(1));
    Connection connection = co_await db.acquire();
    std::vector<Task<std::string>> tasks;
    const auto ask = [](Connection& on, int i) -> Task<std::string> {
      std::string answer;
      try {
        const auto row = co_await on.query_one<int>(
            i % 3 == 1 ? "select 1 / ($1::int - $1::int)" : "select $1::int", i);
        answer = std::to_string(*row);
      } catch (const Error& error) {
        answer = error.code();
      }
      co_return answer;
    };
    for (int i = 0; i < 30; ++i) tasks.push_back(ask(connection, i));
    const std::vector<std::string> answers = co_await bora::multi(std::move(tasks));
    for (int i = 0; i < 30; ++i) {
      CHECK(answers[static_cast<std::size_t>(i)] == (i % 3 == 1 ? "22012" : std::to_string(i)));
    }
  });
}

TEST_CASE("postgres: transactions", "[postgres]") {
  run([]() -> Task<void> {
    Pool db(options(2));
    co_await db.execute("drop table if exists t");
    co_await db.execute("create table t (n int primary key)");
    const auto numbers = [&db]() -> Task<std::vector<int>> {
      return db.query<int>("select n from t order by n");
    };

    {
      auto transaction = co_await db.begin();
      co_await transaction->execute("insert into t values (1)");
      co_await transaction->commit();
      const std::string over = co_await failure_of(transaction->commit());
      CHECK(over.starts_with("the transaction is over"));
    }
    {
      auto transaction = co_await db.begin();
      co_await transaction->execute("insert into t values (2)");
    }
    {
      auto transaction = co_await db.begin();
      co_await transaction->execute("insert into t values (3)");
      const std::string twice =
          co_await failure_of(transaction->execute("insert into t values (1)"));
      CHECK(twice.find("23505") != std::string::npos);
      const std::string failed = co_await failure_of(transaction->commit());
      CHECK(failed.find("is rolled back") != std::string::npos);
    }
    std::vector<int> left = co_await numbers();
    CHECK(left == std::vector<int>{1});

    const auto with_savepoints = [](Transaction& transaction) -> Task<int> {
      co_await transaction.execute("insert into t values (4)");
      auto savepoint = co_await transaction.savepoint();
      co_await transaction.execute("insert into t values (5)");
      co_await savepoint.rollback();
      const auto inner = [&transaction]() -> Task<void> {
        Transaction& same = transaction;
        co_await same.execute("insert into t values (6)");
        co_await same.execute("insert into t values (4)");
      };
      const std::string failure = co_await failure_of(transaction.nested(inner));
      CHECK(failure.find("23505") != std::string::npos);
      co_return 7;
    };
    const int result = co_await db.transaction(with_savepoints);
    CHECK(result == 7);
    left = co_await numbers();
    CHECK(left == std::vector<int>{1, 4});

    const auto throws = [](Transaction& transaction) -> Task<void> {
      co_await transaction.execute("insert into t values (8)");
      throw std::runtime_error("no");
    };
    const std::string thrown = co_await failure_of<std::runtime_error>(db.transaction(throws));
    CHECK(thrown == "no");

    // Two serializable transactions that read what the other one writes: one of them runs again.
    int runs = 0;
    bora::Event both;
    const auto count_up = [&runs, &both](Transaction& transaction) -> Task<void> {
      int& counted = runs;
      bora::Event& met = both;
      const auto sum = co_await transaction.query_one<int>("select coalesce(sum(n), 0) from t");
      if (++counted == 2) met.set();
      co_await met.wait();
      co_await transaction.execute("insert into t values ($1)", 100 + *sum + counted);
    };
    const bora::database::TransactionOptions serializable{
        .isolation = bora::database::TransactionOptions::Isolation::serializable, .retries = 5};
    co_await bora::multi(db.transaction(count_up, serializable),
                         db.transaction(count_up, serializable));
    CHECK(runs > 2);
    co_await settle(db, 2);
    CHECK(db.statistics().idle == 2);
    const auto open = co_await db.query_one<int>(
        "select count(*) from pg_stat_activity where state like 'idle in transaction%'");
    CHECK(*open == 0);
  });
}

TEST_CASE("postgres: deadlines and cancelling end the statement at the server", "[postgres]") {
  run([]() -> Task<void> {
    Pool db(options(2));
    co_await db.query("select 1");  // so that there is a connection
    const std::string late = co_await failure_of<TimeoutError>(
        db.query(Statement("select pg_sleep(3600)").within(50ms)));
    CHECK(late.find("the statement took longer") == 0);
    auto sleeping = bora::spawn(db.query("select pg_sleep(3601)"));
    for (;;) {
      const auto running = co_await db.query_one<int>(
          "select count(*) from pg_stat_activity where query like 'select pg_sleep(3601%'");
      if (*running == 1) break;
    }
    sleeping.cancel();
    const bool has_ended = co_await sleeping.end(30s);
    CHECK(has_ended);
    CHECK(sleeping.cancelled());
    co_await settle(db, 2);
    const auto running = co_await db.query_one<int>(
        "select count(*) from pg_stat_activity where query like 'select pg_sleep(36%' and state = "
        "'active'");
    CHECK(*running == 0);
    CHECK(db.statistics().opened == 2);
    // The server enforces the limit as well.
    Connection connection = co_await db.acquire();
    const auto limit = co_await connection.query_one<std::string>(
        Statement("select current_setting('statement_timeout')").within(2s));
    CHECK(*limit == "2s");
    const auto none =
        co_await connection.query_one<std::string>("select current_setting('statement_timeout')");
    CHECK(*none == "0");
  });
}

TEST_CASE("postgres: a full pool serves in the order of coming, and limits its queue",
          "[postgres]") {
  run([]() -> Task<void> {
    PoolOptions few = options(1);
    few.max_waiters = 3;
    Pool db(few);
    Connection taken = co_await db.acquire();
    std::vector<int> order;
    const auto take = [](Pool& pool, std::vector<int>& to, int i) -> Task<void> {
      Connection connection = co_await pool.acquire();
      to.push_back(i);
    };
    auto first = bora::spawn(take(db, order, 1));
    auto second = bora::spawn(take(db, order, 2));
    auto third = bora::spawn(take(db, order, 3));
    const std::string full = co_await failure_of<bora::database::PoolFull>(db.acquire());
    CHECK(full == "all 1 connections are at work, and 3 wait for one");
    second.cancel();
    static_cast<void>(co_await second.end());
    const std::string late = co_await failure_of<TimeoutError>(db.acquire(10ms));
    CHECK(late.starts_with("no connection became free before the deadline"));
    taken.release();
    co_await first;
    co_await third;
    CHECK(order == std::vector<int>{1, 3});
    CHECK(db.statistics().opened == 1);
  });
}

TEST_CASE("postgres: scripts, many rows at once, COPY and streams", "[postgres]") {
  run([]() -> Task<void> {
    Pool db(options(2));
    co_await db.run_script(
        "drop table if exists many; create table many (id int, name text, data bytea);"
        "insert into many values (0, 'zero', '')");
    const std::string wrong =
        co_await failure_of(db.run_script("insert into many values (9); nonsense"));
    CHECK(wrong.find("42601") != std::string::npos);
    struct Item {
      int id;
      std::string name;
      std::vector<std::byte> data;
    };
    std::vector<Item> items;
    for (int i = 1; i <= 1000; ++i)
      items.push_back({i, "name " + std::to_string(i), {std::byte{9}}});
    const std::uint64_t inserted =
        co_await db.execute_many("insert into many values ($1, $2, $3)", items);
    CHECK(inserted == 1000);
    // Either all are inserted or none.
    const std::vector<std::tuple<int, std::string>> bad = {{5000, "x"},
                                                           {5001, std::string(9, 'y')}};
    const std::string none = co_await failure_of(
        db.execute_many("insert into many select $1, repeat($2, 1 / (5001 - $1))", bad));
    CHECK(none.find("22012") != std::string::npos);

    auto in = co_await db.copy_in("copy many (id, name, data) from stdin");
    for (int i = 0; i < 20'000; ++i) {
      co_await in.write_row(10'000 + i, i % 2 == 0 ? "tab\tline\nback\\slash" : "x",
                            std::optional<std::vector<std::byte>>());
    }
    const std::uint64_t copied = co_await in.finish();
    CHECK(copied == 20'000);
    const auto special =
        co_await db.query_one<std::string>("select name from many where id = 10000");
    CHECK(*special == "tab\tline\nback\\slash");
    {
      auto dropped = co_await db.copy_in("copy many (id) from stdin");
      co_await dropped.write_row(77'777);
    }
    auto broken = co_await db.copy_in("copy many (id) from stdin");
    co_await broken.write("no number\n");
    const std::string refused = co_await failure_of(broken.finish());
    CHECK(refused.find("22P02") != std::string::npos);
    const std::string no_copy = co_await failure_of(db.copy_in("select 1"));
    CHECK(no_copy.starts_with("the statement is no COPY"));

    auto out =
        co_await db.copy_out("copy (select id from many where id < 3 order by id) to stdout");
    std::string text;
    for (;;) {
      const std::optional<std::string> line = co_await out.next();
      if (!line) break;
      text += *line;
    }
    CHECK(text == "0\n1\n2\n");

    const auto total = co_await db.query_one<int>("select count(*) from many");
    CHECK(*total == 21'001);
    auto stream = co_await db.stream<std::tuple<int, std::string>>(
        "select id, name from many where id >= $1 order by id", 1);
    int count = 0;
    for (;;) {
      const auto row = co_await stream.next();
      if (!row) break;
      ++count;
    }
    CHECK(count == 21'000);
    {
      auto left = co_await db.stream<int>("select generate_series(1, 100000000)");
      const auto one = co_await left.next();
      CHECK(*one == 1);
    }
    auto failing = co_await db.stream<int>("select 10 / (3 - n) from generate_series(1, 10) n");
    const std::string fails = co_await failure_of([](auto& rows) -> Task<void> {
      for (;;) {
        const auto row = co_await rows.next();
        if (!row) break;
      }
    }(failing));
    CHECK(fails.find("22012") != std::string::npos);
    co_await settle(db, 2);
    CHECK(db.statistics().idle == 2);
    CHECK(db.statistics().opened == 2);
  });
}

TEST_CASE("postgres: notifications", "[postgres]") {
  run([]() -> Task<void> {
    Pool db(options(1));
    bora::postgres::Listener listener(options());
    co_await listener.listen("news \"quoted\"");
    co_await db.execute("select pg_notify($1, $2)", "news \"quoted\"", "first");
    co_await db.execute("select pg_notify($1, $2)", "other", "unheard");
    co_await db.execute("select pg_notify($1, $2)", "news \"quoted\"", "second");
    const auto first = co_await listener.next(30s);
    const auto second = co_await listener.next(30s);
    CHECK(first.payload == "first");
    CHECK(second.payload == "second");
    // A listener that was cut off connects again by itself and reports the gap.
    co_await db.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%'");
    const auto gap = co_await listener.next(30s);
    CHECK(gap.is_gap);
    co_await db.execute("select pg_notify($1, $2)", "news \"quoted\"", "third");
    const auto third = co_await listener.next(30s);
    CHECK(third.payload == "third");
    co_await listener.unlisten("news \"quoted\"");
    CHECK(listener.pending() == 0);
  });
}

TEST_CASE("postgres: no server, wrong names, and a server that comes back", "[postgres]") {
  bora::test::LogRecorder log;
  run([]() -> Task<void> {
    PoolOptions nowhere = options();
    nowhere.where = "host=/nonexistent user=bora dbname=postgres";
    Pool lost(nowhere);
    const std::string refused = co_await failure_of<ConnectionError>(lost.query("select 1"));
    CHECK(refused.starts_with("no connection to PostgreSQL: "));
    const std::string twice = co_await failure_of<ConnectionError>(lost.ping(5s));
    CHECK(twice.starts_with("no connection to PostgreSQL: "));

    PoolOptions wrong = options();
    wrong.where += " dbname=missing";
    Pool missing(wrong);
    const std::string no_database = co_await failure_of<ConnectionError>(missing.query("select 1"));
    CHECK(no_database.find("\"missing\" does not exist") != std::string::npos);

    PoolOptions second = options();
    second.where = "host=/nonexistent," + server().address().substr(5);
    Pool failover(second);
    const auto answer = co_await failover.query_one<int>("select 1");
    CHECK(*answer == 1);

    Pool db(options(2));
    auto sleeping = bora::spawn(db.query("select pg_sleep(3600)"));
    co_await db.query("select 1");
    auto transaction = co_await db.begin();
    sleeping.cancel();
    static_cast<void>(co_await sleeping.end());
    auto running = bora::spawn(transaction->query("select pg_sleep(3600)"));
    co_await bora::moment;
    server().restart();
    const std::string cut = co_await failure_of<ConnectionError>(
        [](auto future) -> Task<void> { co_await future; }(running));
    CHECK(cut.find("57P01") + cut.find("lost") != 2 * std::string::npos);
    const std::string gone = co_await failure_of<ConnectionError>(transaction->execute("select 1"));
    CHECK(gone.find("lost") != std::string::npos);
    transaction.reset();
    const auto back = co_await db.query_one<int>("select 2");
    CHECK(*back == 2);
  });
  std::size_t told = 0;
  for (const auto& line : log.lines) told += line.find("no connection") != std::string::npos;
  CHECK(told == 2);
}

TEST_CASE("postgres: cancelled at random, no answer goes to somebody else", "[postgres]") {
  run([]() -> Task<void> {
    Pool db(options(5));
    std::mt19937 random(7);
    int answered = 0;
    int ended = 0;
    const auto ask = [](Pool& pool, int tag, int& right, int& over) -> Task<void> {
      try {
        const auto row = co_await pool.query_one<int>("select $1::int from pg_sleep($2)", tag,
                                                      static_cast<double>(tag % 7) * 0.0005);
        if (*row != tag) throw std::logic_error("somebody else's answer");
        ++right;
      } catch (const bora::CancelledError&) {
      }
      ++over;
    };
    constexpr int kTotal = 1500;
    std::vector<bora::Future<void>> all;
    for (int i = 0; i < kTotal; ++i) {
      all.push_back(bora::spawn(ask(db, i, answered, ended)));
      if (i % 20 == 19) co_await bora::sleep(std::chrono::microseconds(random() % 2000));
      all[random() % all.size()].cancel();
    }
    for (auto& future : all) static_cast<void>(co_await future.end());
    for (auto& future : all) {
      if (future.exception() != nullptr && !future.cancelled()) future.result();
    }
    CHECK(ended > 0);
    CHECK(answered > 0);
    co_await settle(db, db.statistics().connections);
    CHECK(db.statistics().waiters == 0);
    CHECK(db.statistics().idle == db.statistics().connections);
    CHECK(db.statistics().opened == 5);
    const auto open = co_await db.query_one<int>(
        "select count(*) from pg_stat_activity where query like 'select $1::int%' and state <> "
        "'idle'");
    CHECK(*open == 0);
  });
}

// Tests that take longer than a second or two; they run once, see CMakeLists.txt.

TEST_CASE("postgres: a million rows are streamed in little memory", "[.][heavy]") {
  run([]() -> Task<void> {
    Pool db(options(1));
    const auto resident = [] {
      std::ifstream file("/proc/self/statm");
      long all = 0;
      long pages = 0;
      file >> all >> pages;
      return pages * 4;
    };
    auto rows = co_await db.stream<std::tuple<int, std::string>>(
        "select n, repeat('x', 100) from generate_series(1, 1000000) n");
    long most = 0;
    long begin = 0;
    int count = 0;
    for (;;) {
      const auto row = co_await rows.next();
      if (!row) break;
      ++count;
      if (count == 1000) begin = resident();
      if (count % 10'000 == 0) most = std::max(most, resident());
    }
    CHECK(count == 1'000'000);
    CHECK(most - begin < 20'000);  // kilobytes, of more than a hundred megabytes
  });
}

TEST_CASE("postgres: ten thousand statements, cancelled at random", "[.][heavy]") {
  run([]() -> Task<void> {
    Pool db(options(8));
    std::mt19937 random(11);
    int answered = 0;
    int given_up = 0;
    const auto ask = [](Pool& pool, int tag, int& right, int& over) -> Task<void> {
      try {
        const auto row = co_await pool.query_one<int>("select $1::int from pg_sleep($2)", tag,
                                                      static_cast<double>(tag % 5) * 0.0004);
        if (*row != tag) throw std::logic_error("somebody else's answer");
        ++right;
      } catch (const bora::CancelledError&) {
        ++over;
      }
    };
    for (int round = 0; round < 100; ++round) {
      std::vector<bora::Future<void>> all;
      for (int i = 0; i < 100; ++i)
        all.push_back(bora::spawn(ask(db, round * 100 + i, answered, given_up)));
      for (int i = 0; i < 60; ++i) {
        co_await bora::sleep(std::chrono::microseconds(random() % 300));
        all[random() % all.size()].cancel();
      }
      for (auto& future : all) {
        static_cast<void>(co_await future.end());
        if (!future.cancelled()) future.result();
      }
    }
    CHECK(answered + given_up == 10'000);
    CHECK(given_up > 100);
    co_await settle(db, 8);
    CHECK(db.statistics().idle == 8);
    CHECK(db.statistics().opened == 8);
  });
}

TEST_CASE("postgres: restarted under load, the pool comes back whole", "[.][heavy]") {
  const bora::test::LogRecorder log;
  run([]() -> Task<void> {
    Pool db(options(8));
    std::atomic<bool> is_over = false;
    int right = 0;
    int failed = 0;
    const auto load = [](Pool& pool, int tag, const std::atomic<bool>& stop, int& good,
                         int& bad) -> Task<void> {
      while (!stop.load()) {
        bool is_lost = false;
        try {
          const auto row = co_await pool.query_one<int>("select $1::int", tag);
          if (*row != tag) throw std::logic_error("somebody else's answer");
          ++good;
        } catch (const Error&) {
          is_lost = true;
        }
        if (is_lost) {
          ++bad;
          co_await bora::sleep(2ms);
        }
      }
    };
    std::vector<bora::Future<void>> all;
    for (int i = 0; i < 30; ++i) all.push_back(bora::spawn(load(db, i, is_over, right, failed)));
    for (int kill = 0; kill < 20; ++kill) {
      const int before = right;
      while (right < before + 300) co_await bora::sleep(1ms);
      server().restart(kill % 2 == 0 ? SIGQUIT : SIGINT);
    }
    const int before = right;
    while (right < before + 300) co_await bora::sleep(1ms);
    is_over = true;
    for (auto& future : all) co_await future;
    CHECK(failed > 0);
    co_await settle(db, db.statistics().connections);
    CHECK(db.statistics().idle == db.statistics().connections);
    CHECK(db.statistics().waiters == 0);
  });
}
