#include "site.h"

#include <bora/database/migrations.h>

#include "handlers/page.h"
#include "routes.h"

namespace app {
namespace {

bora::web::Settings site_settings(bool debug) {
  bora::web::Settings settings;
  settings.debug = debug;
  // Forms of other sites are refused by what the browser says; where it says nothing, a form needs
  // {{ xsrf_form_html() }}.
  settings.cross_origin_protection = true;
  settings.xsrf_cookies = true;
  if (!debug) settings.default_handler_class = bora::web::error_handler<NotFound>();
  return settings;
}

}  // namespace

Site::Site(const std::string& database, bool debug)
    : Application(routes::table, site_settings(debug)), db_(database) {}

bora::Task<void> Site::migrate(std::string folder) {
  co_await bora::database::migrate(db_, folder);
}

}  // namespace app
