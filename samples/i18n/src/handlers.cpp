#include "handlers.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <vector>

#include "routes.h"
#include "views/inbox.h"

namespace i18n {

void Begin::get() {
  set_header("Vary", "Accept-Language");
  redirect(route::inbox(locale().code().substr(0, 2)));
}

void ShowInbox::get(std::string language) {
  const bool is_known = std::any_of(std::begin(kLanguages), std::end(kLanguages),
                                    [&](const Language& known) { return known.code == language; });
  if (!is_known) throw bora::web::HTTPError(404);
  set_locale(bora::locale::get(language));
  const auto unread = get_query_argument<std::int64_t>("unread", 2);
  const Inbox inbox = sample_inbox(unread, std::chrono::system_clock::now());
  std::vector<std::string> senders;
  for (const Message& message : inbox.messages) senders.push_back(message.from);
  render(views::inbox{.inbox = inbox, .senders = senders});
}

}  // namespace i18n
