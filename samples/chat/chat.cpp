#include "chat.h"

#include <utility>

#include "routes.h"

namespace chat {

const Message& Messages::add(std::string name, std::string text) {
  kept_.push_back({++last_id_, std::move(name), std::move(text)});
  if (kept_.size() > kKept) kept_.pop_front();
  changed.notify_all();
  return kept_.back();
}

std::vector<Message> Messages::after(std::int64_t id) const {
  std::vector<Message> found;
  for (const Message& message : kept_) {
    if (message.id > id) found.push_back(message);
  }
  return found;
}

Chat::Chat()
    : Application(routes::table, {.cross_origin_protection = true, .xsrf_cookies = true}) {}

}  // namespace chat
