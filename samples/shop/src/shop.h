#pragma once

#include <memory>
#include <optional>
#include <string>

#include <bora/core/future.h>
#include <bora/filters/rate_limit_store.h>
#include <bora/redis/client.h>
#include <bora/stores.h>
#include <bora/web/application.h>

#include "mail.h"
#include "store.h"

namespace shop {

struct ShopOptions {
  /// A file of SQLite, or where PostgreSQL is: "postgresql://user@host/name", "host=… dbname=…".
  std::string database = "shop.db";
  std::string redis = "redis://127.0.0.1";
  MailServer mail = {};
  std::string cookie_secret;  ///< Empty: the environment's BORA_COOKIE_SECRET.
};

/// The whole app. What must outlive a process is in the database; what all processes share for a
/// while (sessions, rates, the list of products) is in Redis. So any number of them may run.
class Shop : public bora::web::Application {
 public:
  explicit Shop(const ShopOptions& options);

  /// Makes the tables. To be awaited before the first request.
  Task<void> migrate();
  /// Sends the mails of orders: beside the server, or in a program of its own.
  void start_mailing();
  /// The mail that is being sent is sent; to be awaited before the Shop goes.
  Task<void> stop_mailing();

  [[nodiscard]] Store store() { return Store(*db_); }
  /// The products, as Redis has them for a minute.
  Task<std::vector<Product>> products();
  [[nodiscard]] bora::stores::SessionStore& sessions() { return *sessions_; }
  [[nodiscard]] bora::redis::Client& redis() { return redis_; }

 private:
  Task<void> mail(bora::stores::Job job);

  std::unique_ptr<bora::database::Database> db_;
  bora::redis::Client redis_;
  std::unique_ptr<bora::stores::SessionStore> sessions_;
  bora::stores::Cache cache_;
  std::unique_ptr<bora::stores::JobQueue> jobs_;
  bora::stores::JobWorker mailer_;
  std::optional<bora::Future<void>> mailing_;
  MailServer mail_server_;
};

/// Where routes.toml's rate limit counts: in the Redis of the Shop that runs. The manifest names an
/// object, and the client of Redis begins with the Shop.
class SharedRates : public bora::filters::RateLimitStore {
 public:
  Task<bora::filters::RateVerdict> take(std::string key, bora::filters::Rate rate) override;
  std::shared_ptr<bora::filters::RateLimitStore> now;
};
extern SharedRates shared_rates;

}  // namespace shop
