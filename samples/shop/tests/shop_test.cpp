#include "shop.h"

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <bora/core/gen.h>
#include <bora/postgres.h>
#include <bora/testing/catch.h>
#include <bora/testing/http_test.h>

#include "../sink/smtp_sink.h"

namespace {

using bora::Task;
using bora::testing::Response;
using Form = std::vector<std::pair<std::string, std::string>>;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A shop with an empty database and Redis, and a server that gets its mails.
struct Site {
  std::vector<std::string> mails;
  SMTPSink sink{[this](std::string mail) { mails.push_back(std::move(mail)); }};
  std::optional<shop::Shop> shop;
  std::optional<bora::testing::HTTPTest> http;

  explicit Site(const std::string& redis) {
    sink.listen(0, "127.0.0.1");
    shop::ShopOptions options;
    options.database = ":memory:";
    options.redis = redis;
    options.mail.port = sink.port();
    options.cookie_secret = "0123456789abcdef0123456789abcdef";
    const char* const postgres = std::getenv("SHOP_TEST_DATABASE");
    if (postgres != nullptr) options.database = postgres;
    shop.emplace(options);
    bora::IOLoop::current().run_sync([&]() -> Task<void> {
      co_await shop->redis().command("FLUSHALL");
      if (postgres != nullptr) {
        bora::postgres::Pool pool{std::string(postgres)};
        co_await pool.run_script("drop schema public cascade; create schema public");
      }
      co_await shop->migrate();
    });
    http.emplace(*shop);
  }

  // Like a browser, this sends the form's hidden field with the typed text.
  Response post(const std::string& path, Form form) {
    const std::string text = http->fetch("/").body;
    const std::string field = "name=\"_xsrf\" value=\"";
    const std::size_t begin = text.find(field) + field.size();
    form.emplace_back("_xsrf", text.substr(begin, text.find('"', begin) - begin));
    return http->fetch(path, {.form = form});
  }
  Response order(const std::string& email = "ada@example.org") {
    return post("/order", {{"name", "Ada"}, {"email", email}});
  }
};

// These tests empty the Redis that they are given, so they do not look for one by themselves.
const char* test_redis() {
  const char* const redis = std::getenv("SHOP_TEST_REDIS");
  if (redis == nullptr) WARN("not tested: SHOP_TEST_REDIS names no Redis that may be emptied");
  return redis;
}

}  // namespace

TEST_CASE("money: cents become a price", "[shop]") {
  CHECK(shop::money(3450) == "34.50 €");
  CHECK(shop::money(5) == "0.05 €");
}

TEST_CASE("mail: what can't be in a mail's head is no address", "[shop]") {
  CHECK(shop::is_address("ada@example.org"));
  CHECK_FALSE(shop::is_address("ada"));
  CHECK_FALSE(shop::is_address("ada@example.org\r\nBcc: eve@example.org"));
  CHECK_FALSE(shop::is_address("ada@example.org>, <eve@example.org"));
}

TEST_CASE("shop: a cart is filled, changed, ordered and mailed", "[shop]") {
  const char* const redis = test_redis();
  if (redis == nullptr) return;
  Site site(redis);
  CHECK(contains(site.http->fetch("/").body, "<h2>Teapot</h2>"));
  CHECK(site.post("/cart", {{"product", "1"}, {"more", "1"}}).status == 303);
  CHECK(site.post("/cart", {{"product", "1"}, {"more", "1"}}).status == 303);
  CHECK(site.post("/cart", {{"product", "3"}, {"more", "1"}}).status == 303);
  CHECK(contains(site.http->fetch("/").body, R"(<b id="count">3</b>)"));
  CHECK(site.post("/cart", {{"product", "3"}, {"count", "0"}}).status == 303);
  const std::string cart = site.http->fetch("/cart").body;
  CHECK(contains(cart, "69.00 €"));
  CHECK_FALSE(contains(cart, "Assam"));

  CHECK(site.order("no address").status == 422);
  CHECK(site.order().status == 303);
  const std::string after = site.http->fetch("/").body;
  CHECK(contains(after, "Order 1 is on its way"));
  CHECK(contains(after, R"(<b id="count">0</b>)"));
  CHECK(site.order().status == 422);  // the cart is empty

  site.shop->start_mailing();
  bora::IOLoop::current().run_sync([&]() -> Task<void> {
    for (;;) {
      const auto order = co_await site.shop->store().find_order(1);
      if (order->is_mailed) break;
    }
    co_await site.shop->stop_mailing();
  });
  REQUIRE(site.mails.size() == 1);
  CHECK(contains(site.mails[0], "To: ada@example.org\r\n"));
  CHECK(contains(site.mails[0], "Subject: Your order 1\r\n"));
  CHECK(contains(site.mails[0], "- 2 x Teapot, 69.00 €\r\n"));
}

TEST_CASE("shop: what is not sold is not in a cart", "[shop]") {
  const char* const redis = test_redis();
  if (redis == nullptr) return;
  Site site(redis);
  CHECK(site.post("/cart", {{"product", "99"}, {"more", "1"}}).status == 422);
  CHECK(site.post("/cart", {{"product", "1"}, {"count", "100"}}).status == 422);
  CHECK(site.post("/cart", {{"product", "1"}, {"count", "-1"}}).status == 422);
  CHECK(contains(site.http->fetch("/cart").body, "Your cart is empty."));
}

TEST_CASE("shop: a session that nobody began is none", "[shop]") {
  const char* const redis = test_redis();
  if (redis == nullptr) return;
  Site site(redis);
  site.http->set_cookie("session", "guess");
  CHECK(site.post("/cart", {{"product", "1"}, {"more", "1"}}).status == 303);
  for (const auto& [name, value] : site.http->cookies()) {
    if (name == "session") CHECK(value != "guess");
  }
}

TEST_CASE("shop: orders are limited, for all processes together", "[shop]") {
  const char* const redis = test_redis();
  if (redis == nullptr) return;
  Site site(redis);
  for (int i = 0; i < 5; ++i) CHECK(site.order().status == 422);
  CHECK(site.order().status == 429);
}
