#include "shop.h"

#include <chrono>
#include <cstdlib>
#include <random>
#include <utility>

#include <bora/core/log.h>
#include <bora/database/migrations.h>
#include <bora/engines/redis_rate_limit.h>
#include <bora/json.h>
#include <bora/postgres.h>
#include <bora/redis_stores/redis_stores.h>
#include <bora/render/compiled_template.h>
#include <bora/sqlite.h>

#include "routes.h"
#include "views/order_mail.h"

namespace shop {
namespace {

using namespace std::chrono_literals;
namespace stores = bora::stores;

// Without a secret that stays the same, forms of open pages fail after a restart.
std::string secret(const std::string& configured) {
  if (!configured.empty() || std::getenv("BORA_COOKIE_SECRET") != nullptr ||
      std::getenv("BORA_COOKIE_SECRET_FILE") != nullptr) {
    return configured;
  }
  bora::app_log.warning("BORA_COOKIE_SECRET is not set: forms are good until this program ends");
  std::random_device random;
  std::string key;
  for (int i = 0; i < 16; ++i) key += std::to_string(random());
  return key;
}

bora::web::Settings settings_of(const ShopOptions& options) {
  bora::web::Settings settings;
  settings.cookie_secret = secret(options.cookie_secret);
  settings.xsrf_cookies = true;
  settings.cross_origin_protection = true;
  settings.compress_response = true;
  return settings;
}

std::unique_ptr<bora::database::Database> open(const std::string& where) {
  const bool is_postgres = where.starts_with("postgresql:") || where.starts_with("postgres:") ||
                           where.find('=') != std::string::npos;
  if (is_postgres) return std::make_unique<bora::postgres::Pool>(where);
  return std::make_unique<bora::sqlite::Database>(where);
}

}  // namespace

SharedRates shared_rates;

Task<bora::filters::RateVerdict> SharedRates::take(std::string key, bora::filters::Rate rate) {
  return now->take(std::move(key), rate);
}

Shop::Shop(const ShopOptions& options)
    : Application(routes::table, settings_of(options)),
      db_(open(options.database)),
      // A visitor waits no longer for a Redis that is not there: prices come from the database.
      redis_(bora::redis::Options{.where = options.redis, .command_timeout = 2s}),
      sessions_(stores::redis_sessions(redis_, {.idle = 24h * 7, .absolute = 24h * 30}, "shop")),
      cache_(stores::redis_cache(redis_, "shop"), {.ttl = 1min, .stale = 10min}),
      jobs_(stores::database_jobs(*db_)),
      mailer_(*jobs_, {.queue = "mails", .poll = 200ms},
              [this](stores::Job job) { return mail(std::move(job)); }),
      mail_server_(options.mail) {
  shared_rates.now = bora::filters::redis_rate_limit(redis_, "shop");
}

Task<void> Shop::migrate() {
  co_await bora::database::migrate(*db_, SHOP_MIGRATIONS "/" + std::string(db_->engine()));
  co_await stores::make_tables(*db_);
}

void Shop::start_mailing() {
  mailing_ = bora::spawn(mailer_.run());
}

Task<void> Shop::stop_mailing() {
  mailer_.stop();
  if (mailing_) co_await *mailing_;
}

Task<std::vector<Product>> Shop::products() {
  const auto load = [this]() -> Task<std::string> {
    const std::vector<Product> all = co_await store().products();
    co_return nlohmann::json(all).dump();
  };
  const std::string text = co_await cache_.get_or_set("products", load);
  co_return nlohmann::json::parse(text).get<std::vector<Product>>();
}

// This may be called twice for the same order (a process may end after the mail and before this is
// noted), so it checks first. An exception is kept with the job, which is tried again later.
Task<void> Shop::mail(stores::Job job) {
  const std::int64_t id = std::stoll(job.payload);
  const std::optional<Order> order = co_await store().find_order(id);
  if (!order || order->is_mailed) co_return;
  const std::vector<Line> lines = co_await store().lines(id);
  const Mail letter{
      .from = "orders@shop.example",
      .to = order->email,
      .subject = "Your order " + job.payload,
      .text = bora::render::render_to_string(views::order_mail{.order = *order, .lines = lines})};
  co_await send_mail(mail_server_, letter);
  co_await store().set_mailed(id);
}

}  // namespace shop
