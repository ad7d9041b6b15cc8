#pragma once

#include <string>
#include <string_view>

#include <bora/http/http_server.h>

#include "runtime/http/ip_address.h"
#include "runtime/http/request_builder.h"

namespace bora::http {

/// The origin of a request when a proxy or HTTPServerOptions::protocol overrides the socket.
class OriginRules {
 public:
  /// @throws std::invalid_argument  An entry of trusted_downstream is not an address or network,
  ///                                the protocol is neither http nor https, or there are two kinds
  ///                                of headers.
  explicit OriginRules(const HTTPServerOptions& options);

  /// False if the socket is always right.
  [[nodiscard]] bool have_effect() const {
    return reads_headers_ || reads_forwarded_ || !protocol_.empty();
  }

  /// Changes remote_ip() and protocol() of a request that was just begun.
  void apply(RequestBuilder& request) const;

 private:
  void apply_x_headers(RequestBuilder& request) const;
  void apply_forwarded(RequestBuilder& request) const;
  [[nodiscard]] std::string client_of(const HTTPHeaders& headers) const;

  bool reads_headers_;
  bool reads_forwarded_;
  std::string_view protocol_;  ///< a literal, because requests may outlive their server
  NetworkList trusted_;
};

}  // namespace bora::http
