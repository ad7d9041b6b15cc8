#include "handlers/guestbook.h"

#include "routes.h"
#include "site.h"
#include "views/guestbook.h"

namespace app {

bora::Task<void> Guestbook::get() {
  const EntryForm empty;
  co_await show(empty);
}

bora::Task<void> Guestbook::show(EntryForm form) {
  const std::vector<Entry> entries = co_await site().entries.newest();
  render(views::guestbook{.entries = entries, .form = form});
}

bora::Task<void> Guestbook::post() {
  EntryForm form;
  form.name = get_body_argument("name", "");
  form.message = get_body_argument("message", "");
  if (!form.check()) {
    set_status(422);
    co_await show(form);
    co_return;
  }
  Entry entry;
  entry.name = form.name;
  entry.message = form.message;
  entry.date = today();
  co_await site().entries.add(entry);
  redirect(route::guestbook(), false, 303);  // So that reloading does not send the form again.
}

}  // namespace app
