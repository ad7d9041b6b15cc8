#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <set>

#include <bora/core/periodic_callback.h>
#include <bora/web/application.h>

#include "figures.h"

namespace dashboard {

class Live;

/// Measures, keeps the measurements, and sends them to all open pages.
class Dashboard : public bora::web::Application {
 public:
  static constexpr std::size_t kKept = 120;

  explicit Dashboard(std::chrono::milliseconds period = std::chrono::seconds(1));

  /// Called for each request after its end.
  void log_request(bora::web::RequestHandler& handler) override;

  std::deque<Figures> history;
  std::set<Live*> watchers;

 private:
  void tick();

  const std::chrono::milliseconds period_;
  Meter meter_;
  std::uint64_t requests_ = 0;
  bora::PeriodicCallback clock_;
};

}  // namespace dashboard
