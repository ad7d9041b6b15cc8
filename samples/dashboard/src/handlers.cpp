#include "handlers.h"

#include <chrono>

#include <bora/core/executor.h>

#include "views/home.h"

namespace dashboard {

void Home::get() {
  render(views::home{});
}

void Live::open() {
  // The request can't be used after open(), so this keeps what is needed later.
  dashboard_ = &static_cast<Dashboard&>(application());
  write_message(bora::render::json_encode(dashboard_->history));
  dashboard_->watchers.insert(this);
}

void Live::on_close() {
  if (dashboard_ != nullptr) dashboard_->watchers.erase(this);
}

void Live::show(const bora::render::JSONText& message) {
  if (is_open()) write_message(message);
}

Task<void> Work::post() {
  // This does not run on the loop, which would be late for all other pages.
  co_await bora::run_in_executor([] {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
    while (std::chrono::steady_clock::now() < end) {
    }
  });
  set_status(204);
}

}  // namespace dashboard
