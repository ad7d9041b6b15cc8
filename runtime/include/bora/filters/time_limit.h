#pragma once

#include <bora/core/task.h>
#include <bora/filters/period.h>
#include <bora/web/filter.h>

namespace bora::filters {

/// Limits how long prepare() and the method, with the filters after this one, may take. When the
/// time is over, their wait is cancelled (CancelledError), and the client gets 503. An answer that
/// has begun is cut off. Only waiting can be ended, not computing.
///
///     filters = [{ filter = "bora::filters::TimeLimit", limit = "5s" }]
class TimeLimit {
 public:
  struct Options {
    Period limit = "30s";
  };

  TimeLimit();
  /// @throws std::invalid_argument  The limit is not positive.
  explicit TimeLimit(Options options);

  Task<void> operator()(web::RequestHandler& handler, web::Next next) const;

 private:
  Options options_;
};

}  // namespace bora::filters
