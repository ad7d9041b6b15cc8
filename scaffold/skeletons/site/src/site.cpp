#include "site.h"

#include "handlers/page.h"
#include "routes.h"

namespace app {
namespace {

bora::web::Settings site_settings() {
  bora::web::Settings settings;
  settings.default_handler_class = bora::web::error_handler<NotFound>();
  return settings;
}

}  // namespace

Site::Site() : Application(routes::table, site_settings()) {}

}  // namespace app
