// bora-db: migrations from the command line. `bora db` starts it.

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/core/log.h>
#include <bora/database/migrations.h>
#if defined(BORA_DB_HAS_POSTGRES)
#include <bora/postgres.h>
#endif
#if defined(BORA_DB_HAS_SQLITE)
#include <bora/sqlite.h>
#endif

namespace {

using bora::database::Database;
using bora::database::MigrationStatus;

constexpr char kHelp[] =
    R"(bora db: bring a database's tables to what the program needs

Usage: bora db COMMAND [OPTIONS]

  new NAME         Write an empty migration, and one that undoes it
  status           List the migrations: applied, pending, edited, missing
  migrate          Run what was not run yet
  rollback [N]     Undo the last one, or the last N

  --database URL   postgresql://user@host/name, "host=… dbname=…" or sqlite:FILE
                   (default: the environment's DATABASE_URL)
  --dir DIR        The folder of migrations (default: migrations)

Exit status: 0 fine, 1 a migration failed or is refused, 2 wrong usage, 3 the database can't be
reached.
)";

enum Status { fine = 0, refused = 1, usage = 2, environment = 3 };

struct Arguments {
  std::string command;
  std::string operand;
  std::string database;
  std::string folder = "migrations";
};

/// A mistake on the command line.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

Arguments parse(const std::vector<std::string>& words) {
  Arguments arguments;
  if (const char* const url = std::getenv("DATABASE_URL")) arguments.database = url;
  std::vector<std::string> rest;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto value_of = [&](std::string_view name, std::string& value) {
      const std::string& word = words[i];
      if (word == name) {
        if (++i == words.size()) throw UsageError(std::string(name) + " needs a value");
        value = words[i];
        return true;
      }
      if (!word.starts_with(std::string(name) + "=")) return false;
      value = word.substr(name.size() + 1);
      return true;
    };
    if (value_of("--database", arguments.database) || value_of("--dir", arguments.folder)) continue;
    if (words[i].starts_with('-')) throw UsageError("there is no option " + words[i]);
    rest.push_back(words[i]);
  }
  if (rest.empty()) throw UsageError("which command? new, status, migrate or rollback");
  if (rest.size() > 2) throw UsageError("what is '" + rest[2] + "' for?");
  arguments.command = rest[0];
  if (rest.size() > 1) arguments.operand = rest[1];
  const bool takes_operand = arguments.command == "new" || arguments.command == "rollback";
  if (!takes_operand && rest.size() > 1) throw UsageError("what is '" + rest[1] + "' for?");
  return arguments;
}

std::unique_ptr<Database> open(const std::string& url) {
  if (url.empty()) throw UsageError("which database? --database URL, or DATABASE_URL");
  constexpr std::string_view kSQLite = "sqlite:";
  if (url.starts_with(kSQLite)) {
#if defined(BORA_DB_HAS_SQLITE)
    return std::make_unique<bora::sqlite::Database>(url.substr(kSQLite.size()));
#else
    throw UsageError("this Bora was built without SQLite (libsqlite3-dev)");
#endif
  }
#if defined(BORA_DB_HAS_POSTGRES)
  bora::postgres::PoolOptions options;
  options.where = url;
  options.application_name = "bora db";
  return std::make_unique<bora::postgres::Pool>(options);
#else
  throw UsageError("this Bora was built without PostgreSQL (libpq-dev)");
#endif
}

Status make_new(const Arguments& arguments) {
  if (arguments.operand.empty()) throw UsageError("new needs a name: bora db new add_users");
  std::string name;
  for (const char c : arguments.operand) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (!is_plain) throw UsageError("a name has small letters, digits and '_' only");
    name += c;
  }
  std::filesystem::create_directories(arguments.folder);
  const auto present = bora::database::read_migrations(arguments.folder);
  char number[32];
  std::snprintf(number, sizeof number, "%04ld", present.empty() ? 1 : present.back().number + 1);
  const std::string stem = arguments.folder + "/" + number + "_" + name;
  std::ofstream(stem + ".sql") << "-- What this changes:\n";
  std::ofstream down(stem + ".down.sql");
  down << "-- How to undo it:\n";
  if (!down.flush()) {
    std::fprintf(stderr, "bora db: %s.sql can't be written\n", stem.c_str());
    return environment;
  }
  std::printf("%s.sql\n%s.down.sql\n", stem.c_str(), stem.c_str());
  return fine;
}

bora::Task<Status> run(const Arguments& arguments, Database& database) {
  const std::filesystem::path folder(arguments.folder);
  if (arguments.command == "status") {
    bool is_fine = true;
    const auto all = co_await migration_status(database, folder);
    for (const MigrationStatus& step : all) {
      using State = MigrationStatus::State;
      const char* const state = step.state == State::pending   ? "pending"
                                : step.state == State::applied ? "applied"
                                : step.state == State::edited  ? "edited"
                                                               : "missing";
      is_fine = is_fine && (step.state == State::pending || step.state == State::applied);
      std::printf("%-8s %s%s%s\n", state, step.name.c_str(), step.applied_at.empty() ? "" : "  ",
                  step.applied_at.c_str());
    }
    co_return is_fine ? fine : refused;
  }
  std::vector<std::string> done;
  const bool is_up = arguments.command == "migrate";
  if (is_up) {
    done = co_await migrate(database, folder);
  } else {
    std::size_t count = 1;
    const std::string& text = arguments.operand;
    if (!text.empty()) {
      const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
      if (failure != std::errc() || end != text.data() + text.size()) {
        throw UsageError("rollback takes a number, not '" + text + "'");
      }
    }
    done = co_await rollback_migrations(database, folder, count);
  }
  for (const std::string& name : done)
    std::printf("%s %s\n", is_up ? "ran" : "undid", name.c_str());
  if (done.empty()) std::printf("nothing to do\n");
  co_return fine;
}

Status run_main(const std::vector<std::string>& words) {
  const bool asks_help = std::ranges::any_of(
      words, [](const std::string& word) { return word == "--help" || word == "-h"; });
  if (asks_help) {
    std::fputs(kHelp, stdout);
    return fine;
  }
  const Arguments arguments = parse(words);
  if (arguments.command == "new") return make_new(arguments);
  const std::vector<std::string> commands = {"status", "migrate", "rollback"};
  if (std::ranges::find(commands, arguments.command) == commands.end()) {
    throw UsageError("there is no command '" + arguments.command + "'");
  }
  // What goes wrong is printed below, once.
  bora::gen_log.set_level(bora::LogLevel::none);
  const std::unique_ptr<Database> database = open(arguments.database);
  return bora::IOLoop::current().run_sync(run(arguments, *database));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run_main({argv + (argc > 0 ? 1 : 0), argv + argc});
  } catch (const UsageError& error) {
    std::fprintf(stderr, "bora db: %s\n", error.what());
    return usage;
  } catch (const bora::database::ConnectionError& error) {
    std::fprintf(stderr, "bora db: %s\n", error.what());
    return environment;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bora db: %s\n", error.what());
    return refused;
  }
}
