#pragma once

#include <string>
#include <vector>

#include <bora/core/detail/chrono.h>

namespace bora::testing {

/// Certificates for tests that are made on the spot, so that none is ever out of date: an
/// authority, and the certificates that it signs, as PEM files in a folder that is removed with
/// this object.
///
///     TestCertificates certificates;
///     auto made = certificates.issue({});
///     auto server = net::SSLContext::server({.certfile = made.certfile, .keyfile = made.keyfile});
///     auto client = net::SSLContext::client({.ca_certs = certificates.ca_certs()});
class TestCertificates {
 public:
  /// What a certificate should contain.
  struct Request {
    std::string common_name = "localhost";
    std::vector<std::string> names = {"localhost", "127.0.0.1", "::1"};  ///< Hosts and addresses.
    std::chrono::seconds begins = std::chrono::hours(-1);                ///< Relative to now.
    std::chrono::seconds ends = std::chrono::hours(24);                  ///< Relative to now.
    bool is_self_signed = false;                                         ///< If true, not signed by
                                                                         ///< the authority.
    std::string password{};  ///< The key's password; if empty, it is not encrypted.
  };
  /// The PEM files of a certificate and of its key.
  struct Made {
    std::string certfile;
    std::string keyfile;
  };

  TestCertificates();
  ~TestCertificates();
  TestCertificates(const TestCertificates&) = delete;
  TestCertificates& operator=(const TestCertificates&) = delete;

  /// Makes a new certificate and its key.
  Made issue(const Request& request);
  /// Writes a new certificate and key to the files of an earlier one, as a renewal does.
  void renew(const Made& files, const Request& request);

  /// The authority's own certificate.
  [[nodiscard]] const std::string& ca_certs() const { return ca_certs_; }
  /// The folder of all files.
  [[nodiscard]] const std::string& folder() const { return folder_; }

 private:
  struct Authority;

  std::string folder_;
  std::string ca_certs_;
  Authority* authority_;  ///< owned
  int count_ = 0;
};

}  // namespace bora::testing
