#include "runtime/http/peer_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

namespace bora::http {

namespace {

constexpr std::uint8_t kMappedPrefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

// The part of an address that stands for one client. Of an IPv6 address it is the /64 network,
// because a client may have a whole one. An IPv4 address begins with 0xff, as no peer's IPv6 address
// does: those that begin with it are multicast groups. 0 means no address.
std::uint64_t client_of(const PeerAddress& address) {
  if (address.bytes[0] == 0) return 0;
  const std::uint8_t* bytes = address.bytes + 1;
  std::uint64_t client = 0;
  if (address.bytes[0] == 16 && std::memcmp(bytes, kMappedPrefix, sizeof(kMappedPrefix)) != 0) {
    std::memcpy(&client, bytes, sizeof(client));
    return client == 0 ? 1 : client;  // ::1
  }
  std::uint8_t key[8] = {0xff};
  std::memcpy(key + 4, address.bytes[0] == 4 ? bytes : bytes + sizeof(kMappedPrefix), 4);
  std::memcpy(&client, key, sizeof(client));
  return client;
}

}  // namespace

PeerAddress address_of(const sockaddr_storage& peer) {
  PeerAddress address;
  if (peer.ss_family == AF_INET) {
    address.bytes[0] = 4;
    std::memcpy(address.bytes + 1, &reinterpret_cast<const sockaddr_in&>(peer).sin_addr, 4);
  } else if (peer.ss_family == AF_INET6) {
    address.bytes[0] = 16;
    std::memcpy(address.bytes + 1, &reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr, 16);
  }
  return address;
}

std::string to_string(const PeerAddress& address) {
  char text[INET6_ADDRSTRLEN];
  const int family = address.bytes[0] == 4 ? AF_INET : AF_INET6;
  if (address.bytes[0] == 0 ||
      inet_ntop(family, address.bytes + 1, text, sizeof(text)) == nullptr) {
    return "a local client";
  }
  return text;
}

std::size_t AddressCount::add(const PeerAddress& address) {
  const std::uint64_t client = client_of(address);
  return client == 0 ? 0 : ++counts_[client];
}

void AddressCount::remove(const PeerAddress& address) {
  const auto found = counts_.find(client_of(address));
  if (found != counts_.end() && --found->second == 0) counts_.erase(found);
}

}  // namespace bora::http
