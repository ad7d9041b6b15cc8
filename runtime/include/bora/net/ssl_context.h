#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <bora/core/detail/chrono.h>

namespace bora::net {

/// A TLS setting can't be used. what() is one sentence for the person who runs the program: which
/// file or setting, what is wrong with it, and what to do.
class SSLError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What is required of the peer's certificate.
enum class CertReqs : std::uint8_t {
  by_default,     ///< cert_required for clients, cert_none for servers.
  cert_none,      ///< It is not asked for; a server's one is not checked.
  cert_optional,  ///< Servers: checked if it comes. Clients: as cert_required.
  cert_required,  ///< It must come, and must be signed by one of ca_certs.
};

/// A version of TLS.
enum class TLSVersion : std::uint8_t { tls1_2, tls1_3 };

/// The settings of one side of TLS, with the names of Tornado's ssl_options. Files are PEM; a
/// relative path is made absolute when the context is made, so that reload() finds the files after
/// a chdir().
struct SSLOptions {
  /// The file with this side's certificate, then the intermediate ones. Servers need one.
  std::string certfile{};
  std::string keyfile{};   ///< The file with its private key; if empty, the key stands in certfile.
  std::string password{};  ///< The password of an encrypted key.
  /// The authorities that may sign the peer's certificate: a file, or a folder that was prepared by
  /// `openssl rehash`. If empty, clients trust the system's authorities and servers have none.
  std::string ca_certs{};
  CertReqs cert_reqs = CertReqs::by_default;
  /// For clients: the certificate must be for the host that was asked for. Turn it off only in
  /// tests.
  bool check_hostname = true;
  /// An OpenSSL list for TLS 1.2, such as "ECDHE+AESGCM". If empty, only suites with forward
  /// secrecy and authenticated encryption (AEAD) are used. TLS 1.3 has no others.
  std::string ciphers{};
  TLSVersion min_version = TLSVersion::tls1_2;
  /// The protocols to agree on (ALPN, RFC 7301), best first. If empty, the protocol above TLS names
  /// them; an HTTPServer's is "http/1.1". A client that offers only others is refused, as the RFC
  /// demands.
  std::vector<std::string> alpn{};
  /// The time from the connection to the end of the handshake. A connection that takes longer is
  /// closed.
  std::chrono::seconds handshake_timeout{10};
  /// Lets the kernel encrypt (kTLS) where it and OpenSSL can, so that files are sent without
  /// passing through the process. This needs the kernel's module `tls`; without it nothing changes.
  bool ktls = false;
};

/// Settings of TLS that are read and checked once and shared by many connections. It is a handle,
/// cheap to copy.
///
/// Compression, renegotiation and early data are off. A server gives out session tickets, under
/// keys that change every 12 hours; processes that were forked after the context was made accept
/// each other's tickets. Several threads may use one context.
class SSLContext {
 public:
  /// Makes an empty context, which means no TLS.
  SSLContext() noexcept = default;

  /// @throws SSLError  A file is missing or not PEM, the key belongs to another certificate, the
  ///                   password is missing or wrong, a cipher is unknown …
  static SSLContext server(SSLOptions options);
  /// A client's context. Without options, it trusts the system's authorities and checks the name.
  static SSLContext client();
  static SSLContext client(SSLOptions options);

  /// Adds a server's certificate for clients that ask for `name` (SNI): "example.com", or
  /// "*.example.com" for any one label in front. A name that is known already gets the new options.
  /// Clients that name another host, or none, get the certificate of server().
  ///
  /// The members alpn and handshake_timeout of `options` are ignored: the server's are used.
  ///
  /// @throws SSLError  As server(); then nothing was changed.
  void add_host(std::string_view name, SSLOptions options);

  /// Reads all files again and uses them from the next connection on; open connections keep theirs,
  /// and sessions can be resumed. Call it in each process after a certificate was renewed (SIGHUP
  /// is customary).
  ///
  /// @throws SSLError  As server(); then everything stays as it was.
  void reload();

  explicit operator bool() const noexcept { return impl_ != nullptr; }
  [[nodiscard]] bool is_server() const noexcept;
  [[nodiscard]] const SSLOptions& options() const& noexcept;
  const SSLOptions& options() const&& = delete;  // the options may go with the context

 private:
  friend class SSLEngine;
  class Impl;
  explicit SSLContext(std::shared_ptr<Impl> impl) noexcept;

  std::shared_ptr<Impl> impl_;
};

/// The contents of a certificate. The texts are UTF-8, exactly as the peer wrote them.
struct SSLCertificate {
  std::string subject;                         ///< "CN=client,O=Example"
  std::string issuer;                          ///< In the form of `subject`.
  std::vector<std::string> subject_alt_names;  ///< "DNS:example.com", "IP:127.0.0.1", "email:a@b.c"
  std::string serial_number;                   ///< In hexadecimal digits: "03A1".
  std::chrono::sys_seconds not_before;
  std::chrono::sys_seconds not_after;
  std::string der;  ///< The whole certificate (DER), as Tornado's binary_form.
};

}  // namespace bora::net
