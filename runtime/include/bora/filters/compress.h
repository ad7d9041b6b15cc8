#pragma once

namespace bora::web {
class RequestHandler;
}

namespace bora::filters {

/// Settings::compress_response for these routes only.
class Compress {
 public:
  struct Options {};

  Compress() = default;
  explicit Compress(Options) {}

  void operator()(web::RequestHandler& handler) const;
};

}  // namespace bora::filters
