#include <bora/web/stock_handlers.h>

#include <string>

#include "runtime/web/redirects.h"

namespace bora::web::detail {

void redirect_to(RequestHandler& handler, std::string_view pattern, bool permanent) {
  const std::string location =
      redirect_location(pattern, handler.path_args(), handler.request().query());
  if (location.empty()) throw HTTPError(404);
  handler.redirect(location, permanent);
}

}  // namespace bora::web::detail
