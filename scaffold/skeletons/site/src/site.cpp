#include "site.h"

#include "handlers/page.h"
#include "routes.h"

namespace app {
namespace {

bora::web::Settings site_settings(bool debug) {
  bora::web::Settings settings;
  settings.debug = debug;
  settings.xsrf_cookies = true;  // A form without {{ xsrf_form_html() }} is refused.
  if (!debug) settings.default_handler_class = bora::web::error_handler<NotFound>();
  return settings;
}

}  // namespace

Site::Site(bool debug) : Application(routes::table, site_settings(debug)) {}

}  // namespace app
