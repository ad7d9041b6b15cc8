#include "dashboard.h"

#include "handlers.h"
#include "routes.h"

namespace dashboard {

Dashboard::Dashboard(std::chrono::milliseconds period)
    : Application(routes::table, {.cross_origin_protection = true}),
      period_(period),
      clock_([this] { tick(); }, period) {
  clock_.start();
}

void Dashboard::log_request(bora::web::RequestHandler& handler) {
  ++requests_;
  Application::log_request(handler);
}

void Dashboard::tick() {
  Figures figures = meter_.measure(requests_, period_);
  figures.watchers = static_cast<std::int64_t>(watchers.size());
  history.push_back(figures);
  if (history.size() > kKept) history.pop_front();
  const bora::render::JSONText message = bora::render::json_encode(figures);
  for (Live* const watcher : watchers) watcher->show(message);
}

}  // namespace dashboard
