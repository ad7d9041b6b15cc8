#include "runtime/net/ssl_certificate.h"

#include <arpa/inet.h>

#include <ctime>
#include <memory>

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

namespace bora::net {
namespace {

std::string text_of(const X509_NAME* name) {
  const std::unique_ptr<BIO, int (*)(BIO*)> text(BIO_new(BIO_s_mem()), &BIO_free);
  X509_NAME_print_ex(text.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(text.get(), &bytes);
  return size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : std::string();
}

std::string text_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string address_text(const ASN1_STRING* bytes) {
  const int family = ASN1_STRING_length(bytes) == 4 ? AF_INET : AF_INET6;
  if (family == AF_INET6 && ASN1_STRING_length(bytes) != 16) return {};
  char text[INET6_ADDRSTRLEN];
  return inet_ntop(family, ASN1_STRING_get0_data(bytes), text, sizeof(text)) != nullptr ? text : "";
}

std::string alt_name(const GENERAL_NAME& name) {
  switch (name.type) {
    case GEN_DNS:
      return "DNS:" + text_of(name.d.dNSName);
    case GEN_EMAIL:
      return "email:" + text_of(name.d.rfc822Name);
    case GEN_URI:
      return "URI:" + text_of(name.d.uniformResourceIdentifier);
    case GEN_IPADD:
      return "IP:" + address_text(name.d.iPAddress);
    default:
      return {};
  }
}

std::vector<std::string> alt_names(X509* certificate) {
  std::vector<std::string> result;
  auto* const names = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    std::string name = alt_name(*sk_GENERAL_NAME_value(names, i));
    if (!name.empty()) result.push_back(std::move(name));
  }
  GENERAL_NAMES_free(names);
  return result;
}

std::string serial_text(X509* certificate) {
  BIGNUM* const number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr);
  char* const digits = number == nullptr ? nullptr : BN_bn2hex(number);
  std::string text = digits == nullptr ? "" : digits;
  OPENSSL_free(digits);
  BN_free(number);
  return text;
}

std::chrono::sys_seconds time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return std::chrono::sys_seconds(std::chrono::seconds(timegm(&parts)));
}

}  // namespace

SSLCertificate read_certificate(X509* certificate) {
  SSLCertificate result;
  result.subject = text_of(X509_get_subject_name(certificate));
  result.issuer = text_of(X509_get_issuer_name(certificate));
  result.subject_alt_names = alt_names(certificate);
  result.serial_number = serial_text(certificate);
  result.not_before = time_of(X509_get0_notBefore(certificate));
  result.not_after = time_of(X509_get0_notAfter(certificate));
  unsigned char* der = nullptr;
  if (const int size = i2d_X509(certificate, &der); size > 0)
    result.der.assign(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  ERR_clear_error();
  return result;
}

}  // namespace bora::net
