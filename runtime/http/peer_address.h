#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace bora::http {

/// A peer's address as bytes: their number (0, 4 or 16), then the bytes. 0 means that it is not an
/// IP socket.
struct PeerAddress {
  std::uint8_t bytes[17] = {};
};

PeerAddress address_of(const sockaddr_storage& peer);

/// For logs: "127.0.0.1", or "a local client" where there is no address.
std::string to_string(const PeerAddress& address);

/// The number of connections of each address. Those without an address are not counted.
class AddressCount {
 public:
  /// @returns  The number that there is now.
  std::size_t add(const PeerAddress& address);
  void remove(const PeerAddress& address);

 private:
  std::unordered_map<std::uint64_t, std::size_t> counts_;
};

}  // namespace bora::http
