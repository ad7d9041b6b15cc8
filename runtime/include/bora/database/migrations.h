#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <bora/database/querier.h>

// The steps by which a database's tables came to what they are, as files that the program brings:
//
//   migrations/0001_users.sql          what to do
//   migrations/0001_users.down.sql     how to undo it; need not be there
//
// Each is run once, in a transaction of its own together with the note that it was run, in the
// table bora_migrations. Programs that start at the same time wait for one another. A file that was
// edited after it was run is refused, and so is one that is missing. A file whose first line is
// `-- bora: no transaction` is run outside of one, for statements that need that (CREATE INDEX
// CONCURRENTLY); if it fails halfway, what it did stays.
//
//   const auto done = co_await database::migrate(db, "migrations");
//
// `bora db` does the same from the command line.

namespace bora::database {

/// One step, as its files are.
struct Migration {
  long number = 0;
  std::string name{};  ///< "0001_users"
  std::string up{};
  std::optional<std::string> down{};
  std::string checksum{};  ///< SHA-256 of `up`, in hexadecimal.
};

/// The folder's steps, by number.
/// @throws Error  Two have the same number, a file has another name, or can't be read.
std::vector<Migration> read_migrations(const std::filesystem::path& folder);

/// What has become of a step.
struct MigrationStatus {
  enum class State : unsigned char {
    pending,  ///< It was not run.
    applied,
    edited,   ///< It was run, and its file has changed since.
    missing,  ///< It was run, and there is no file.
  };
  std::string name{};
  State state = State::pending;
  std::string applied_at{};  ///< UTC, as the database writes it.
};

/// Every step that there is or was, by number.
Task<std::vector<MigrationStatus>> migration_status(Database& database,
                                                    std::filesystem::path folder);

/// Runs what was not run, in order. Returns the names of these steps.
/// @throws Error  A step that was run is edited or missing, one that was not run comes before one
///                that was, or a statement fails; what came before stays.
Task<std::vector<std::string>> migrate(Database& database, std::filesystem::path folder);

/// Undoes the last `count` steps, the newest first. Returns their names.
/// @throws Error  One has no .down.sql, or is edited, or a statement fails.
Task<std::vector<std::string>> rollback_migrations(Database& database, std::filesystem::path folder,
                                                   std::size_t count = 1);

}  // namespace bora::database
