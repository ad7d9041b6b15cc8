#pragma once

#include <string>
#include <string_view>

namespace bora::web {
class RequestHandler;
}

namespace bora::filters {

/// Gives each request an id: it stands in every line that is logged for the request, also after it
/// has waited, and in the answer.
///
///     filters = ["bora::filters::RequestID"]
class RequestID {
 public:
  struct Options {
    std::string header = "X-Request-ID";
    /// Takes the id that the request brings, if it is 8 to 64 letters, digits, '-', '_', '.' or
    /// ':'. Only sensible behind a proxy that makes them.
    bool trust = false;
  };

  RequestID();
  explicit RequestID(Options options);

  void operator()(web::RequestHandler& handler) const;

 private:
  Options options_;
};

/// The request's; empty without the filter.
[[nodiscard]] std::string_view request_id(const web::RequestHandler& handler);

}  // namespace bora::filters
