#include "handlers/page.h"

#include "site.h"
#include "views/error.h"

namespace app {

Site& Page::site() const { return static_cast<Site&>(application()); }

void Page::write_error(int status, std::exception_ptr error) {
  if (application().settings().debug) {
    RequestHandler::write_error(status, error);
    return;
  }
  const bool is_missing = status == 404;
  render(views::error{
      .status = status,
      .heading = is_missing ? "This page does not exist" : "That did not work",
      .text = is_missing ? "Perhaps the address has a slip of the pen in it, or the page has moved."
                         : "The request could not be answered. Please go back and try again.",
  });
}

}  // namespace app
