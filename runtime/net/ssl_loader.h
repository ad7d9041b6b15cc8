#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/ssl.h>

#include <bora/net/ssl_context.h>

namespace bora::net {

struct SSLContextDeleter {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};
using SSLContextPtr = std::unique_ptr<SSL_CTX, SSLContextDeleter>;

enum class SSLRole : bool { client, server };

/// Reads the files that `options` names, checks that they fit, and makes a context of them.
///
/// Sessions of a server's context can be resumed only with the same `host` and the same
/// requirements for clients (RFC 8446, 4.6.1: a ticket must not bypass a check that another host
/// makes).
///
/// @throws SSLError
SSLContextPtr load_ssl_context(SSLRole role, const SSLOptions& options, std::string_view host);

/// The protocols in the form of the handshake, each after its length. @throws SSLError
std::string alpn_wire(const std::vector<std::string>& protocols);

/// OpenSSL's reason for the last failure, for people; the thread's error queue is then empty.
std::string last_ssl_reason();

}  // namespace bora::net
