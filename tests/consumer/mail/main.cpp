#include <chrono>
#include <iostream>

#include <bora/render/compiled_template.h>

#include "views/mail.h"
#include "views/report.h"

int main() {
  using namespace std::chrono;
  const Order order{"Ada <ada@example.com>", {{"tea & biscuits", 2}, {"\"best\" coffee", 1}}};
  const system_clock::time_point sent = sys_days(year(2026) / 3 / 5) + hours(15);
  std::cout << bora::render::render_to_string(views::mail{.order = order, .sent = sent})
            << bora::render::render_to_string(views::report{.orders = {order, {"<Bob>", {}}}});
}
