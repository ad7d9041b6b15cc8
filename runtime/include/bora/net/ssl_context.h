#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <bora/core/detail/chrono.h>

namespace bora::net {

/// A TLS setting that can't be used. what() is one sentence for the person who runs the program:
/// which file or setting, what is wrong with it, and what to do.
class SSLError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What is asked of the peer's certificate.
enum class CertReqs : std::uint8_t {
  by_default,     ///< Clients: cert_required. Servers: cert_none.
  cert_none,      ///< Not asked for; of a server's nothing is checked.
  cert_optional,  ///< Servers: asked for, and checked if it comes. Clients: as cert_required.
  cert_required,  ///< Must come, and must be signed by one of ca_certs.
};

enum class TLSVersion : std::uint8_t { tls1_2, tls1_3 };

/// One side of TLS, with the names of Tornado's ssl_options. Files are PEM; a relative path is made
/// absolute when the context is made, so a later chdir() does not lead reload() elsewhere.
struct SSLOptions {
  /// This side's certificate, then the intermediate ones. Servers need one.
  std::string certfile{};
  std::string keyfile{};   ///< Its private key; empty: it stands in certfile.
  std::string password{};  ///< Of an encrypted key.
  /// Authorities that may sign the peer's certificate: a file, or a folder that was prepared by
  /// `openssl rehash`. Empty: clients trust the system's, servers have none.
  std::string ca_certs{};
  CertReqs cert_reqs = CertReqs::by_default;
  /// Clients: the certificate must be for the host that was asked for. Off only in tests.
  bool check_hostname = true;
  /// An OpenSSL list for TLS 1.2, "ECDHE+AESGCM". Empty: suites with forward secrecy and
  /// authenticated encryption (AEAD) only. TLS 1.3 has no others.
  std::string ciphers{};
  TLSVersion min_version = TLSVersion::tls1_2;
  /// Protocols to agree on (ALPN, RFC 7301), best first. Empty: what the protocol on top names; an
  /// HTTPServer's is "http/1.1". A client that offers only others is refused, as the RFC demands.
  std::vector<std::string> alpn{};
  /// The time from the connection to the end of the handshake. What takes longer is closed.
  std::chrono::seconds handshake_timeout{10};
  /// Lets the kernel encrypt (kTLS) where it and OpenSSL can, so that files are sent without
  /// passing through the process. Needs the kernel's module `tls`; without it nothing changes.
  bool ktls = false;
};

/// Settings of TLS, read and checked once and shared by many connections: a handle, cheap to copy.
///
/// Compression, renegotiation and early data are off. A server gives out session tickets, under
/// keys that change every 12 hours; processes forked after the context was made take each
/// other's. May be used by several threads.
class SSLContext {
 public:
  /// None: no TLS.
  SSLContext() noexcept = default;

  /// @throws SSLError  A file is missing or not PEM, the key belongs to another certificate, the
  ///                   password is missing or wrong, a cipher is unknown …
  static SSLContext server(SSLOptions options);
  /// If no options are given, the system's authorities count, and the name is checked.
  static SSLContext client();
  static SSLContext client(SSLOptions options);

  /// A server's other certificate for clients that ask for `name` (SNI): "example.com", or
  /// "*.example.com" for any one label in front. A name that is known already gets the new options.
  /// Clients that name another host, or none, get the certificate of server().
  ///
  /// Of the options, alpn and handshake_timeout are not looked at: these are the server's.
  ///
  /// @throws SSLError  As server(); nothing was changed then.
  void add_host(std::string_view name, SSLOptions options);

  /// Reads all files anew and uses them from the next connection on; open ones keep theirs, and
  /// sessions can be resumed. Call it in each process, after a certificate was renewed (SIGHUP is
  /// customary).
  ///
  /// @throws SSLError  As server(); everything stays as it was then.
  void reload();

  explicit operator bool() const noexcept { return impl_ != nullptr; }
  [[nodiscard]] bool is_server() const noexcept;
  [[nodiscard]] const SSLOptions& options() const& noexcept;
  const SSLOptions& options() const&& = delete;  // it may go with the context

 private:
  friend class SSLEngine;
  class Impl;
  explicit SSLContext(std::shared_ptr<Impl> impl) noexcept;

  std::shared_ptr<Impl> impl_;
};

/// What a certificate says. Texts are UTF-8, as they stand in it: the peer's words.
struct SSLCertificate {
  std::string subject;                         ///< "CN=client,O=Example"
  std::string issuer;                          ///< As subject.
  std::vector<std::string> subject_alt_names;  ///< "DNS:example.com", "IP:127.0.0.1", "email:a@b.c"
  std::string serial_number;                   ///< Hexadecimal, "03A1".
  std::chrono::sys_seconds not_before;
  std::chrono::sys_seconds not_after;
  std::string der;  ///< The whole certificate, as Tornado's binary_form.
};

}  // namespace bora::net
