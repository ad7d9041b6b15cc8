#pragma once

#include <memory>
#include <string>

#include <bora/core/detail/function.h>
#include <bora/web/request_handler.h>

namespace bora::filters {

/// Counts requests and their times by route, method and status: the rate, the errors and the
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

  /// Adds metrics of the program's own. `collector` returns lines of Prometheus's text format, each
  /// with its line end, and is called each time that the metrics are read.
  static void add_collector(std::function<std::string()> collector);
  /// All metrics as text, including those of the application's servers.
  [[nodiscard]] static std::string text(const web::Application& application);
};

/// Answers with Prometheus's text format. The routes decide who may see it: put it in a group with
/// `authenticated`, or in an application of its own on another port.
class MetricsHandler : public web::RequestHandler {
 public:
  void get();
};

}  // namespace bora::filters
