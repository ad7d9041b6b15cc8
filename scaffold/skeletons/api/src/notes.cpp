#include "notes.h"

#include <utility>

namespace app {

Task<std::vector<Note>> Notes::list(std::int64_t after, std::int64_t limit) {
  std::vector<Note> page;
  for (auto at = notes_.upper_bound(after); at != notes_.end(); ++at) {
    if (static_cast<std::int64_t>(page.size()) == limit) break;
    page.push_back(at->second);
  }
  co_return page;
}

Task<std::optional<Note>> Notes::find(std::int64_t id) {
  const auto found = notes_.find(id);
  std::optional<Note> note;
  if (found != notes_.end()) note = found->second;
  co_return note;
}

Task<Note> Notes::add(Note note) {
  note.id = ++last_id_;
  notes_[note.id] = note;
  co_return note;
}

Task<bool> Notes::change(Note note) {
  const auto found = notes_.find(note.id);
  if (found == notes_.end() || found->second.version != note.version) co_return false;
  ++note.version;
  found->second = std::move(note);
  co_return true;
}

Task<bool> Notes::remove(std::int64_t id, std::int64_t version) {
  const auto found = notes_.find(id);
  if (found == notes_.end() || found->second.version != version) co_return false;
  notes_.erase(found);
  co_return true;
}

}  // namespace app
