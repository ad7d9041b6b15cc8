#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <bora/core/task.h>
#include <bora/net/address.h>

// Host names become addresses by the system's own look-up (getaddrinfo: /etc/hosts, DNS and
// whatever else the machine is set up for). Results are not cached here: the system may cache them.

namespace bora {
class Executor;
}

namespace bora::net {

/// The category of getaddrinfo's errors (EAI_NONAME, …); its name is "bora.net.resolver".
const std::error_category& resolver_category() noexcept;

/// A name has no address. what() is one sentence: which name, and why.
class ResolveError : public std::system_error {
 public:
  ResolveError(std::error_code error, std::string_view host);

  [[nodiscard]] const char* what() const noexcept override { return sentence_.c_str(); }

 private:
  std::string sentence_;
};

/// Finds the addresses of a host.
class Resolver {
 public:
  virtual ~Resolver() = default;

  /// @param host    A name, or an IP address, which is its own result. Empty means this machine.
  /// @param family  Only addresses of this family are wanted.
  /// @returns  At least one address with `port`, in order of preference.
  /// @throws ResolveError           (at the co_await)
  /// @throws std::invalid_argument  `port` is not between 0 and 65535.
  virtual Task<std::vector<Address>> resolve(std::string host, int port,
                                             AddressFamily family = AddressFamily::unspecified) = 0;
};

/// Looks names up in an executor's threads. Cancelling the wait drops the result; the thread stays
/// busy until the system gives up.
class ExecutorResolver : public Resolver {
 public:
  /// @param executor  Null means the loop's default one (IOLoop::default_executor()).
  explicit ExecutorResolver(std::shared_ptr<Executor> executor = nullptr) noexcept
      : executor_(std::move(executor)) {}

  Task<std::vector<Address>> resolve(std::string host, int port,
                                     AddressFamily family = AddressFamily::unspecified) override;

 private:
  std::shared_ptr<Executor> executor_;
};

/// The resolver that is used by default.
using DefaultLoopResolver = ExecutorResolver;
using DefaultExecutorResolver = ExecutorResolver;

/// Looks names up in threads that all such resolvers of the process share. There are at most ten;
/// the first resolver's number counts.
class ThreadedResolver final : public ExecutorResolver {
 public:
  explicit ThreadedResolver(std::size_t num_threads = 10);
};

/// Blocks the loop while it looks a name up: for tests, and where the system reads only /etc/hosts.
class BlockingResolver final : public Resolver {
 public:
  Task<std::vector<Address>> resolve(std::string host, int port,
                                     AddressFamily family = AddressFamily::unspecified) override;
};

/// Replaces the address of some hosts, and asks `resolver` for the replacement and for all others:
/// for tests, and to pin a host.
///
///     OverrideResolver resolver(std::make_shared<DefaultLoopResolver>(),
///                               {{.host = "example.com",
///                                 .to_host = "127.0.0.1",
///                                 .to_port = 8888}});
class OverrideResolver final : public Resolver {
 public:
  /// A host and its replacement.
  struct Rule {
    std::string host{};  ///< A name, in any case and with or without a final dot, or an IP address.
    std::optional<int> port{};                          ///< The rule is only for this port.
    AddressFamily family = AddressFamily::unspecified;  ///< The rule is only for this family.
    std::string to_host{};
    std::optional<int> to_port{};  ///< Without it the port stays.
  };

  /// @param rules  The most exact one counts: first one with host, port and family, then with host
  ///               and family, with host and port, with the host alone. The first of several
  ///               equally exact ones counts.
  OverrideResolver(std::shared_ptr<Resolver> resolver, std::vector<Rule> rules);

  Task<std::vector<Address>> resolve(std::string host, int port,
                                     AddressFamily family = AddressFamily::unspecified) override;

 private:
  std::shared_ptr<Resolver> resolver_;
  std::vector<Rule> rules_;
};

}  // namespace bora::net
