#include "blog.h"

#include <cstdlib>
#include <random>

#include <bora/core/locale.h>
#include <bora/core/log.h>
#include <bora/database/migrations.h>
#include <bora/postgres.h>
#include <bora/sqlite.h>

#include "routes.h"

namespace blog {
namespace {

// Without a secret that stays the same, everybody is signed out when the program ends.
std::string secret(const std::string& configured) {
  if (!configured.empty() || std::getenv("BORA_COOKIE_SECRET") != nullptr ||
      std::getenv("BORA_COOKIE_SECRET_FILE") != nullptr) {
    return configured;
  }
  bora::app_log.warning("BORA_COOKIE_SECRET is not set: sign-ins end with this program");
  std::random_device random;
  std::string key;
  for (int i = 0; i < 16; ++i) key += std::to_string(random());
  return key;
}

bora::web::Settings settings_of(const BlogOptions& options) {
  bora::web::Settings settings;
  settings.debug = options.debug;
  settings.cookie_secret = secret(options.cookie_secret);
  settings.login_url = "/login";
  settings.xsrf_cookies = true;
  settings.cross_origin_protection = true;
  settings.compress_response = true;
  return settings;
}

// Apart from the types in migrations/, this is the only difference between the two databases.
std::unique_ptr<bora::database::Database> open(const std::string& where) {
  const bool is_postgres = where.starts_with("postgresql:") || where.starts_with("postgres:") ||
                           where.find('=') != std::string::npos;
  if (is_postgres) return std::make_unique<bora::postgres::Pool>(where);
  return std::make_unique<bora::sqlite::Database>(where);
}

}  // namespace

Blog::Blog(const BlogOptions& options)
    : Application(routes::table, settings_of(options)),
      password_work(options.password_work),
      db_(open(options.database)),
      share_(options.share) {
  bora::locale::load_translations(share_ + "/locale");
  if (!options.logins.empty()) logins.read_file(options.logins);
}

Task<void> Blog::migrate() {
  co_await bora::database::migrate(*db_, share_ + "/migrations/" + std::string(db_->engine()));
}

}  // namespace blog
