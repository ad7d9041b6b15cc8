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

/// All notes, in memory: a real service would have a database here (see the sample blog).
class Notes {
 public:
  const Note& add(Note note);
  /// Returns null if there is no such note, or somebody else owns it.
  Note* find(std::int64_t id, const std::string& owner);
  bool remove(std::int64_t id);
  /// Returns at most `limit` notes whose ids are greater than `after`. Unlike with "page 3", pages
  /// stay right if notes are added or removed meanwhile.
  [[nodiscard]] std::vector<Note> list(const std::string& owner, std::int64_t after,
                                       std::size_t limit) const;

 private:
  std::map<std::int64_t, Note> notes_;
  std::int64_t last_id_ = 0;
};

}  // namespace api
