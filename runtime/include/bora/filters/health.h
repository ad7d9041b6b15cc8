#pragma once

#include <string>

#include <bora/core/detail/function.h>
#include <bora/core/task.h>
#include <bora/filters/period.h>
#include <bora/web/request_handler.h>

namespace bora::filters {

/// The conditions for /readyz, besides that the process is not about to stop.
class Health {
 public:
  /// @param check  Ends when all is well. It throws, or takes longer than `limit`, when it is not.
  /// Adds a check for all applications of this process.
  static void add_check(std::string name, std::function<Task<void>()> check, Period limit = "2s");
  static void remove_check(const std::string& name);
};

/// The liveness check: `livez = { path = "/livez", handler = "bora::filters::LiveHandler" }`. It
/// answers 200 as long as the loop turns. A supervisor should restart the process when it does not
/// answer.
class LiveHandler : public web::RequestHandler {
 public:
  void get();
};

/// The readiness check: `readyz = { path = "/readyz", handler = "bora::filters::ReadyHandler" }`.
/// It answers 200 when requests may come; 503 while the process is stopping (see
/// HTTPServerOptions::drain_delay) or a check of Health fails. The answer names the failed checks,
/// one a line, but not the reasons: these are in the log.
class ReadyHandler : public web::RequestHandler {
 public:
  Task<void> get();
};

}  // namespace bora::filters
