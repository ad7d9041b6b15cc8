#include <bora/net/address.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <type_traits>

namespace bora::net {
namespace {

template <class Native, class Bytes>
Native copied(const Bytes& bytes) noexcept {
  static_assert(sizeof(Native) <= sizeof(Bytes) && std::is_trivially_copyable_v<Native>);
  Native native;
  std::memcpy(&native, bytes.data(), sizeof native);
  return native;
}

// The number or the name after a '%'.
std::optional<std::uint32_t> zone_index(const std::string& zone) noexcept {
  std::uint32_t index = 0;
  const auto [end, failure] = std::from_chars(zone.data(), zone.data() + zone.size(), index);
  if (failure == std::errc() && end == zone.data() + zone.size()) return index;
  index = ::if_nametoindex(zone.c_str());
  if (index == 0) return std::nullopt;
  return index;
}

std::optional<sockaddr_in6> ipv6_from(const std::string& text, const std::string& zone) noexcept {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  if (::inet_pton(AF_INET6, text.c_str(), &address.sin6_addr) != 1) return std::nullopt;
  if (!zone.empty()) {
    const auto index = zone_index(zone);
    if (!index) return std::nullopt;
    address.sin6_scope_id = *index;
  }
  return address;
}

}  // namespace

std::optional<Address> Address::from_ip(std::string_view ip, int port) {
  if (port < 0 || port > 65535 || ip.find('\0') != std::string_view::npos) return std::nullopt;
  const std::size_t percent = std::min(ip.find('%'), ip.size());
  const std::string text(ip.substr(0, percent));
  const std::string zone(ip.substr(std::min(percent + 1, ip.size())));
  Address address;
  sockaddr_in ipv4{};
  ipv4.sin_family = AF_INET;
  if (percent == ip.size() && ::inet_pton(AF_INET, text.c_str(), &ipv4.sin_addr) == 1) {
    address = from_native(&ipv4, sizeof ipv4);
  } else if (percent + 1 != ip.size()) {
    if (const auto ipv6 = ipv6_from(text, zone)) address = from_native(&*ipv6, sizeof *ipv6);
  }
  if (address.family() == AddressFamily::unspecified) return std::nullopt;
  address.set_port(port);
  return address;
}

Address Address::unix_path(std::string_view path) {
  sockaddr_un native{};
  const bool is_abstract = path.starts_with('\0');
  if (path.empty()) throw std::invalid_argument("a Unix-domain socket needs a path");
  if (path.size() >= sizeof native.sun_path) {
    throw std::invalid_argument("the path of a Unix-domain socket has 107 bytes at most: " +
                                std::string(path.substr(is_abstract ? 1 : 0)));
  }
  if (path.find('\0', 1) != std::string_view::npos)
    throw std::invalid_argument("the path of a Unix-domain socket contains a NUL");
  native.sun_family = AF_UNIX;
  std::memcpy(native.sun_path, path.data(), path.size());
  // An abstract name ends with its size, a path with its NUL.
  return from_native(&native,
                     offsetof(sockaddr_un, sun_path) + path.size() + (is_abstract ? 0 : 1));
}

Address Address::from_native(const void* native, std::size_t size) noexcept {
  Address address;
  if (size < sizeof(sa_family_t) || size > address.bytes_.size()) return address;
  std::memcpy(address.bytes_.data(), native, size);
  address.size_ = static_cast<std::uint8_t>(size);
  const bool is_whole = address.family() == AddressFamily::unix_domain ||
                        (address.family() == AddressFamily::ipv4 && size >= sizeof(sockaddr_in)) ||
                        (address.family() == AddressFamily::ipv6 && size >= sizeof(sockaddr_in6));
  return is_whole ? address : Address();
}

AddressFamily Address::family() const noexcept {
  if (size_ == 0) return AddressFamily::unspecified;
  switch (copied<sa_family_t>(bytes_)) {
    case AF_INET:
      return AddressFamily::ipv4;
    case AF_INET6:
      return AddressFamily::ipv6;
    case AF_UNIX:
      return AddressFamily::unix_domain;
    default:
      return AddressFamily::unspecified;
  }
}

std::string Address::host() const {
  char text[INET6_ADDRSTRLEN + 1 + IF_NAMESIZE] = "";
  switch (family()) {
    case AddressFamily::ipv4: {
      const in_addr ip = copied<sockaddr_in>(bytes_).sin_addr;
      return ::inet_ntop(AF_INET, &ip, text, sizeof text);
    }
    case AddressFamily::ipv6: {
      const auto native = copied<sockaddr_in6>(bytes_);
      std::string host = ::inet_ntop(AF_INET6, &native.sin6_addr, text, sizeof text);
      if (native.sin6_scope_id == 0) return host;
      const char* const name = ::if_indextoname(native.sin6_scope_id, text);
      return host + '%' + (name != nullptr ? name : std::to_string(native.sin6_scope_id));
    }
    case AddressFamily::unix_domain: {
      constexpr std::size_t kBegin = offsetof(sockaddr_un, sun_path);
      std::string path(reinterpret_cast<const char*>(bytes_.data()) + kBegin,
                       std::max<std::size_t>(size_, kBegin) - kBegin);
      if (!path.starts_with('\0')) path.resize(std::min(path.find('\0'), path.size()));
      return path;
    }
    case AddressFamily::unspecified:
      break;
  }
  return {};
}

int Address::port() const noexcept {
  if (family() == AddressFamily::ipv4) return ntohs(copied<sockaddr_in>(bytes_).sin_port);
  if (family() == AddressFamily::ipv6) return ntohs(copied<sockaddr_in6>(bytes_).sin6_port);
  return 0;
}

void Address::set_port(int port) noexcept {
  // Both families have it at the same place.
  static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
  if (family() != AddressFamily::ipv4 && family() != AddressFamily::ipv6) return;
  const in_port_t in_network_order = htons(static_cast<std::uint16_t>(port));
  std::memcpy(bytes_.data() + offsetof(sockaddr_in, sin_port), &in_network_order,
              sizeof in_network_order);
}

std::string Address::to_string() const {
  switch (family()) {
    case AddressFamily::ipv4:
      return host() + ':' + std::to_string(port());
    case AddressFamily::ipv6:
      return '[' + host() + "]:" + std::to_string(port());
    case AddressFamily::unix_domain: {
      std::string path = host();
      if (path.starts_with('\0')) path[0] = '@';
      return "unix:" + path;
    }
    case AddressFamily::unspecified:
      break;
  }
  return "no address";
}

bool Address::operator==(const Address& other) const noexcept {
  return size_ == other.size_ && std::memcmp(bytes_.data(), other.bytes_.data(), size_) == 0;
}

}  // namespace bora::net
