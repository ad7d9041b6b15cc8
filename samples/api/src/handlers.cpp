#include "handlers.h"

#include <string_view>
#include <utility>
#include <vector>

#include <bora/json.h>

#include "routes.h"

namespace api {
namespace {

using bora::web::HTTPError;

constexpr int kMaxPerPage = 100;

// Returns what clients see of a note. Its owner is not shown.
nlohmann::ordered_json json_of(const Note& note) {
  return {{"id", note.id}, {"title", note.title}, {"text", note.text}, {"tags", note.tags}};
}

std::string etag(const Note& note) {
  return '"' + std::to_string(note.version) + '"';
}

// Collects all mistakes in a body, so that one answer reports them together.
class Complaints {
 public:
  void add(std::string field, std::string text) {
    error_ = std::move(error_).with_field(std::move(field), std::move(text));
  }
  void throw_if_any() {
    if (!error_.fields().empty()) throw std::move(error_).with_detail("The note is refused.");
  }

 private:
  HTTPError error_{422};
};

// A body that is no JSON, or has a value of another type, is answered with 400 before the checks.
void read_into(Note& note, bora::web::RequestHandler& handler) {
  const auto body = handler.get_json_body();
  note.title = body["title"].get<std::string>();
  note.text = body.get("text", std::string());
  note.tags = body.get("tags", std::vector<std::string>());
  Complaints complaints;
  if (note.title.empty()) complaints.add("title", "must not be empty");
  if (note.title.size() > 200) complaints.add("title", "must have at most 200 bytes");
  if (note.tags.size() > 10) complaints.add("tags", "must be at most 10");
  for (std::size_t i = 0; i < note.tags.size(); ++i) {
    if (note.tags[i].empty()) complaints.add("tags/" + std::to_string(i), "must not be empty");
  }
  complaints.throw_if_any();
}

}  // namespace

void Handler::prepare() {
  const std::string field = request().headers().get("Authorization");
  constexpr std::string_view kScheme = "Bearer ";
  const auto& tokens = static_cast<Api&>(application()).tokens;
  if (field.starts_with(kScheme)) {
    const auto found = tokens.find(std::string(field.substr(kScheme.size())));
    if (found != tokens.end()) owner_ = found->second;
  }
  if (owner_.empty()) {
    throw HTTPError(401)
        .with_header("WWW-Authenticate", R"(Bearer realm="notes")")
        .with_detail("Send a token: \"Authorization: Bearer …\".");
  }
}

void AllNotes::get() {
  const int limit = get_query_argument("limit", 20);
  const auto after = get_query_argument<std::int64_t>("after", 0);
  if (limit < 1 || limit > kMaxPerPage) {
    throw HTTPError(400).with_field("limit", "must be from 1 to " + std::to_string(kMaxPerPage));
  }
  // One note more than requested tells whether there is a next page.
  std::vector<Note> page = notes().list(owner(), after, static_cast<std::size_t>(limit) + 1);
  nlohmann::ordered_json answer{{"items", nlohmann::ordered_json::array()}};
  if (page.size() > static_cast<std::size_t>(limit)) {
    page.pop_back();
    const std::string next = std::string(route::notes()) + "?limit=" + std::to_string(limit) +
                             "&after=" + std::to_string(page.back().id);
    set_header("Link", "<" + next + ">; rel=\"next\"");
    answer["next"] = next;
  }
  for (const Note& note : page) answer["items"].push_back(json_of(note));
  write_json(answer);
}

void AllNotes::post() {
  Note note;
  note.owner = owner();
  read_into(note, *this);
  const Note& added = notes().add(std::move(note));
  set_status(201);
  set_header("Location", std::string(route::note(added.id)));
  set_header("Etag", etag(added));
  write_json(json_of(added));
}

void OneNote::get(std::int64_t id) {
  const Note& note = note_at(id);
  if (!check_preconditions(etag(note))) return;  // 304: the client has this version
  write_json(json_of(note));
}

void OneNote::put(std::int64_t id) {
  Note& note = note_at(id);
  require_version(note);
  Note changed = note;  // so that a refused body changes nothing
  read_into(changed, *this);
  ++changed.version;
  note = std::move(changed);
  set_header("Etag", etag(note));
  write_json(json_of(note));
}

void OneNote::delete_(std::int64_t id) {
  require_version(note_at(id));
  notes().remove(id);
  set_status(204);
}

Note& OneNote::note_at(std::int64_t id) {
  Note* const note = notes().find(id, owner());
  if (note == nullptr) throw HTTPError(404).with_detail("There is no such note.");
  return *note;
}

// A client that changes a note says which version it has seen, so that two clients can't overwrite
// each other's changes.
void OneNote::require_version(const Note& note) {
  if (!request().headers().contains("If-Match")) {
    throw HTTPError(428).with_detail("Send the note's ETag in If-Match.");
  }
  check_preconditions(etag(note));  // 412 for another version
}

}  // namespace api
