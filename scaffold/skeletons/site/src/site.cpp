#include "site.h"

#include "handlers/page.h"
#include "routes.h"

namespace app {
namespace {

bora::web::Settings site_settings(bool debug) {
  bora::web::Settings settings;
  settings.debug = debug;
  // Forms of other sites are refused by the browser's header fields. For browsers that do not send
  // these, a form needs {{ xsrf_form_html() }}.
  settings.cross_origin_protection = true;
  settings.xsrf_cookies = true;
  if (!debug) settings.default_handler_class = bora::web::error_handler<NotFound>();
  return settings;
}

}  // namespace

Site::Site(bool debug) : Application(routes::table, site_settings(debug)) {}

}  // namespace app
