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

// From host names to addresses, by the system's own look-up (getaddrinfo: /etc/hosts, DNS and what
// else the machine is set up for). Results are not kept: the system may do that.

namespace bora {
class Executor;
}

namespace bora::net {

/// The category of what getaddrinfo fails with (EAI_NONAME, …); its name is "bora.net.resolver".
const std::error_category& resolver_category() noexcept;

/// A name that has no address. what() is one sentence: which name, and why.
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

  /// @param host    A name, or an IP address, which is its own answer. Empty is this machine.
  /// @param family  Only addresses of this one.
  /// @returns  One address at least, best first, with `port`.
  /// @throws ResolveError           (at the co_await)
  /// @throws std::invalid_argument  `port` is not within 0 and 65535.
  virtual Task<std::vector<Address>> resolve(std::string host, int port,
                                             AddressFamily family = AddressFamily::unspecified) = 0;
};

/// Looks names up in an executor's threads. Cancelling the wait forgets the result; the thread is
/// busy until the system gives up.
class ExecutorResolver : public Resolver {
 public:
  /// @param executor  Null: the loop's default one (IOLoop::default_executor()).
  explicit ExecutorResolver(std::shared_ptr<Executor> executor = nullptr) noexcept
      : executor_(std::move(executor)) {}

  Task<std::vector<Address>> resolve(std::string host, int port,
                                     AddressFamily family = AddressFamily::unspecified) override;

 private:
  std::shared_ptr<Executor> executor_;
};

/// What is used where nothing else is asked for.
using DefaultLoopResolver = ExecutorResolver;
using DefaultExecutorResolver = ExecutorResolver;

/// Looks names up in threads that all such resolvers of the process share. Ten at most; the first
/// resolver's number counts.
class ThreadedResolver final : public ExecutorResolver {
 public:
  explicit ThreadedResolver(std::size_t num_threads = 10);
};

/// Blocks the loop while it looks a name up: for tests, and where only /etc/hosts is asked.
class BlockingResolver final : public Resolver {
 public:
  Task<std::vector<Address>> resolve(std::string host, int port,
                                     AddressFamily family = AddressFamily::unspecified) override;
};

/// Sends some hosts elsewhere, asking `resolver` for the place: for tests, and to pin a host.
///
///     OverrideResolver resolver(std::make_shared<DefaultLoopResolver>(),
///                               {{.host = "example.com", .to_host = "127.0.0.1", .to_port =
///                               8888}});
class OverrideResolver final : public Resolver {
 public:
  struct Rule {
    std::string host{};  ///< A name, in any case and with or without a final dot, or an IP address.
    std::optional<int> port{};                          ///< Only for this port.
    AddressFamily family = AddressFamily::unspecified;  ///< Only when this one is asked for.
    std::string to_host{};
    std::optional<int> to_port{};  ///< Without it the port stays.
  };

  /// @param rules  The most exact one counts: with host, port and family, with host and family,
  ///               with host and port, with the host alone. Of several such the first one.
  OverrideResolver(std::shared_ptr<Resolver> resolver, std::vector<Rule> rules);

  Task<std::vector<Address>> resolve(std::string host, int port,
                                     AddressFamily family = AddressFamily::unspecified) override;

 private:
  std::shared_ptr<Resolver> resolver_;
  std::vector<Rule> rules_;
};

}  // namespace bora::net
