#pragma once

#include <string>

#include <bora/filters.h>
#include <bora/web.h>

#include "shop.h"

namespace shop {

/// What all pages have in common: the visitor's cart, in a session in Redis.
class Page : public bora::web::RequestHandler {
 public:
  /// Returns the number of products in the cart, for the head of the page.
  [[nodiscard]] int count() const;

  Task<void> prepare();

 protected:
  Shop& shop() const { return static_cast<Shop&>(application()); }
  Task<void> save_cart();
  Cart cart_;

 private:
  std::string token_;  ///< the session's token; empty if there is no session yet
};

class Home : public Page {
 public:
  Task<void> get();
};

class ShowCart : public Page {
 public:
  Task<void> get();
  /// Sets how many of a product are in the cart.
  Task<void> post();
};

class PlaceOrder : public Page {
 public:
  Task<void> post();
};

}  // namespace shop
