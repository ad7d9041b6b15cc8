#pragma once

#include <string_view>
#include <system_error>
#include <vector>

#include <bora/net/address.h>

namespace bora::net {

struct LookUp {
  std::vector<Address> addresses;  ///< in the system's order, without duplicates
  std::error_code failure;
};

/// The system's getaddrinfo, which may block.
/// @param name   If empty, the wildcard addresses if `flags` has AI_PASSIVE, else the loopback's.
/// @param flags  The flags of getaddrinfo.
LookUp look_up_addresses(std::string_view name, int port, AddressFamily family, int flags);

/// AF_INET, AF_INET6, AF_UNIX or AF_UNSPEC.
int native_family(AddressFamily family) noexcept;

}  // namespace bora::net
