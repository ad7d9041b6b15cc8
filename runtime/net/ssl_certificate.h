#pragma once

#include <openssl/x509.h>

#include <bora/net/ssl_context.h>

namespace bora::net {

SSLCertificate read_certificate(X509* certificate);

}  // namespace bora::net
