#pragma once

#include <cstdint>
#include <string_view>
#include <typeinfo>

#include <bora/core/detail/chrono.h>

namespace bora::web {

/// What one request was, and what it cost. Views are valid during the call only.
struct RequestStats {
  std::string_view route;    ///< The route's name; empty: it has none, or no route matched.
  std::string_view pattern;  ///< "/users/{id:int}": few of them, unlike of paths. Empty: no route.
  const std::type_info& handler;  ///< The class that answered.
  std::string_view method;
  std::string_view uri;  ///< As the client sent it: not for labels of metrics.
  std::string_view remote_ip;
  int status;  ///< 0: the client left, or was refused, before its handler answered.
  std::uint64_t bytes_received;  ///< Of the request's body.
  std::uint64_t bytes_sent;      ///< Of the answer's body, as handed to the connection.
  /// The time from the end of the request's head to the answer's end. Of a large static file, and
  /// wherever flush() is awaited, that is when the client has taken nearly all of it.
  std::chrono::nanoseconds duration;
};

/// Gets a report of every request of an application: for metrics and traces.
///
///     class Metrics : public bora::web::Observer {
///      public:
///       void on_request(const bora::web::RequestStats& request) override {
///         histogram(request.pattern, request.status).add(request.duration);
///       }
///     };
///     Metrics metrics;
///     bora::web::Application app(routes::table, {.observer = &metrics});
///
/// Counts of connections and bytes on the wire: http::HTTPServer::statistics(). The loop's lag:
/// IOLoop::statistics(). Without an observer a request costs one comparison more.
class Observer {
 public:
  virtual ~Observer() = default;

  /// The answer is finished, or the client has left. Called once for each request, on its loop's
  /// thread, before the handler is destroyed. What it throws is logged.
  virtual void on_request(const RequestStats& request) = 0;
};

}  // namespace bora::web
