#include "notes.h"

#include <utility>

namespace app {

Task<std::vector<Note>> Notes::list(std::int64_t after, std::int64_t limit) {
  co_return co_await db_.query<Note>(
      "select id, title, text, version from notes where id > $1 order by id limit $2", after,
      limit);
}

Task<std::optional<Note>> Notes::find(std::int64_t id) {
  co_return co_await db_.query_one<Note>("select id, title, text, version from notes where id = $1",
                                         id);
}

Task<Note> Notes::add(Note note) {
  std::optional<Note> added = co_await db_.query_one<Note>(
      "insert into notes (title, text) values ($1, $2) returning id, title, text, version",
      note.title, note.text);
  co_return std::move(*added);
}

Task<bool> Notes::change(Note note) {
  const std::uint64_t changed = co_await db_.execute(
      "update notes set title = $3, text = $4, version = version + 1 where id = $1 and version = "
      "$2",
      note.id, note.version, note.title, note.text);
  co_return changed > 0;
}

Task<bool> Notes::remove(std::int64_t id, std::int64_t version) {
  const std::uint64_t removed =
      co_await db_.execute("delete from notes where id = $1 and version = $2", id, version);
  co_return removed > 0;
}

}  // namespace app
