#include "handlers/guestbook.h"

#include "routes.h"
#include "site.h"
#include "views/guestbook.h"

namespace app {

void Guestbook::get() {
  render(views::guestbook{.entries = site().entries.newest(), .form = EntryForm{}});
}

void Guestbook::post() {
  EntryForm form;
  form.name = get_body_argument("name", "");
  form.message = get_body_argument("message", "");
  if (!form.check()) {
    set_status(422);
    render(views::guestbook{.entries = site().entries.newest(), .form = form});
    return;
  }
  site().entries.add({.name = form.name, .message = form.message, .date = today()});
  redirect(route::guestbook(), false, 303);  // so that reloading does not send the form again
}

}  // namespace app
