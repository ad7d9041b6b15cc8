#include <bora/testing/certificates.h>

#include <arpa/inet.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace bora::testing {
namespace {

template <class T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* object) const noexcept { Free(object); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY, EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Deleter<X509, X509_free>>;
using FilePtr = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

void check(bool is_fine, const char* what) {
  if (!is_fine) throw std::runtime_error(std::string("can't make a test certificate: ") + what);
}

FilePtr open_file(const std::string& path) {
  FilePtr file(std::fopen(path.c_str(), "we"), &std::fclose);
  check(file != nullptr, path.c_str());
  return file;
}

void write_certificate(const std::string& path, X509* certificate) {
  check(PEM_write_X509(open_file(path).get(), certificate) == 1, "writing it");
}

void write_key(const std::string& path, EVP_PKEY* key, const std::string& password) {
  const EVP_CIPHER* const cipher = password.empty() ? nullptr : EVP_aes_256_cbc();
  check(PEM_write_PKCS8PrivateKey(open_file(path).get(), key, cipher, password.data(),
                                  static_cast<int>(password.size()), nullptr, nullptr) == 1,
        "writing its key");
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& text) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, text.c_str());
  check(extension != nullptr, text.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

bool is_address(const std::string& name) {
  in6_addr bytes{};
  return inet_pton(AF_INET, name.c_str(), &bytes) == 1 ||
         inet_pton(AF_INET6, name.c_str(), &bytes) == 1;
}

std::string alt_names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += ',';
    text += (is_address(name) ? "IP:" : "DNS:") + name;
  }
  return text;
}

X509Ptr begin_certificate(const TestCertificates::Request& request, EVP_PKEY* key) {
  X509Ptr certificate(X509_new());
  X509* const raw = certificate.get();
  unsigned char serial[8];
  RAND_bytes(serial, sizeof(serial));
  serial[0] = 1;
  BIGNUM* const number = BN_bin2bn(serial, sizeof(serial), nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(raw));
  BN_free(number);
  X509_set_version(raw, X509_VERSION_3);
  X509_gmtime_adj(X509_getm_notBefore(raw), request.begins.count());
  X509_gmtime_adj(X509_getm_notAfter(raw), request.ends.count());
  X509_set_pubkey(raw, key);
  const auto* const name = reinterpret_cast<const unsigned char*>(request.common_name.data());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_UTF8, name,
                             static_cast<int>(request.common_name.size()), -1, 0);
  return certificate;
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* key) {
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  check(X509_sign(certificate, key, EVP_sha256()) > 0, "signing it");
}

}  // namespace

struct TestCertificates::Authority {
  KeyPtr key{EVP_EC_gen("P-256")};
  X509Ptr certificate;
};

TestCertificates::TestCertificates() : authority_(nullptr) {
  std::string folder = (std::filesystem::temp_directory_path() / "bora-certificates-XXXXXX");
  check(::mkdtemp(folder.data()) != nullptr, "making a folder");
  folder_ = folder;
  ca_certs_ = folder_ + "/ca.pem";
  auto authority = std::make_unique<Authority>();
  check(authority->key != nullptr, "making a key");
  Request request;
  unsigned char unique[8];
  RAND_bytes(unique, sizeof(unique));
  request.common_name = "Bora test authority ";
  for (const unsigned char byte : unique) request.common_name += static_cast<char>('a' + byte % 26);
  authority->certificate = begin_certificate(request, authority->key.get());
  X509* const raw = authority->certificate.get();
  add_extension(raw, raw, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(raw, raw, NID_key_usage, "critical,keyCertSign,cRLSign");
  sign(raw, raw, authority->key.get());
  write_certificate(ca_certs_, raw);
  authority_ = authority.release();
}

TestCertificates::~TestCertificates() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
  delete authority_;
}

TestCertificates::Made TestCertificates::issue(const Request& request) {
  const std::string stem = folder_ + "/" + std::to_string(++count_);
  const Made made{stem + ".cert.pem", stem + ".key.pem"};
  renew(made, request);
  return made;
}

void TestCertificates::renew(const Made& files, const Request& request) {
  const KeyPtr key(EVP_EC_gen("P-256"));
  check(key != nullptr, "making a key");
  const X509Ptr certificate = begin_certificate(request, key.get());
  X509* const issuer = request.is_self_signed ? certificate.get() : authority_->certificate.get();
  if (!request.names.empty())
    add_extension(certificate.get(), issuer, NID_subject_alt_name, alt_names(request.names));
  sign(certificate.get(), issuer, request.is_self_signed ? key.get() : authority_->key.get());
  write_certificate(files.certfile, certificate.get());
  write_key(files.keyfile, key.get(), request.password);
}

}  // namespace bora::testing
