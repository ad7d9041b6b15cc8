#pragma once

#include <bora/auth/password.h>
#include <bora/sqlite.h>
#include <bora/web/application.h>

#include <string>

#include "store.h"

namespace blog {

struct BlogOptions {
  std::string database = "blog.db";
  std::string cookie_secret;  ///< Empty: the environment's BORA_COOKIE_SECRET.
  bool debug = false;
  bora::auth::PasswordWork password_work = {};
};

/// The whole app: its routes and settings, and what its handlers share.
class Blog : public bora::web::Application {
 public:
  explicit Blog(const BlogOptions& options);

  /// Brings the tables to what they should be. To be awaited before the first request.
  Task<void> migrate();

  [[nodiscard]] Store store() { return Store(db_); }
  bora::auth::LoginLimiter limiter;
  const bora::auth::PasswordWork password_work;

 private:
  bora::sqlite::Database db_;
};

}  // namespace blog
