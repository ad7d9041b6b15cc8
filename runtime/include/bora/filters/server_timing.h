#pragma once

#include <string>

#include <bora/core/detail/chrono.h>

namespace bora::web {
class RequestHandler;
}

namespace bora::filters {

/// Sends Server-Timing, which browsers' developer tools show beside each request: the time up to
/// the answer's first byte as "total", and the times of add_timing(). It is sent in debug mode
/// only, unless `always` is set: times can tell strangers what a server is doing.
class ServerTiming {
 public:
  struct Options {
    bool always = false;
  };

  ServerTiming();
  explicit ServerTiming(Options options);

  void operator()(web::RequestHandler& handler) const;

 private:
  Options options_;
};

/// Adds a time: `add_timing(*this, "db", watch.elapsed())`. It is sent if the route has the filter
/// and the answer has not begun.
/// @param name  A token: letters, digits, '-', '_'. Other characters become '_'.
void add_timing(web::RequestHandler& handler, const std::string& name,
                std::chrono::nanoseconds time);

}  // namespace bora::filters
