#include "handlers.h"

#include <string>

#include <bora/core/deadline.h>
#include <bora/render/json.h>

#include "views/home.h"
#include "views/message.h"

namespace chat {
namespace {

// {"id": 7, "html": "…"}: the server renders the HTML, and the page only inserts it.
struct Update {
  std::int64_t id;
  std::string html;
};

void to_json(bora::render::JSONWriter& writer, const Update& update) {
  writer.begin_object();
  writer.member("id", update.id);
  writer.member("html", update.html);
  writer.end_object();
}

}  // namespace

void Home::get() {
  const std::vector<Message> all = messages().after(0);
  render(views::home{.messages = all, .last_id = messages().last_id()});
}

void NewMessage::post() {
  const std::string name = get_body_argument("name");
  const std::string text = get_body_argument("text");
  if (name.empty() || name.size() > 60 || text.empty() || text.size() > 2000) {
    throw bora::web::HTTPError(422).with_detail("A message needs a name and a text.");
  }
  const Message& message = messages().add(name, text);
  // Without scripts, the browser sends the form itself, and is redirected to the page.
  if (get_body_argument<bool>("back", false)) return redirect("/", false, 303);
  write_json(Update{message.id, render_string(views::message{.message = message})});
}

Task<void> Updates::post() {
  const auto cursor = get_body_argument<std::int64_t>("cursor", 0);
  const auto deadline = bora::Deadline(kPatience);
  bool is_in_time = true;
  while (is_in_time && !is_gone_ && messages().last_id() <= cursor) {
    is_in_time = co_await messages().changed.wait(deadline);
  }
  if (is_gone_) co_return;
  std::vector<Update> updates;
  for (const Message& message : messages().after(cursor)) {
    updates.push_back({message.id, render_string(views::message{.message = message})});
  }
  write_json(updates);
}

void Updates::on_connection_close() {
  is_gone_ = true;
  messages().changed.notify_all();
}

}  // namespace chat
