#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <bora/core/task.h>
#include <bora/database/querier.h>

namespace shop {

using bora::Task;

struct Product {
  std::int64_t id = 0;
  std::string name;
  std::string description;
  std::int64_t price = 0;  ///< in cents
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Product, id, name, description, price)

/// From the products' ids to their numbers.
using Cart = std::map<std::int64_t, int>;

/// A line of the cart's page.
struct CartLine {
  Product product;
  int count = 0;
};

/// A line of an order.
struct Line {
  std::string name;
  int count = 0;
  std::int64_t price = 0;  ///< of one piece
};

struct Order {
  std::int64_t id = 0;
  std::string name;
  std::string email;
  bool is_mailed = false;
};

/// "34.50 €"
std::string money(std::int64_t cents);

/// The shop's tables.
class Store {
 public:
  explicit Store(bora::database::Database& db) : db_(db) {}

  Task<std::vector<Product>> products();
  /// Keeps an order and, in the same transaction, the job that mails it, so that there is never one
  /// without the other. @returns  The order's number.
  Task<std::int64_t> add_order(std::string name, std::string email, Cart cart);
  Task<std::optional<Order>> find_order(std::int64_t id);
  Task<std::vector<Line>> lines(std::int64_t order);
  Task<void> set_mailed(std::int64_t order);

 private:
  bora::database::Database& db_;
};

}  // namespace shop
