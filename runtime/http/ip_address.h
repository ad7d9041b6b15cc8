#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bora::http {

/// An IPv4 or IPv6 address as bytes.
struct IPAddress {
  std::uint8_t size = 0;  ///< 4 or 16; 0 for the peer of a Unix-domain socket
  std::uint8_t bytes[16] = {};

  /// Parses "127.0.0.1" or "::1"; refuses anything else.
  static std::optional<IPAddress> parse(std::string_view text);

  /// The IPv4 address in an IPv6 one (::ffff:1.2.3.4); any other address stays as it is.
  [[nodiscard]] IPAddress unmapped() const;
};

/// Whether the text may stand between the brackets of a URL's host (RFC 3986, 3.2.2), without a
/// zone.
[[nodiscard]] bool is_ipv6_address(std::string_view text);

/// A list of addresses and networks: "10.0.0.1", "10.0.0.0/8", "2001:db8::/32".
class NetworkList {
 public:
  NetworkList() = default;
  /// @throws std::invalid_argument  One sentence: which of them is not an address or network.
  explicit NetworkList(const std::vector<std::string>& networks);

  /// An IPv4 address and the IPv6 one that maps it are the same.
  [[nodiscard]] bool contains(const IPAddress& address) const;
  [[nodiscard]] bool empty() const { return networks_.empty(); }

 private:
  struct Network {
    IPAddress address;
    unsigned bits;
  };

  std::vector<Network> networks_;
};

}  // namespace bora::http
