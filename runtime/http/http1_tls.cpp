// What is different for a connection that speaks TLS.

#include <string>
#include <string_view>
#include <utility>

#include <bora/core/log.h>

#include "runtime/http/http1_server_connection.h"
#include "runtime/net/ssl_engine.h"

namespace bora::http {

namespace {

constexpr std::string_view kALPN = "\x08http/1.1";

// The answer to a client that speaks HTTP to a TLS port.
constexpr std::string_view kSpeaksTLS =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 40\r\n"
    "Connection: close\r\n\r\nThis port speaks TLS: ask for https://\r\n";

}  // namespace

bool HTTP1ServerConnection::begin_tls() {
  try {
    transport().begin_tls(server().options.ssl_options, {}, kALPN);
  } catch (const net::SSLError& error) {
    gen_log.error("connection closed: ", error.what());
    return false;
  }
  transport().tls()->ignore_truncation();  // a request itself tells where it ends
  return true;
}

// The handshake has failed.
void HTTP1ServerConnection::tls_failed() {
  const net::SSLEngine& tls = *transport().tls();
  tls.log_handshake_failure(to_string(peer_));
  const bool is_plain_http = tls.failure().is_plain_http;
  transport().end_tls();
  if (is_plain_http) put(kSpeaksTLS);
  begin_closing(true);  // so that our alert, or the answer, is not overtaken by a reset
}

std::optional<net::SSLCertificate> HTTP1ServerConnection::ssl_certificate() const {
  if (transport().tls() == nullptr) return std::nullopt;
  return transport().tls()->peer_certificate();
}

}  // namespace bora::http
