#include "handlers.h"

#include <bora/json.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "routes.h"

namespace app {
namespace {

using bora::web::HTTPError;

constexpr std::int64_t kMaxPerPage = 100;

nlohmann::ordered_json json_of(const Note& note) {
  return {{"id", note.id}, {"title", note.title}, {"text", note.text}};
}

std::string etag(const Note& note) { return '"' + std::to_string(note.version) + '"'; }

// A body that is no JSON, or has a value of another type, is answered with 400. All other mistakes
// are reported together, by field.
void read_into(Note& note, bora::web::RequestHandler& handler) {
  const auto body = handler.get_json_body();
  note.title = body["title"].get<std::string>();
  note.text = body.get("text", std::string());
  HTTPError error(422);
  if (note.title.empty()) error = std::move(error).with_field("title", "must not be empty");
  if (note.title.size() > 200) error = std::move(error).with_field("title", "is too long");
  if (note.text.size() > 50'000) error = std::move(error).with_field("text", "is too long");
  // A text in JSON may have one ("\u0000"), and a text in PostgreSQL may not.
  for (const auto& [name, text] :
       {std::pair("title", &note.title), std::pair("text", &note.text)}) {
    if (text->find('\0') != std::string::npos)
      error = std::move(error).with_field(name, "has a NUL in it");
  }
  if (!error.fields().empty()) throw error;
}

}  // namespace

Task<void> AllNotes::get() {
  const auto limit = get_query_argument<std::int64_t>("limit", 20);
  const auto after = get_query_argument<std::int64_t>("after", 0);
  if (limit < 1 || limit > kMaxPerPage)
    throw HTTPError(400).with_field("limit", "is from 1 to 100");
  // One note more than requested tells whether there is a next page.
  std::vector<Note> page = co_await service().notes.list(after, limit + 1);
  nlohmann::ordered_json answer{{"items", nlohmann::ordered_json::array()}};
  if (static_cast<std::int64_t>(page.size()) > limit) {
    page.pop_back();
    answer["next"] = std::string(route::notes()) + "?limit=" + std::to_string(limit) +
                     "&after=" + std::to_string(page.back().id);
  }
  for (const Note& note : page) answer["items"].push_back(json_of(note));
  write_json(answer);
}

Task<void> AllNotes::post() {
  Note note;
  read_into(note, *this);
  const Note added = co_await service().notes.add(note);
  set_status(201);
  set_header("Location", std::string(route::note(added.id)));
  set_header("Etag", etag(added));
  write_json(json_of(added));
}

Task<void> OneNote::get(std::int64_t id) {
  const Note note = co_await note_at(id);
  if (check_preconditions(etag(note))) write_json(json_of(note));  // otherwise 304
}

Task<void> OneNote::put(std::int64_t id) {
  Note note = co_await note_at(id);
  require_version(note);
  read_into(note, *this);
  const bool is_changed = co_await service().notes.change(note);
  if (!is_changed) throw HTTPError(412);
  ++note.version;
  set_header("Etag", etag(note));
  write_json(json_of(note));
}

Task<void> OneNote::delete_(std::int64_t id) {
  const Note note = co_await note_at(id);
  require_version(note);
  const bool is_removed = co_await service().notes.remove(id, note.version);
  if (!is_removed) throw HTTPError(412);
  set_status(204);
}

Task<Note> OneNote::note_at(std::int64_t id) {
  std::optional<Note> note = co_await service().notes.find(id);
  if (!note) throw HTTPError(404).with_detail("There is no such note.");
  co_return std::move(*note);
}

// A client that changes a note says which version it has seen, so that two clients can't overwrite
// each other's changes.
void OneNote::require_version(const Note& note) {
  if (!request().headers().contains("If-Match")) {
    throw HTTPError(428).with_detail("Send the note's ETag in If-Match.");
  }
  check_preconditions(etag(note));  // 412 for another version
}

}  // namespace app
