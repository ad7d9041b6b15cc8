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

/// The whole app. Lasting data is in the database; data that all processes share for a while
/// (sessions, rates, the list of products) is in Redis. So any number of processes may run.
class Shop : public bora::web::Application {
 public:
  explicit Shop(const ShopOptions& options);

  /// Makes the tables. Await it before the first request.
  Task<void> migrate();
  /// Begins to send the mails of orders, in the server or in another program.
  void start_mailing();
  /// Ends this after the mail that is being sent. Await it before the Shop is destroyed.
  Task<void> stop_mailing();

  [[nodiscard]] Store store() { return Store(*db_); }
  /// Returns the products, which Redis keeps for a minute.
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

/// The store of the rate limit in routes.toml: the Redis of the running Shop. The manifest needs a
/// global object, but the client of Redis is made with the Shop.
class SharedRates : public bora::filters::RateLimitStore {
 public:
  Task<bora::filters::RateVerdict> take(std::string key, bora::filters::Rate rate) override;
  std::shared_ptr<bora::filters::RateLimitStore> now;
};
extern SharedRates shared_rates;

}  // namespace shop
