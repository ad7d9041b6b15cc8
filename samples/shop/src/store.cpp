#include "store.h"

#include <chrono>
#include <cstdio>
#include <utility>

#include <bora/stores/jobs.h>

namespace shop {

std::string money(std::int64_t cents) {
  char text[40];
  std::snprintf(text, sizeof(text), "%lld.%02lld €", static_cast<long long>(cents / 100),
                static_cast<long long>(cents % 100));
  return text;
}

Task<std::vector<Product>> Store::products() {
  co_return co_await db_.query<Product>(
      "select id, name, description, price from products order by id");
}

Task<std::int64_t> Store::add_order(std::string name, std::string email, Cart cart) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto insert = [&](bora::database::Transaction& transaction) -> Task<std::int64_t> {
    const auto id = co_await transaction.query_one<std::int64_t>(
        "insert into orders (name, email, ordered) values ($1, $2, $3) returning id", name, email,
        now);
    for (const auto& [product, count] : cart) {
      // The price is that of the table, whatever the page has shown or the visitor sent.
      co_await transaction.execute(
          "insert into order_lines (order_id, product_id, count, price) "
          "select $1, id, $3, price from products where id = $2",
          *id, product, count);
    }
    const std::string payload = std::to_string(*id);
    co_await bora::stores::push_job(transaction, "mails", payload);
    co_return *id;
  };
  co_return co_await db_.transaction(insert);
}

Task<std::optional<Order>> Store::find_order(std::int64_t id) {
  co_return co_await db_.query_one<Order>(
      "select id, name, email, is_mailed from orders where id = $1", id);
}

Task<std::vector<Line>> Store::lines(std::int64_t order) {
  co_return co_await db_.query<Line>(
      "select p.name, l.count, l.price from order_lines l join products p on p.id = l.product_id "
      "where l.order_id = $1 order by p.id",
      order);
}

Task<void> Store::set_mailed(std::int64_t order) {
  co_await db_.execute("update orders set is_mailed = true where id = $1", order);
}

}  // namespace shop
