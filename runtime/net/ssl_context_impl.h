#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <bora/net/ssl_context.h>

#include "runtime/net/ssl_loader.h"
#include "runtime/net/ssl_tickets.h"

namespace bora::net {

/// Contexts of named hosts.
using SSLHosts = std::map<std::string, SSLContextPtr>;

class SSLContext::Impl {
 public:
  Impl(SSLRole role, SSLOptions options);
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  /// `name` is in lower case; "*.example.com" is ".example.com" here.
  void add_host(const std::string& name, SSLOptions options);
  void reload();

  /// The state of a new connection. @throws SSLError  Out of memory.
  [[nodiscard]] SSL* make_ssl() const;

  [[nodiscard]] SSLRole role() const noexcept { return role_; }
  [[nodiscard]] const SSLOptions& options() const noexcept { return options_; }

  /// Logs one line at info about a handshake that failed; `peer` is its address. A flood of them
  /// leaves a few lines, and a count.
  void log_failure(std::string_view peer, std::string_view why);

 private:
  [[nodiscard]] SSLContextPtr load(SSLHosts hosts) const;
  [[nodiscard]] SSLContextPtr load_host(const std::string& name, const SSLOptions& options) const;
  void replace(SSLContextPtr context);

  const SSLRole role_;
  const SSLOptions options_;
  const std::string alpn_;
  const std::shared_ptr<TicketKeys> tickets_;  ///< null for a client's context
  std::map<std::string, SSLOptions> hosts_;

  mutable std::mutex mutex_;
  SSLContextPtr active_;

  std::mutex log_mutex_;
  std::int64_t log_window_ = 0;
  int logged_ = 0;
  std::uint64_t left_out_ = 0;
};

/// The ALPN protocols of a connection's user, for options that name none, in the form of the
/// handshake. The callbacks of OpenSSL find it by the connection's BIO.
std::string_view default_alpn_of(const SSL* ssl) noexcept;

}  // namespace bora::net
