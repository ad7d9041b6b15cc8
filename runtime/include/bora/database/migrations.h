#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <bora/database/querier.h>

// The steps that bring a database's tables to their present form, as files that come with the
// program:
//
//   migrations/0001_users.sql          what to do
//   migrations/0001_users.down.sql     how to undo it; need not be there
//
// Each step runs once, in a transaction of its own that also records it in the table
// bora_migrations. Programs that start at the same time wait for one another. A file that was
// edited after it was run is an error, and so is a missing one. A file whose first line is
// `-- bora: no transaction` is run outside of one, for statements that need that (CREATE INDEX
// CONCURRENTLY); if it fails halfway, its effects stay.
//
//   const auto done = co_await database::migrate(db, "migrations");
//
// `bora db` does the same from the command line.

namespace bora::database {

/// One step, as read from its files.
struct Migration {
  long number = 0;
  std::string name{};  ///< "0001_users"
  std::string up{};
  std::optional<std::string> down{};
  std::string checksum{};  ///< The SHA-256 of `up`, in hexadecimal.
};

/// The steps in a folder, by number.
/// @throws Error  Two steps have the same number, a file's name is wrong, or a file can't be read.
std::vector<Migration> read_migrations(const std::filesystem::path& folder);

/// The state of a step.
struct MigrationStatus {
  enum class State : unsigned char {
    pending,  ///< It was not run.
    applied,
    edited,   ///< It was run, and its file has changed since.
    missing,  ///< It was run, and its file is missing.
  };
  std::string name{};
  State state = State::pending;
  std::string applied_at{};  ///< The time in UTC, as the database writes it.
};

/// All steps that have a file or were run, by number.
Task<std::vector<MigrationStatus>> migration_status(Database& database,
                                                    std::filesystem::path folder);

/// Runs the steps that were not run, in order. Returns their names.
/// @throws Error  A step that was run is edited or missing, one that was not run comes before one
///                that was or has no statement, or a statement fails; the steps before it stay.
Task<std::vector<std::string>> migrate(Database& database, std::filesystem::path folder);

/// Undoes the last `count` steps, the newest first. Returns their names.
/// @throws Error  A step has no .down.sql, has no statement in it or is edited, or a statement
///                fails.
Task<std::vector<std::string>> rollback_migrations(Database& database, std::filesystem::path folder,
                                                   std::size_t count = 1);

}  // namespace bora::database
