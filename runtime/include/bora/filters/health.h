#pragma once

#include <string>

#include <bora/core/detail/function.h>
#include <bora/core/task.h>
#include <bora/filters/period.h>
#include <bora/web/request_handler.h>

namespace bora::filters {

/// What /readyz looks at, besides whether the process is about to stop.
class Health {
 public:
  /// @param check  Ends when all is well; throws, or takes longer than `limit`, when it is not.
  static void add_check(std::string name, std::function<Task<void>()> check, Period limit = "2s");
  static void remove_check(const std::string& name);
};

/// `livez = { path = "/livez", handler = "bora::filters::LiveHandler" }`: 200 as long as the loop
/// turns. Whoever watches it restarts the process when it does not answer.
class LiveHandler : public web::RequestHandler {
 public:
  void get();
};

/// `readyz = { path = "/readyz", handler = "bora::filters::ReadyHandler" }`: 200 when requests may
/// come; 503 while the process is stopping (see HTTPServerOptions::drain_delay) or one of the
/// checks of Health fails. Says which, one a line, but not why: that is in the log.
class ReadyHandler : public web::RequestHandler {
 public:
  Task<void> get();
};

}  // namespace bora::filters
