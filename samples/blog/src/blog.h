#pragma once

#include <memory>
#include <string>

#include <bora/auth/logins.h>
#include <bora/auth/password.h>
#include <bora/database/querier.h>
#include <bora/web/application.h>

#include "store.h"

namespace blog {

struct BlogOptions {
  /// A file of SQLite, or where PostgreSQL is: "postgresql://user@host/name", "host=… dbname=…".
  std::string database = "blog.db";
  std::string share = BLOG_SHARE;  ///< The folder of migrations/ and locale/.
  std::string logins;              ///< A file of OpenID providers; empty: only passwords.
  std::string cookie_secret;       ///< Empty: the environment's BORA_COOKIE_SECRET.
  bool debug = false;
  bora::auth::PasswordWork password_work = {};
};

/// The whole app: its routes and settings, and what its handlers share.
class Blog : public bora::web::Application {
 public:
  explicit Blog(const BlogOptions& options);

  /// Runs the migrations that are missing. Await it before the first request.
  /// @throws bora::database::Error  The tables are newer than this program, or a migration's file
  /// was changed.
  Task<void> migrate();

  [[nodiscard]] Store store() { return Store(*db_); }
  [[nodiscard]] bora::database::Database& database() { return *db_; }
  bora::auth::LoginLimiter limiter;
  bora::auth::Logins logins;
  const bora::auth::PasswordWork password_work;

 private:
  std::unique_ptr<bora::database::Database> db_;
  std::string share_;
};

}  // namespace blog
