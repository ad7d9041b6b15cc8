#include "blog.h"

#include <bora/database/migrations.h>

#include "routes.h"

namespace blog {
namespace {

bora::web::Settings settings_of(const BlogOptions& options) {
  bora::web::Settings settings;
  settings.debug = options.debug;
  settings.cookie_secret = options.cookie_secret;
  settings.login_url = "/login";
  settings.xsrf_cookies = true;
  settings.cross_origin_protection = true;
  settings.compress_response = true;
  return settings;
}

}  // namespace

Blog::Blog(const BlogOptions& options)
    : Application(routes::table, settings_of(options)),
      password_work(options.password_work),
      db_(options.database) {}

Task<void> Blog::migrate() {
  co_await bora::database::migrate(db_, BLOG_MIGRATIONS);
}

}  // namespace blog
