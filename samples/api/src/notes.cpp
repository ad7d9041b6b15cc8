#include "notes.h"

#include <utility>

namespace api {

const Note& Notes::add(Note note) {
  note.id = ++last_id_;
  return notes_.emplace(note.id, std::move(note)).first->second;
}

Note* Notes::find(std::int64_t id, const std::string& owner) {
  const auto found = notes_.find(id);
  return found == notes_.end() || found->second.owner != owner ? nullptr : &found->second;
}

bool Notes::remove(std::int64_t id) {
  return notes_.erase(id) > 0;
}

std::vector<Note> Notes::list(const std::string& owner, std::int64_t after,
                              std::size_t limit) const {
  std::vector<Note> page;
  for (auto at = notes_.upper_bound(after); at != notes_.end() && page.size() < limit; ++at) {
    if (at->second.owner == owner) page.push_back(at->second);
  }
  return page;
}

}  // namespace api
