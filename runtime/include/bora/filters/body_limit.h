#pragma once

#include <cstdint>

namespace bora::http {
class HTTPServerRequest;
}
namespace bora::web {
class RequestHandler;
}

namespace bora::filters {

/// Limits the length of a request's body on these routes, instead of
/// HTTPServerOptions::max_body_size: a longer body is refused (413) before it is read.
///
///     filters = [{ filter = "bora::filters::BodyLimit", max_bytes = 65536 }]
class BodyLimit {
 public:
  struct Options {
    std::int64_t max_bytes = 1024 * 1024;
  };

  /// @throws std::invalid_argument  The limit is negative.
  explicit BodyLimit(Options options);

  void begin(http::HTTPServerRequest& request) const;
  void operator()(web::RequestHandler&) const {}

 private:
  Options options_;
};

}  // namespace bora::filters
