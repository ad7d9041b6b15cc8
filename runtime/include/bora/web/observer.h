#pragma once

#include <cstdint>
#include <string_view>
#include <typeinfo>

#include <bora/core/detail/chrono.h>

namespace bora::web {

/// What one request was, and what it cost. The views are valid during the call only.
struct RequestStats {
  std::string_view route;         ///< The route's name; empty if it has none, or no route matched.
  std::string_view pattern;       ///< Such as "/users/{id:int}"; there are few. Empty: no route.
  const std::type_info& handler;  ///< The class that answered.
  std::string_view method;
  std::string_view uri;  ///< As the client sent it; it is not fit for labels of metrics.
  std::string_view remote_ip;
  int status;  ///< 0 if the client left, or was refused, before its handler answered.
  std::uint64_t bytes_received;  ///< Bytes of the request's body.
  std::uint64_t bytes_sent;      ///< Bytes of the answer's body, as handed to the connection.
  /// The time from the end of the request's head to the answer's end. With a large static file, and
  /// wherever flush() is awaited, it ends when the client has taken nearly all of the answer.
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
/// http::HTTPServer::statistics() counts connections and bytes on the wire; IOLoop::statistics()
/// has the loop's lag. Without an observer a request costs one comparison more.
class Observer {
 public:
  virtual ~Observer() = default;

  /// The answer is finished, or the client has left. It is called once for each request, on its
  /// loop's thread, before the handler is destroyed. An exception that it throws is logged.
  virtual void on_request(const RequestStats& request) = 0;
};

}  // namespace bora::web
