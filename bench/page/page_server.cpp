// The page of page_bench.py: `page_server PORT`.

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include <bora/json.h>
#include <bora/session.h>
#include <bora/web.h>

#include "order.h"
#include "views/orders.h"

namespace {

struct Visit {
  std::string user;
};
void to_json(nlohmann::json& json, const Visit& visit) {
  json = {{"user", visit.user}};
}
void from_json(const nlohmann::json& json, Visit& visit) {
  json.at("user").get_to(visit.user);
}

const std::vector<Order>& orders() {
  static const std::vector<Order> all = [] {
    std::vector<Order> made;
    for (int i = 0; i < 120; ++i) {
      made.push_back({1000 + i, "Customer & Sons " + std::to_string(i),
                      "An item of some kind <" + std::to_string(i * 7) + ">", 0.5 * i + 10});
    }
    return made;
  }();
  return all;
}

class Orders : public bora::web::RequestHandler {
 public:
  std::string get_current_user() override { return session_->user; }
  void get() {
    const std::string& user = authenticated(current_user());
    render(views::orders{.orders = orders(), .user = user});
  }

 private:
  bora::web::Session<Visit> session_{*this};
};

class Login : public bora::web::RequestHandler {
 public:
  void get() {
    session_->user = "ada";
    session_.renew();
    xsrf_token();
    write("signed in");
  }

 private:
  bora::web::Session<Visit> session_{*this};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  bora::web::Settings settings;
  settings.login_url = "/login";
  settings.cookie_secret = "0123456789abcdef0123456789abcdef";
  settings.xsrf_cookies = true;
  bora::web::Application app({bora::web::url<Orders>("/orders"), bora::web::url<Login>("/login")},
                             settings);
  app.listen(std::atoi(argv[1]), "127.0.0.1");
  std::puts("listening");
  std::fflush(stdout);
  bora::IOLoop::current().start();
  return 0;
}
