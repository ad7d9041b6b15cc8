#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace api {

struct Note {
  std::int64_t id = 0;
  std::string owner;
  std::string title;
  std::string text;
  std::vector<std::string> tags;
  int version = 1;
};

/// All notes, in memory: a real service has a database here (see the sample blog).
class Notes {
 public:
  const Note& add(Note note);
  /// Null: there is none, or it is somebody else's.
  Note* find(std::int64_t id, const std::string& owner);
  bool remove(std::int64_t id);
  /// At most `limit` of those with a greater id than `after`: pages stay right when notes are added
  /// or removed meanwhile, as they would not with "page 3".
  [[nodiscard]] std::vector<Note> list(const std::string& owner, std::int64_t after,
                                       std::size_t limit) const;

 private:
  std::map<std::int64_t, Note> notes_;
  std::int64_t last_id_ = 0;
};

}  // namespace api
