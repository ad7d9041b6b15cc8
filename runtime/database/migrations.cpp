#include <bora/database/migrations.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fstream>
#include <map>
#include <sstream>

#include <bora/core/gen.h>
#include <bora/core/log.h>

#include "runtime/core/crypto.h"

namespace bora::database {
namespace {

constexpr std::string_view kOutside = "-- bora: no transaction";

constexpr std::chrono::milliseconds kLongestPause{200};

/// Returns where a step runs: in the transaction that holds the lock, or, if its file says so,
/// beside it. SQLite has only one writer, and no step needs a statement that SQLite can't run in a
/// transaction.
Task<Querier*> place_of(Database& database, Transaction& transaction, bool is_outside) {
  if (!is_outside || database.engine() == "sqlite") co_return &transaction;
  // PostgreSQL keeps the snapshot of a transaction's last SELECT until its next statement, and
  // CREATE INDEX CONCURRENTLY waits for all snapshots. This statement has none.
  static_cast<void>(co_await transaction.savepoint());
  co_return &database;
}

/// Waits for the lock of all migrations. It holds no snapshot meanwhile, because a step of another
/// process may wait for that.
Task<void> lock_all(Database& database, Transaction& transaction) {
  if (database.engine() != "postgresql") {
    co_await transaction.lock("bora_migrations");
    co_return;
  }
  for (std::chrono::milliseconds pause(5);; pause = std::min(pause * 2, kLongestPause)) {
    const auto has_it = co_await transaction.query_one<bool>(
        "select pg_try_advisory_xact_lock(hashtextextended('bora_migrations', 0))");
    if (has_it.value_or(false)) co_return;
    static_cast<void>(co_await transaction.savepoint());
    co_await sleep(pause);
  }
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw Error("the migration " + path.string() + " can't be read");
  return text.str();
}

long number_of(const std::string& name) {
  long number = 0;
  const char* const end = name.data() + name.size();
  const auto [stop, failure] = std::from_chars(name.data(), end, number);
  const bool is_named = failure == std::errc() && stop - name.data() >= 3 && stop != end &&
                        *stop == '_' && stop + 1 != end;
  if (!is_named) {
    throw Error("the migration '" + name + "' must be called like 0001_what_it_does.sql");
  }
  return number;
}

struct Applied {
  long number;
  std::string name;
  std::string checksum;
  std::string applied_at;
};

Task<void> make_table(Database& database) {
  Database& same = database;
  const auto make = [&same](Transaction& transaction) -> Task<void> {
    Database& used = same;
    co_await lock_all(used, transaction);
    co_await transaction.execute(
        Statement("create table if not exists bora_migrations ("
                  "number bigint primary key, name text not null, checksum text not null, "
                  "applied_at timestamp not null default current_timestamp)")
            .unprepared());
  };
  co_await database.transaction(make);
}

Task<std::vector<Applied>> applied(Querier& querier) {
  return querier.query<Applied>(
      "select number, name, checksum, cast(applied_at as text) as applied_at "
      "from bora_migrations order by number");
}

/// Whether there is anything but blanks and comments. A file that `bora db new` has just made has
/// nothing: it must not count as run, for it could not be written any more then.
bool has_statement(std::string_view sql) {
  while (!sql.empty()) {
    std::size_t skipped = 0;
    if (sql.starts_with("--")) {
      skipped = std::min(sql.find('\n'), sql.size());
    } else if (sql.starts_with("/*")) {
      const std::size_t end = sql.find("*/", 2);
      skipped = end == std::string_view::npos ? sql.size() : end + 2;
    } else if (std::string_view(" \t\r\n;").find(sql.front()) != std::string_view::npos) {
      skipped = 1;
    } else {
      return true;
    }
    sql.remove_prefix(skipped);
  }
  return false;
}

MigrationStatus::State state_of(const Applied& step, const Migration* file) {
  if (file == nullptr) return MigrationStatus::State::missing;
  return file->checksum == step.checksum ? MigrationStatus::State::applied
                                         : MigrationStatus::State::edited;
}

const Migration* find(const std::vector<Migration>& files, long number) {
  const auto found = std::ranges::find(files, number, &Migration::number);
  return found == files.end() ? nullptr : &*found;
}

void require_unchanged(const Applied& step, const Migration* file) {
  switch (state_of(step, file)) {
    case MigrationStatus::State::edited:
      throw Error("the migration " + step.name +
                  " was edited after it was run: restore its file, and write a new one for what is "
                  "to change");
    case MigrationStatus::State::missing:
      throw Error("the migration " + step.name + " was run, and its file is missing");
    default:
      break;
  }
}

/// Returns the first file that must be run; null if there is none.
/// @throws Error
const Migration* next_to_run(const std::vector<Applied>& done,
                             const std::vector<Migration>& files) {
  for (const Applied& step : done) require_unchanged(step, find(files, step.number));
  const Migration* next = nullptr;
  for (const Migration& file : files) {
    if (std::ranges::find(done, file.number, &Applied::number) == done.end()) {
      next = &file;
      break;
    }
  }
  if (next != nullptr && !done.empty() && next->number < done.back().number) {
    throw Error("the migration " + next->name + " was not run, but a later one was (" +
                done.back().name + "): give it the next number");
  }
  return next;
}

/// Runs the next step. Returns an empty text if there is none.
Task<std::string> run_next(Database& database, std::vector<Migration> files) {
  std::unique_ptr<Transaction> transaction = co_await database.begin();
  co_await lock_all(database, *transaction);
  const std::vector<Applied> done = co_await applied(*transaction);
  const Migration* const next = next_to_run(done, files);
  std::string name;
  if (next == nullptr) co_return name;
  name = next->name;
  if (!has_statement(next->up)) {
    throw Error("the migration " + name + " has no statement yet: write it, or remove its file");
  }
  try {
    // The step may run outside of this transaction, which goes on holding the lock.
    Querier* const where =
        co_await place_of(database, *transaction, next->up.starts_with(kOutside));
    Statement script(next->up, std::source_location());
    co_await where->run_script(std::move(script));
  } catch (const Error& failure) {
    throw Error("the migration " + name + " failed: " + failure.what(), {.code = failure.code()});
  }
  co_await transaction->execute(
      "insert into bora_migrations (number, name, checksum) values ($1, $2, $3)", next->number,
      next->name, next->checksum);
  co_await transaction->commit();
  co_return name;
}

Task<std::string> undo_last(Database& database, std::vector<Migration> files) {
  std::unique_ptr<Transaction> transaction = co_await database.begin();
  co_await lock_all(database, *transaction);
  const std::vector<Applied> done = co_await applied(*transaction);
  std::string name;
  if (done.empty()) co_return name;
  name = done.back().name;
  const Migration* const file = find(files, done.back().number);
  require_unchanged(done.back(), file);
  if (!file->down) {
    throw Error("the migration " + name + " has no " + name + ".down.sql, so it can't be undone");
  }
  if (!has_statement(*file->down)) {
    throw Error("the migration " + name + " can't be undone: " + name +
                ".down.sql has no statement");
  }
  try {
    Querier* const where =
        co_await place_of(database, *transaction, file->down->starts_with(kOutside));
    Statement script(*file->down, std::source_location());
    co_await where->run_script(std::move(script));
  } catch (const Error& failure) {
    throw Error("undoing the migration " + name + " failed: " + failure.what(),
                {.code = failure.code()});
  }
  co_await transaction->execute("delete from bora_migrations where number = $1", file->number);
  co_await transaction->commit();
  co_return name;
}

}  // namespace

std::vector<Migration> read_migrations(const std::filesystem::path& folder) {
  std::error_code failure;
  std::map<std::string, std::filesystem::path> downs;
  std::vector<Migration> migrations;
  for (std::filesystem::directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    const std::filesystem::path& path = entry->path();
    if (path.extension() != ".sql") continue;
    std::string name = path.stem().string();
    if (name.ends_with(".down")) {
      downs.emplace(name.substr(0, name.size() - 5), path);
      continue;
    }
    Migration migration{.number = number_of(name), .name = name, .up = read_file(path)};
    migration.checksum = crypto::to_hex(crypto::sha256(migration.up));
    migrations.push_back(std::move(migration));
  }
  if (failure) {
    throw Error("the migrations in " + folder.string() + " can't be read: " + failure.message());
  }
  std::ranges::sort(migrations, {}, &Migration::number);
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    Migration& migration = migrations[i];
    if (i > 0 && migrations[i - 1].number == migration.number) {
      throw Error("two migrations have the same number: " + migrations[i - 1].name + " and " +
                  migration.name);
    }
    if (const auto down = downs.extract(migration.name)) migration.down = read_file(down.mapped());
  }
  if (!downs.empty()) {
    throw Error("there is a " + downs.begin()->first + ".down.sql, but no " + downs.begin()->first +
                ".sql");
  }
  return migrations;
}

Task<std::vector<MigrationStatus>> migration_status(Database& database,
                                                    std::filesystem::path folder) {
  const std::vector<Migration> files = read_migrations(folder);
  co_await make_table(database);
  const std::vector<Applied> done = co_await applied(database);
  std::map<long, MigrationStatus> all;
  for (const Migration& file : files) all[file.number].name = file.name;
  for (const Applied& step : done) {
    MigrationStatus& status = all[step.number];
    status.name = step.name;
    status.state = state_of(step, find(files, step.number));
    status.applied_at = step.applied_at;
  }
  std::vector<MigrationStatus> list;
  for (auto& [number, status] : all) list.push_back(std::move(status));
  co_return list;
}

Task<std::vector<std::string>> migrate(Database& database, std::filesystem::path folder) {
  const std::vector<Migration> files = read_migrations(folder);
  co_await make_table(database);
  std::vector<std::string> names;
  for (;;) {
    std::string name = co_await run_next(database, files);
    if (name.empty()) break;
    gen_log.info("migrated: ", name);
    names.push_back(std::move(name));
  }
  co_return names;
}

Task<std::vector<std::string>> rollback_migrations(Database& database, std::filesystem::path folder,
                                                   std::size_t count) {
  const std::vector<Migration> files = read_migrations(folder);
  co_await make_table(database);
  std::vector<std::string> names;
  while (names.size() < count) {
    std::string name = co_await undo_last(database, files);
    if (name.empty()) break;
    gen_log.info("undone: ", name);
    names.push_back(std::move(name));
  }
  co_return names;
}

}  // namespace bora::database
