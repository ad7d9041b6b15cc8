#include "runtime/net/ssl_loader.h"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace bora::net {
namespace {

// Ciphers with forward secrecy and AEAD: those of TLS 1.2 in Mozilla's "intermediate" list, without
// DHE.
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

template <class T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* object) const noexcept { Free(object); }
};
using X509Ptr = std::unique_ptr<X509, Deleter<X509, X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY, EVP_PKEY_free>>;
using BioPtr = std::unique_ptr<BIO, Deleter<BIO, BIO_free_all>>;

template <class... Arguments>
[[noreturn]] void fail(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  ERR_clear_error();
  throw SSLError(fmt::format(format, std::forward<Arguments>(arguments)...));
}

std::string read_file(const std::string& path, std::string_view option, std::string_view what) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"),
                                                             &std::fclose);
  if (file == nullptr) {
    fail("can't read the {} '{}': {}; check {} and the file's permissions", what, path,
         std::strerror(errno), option);
  }
  std::string text;
  std::array<char, 16384> piece;
  while (const std::size_t count = std::fread(piece.data(), 1, piece.size(), file.get()))
    text.append(piece.data(), count);
  if (std::ferror(file.get()) != 0) {
    fail("can't read the {} '{}': {}; {} must name a file", what, path, std::strerror(errno),
         option);
  }
  return text;
}

BioPtr reader_of(const std::string& text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

int give_password(char* to, int room, int, void* password) {
  const auto& text = *static_cast<const std::string*>(password);
  if (text.size() > static_cast<std::size_t>(room)) return -1;
  std::memcpy(to, text.data(), text.size());
  return static_cast<int>(text.size());
}

X509Ptr next_certificate(BIO* reader) {
  std::string no_password;
  return X509Ptr(PEM_read_bio_X509_AUX(reader, nullptr, &give_password, &no_password));
}

// ---- This side's certificate and key ----

void use_certificates(SSL_CTX* context, const std::string& path) {
  const std::string text = read_file(path, "certfile", "certificate");
  const BioPtr reader = reader_of(text);
  const X509Ptr own = next_certificate(reader.get());
  if (own == nullptr) {
    if (text.find("PRIVATE KEY-----") != std::string::npos)
      fail("'{}' holds a private key and no certificate: are certfile and keyfile swapped?", path);
    fail(
        "'{}' holds no certificate in PEM form; one in DER form becomes PEM by `openssl x509 "
        "-inform der -in {} -out cert.pem`",
        path, path);
  }
  if (SSL_CTX_use_certificate(context, own.get()) != 1)
    fail("the certificate in '{}' can't be used: {}", path, last_ssl_reason());
  while (X509Ptr intermediate = next_certificate(reader.get())) {
    if (SSL_CTX_add1_chain_cert(context, intermediate.get()) != 1)
      fail("an intermediate certificate in '{}' can't be used: {}", path, last_ssl_reason());
  }
  const unsigned long error = ERR_peek_last_error();
  if (ERR_GET_REASON(error) != PEM_R_NO_START_LINE)
    fail("a certificate in '{}' is damaged: {}; copy the file again", path, last_ssl_reason());
  ERR_clear_error();
}

[[noreturn]] void fail_for_key(const std::string& path, const std::string& text,
                               const std::string& password) {
  const bool is_encrypted = text.find("ENCRYPTED") != std::string::npos;
  if (is_encrypted && password.empty())
    fail("the private key in '{}' is encrypted; give its password in the option password", path);
  if (is_encrypted) fail("the password does not open the private key in '{}'", path);
  if (text.find("PRIVATE KEY-----") != std::string::npos)
    fail("the private key in '{}' is damaged: {}; copy the file again", path, last_ssl_reason());
  if (text.find("CERTIFICATE-----") != std::string::npos)
    fail("'{}' holds a certificate and no private key; name the file with the key in keyfile",
         path);
  fail("'{}' holds no private key in PEM form; check keyfile", path);
}

void use_key(SSL_CTX* context, const SSLOptions& options) {
  const std::string& path = options.keyfile.empty() ? options.certfile : options.keyfile;
  std::string text = read_file(path, "keyfile", "private key");
  const BioPtr reader = reader_of(text);
  std::string password = options.password;
  const KeyPtr key(PEM_read_bio_PrivateKey(reader.get(), nullptr, &give_password, &password));
  OPENSSL_cleanse(password.data(), password.size());
  if (key == nullptr) fail_for_key(path, text, options.password);
  OPENSSL_cleanse(text.data(), text.size());
  if (X509_check_private_key(SSL_CTX_get0_certificate(context), key.get()) != 1) {
    fail(
        "the private key in '{}' does not belong to the certificate in '{}'; name the key that "
        "the certificate was made for",
        path, options.certfile);
  }
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1)
    fail("the private key in '{}' can't be used: {}", path, last_ssl_reason());
}

// ---- Who may sign the peer's ----

bool is_folder(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

void name_authorities_to_clients(SSL_CTX* context, const SSLOptions& options) {
  STACK_OF(X509_NAME)* const names = sk_X509_NAME_new_null();
  if (is_folder(options.ca_certs)) {
    SSL_add_dir_cert_subjects_to_stack(names, options.ca_certs.c_str());
  } else {
    SSL_add_file_cert_subjects_to_stack(names, options.ca_certs.c_str());
  }
  SSL_CTX_set_client_CA_list(context, names);
}

void trust_authorities(SSL_CTX* context, SSLRole role, const SSLOptions& options) {
  if (options.ca_certs.empty()) {
    if (role == SSLRole::server) {
      fail(
          "cert_reqs asks clients for a certificate, and nobody may sign it: name a file of "
          "authorities in ca_certs");
    }
    SSL_CTX_set_default_verify_paths(context);
    return;
  }
  if (is_folder(options.ca_certs)) {
    SSL_CTX_load_verify_dir(context, options.ca_certs.c_str());
  } else {
    read_file(options.ca_certs, "ca_certs", "file of authorities");
    if (SSL_CTX_load_verify_file(context, options.ca_certs.c_str()) != 1)
      fail("'{}' holds no certificate in PEM form; check ca_certs", options.ca_certs);
  }
  if (role == SSLRole::server) name_authorities_to_clients(context, options);
}

int verify_mode(SSLRole role, CertReqs demand) {
  switch (demand) {
    case CertReqs::by_default:
      return role == SSLRole::client ? SSL_VERIFY_PEER : SSL_VERIFY_NONE;
    case CertReqs::cert_none:
      return SSL_VERIFY_NONE;
    case CertReqs::cert_optional:
      return SSL_VERIFY_PEER;
    case CertReqs::cert_required:
      return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  return SSL_VERIFY_PEER;
}

// ---- Ciphers ----

// OpenSSL ignores names that it does not know as long as it knows one, so a typing error would not
// be noticed.
void check_cipher_names(std::string_view list) {
  const SSLContextPtr scratch(SSL_CTX_new(TLS_method()));
  while (!list.empty()) {
    const std::size_t end = std::min(list.find_first_of(":, "), list.size());
    std::string name(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    name.erase(0, name.find_first_not_of("!+-"));
    if (name.empty() || name.starts_with('@')) continue;
    if (SSL_CTX_set_cipher_list(scratch.get(), name.c_str()) == 1) continue;
    fail(
        "the option ciphers names '{}', which is no cipher suite of TLS 1.2 that OpenSSL offers; "
        "`openssl ciphers -v` lists them, and an empty option takes good ones",
        name);
  }
}

void use_ciphers(SSL_CTX* context, const std::string& ciphers) {
  if (!ciphers.empty()) check_cipher_names(ciphers);
  const char* const list = ciphers.empty() ? kCiphers : ciphers.c_str();
  if (SSL_CTX_set_cipher_list(context, list) != 1)
    fail("the option ciphers, '{}', leaves no cipher suite over", ciphers);
}

// ---- Sessions ----

void use_session_id_context(SSL_CTX* context, const SSLOptions& options, std::string_view host) {
  std::string text = fmt::format("{}\n{}\n", host, static_cast<int>(options.cert_reqs));
  if (!options.ca_certs.empty() && !is_folder(options.ca_certs))
    text += read_file(options.ca_certs, "ca_certs", "file of authorities");
  unsigned char digest[32];
  static_assert(sizeof(digest) <= SSL_MAX_SID_CTX_LENGTH);
  EVP_Digest(text.data(), text.size(), digest, nullptr, EVP_sha256(), nullptr);
  SSL_CTX_set_session_id_context(context, digest, sizeof(digest));
}

}  // namespace

std::string last_ssl_reason() {
  const unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  if (error == 0) return "no reason given";
  if (ERR_SYSTEM_ERROR(error)) return std::strerror(ERR_GET_REASON(error));
  const char* const reason = ERR_reason_error_string(error);
  return reason != nullptr ? reason : fmt::format("error {:08X}", error);
}

std::string alpn_wire(const std::vector<std::string>& protocols) {
  std::string wire;
  for (const std::string& protocol : protocols) {
    if (protocol.empty() || protocol.size() > 255)
      fail("the option alpn names '{}': a protocol's name has 1 to 255 bytes", protocol);
    wire += static_cast<char>(protocol.size());
    wire += protocol;
  }
  return wire;
}

SSLContextPtr load_ssl_context(SSLRole role, const SSLOptions& options, std::string_view host) {
  ERR_clear_error();
  const bool is_server = role == SSLRole::server;
  SSLContextPtr context(SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method()));
  if (context == nullptr) fail("OpenSSL can't be used: {}", last_ssl_reason());
  SSL_CTX* const raw = context.get();
  SSL_CTX_set_min_proto_version(
      raw, options.min_version == TLSVersion::tls1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  if (options.ktls) SSL_CTX_set_options(raw, SSL_OP_ENABLE_KTLS);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(raw, 1);  // one read brings whole records
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  use_ciphers(raw, options.ciphers);

  if (is_server && options.certfile.empty()) {
    fail("a TLS server needs a certificate{}: name its PEM file in certfile",
         host.empty() ? "" : fmt::format(" for {}", host));
  }
  if (!options.certfile.empty()) {
    use_certificates(raw, options.certfile);
    use_key(raw, options);
  } else if (!options.keyfile.empty()) {
    fail("keyfile names '{}', but certfile is empty: name the certificate too", options.keyfile);
  }
  const int mode = verify_mode(role, options.cert_reqs);
  if (mode != SSL_VERIFY_NONE) trust_authorities(raw, role, options);
  SSL_CTX_set_verify(raw, mode, nullptr);
  if (is_server) {
    SSL_CTX_set_num_tickets(raw, 1);
    use_session_id_context(raw, options, host);
  }
  ERR_clear_error();
  return context;
}

}  // namespace bora::net
