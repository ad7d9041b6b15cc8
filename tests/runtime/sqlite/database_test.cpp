#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>

#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/database/migrations.h>
#include <bora/sqlite.h>

#include "tests/support/catch.h"
#include "tests/support/log_recorder.h"

using namespace std::chrono_literals;
using bora::IOLoop;
using bora::Task;
using bora::TimeoutError;
using bora::database::Error;
using bora::database::Rows;
using bora::database::Statement;
using bora::database::Transaction;
using bora::sqlite::Database;
using bora::sqlite::Options;

namespace {

/// A folder that is removed with this object.
class Folder {
 public:
  Folder() {
    std::string made = (std::filesystem::temp_directory_path() / "bora-sqlite-XXXXXX").string();
    if (::mkdtemp(made.data()) == nullptr) throw std::runtime_error("no folder");
    path_ = made;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(*this / name).parent_path());
    std::ofstream(*this / name) << text;
  }

 private:
  std::string path_;
};

template <class Body>
void run(Body body) {
  IOLoop::current().run_sync(body(), 60s);
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

struct Entry {
  int id;
  std::string title;
  std::optional<double> price;
};

}  // namespace

TEST_CASE("sqlite: the same face as PostgreSQL", "[sqlite]") {
  run([]() -> Task<void> {
    const Folder folder;
    Database db(folder / "shop.db");
    co_await db.execute(
        "create table entries (id integer primary key, title text not null unique, price real)");
    const std::uint64_t inserted =
        co_await db.execute("insert into entries values ($1, $2, $3), (2, 'two', $3)", 1, "one",
                            std::optional<double>());
    CHECK(inserted == 2);
    const auto entries =
        co_await db.query<Entry>("select price, id, title from entries order by id");
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].title == "one");
    CHECK_FALSE(entries[0].price);
    const bora::database::Rows whole = co_await db.query("select id, price from entries");
    CHECK(whole[0].is_null(1));
    CHECK_FALSE(whole[0].is_null(0));
    CHECK_THROWS_WITH(whole[0].is_null(2), "there is no column 2: the result has 2");
    CHECK_THROWS_WITH(whole[0].cell(7), "there is no column 7: the result has 2");
    // Arguments are used out of order, and twice.
    const auto both = co_await db.query<std::tuple<std::string, int>>(
        "select $2 || title || $2, $1 from entries where id = $1", 2, "'");
    CHECK(std::get<0>(both.at(0)) == "'two'");
    // An INSERT that does not begin like one goes to the writer.
    const auto returned = co_await db.query<int>(
        "with x as (select 3 as n) insert into entries select n, 'three', 1.5 from x returning id");
    CHECK(returned == std::vector<int>{3});
    bool is_caught = false;
    try {
      co_await db.execute("insert into entries (title) values ('one')");
    } catch (const Error& error) {
      is_caught = true;
      CHECK(error.is_unique_violation());
      CHECK(error.constraint() == "entries.title");
      CHECK(error.table() == "entries");
      CHECK(error.column() == "title");
      CHECK(error.where().line() == __LINE__ - 7);
    }
    CHECK(is_caught);
    struct Case {
      const char* text;
      const char* code;
    };
    const std::vector<Case> cases = {{"select missing from entries", "42703"},
                                     {"selec 1", "42601"},
                                     {"select * from missing", "42P01"},
                                     {"insert into entries values (9, null, 1)", "23502"},
                                     {"select 1; select 2", "42601"},
                                     {"", "42601"},
                                     {"select $1", "08P01"},
                                     {"select :name", "42P02"}};
    for (const Case& wrong : cases) {
      INFO(wrong.text);
      const std::string what = co_await failure_of(db.query(wrong.text));
      CHECK(what.find(std::string("[") + wrong.code + "]") != std::string::npos);
    }
    const std::string more = co_await failure_of(db.query("select 1", 1));
    CHECK(more.starts_with("the statement has 0 parameters, and 1 were given"));

    using bora::database::UUID;
    using std::chrono::sys_seconds;
    std::vector<std::byte> bytes(300, std::byte{0});
    const auto now = sys_seconds(1'700'000'000s);
    const auto types = co_await db.query_one<std::tuple<bool, std::int64_t, double, std::string,
                                                        std::vector<std::byte>, sys_seconds, UUID>>(
        "select $1, $2, $3, $4, $5, $6, $7", true, std::numeric_limits<std::int64_t>::min(), 0.1,
        std::string("a\0b", 3), bytes, now, UUID{});
    REQUIRE(types);
    CHECK(std::get<0>(*types));
    CHECK(std::get<1>(*types) == std::numeric_limits<std::int64_t>::min());
    CHECK(std::get<3>(*types) == std::string("a\0b", 3));
    CHECK(std::get<4>(*types) == bytes);
    CHECK(std::get<5>(*types) == now);
    const std::vector<int> numbers(1);
    const std::string array = co_await failure_of(db.query("select $1", numbers));
    CHECK(array.find("SQLite has no arrays") == 0);

    std::vector<std::tuple<int, std::string>> many;
    for (int i = 10; i < 3000; ++i) many.emplace_back(i, "n" + std::to_string(i));
    const std::uint64_t added =
        co_await db.execute_many("insert into entries (id, title) values ($1, $2)", many);
    CHECK(added == 2990);
    auto rows =
        co_await db.stream<std::string>("select title from entries where id >= $1 order by id", 10);
    int count = 0;
    for (;;) {
      const auto title = co_await rows.next();
      if (!title) break;
      ++count;
    }
    CHECK(count == 2990);
    {
      auto left = co_await db.stream<int>("select id from entries");
      const auto first = co_await left.next();
      CHECK(first);
    }
    co_await db.backup(folder / "copy.db");
    Database copy(folder / "copy.db");
    const auto copied = co_await copy.query_one<int>("select count(*) from entries");
    CHECK(*copied == 2993);
    co_await db.set_user_version(7);
    const std::int32_t version = co_await db.user_version();
    CHECK(version == 7);
  });
}

TEST_CASE("sqlite: transactions, deadlines, cancelling", "[sqlite]") {
  run([]() -> Task<void> {
    const Folder folder;
    Database db(folder / "t.db");
    co_await db.execute("create table t (n integer primary key)");
    {
      auto transaction = co_await db.begin();
      co_await transaction->execute("insert into t values (1)");
      // Readers do not see it, and do not wait.
      const auto none = co_await db.query_one<int>("select count(*) from t");
      CHECK(*none == 0);
    }
    const auto with_savepoint = [](Transaction& transaction) -> Task<void> {
      co_await transaction.execute("insert into t values (2)");
      const auto inner = [&transaction]() -> Task<void> {
        Transaction& same = transaction;
        co_await same.execute("insert into t values (3)");
        throw std::runtime_error("no");
      };
      const std::string what = co_await failure_of<std::runtime_error>(transaction.nested(inner));
      CHECK(what == "no");
    };
    co_await db.transaction(with_savepoint);
    const auto left = co_await db.query<int>("select n from t");
    CHECK(left == std::vector<int>{2});

    const char* const endless =
        "with recursive c(n) as (select 1 union all select n + 1 from c) select count(*) from c";
    const std::string late =
        co_await failure_of<TimeoutError>(db.query(Statement(endless).within(20ms)));
    CHECK(late == "the statement took longer than its deadline");
    for (int i = 0; i < 10; ++i) {
      auto running = bora::spawn(db.query(endless));
      for (int turn = 0; turn < i; ++turn) co_await bora::moment;
      running.cancel();
      const bool has_ended = co_await running.end(30s);
      CHECK(has_ended);
      const auto works = co_await db.query_one<int>("select 1");
      CHECK(*works == 1);
    }
    // A read-only transaction sees one state.
    auto reading = co_await db.begin({.is_read_only = true});
    const auto before = co_await reading->query_one<int>("select count(*) from t");
    co_await db.execute("insert into t values (5)");
    const auto after = co_await reading->query_one<int>("select count(*) from t");
    CHECK(*before == *after);
    const std::string refused = co_await failure_of(reading->execute("pragma query_only = off"));
    static_cast<void>(refused);
    co_await reading->rollback();

    std::vector<Task<std::uint64_t>> writes;
    for (int i = 100; i < 200; ++i) writes.push_back(db.execute("insert into t values ($1)", i));
    co_await bora::multi(std::move(writes));
    const auto all = co_await db.query_one<int>("select count(*) from t where n >= 100");
    CHECK(*all == 100);

    Database memory(":memory:");
    co_await memory.execute("create table m (n)");
    const auto none = co_await memory.query_one<int>("select count(*) from m");
    CHECK(*none == 0);
    Database nowhere("/nonexistent/folder/x.db");
    const std::string missing =
        co_await failure_of<bora::database::ConnectionError>(nowhere.query("select 1"));
    CHECK(missing.find("can't be opened") != std::string::npos);
    // Another process writes for too long.
    Options impatient;
    impatient.path = folder / "t.db";
    impatient.busy_timeout = 1ms;
    Database other(impatient);
    auto holding = co_await db.begin();
    const std::string busy = co_await failure_of(other.execute("insert into t values (9)"));
    CHECK(busy.find("[40001]") != std::string::npos);
  });
}

TEST_CASE("sqlite: migrations", "[sqlite]") {
  run([]() -> Task<void> {
    const Folder folder;
    folder.write("m/0001_users.sql",
                 "create table users (id integer);\ninsert into users values (1);\n");
    folder.write("m/0001_users.down.sql", "drop table users;");
    folder.write("m/0002_age.sql", "alter table users add column age integer;");
    Database db(folder / "m.db");
    const std::string path = folder / "m";
    using Names = std::vector<std::string>;
    using State = bora::database::MigrationStatus::State;
    auto status = co_await migration_status(db, path);
    CHECK(status.at(0).state == State::pending);
    Names done = co_await migrate(db, path);
    CHECK(done == Names{"0001_users", "0002_age"});
    done = co_await migrate(db, path);
    CHECK(done.empty());
    status = co_await migration_status(db, path);
    CHECK(status.at(1).state == State::applied);
    CHECK_FALSE(status.at(1).applied_at.empty());

    std::string what = co_await failure_of(rollback_migrations(db, path));
    CHECK(what == "the migration 0002_age has no 0002_age.down.sql, so it can't be undone");
    folder.write("m/0002_age.down.sql", "alter table users drop column age;");
    done = co_await rollback_migrations(db, path, 5);
    CHECK(done == Names{"0002_age", "0001_users"});

    // What `bora db new` makes is not run before it is written: later it would be an edited one.
    for (const char* nothing : {"", "-- What this changes:\n", "/* later */ ;\n", "-- x", "/* x"}) {
      folder.write("m/0003_wrong.sql", nothing);
      what = co_await failure_of(migrate(db, path));
      CHECK(what == "the migration 0003_wrong has no statement yet: write it, or remove its file");
    }
    folder.write("m/0002_age.down.sql", "-- How to undo it:\n");
    what = co_await failure_of(rollback_migrations(db, path));
    CHECK(what == "the migration 0002_age can't be undone: 0002_age.down.sql has no statement");
    status = co_await migration_status(db, path);
    CHECK(status.at(1).state == State::applied);

    folder.write("m/0003_wrong.sql", "create table half (n integer); nonsense;");
    what = co_await failure_of(migrate(db, path));
    CHECK(what.starts_with("the migration 0003_wrong failed: near \"nonsense\": syntax error"));
    const auto half =
        co_await db.query_one<int>("select count(*) from sqlite_master where name = 'half'");
    CHECK(*half == 0);
    status = co_await migration_status(db, path);
    CHECK(status.at(1).state == State::applied);
    CHECK(status.at(2).state == State::pending);

    folder.write("m/0001_users.sql", "create table users (id integer, edited integer);");
    what = co_await failure_of(migrate(db, path));
    CHECK(what.starts_with("the migration 0001_users was edited after it was run"));
    std::filesystem::remove(folder / "m/0001_users.sql");
    what = co_await failure_of(migrate(db, path));
    CHECK(what == "there is a 0001_users.down.sql, but no 0001_users.sql");
    std::filesystem::remove(folder / "m/0001_users.down.sql");
    what = co_await failure_of(migrate(db, path));
    CHECK(what == "the migration 0001_users was run, and its file is missing");
    folder.write("m/users.sql", "");
    CHECK_THROWS_WITH(bora::database::read_migrations(path),
                      "the migration 'users' must be called like 0001_what_it_does.sql");
    CHECK_THROWS_AS(bora::database::read_migrations(folder / "none"), Error);
  });
}

TEST_CASE("sqlite: migrations before the first statement, by one setting", "[sqlite]") {
  const bora::test::LogRecorder log;
  run([]() -> Task<void> {
    const Folder folder;
    folder.write("m/0001_users.sql", "create table users (id integer);");
    bora::sqlite::Options options;
    options.path = folder / "m.db";
    options.migrations = folder / "m";
    {
      Database db(options);
      const auto insert = [](Database& into, int id) -> Task<void> {
        co_await into.execute("insert into users values ($1)", id);
      };
      co_await bora::multi(insert(db, 1), insert(db, 2));
      auto transaction = co_await db.begin();
      const auto count = co_await transaction->query_one<int>("select count(*) from users");
      CHECK(*count == 2);
    }
    options.path = ":memory:";
    {
      Database db(options);
      const auto count = co_await db.query_one<int>("select count(*) from users");
      CHECK(*count == 0);
    }
    options.path = folder / "m.db";
    folder.write("m/0001_users.sql", "create table users (id integer, edited integer);");
    Database db(options);
    for (int i = 0; i < 2; ++i) {
      const std::string refused = co_await failure_of(db.query("select 1"));
      CHECK(refused.starts_with("the migration 0001_users was edited after it was run"));
    }
    const std::string refused = co_await failure_of(db.begin());
    CHECK(refused.starts_with("the migration 0001_users was edited"));
  });
}
