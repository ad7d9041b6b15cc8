#pragma once

#include <bora/core/task.h>

#include <cstdint>
#include <map>
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

/// The notes, in memory: they are lost at a restart. With a database, only these functions change.
class Notes {
 public:
  /// Returns at most `limit` notes whose ids are greater than `after`.
  Task<std::vector<Note>> list(std::int64_t after, std::int64_t limit);
  Task<std::optional<Note>> find(std::int64_t id);
  /// @returns  The note with its id.
  Task<Note> add(Note note);
  /// Returns false if it was changed or removed meanwhile.
  Task<bool> change(Note note);
  Task<bool> remove(std::int64_t id, std::int64_t version);

 private:
  std::map<std::int64_t, Note> notes_;
  std::int64_t last_id_ = 0;
};

}  // namespace app
