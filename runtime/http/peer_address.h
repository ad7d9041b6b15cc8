#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace bora::http {

/// A peer's address as bytes: how many (0, 4 or 16), then they. No bytes: not an IP socket.
struct PeerAddress {
  std::uint8_t bytes[17] = {};
};

PeerAddress address_of(const sockaddr_storage& peer);

/// How many connections each address has. Those without an address are not counted.
class AddressCount {
 public:
  /// @returns  How many there are now.
  std::size_t add(const PeerAddress& address);
  void remove(const PeerAddress& address);

 private:
  std::unordered_map<std::uint64_t, std::size_t> counts_;
};

}  // namespace bora::http
