#pragma once

#include <cstdint>

#include <bora/http/http_server_request.h>

#include "runtime/http/ip_address.h"
#include "runtime/http/request_parser.h"

namespace bora::http {

/// The http layer's access to a request: fills it, and empties it for the next one.
class RequestBuilder {
 public:
  /// The data that a request takes over from its connection.
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

  /// The client's address, which may differ from the connection's; after begin().
  [[nodiscard]] IPAddress address() const;
  void set_address(const IPAddress& address);
  /// @param protocol  A literal.
  void set_protocol(std::string_view protocol) { request_.protocol_ = protocol; }

  /// Gives a header field another name. Views that begin() was given are then invalid.
  void rename_header(std::string_view from, std::string_view to);

  void finish() { request_.is_finished_ = true; }

  /// Clears everything; keeps memory of moderate size.
  void recycle();

 private:
  HTTPServerRequest request_;
};

}  // namespace bora::http
