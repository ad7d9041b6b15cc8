#pragma once

#include <string>
#include <string_view>

namespace bora::web {
class RequestHandler;
}

namespace bora::filters {

/// Gives each request an id. It stands in every line that is logged for the request, also after it
/// has waited, and in the answer.
///
///     filters = ["bora::filters::RequestID"]
class RequestID {
 public:
  struct Options {
    std::string header = "X-Request-ID";
    /// If true, uses the id in the request, if that is 8 to 64 letters, digits, '-', '_', '.' or
    /// ':'. This is only sensible behind a proxy that makes the ids.
    bool trust = false;
  };

  RequestID();
  explicit RequestID(Options options);

  void operator()(web::RequestHandler& handler) const;

 private:
  Options options_;
};

/// The request's id; empty without the filter.
[[nodiscard]] std::string_view request_id(const web::RequestHandler& handler);

}  // namespace bora::filters
