#pragma once

#include <bora/net/ssl_context.h>
#include <openssl/x509.h>

namespace bora::net {

SSLCertificate read_certificate(X509* certificate);

}  // namespace bora::net
