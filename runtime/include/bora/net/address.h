#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bora::net {

enum class AddressFamily : std::uint8_t {
  unspecified,  ///< No address; where a family is asked for: any.
  ipv4,
  ipv6,
  unix_domain,
};

/// Where a stream socket ends: an IP address with a port, or the path of a Unix-domain socket. A
/// value, resolved already; names become addresses by a Resolver.
class Address {
 public:
  /// None.
  Address() noexcept = default;

  /// @param ip  "127.0.0.1", "::1", "fe80::1%eth0"; no name.
  /// @returns   Nothing if it is none, or `port` is not within 0 and 65535.
  static std::optional<Address> from_ip(std::string_view ip, int port);

  /// @param path  A file, of 107 bytes at most; with a leading NUL a Linux abstract name.
  /// @throws std::invalid_argument  It is empty, too long, or contains a NUL further on.
  static Address unix_path(std::string_view path);

  /// Reads a `struct sockaddr` of `size` bytes; none if it is of another family.
  static Address from_native(const void* sockaddr, std::size_t size) noexcept;

  [[nodiscard]] AddressFamily family() const noexcept;
  /// The IP address, or the path; an unnamed Unix-domain peer has an empty one.
  [[nodiscard]] std::string host() const;
  /// 0 for what has none.
  [[nodiscard]] int port() const noexcept;
  void set_port(int port) noexcept;
  /// "127.0.0.1:80", "[::1]:80", "unix:/run/app.sock"
  [[nodiscard]] std::string to_string() const;

  /// The `struct sockaddr` and its size, for system calls.
  [[nodiscard]] const void* native() const noexcept { return bytes_.data(); }
  [[nodiscard]] std::size_t native_size() const noexcept { return size_; }

  bool operator==(const Address& other) const noexcept;

 private:
  alignas(8) std::array<unsigned char, 112> bytes_{};
  std::uint8_t size_ = 0;
};

}  // namespace bora::net
