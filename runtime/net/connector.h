#pragma once

#include <functional>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <bora/core/gen.h>
#include <bora/core/locks.h>
#include <bora/net/io_stream.h>

namespace bora::net {

/// The race of RFC 8305 between the addresses of a host.
class Connector {
 public:
  /// Connects to one address, or throws.
  using Connect = std::function<Task<IOStream>(Address)>;

  Connector(const std::vector<Address>& addresses, Connect connect);

  /// The stream, or nothing if all have failed. Call it once; the object must outlive the Task.
  Task<std::optional<IOStream>> run();

  /// The addresses of the first one's family, and the others; each in order.
  [[nodiscard]] const std::vector<Address>& primary() const noexcept { return primary_; }
  [[nodiscard]] const std::vector<Address>& secondary() const noexcept { return secondary_; }

  /// "10.0.0.1:80: Connection refused; 10.0.0.2:80: still trying"
  [[nodiscard]] std::string report() const;
  [[nodiscard]] std::error_code last_error() const noexcept { return last_error_; }

 private:
  struct Attempt {
    Address address;
    std::string outcome;  // empty while it is under way
  };

  Task<void> try_each(const std::vector<Address>& addresses);
  Task<void> try_secondary();
  /// Returns whether it was the first.
  Task<void> try_one(const Address& address);

  Connect connect_;
  std::vector<Address> primary_;
  std::vector<Address> secondary_;
  std::vector<Attempt> attempts_;
  std::error_code last_error_;
  Event has_failed_;
  TaskGroup* group_ = nullptr;
  std::optional<IOStream> winner_;
};

}  // namespace bora::net
