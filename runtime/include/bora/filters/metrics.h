#pragma once

#include <memory>
#include <string>

#include <bora/core/detail/function.h>
#include <bora/web/request_handler.h>

namespace bora::filters {

/// Counts requests, by route, method and status, and their times: the rate, the errors and the
/// durations. MetricsHandler shows them.
///
///     [app]
///     filters = ["bora::filters::Metrics"]
///     [routes]
///     metrics = { path = "/metrics", handler = "bora::filters::MetricsHandler" }
class Metrics {
 public:
  struct Options {};

  Metrics() = default;
  explicit Metrics(Options) {}

  void operator()(web::RequestHandler& handler) const;

  /// Adds metrics of the program's own: lines of Prometheus's text format, each with its end, asked
  /// for at each look.
  static void add_collector(std::function<std::string()> collector);
  /// Everything as text; of the application's servers too.
  [[nodiscard]] static std::string text(const web::Application& application);
};

/// Prometheus's text format. Who may see it is for the routes to say: a group with `authenticated`,
/// an application of its own on another port.
class MetricsHandler : public web::RequestHandler {
 public:
  void get();
};

}  // namespace bora::filters
