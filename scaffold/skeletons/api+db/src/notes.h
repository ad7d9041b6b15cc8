#pragma once

#include <bora/core/task.h>
#include <bora/database/querier.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace app {

using bora::Task;

struct Note {
  std::int64_t id = 0;
  std::string title;
  std::string text;
  std::int64_t version = 1;  ///< counts the changes
};

/// The notes, in the database.
class Notes {
 public:
  explicit Notes(bora::database::Database& db) : db_(db) {}

  /// Returns at most `limit` notes whose ids are greater than `after`.
  Task<std::vector<Note>> list(std::int64_t after, std::int64_t limit);
  Task<std::optional<Note>> find(std::int64_t id);
  /// @returns  The note with its id.
  Task<Note> add(Note note);
  /// Returns false if it was changed or removed meanwhile.
  Task<bool> change(Note note);
  Task<bool> remove(std::int64_t id, std::int64_t version);

 private:
  bora::database::Database& db_;
};

}  // namespace app
