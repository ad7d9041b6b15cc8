#pragma once

#include <bora/http/http_server_request.h>

#include <cstdint>

#include "runtime/http/request_parser.h"

namespace bora::http {

/// The http layer's way into a request: fills it from what was read, and empties it for the next
/// one.
class RequestBuilder {
 public:
  /// What a request takes over from its connection.
  struct Origin {
    const std::uint8_t* address;  ///< As HTTPServerRequest::address_.
    std::string_view protocol;
    const FormLimits* form_limits;
  };

  explicit RequestBuilder(HTTPConnection& connection) { request_.connection_ = &connection; }

  [[nodiscard]] HTTPServerRequest& request() { return request_; }
  [[nodiscard]] HTTPHeaders& headers() { return request_.headers_; }

  /// The head is complete (and headers() holds it).
  void begin(const RequestHead& head, const Origin& origin, std::int64_t now_ns);

  void finish() { request_.is_finished_ = true; }

  /// Forgets everything; keeps memory of moderate size.
  void recycle();

 private:
  HTTPServerRequest request_;
};

}  // namespace bora::http
