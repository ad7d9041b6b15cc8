#include "runtime/http/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <stdexcept>

namespace bora::http {

namespace {

constexpr std::uint8_t kMappedPrefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned kMappedBits = 96;

bool read(int family, std::string_view text, void* bytes) {
  char terminated[INET6_ADDRSTRLEN];
  if (text.size() >= sizeof(terminated)) return false;
  std::copy(text.begin(), text.end(), terminated);
  terminated[text.size()] = '\0';
  return std::strlen(terminated) == text.size() && inet_pton(family, terminated, bytes) == 1;
}

bool starts_alike(const std::uint8_t* a, const std::uint8_t* b, unsigned bits) {
  if (!std::equal(a, a + bits / 8, b)) return false;
  const unsigned rest = bits % 8;
  return rest == 0 || (a[bits / 8] ^ b[bits / 8]) >> (8 - rest) == 0;
}

}  // namespace

std::optional<IPAddress> IPAddress::parse(std::string_view text) {
  IPAddress address;
  if (read(AF_INET, text, address.bytes)) {
    address.size = 4;
  } else if (read(AF_INET6, text, address.bytes)) {
    address.size = 16;
  } else {
    return {};
  }
  return address;
}

IPAddress IPAddress::unmapped() const {
  if (size != 16 || !std::equal(kMappedPrefix, kMappedPrefix + sizeof(kMappedPrefix), bytes)) {
    return *this;
  }
  IPAddress result;
  result.size = 4;
  std::memcpy(result.bytes, bytes + sizeof(kMappedPrefix), 4);
  return result;
}

bool is_ipv6_address(std::string_view text) {
  std::uint8_t bytes[16];
  return read(AF_INET6, text, bytes);
}

NetworkList::NetworkList(const std::vector<std::string>& networks) {
  for (const std::string& text : networks) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    const auto address = IPAddress::parse(std::string_view(text).substr(0, slash));
    if (!address) {
      throw std::invalid_argument("'" + text + "' is no IP address and no network (10.0.0.0/8)");
    }
    const unsigned largest = address->size * 8U;
    unsigned bits = largest;
    if (slash < text.size()) {
      const char* const end = text.data() + text.size();
      const auto [stop, error] = std::from_chars(text.data() + slash + 1, end, bits);
      if (error != std::errc() || stop != end || bits > largest) {
        throw std::invalid_argument("'" + text + "' is no network: after its slash must be a " +
                                    "number up to " + std::to_string(largest));
      }
    }
    Network network{address->unmapped(), bits};
    if (network.address.size != address->size) {
      if (bits < kMappedBits) {  // more than the mapped addresses
        network.address = *address;
      } else {
        network.bits -= kMappedBits;
      }
    }
    networks_.push_back(network);
  }
}

bool NetworkList::contains(const IPAddress& address) const {
  const IPAddress plain = address.unmapped();
  return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
    return network.address.size == plain.size &&
           starts_alike(network.address.bytes, plain.bytes, network.bits);
  });
}

}  // namespace bora::http
