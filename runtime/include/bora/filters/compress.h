#pragma once

namespace bora::web {
class RequestHandler;
}

namespace bora::filters {

/// Compresses answers as Settings::compress_response does, for these routes only.
class Compress {
 public:
  struct Options {};

  Compress() = default;
  explicit Compress(Options) {}

  void operator()(web::RequestHandler& handler) const;
};

}  // namespace bora::filters
