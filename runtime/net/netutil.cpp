#include <bora/net/netutil.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include <bora/net/error.h>

#include "runtime/net/port_holder.h"

namespace bora::net {

void FileDescriptor::close() noexcept {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

namespace {

constexpr int kMaxFreePortTries = 16;

// --- Addresses
// --------------------------------------------------------------------------------------

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
  int family() const noexcept { return storage.ss_family; }
  int port() const noexcept {
    if (family() == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(storage).sin_port);
    if (family() == AF_INET6)
      return ntohs(reinterpret_cast<const sockaddr_in6&>(storage).sin6_port);
    return 0;
  }
  void set_port(int port) noexcept {
    const auto in_network_order = htons(static_cast<std::uint16_t>(port));
    if (family() == AF_INET) reinterpret_cast<sockaddr_in&>(storage).sin_port = in_network_order;
    if (family() == AF_INET6) reinterpret_cast<sockaddr_in6&>(storage).sin6_port = in_network_order;
  }
  bool operator==(const Address& other) const noexcept {
    return size == other.size && std::memcmp(&storage, &other.storage, size) == 0;
  }
};

std::string to_text(const Address& address) {
  char text[INET6_ADDRSTRLEN] = "";
  const void* bytes = address.family() == AF_INET6
                          ? static_cast<const void*>(
                                &reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_addr)
                          : &reinterpret_cast<const sockaddr_in&>(address.storage).sin_addr;
  ::inet_ntop(address.family(), bytes, text, sizeof text);
  return text;
}

std::vector<Address> look_up(std::string_view name, int port) {
  const std::string host(name);
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const bool has_nul = host.find('\0') != std::string::npos;
  const int failure =
      has_nul ? EAI_NONAME
              : ::getaddrinfo(host.empty() ? nullptr : host.c_str(), "0", &hints, &found);
  if (failure != 0) {
    const auto code = failure == EAI_SYSTEM
                          ? std::error_code(errno, std::generic_category())
                          : std::make_error_code(std::errc::address_not_available);
    throw BindError(
        code, fmt::format(
                  "can't listen on \"{}\": {}; give an address of this machine, or none for all",
                  host.c_str(), failure == EAI_SYSTEM ? code.message() : ::gai_strerror(failure)));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, &::freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_family != AF_INET && entry->ai_family != AF_INET6) continue;
    Address address;
    std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
    address.size = entry->ai_addrlen;
    address.set_port(port);
    if (std::find(addresses.begin(), addresses.end(), address) == addresses.end()) {
      addresses.push_back(address);
    }
  }
  return addresses;
}

// --- Sockets
// ----------------------------------------------------------------------------------------

std::string reason_and_remedy(int error, int port) {
  switch (error) {
    case EADDRINUSE: {
      const std::string holder = port_holder(port);
      return fmt::format("another program uses this port{}; stop it, or choose another port",
                         holder.empty() ? holder : " (" + holder + ")");
    }
    case EACCES:
    case EPERM:
      return fmt::format("this user may not; choose a port from 1024 on{}",
                         port < 1024 ? ", or grant the program cap_net_bind_service" : "");
    case EADDRNOTAVAIL:
      return "this machine has no such address; choose one that it has, or none for all";
    case EAFNOSUPPORT:
      return "this machine does not support this kind of address";
    case EMFILE:
    case ENFILE:
      return "too many files are open; raise the limit (ulimit -n)";
    default:
      return std::generic_category().message(error);
  }
}

BindError bind_error(int error, const Address& address) {
  std::string host = to_text(address);
  if (address.family() == AF_INET6) host = "[" + host + "]";
  return BindError(std::error_code(error, std::generic_category()),
                   fmt::format("can't listen on {}:{}: {}", host, address.port(),
                               reason_and_remedy(error, address.port())));
}

struct Attempt {
  FileDescriptor socket;
  int error = 0;
};

Attempt listen_on(const Address& address, int backlog, bool reuse_port) {
  FileDescriptor fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return {{}, errno};
  const auto set = [&fd](int level, int option) {
    constexpr int kOn = 1;
    return ::setsockopt(fd.get(), level, option, &kOn, sizeof kOn) == 0;
  };
  if (!set(SOL_SOCKET, SO_REUSEADDR) || (reuse_port && !set(SOL_SOCKET, SO_REUSEPORT)) ||
      (address.family() == AF_INET6 && !set(IPPROTO_IPV6, IPV6_V6ONLY)) ||
      ::bind(fd.get(), address.get(), address.size) != 0 || ::listen(fd.get(), backlog) != 0) {
    return {{}, errno};
  }
  return {std::move(fd), 0};
}

// A machine without IPv6 still resolves "localhost" to ::1, and lists it among all interfaces.
bool is_missing_family(int error, const Address& address) noexcept {
  return error == EAFNOSUPPORT || (error == EADDRNOTAVAIL && address.family() == AF_INET6);
}

struct Sockets {
  std::vector<FileDescriptor> list;
  int error = 0;
  Address failed;
};

Sockets listen_on_all(std::vector<Address> addresses, int port, int backlog, bool reuse_port) {
  Sockets sockets;
  for (Address& address : addresses) {
    address.set_port(port);
    Attempt attempt = listen_on(address, backlog, reuse_port);
    if (attempt.socket) {
      if (port == 0) port = local_port(attempt.socket.get());
      sockets.list.push_back(std::move(attempt.socket));
      continue;
    }
    sockets.error = attempt.error;
    sockets.failed = address;
    if (!is_missing_family(attempt.error, address)) return sockets;
  }
  if (!sockets.list.empty()) sockets.error = 0;
  return sockets;
}

}  // namespace

std::vector<FileDescriptor> bind_sockets(int port, std::string_view address, int backlog,
                                         bool reuse_port) {
  if (port < 0 || port > 65535) {
    throw BindError(
        std::make_error_code(std::errc::invalid_argument),
        fmt::format("can't listen on port {}: ports go from 0 (a free one) to 65535", port));
  }
  const std::vector<Address> addresses = look_up(address, port);
  for (int tries = 1;; ++tries) {
    Sockets sockets = listen_on_all(addresses, port, backlog, reuse_port);
    if (sockets.error == 0) return std::move(sockets.list);
    // The free port of the first address may be taken on the second.
    const bool may_retry = port == 0 && sockets.error == EADDRINUSE && tries < kMaxFreePortTries;
    if (!may_retry) throw bind_error(sockets.error, sockets.failed);
  }
}

int local_port(int socket) {
  Address address;
  address.size = sizeof address.storage;
  if (::getsockname(socket, address.get(), &address.size) != 0) return 0;
  return address.port();
}

bool is_valid_ip(std::string_view text) {
  std::string address(text.substr(0, text.find('%')));
  const bool has_zone = address.size() < text.size();
  if (address.find('\0') != std::string::npos || text.ends_with('%')) return false;
  in6_addr bytes{};
  if (::inet_pton(AF_INET6, address.c_str(), &bytes) == 1) return true;
  return !has_zone && ::inet_pton(AF_INET, address.c_str(), &bytes) == 1;
}

}  // namespace bora::net
