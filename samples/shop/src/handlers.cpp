#include "handlers.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <bora/json.h>

#include "routes.h"
#include "views/cart.h"
#include "views/home.h"

namespace shop {

using bora::web::HTTPError;

Task<void> Page::prepare() {
  token_ = std::string(request().cookie("session"));
  if (token_.empty()) co_return;
  const auto session = co_await shop().sessions().load(token_);
  if (!session) {
    token_.clear();  // the session has ended, or never existed
  } else if (!session->data.empty()) {
    cart_ = nlohmann::json::parse(session->data).get<Cart>();
  }
}

Task<void> Page::save_cart() {
  const std::string data = nlohmann::json(cart_).dump();
  bool is_kept = false;
  if (!token_.empty()) is_kept = co_await shop().sessions().save(token_, data);
  if (is_kept) co_return;
  // A session begins with the first product in the cart.
  token_ = co_await shop().sessions().begin("", data);
  set_cookie("session", token_, {.expires_days = 30});
}

int Page::count() const {
  int count = 0;
  for (const auto& [product, number] : cart_) count += number;
  return count;
}

Task<void> Home::get() {
  const std::vector<Product> products = co_await shop().products();
  render(views::home{.products = products});
}

Task<void> ShowCart::get() {
  const std::vector<Product> all = co_await shop().products();
  std::vector<CartLine> lines;
  std::int64_t sum = 0;
  for (const Product& product : all) {
    const auto found = cart_.find(product.id);
    if (found == cart_.end()) continue;
    lines.push_back({product, found->second});
    sum += product.price * found->second;
  }
  render(views::cart{.lines = lines, .sum = sum});
}

Task<void> ShowCart::post() {
  const auto id = get_body_argument<std::int64_t>("product");
  const int more = get_body_argument("more", 0);
  const int number = get_body_argument("count", cart_[id] + more);
  const std::vector<Product> all = co_await shop().products();
  const bool is_sold = std::any_of(all.begin(), all.end(),
                                   [id](const Product& product) { return product.id == id; });
  if (!is_sold) throw HTTPError(422).with_detail("There is no such product.");
  if (number < 0 || number > 99) throw HTTPError(422).with_detail("At most 99 of each, please.");
  cart_[id] = number;
  std::erase_if(cart_, [](const auto& entry) { return entry.second == 0; });
  co_await save_cart();
  redirect(more > 0 ? route::home() : route::cart(), false, 303);
}

Task<void> PlaceOrder::post() {
  const std::string name = get_body_argument("name");
  const std::string email = get_body_argument("email");
  if (cart_.empty()) throw HTTPError(422).with_detail("The cart is empty.");
  if (name.empty() || name.size() > 200) throw HTTPError(422).with_detail("Please say your name.");
  if (!is_address(email)) throw HTTPError(422).with_detail("This is no email address.");
  const std::int64_t id = co_await shop().store().add_order(name, email, std::move(cart_));
  cart_.clear();
  co_await save_cart();
  flash("Thank you! Order " + std::to_string(id) + " is on its way, and a mail as well.");
  redirect(route::home(), false, 303);
}

}  // namespace shop
