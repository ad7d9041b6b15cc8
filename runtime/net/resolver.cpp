#include <bora/net/resolver.h>

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <stdexcept>

#include <bora/core/executor.h>

#include "runtime/core/host_name.h"
#include "runtime/net/look_up.h"

namespace bora::net {
namespace {

class Category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "bora.net.resolver"; }
  std::string message(int value) const override { return ::gai_strerror(value); }
};

void check_port(int port) {
  if (port < 0 || port > 65535)
    throw std::invalid_argument("port " + std::to_string(port) + ": ports go from 0 to 65535");
}

std::vector<Address> found_or_throw(LookUp look_up, const std::string& host) {
  if (look_up.failure) throw ResolveError(look_up.failure, host);
  return std::move(look_up.addresses);
}

/// A host as it is compared: case and a final dot don't matter in a name, nor does the way in which
/// an IP address is written.
std::string comparable(std::string_view host) {
  if (const auto address = Address::from_ip(host, 0)) return address->to_string();
  return comparable_host(host);
}

/// An IP address needs no look-up, and so no thread.
std::optional<Address> without_look_up(const std::string& host, int port, AddressFamily family) {
  const auto address = Address::from_ip(host, port);
  const bool is_wanted =
      address && (family == AddressFamily::unspecified || family == address->family());
  return is_wanted ? address : std::nullopt;
}

/// A forked child has none of the threads, so the executor is made again there. It is never ended,
/// because a thread that asks a silent name server would hold up the program's end.
std::shared_ptr<Executor> shared_threads(std::size_t threads) {
  static std::mutex mutex;
  static pid_t owner = 0;
  static auto& pool = *new std::shared_ptr<Executor>;
  const std::scoped_lock lock(mutex);
  if (owner != ::getpid()) {
    owner = ::getpid();
    pool = std::shared_ptr<Executor>(new ThreadPool(threads), [](Executor*) {});
  }
  return pool;
}

}  // namespace

const std::error_category& resolver_category() noexcept {
  static const Category category;
  return category;
}

ResolveError::ResolveError(std::error_code error, std::string_view host)
    : std::system_error(error),
      sentence_("can't find the address of \"" + std::string(host) + "\": " + error.message()) {}

int native_family(AddressFamily family) noexcept {
  switch (family) {
    case AddressFamily::ipv4:
      return AF_INET;
    case AddressFamily::ipv6:
      return AF_INET6;
    case AddressFamily::unix_domain:
      return AF_UNIX;
    case AddressFamily::unspecified:
      break;
  }
  return AF_UNSPEC;
}

LookUp look_up_addresses(std::string_view name, int port, AddressFamily family, int flags) {
  const std::string host(name);
  LookUp result;
  if (host.find('\0') != std::string::npos) {
    result.failure = {EAI_NONAME, resolver_category()};
    return result;
  }
  addrinfo hints{};
  hints.ai_family = native_family(family);
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(host.empty() ? nullptr : host.c_str(), "0", &hints, &found);
  if (failure == EAI_SYSTEM) {
    result.failure = {errno, std::generic_category()};
  } else if (failure != 0) {
    result.failure = {failure, resolver_category()};
  }
  if (failure != 0) return result;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, &::freeaddrinfo);
  std::vector<Address>& addresses = result.addresses;
  for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
    Address address = Address::from_native(entry->ai_addr, entry->ai_addrlen);
    address.set_port(port);
    const bool is_new = std::find(addresses.begin(), addresses.end(), address) == addresses.end();
    if (address.family() != AddressFamily::unspecified && is_new) addresses.push_back(address);
  }
  if (addresses.empty()) result.failure = {EAI_NONAME, resolver_category()};
  return result;
}

Task<std::vector<Address>> ExecutorResolver::resolve(std::string host, int port,
                                                     AddressFamily family) {
  check_port(port);
  std::vector<Address> addresses;
  if (const auto address = without_look_up(host, port, family)) {
    addresses.push_back(*address);
    co_return addresses;
  }
  const std::shared_ptr<Executor> executor = executor_;  // this object may be gone by then
  auto job = [host, port, family] { return look_up_addresses(host, port, family, 0); };
  Future<LookUp> answer =
      run_in_executor(executor != nullptr ? *executor : IOLoop::current().default_executor(), job);
  LookUp found = co_await std::move(answer);
  addresses = found_or_throw(std::move(found), host);
  co_return addresses;
}

ThreadedResolver::ThreadedResolver(std::size_t num_threads)
    : ExecutorResolver(shared_threads(num_threads)) {}

Task<std::vector<Address>> BlockingResolver::resolve(std::string host, int port,
                                                     AddressFamily family) {
  check_port(port);
  co_return found_or_throw(look_up_addresses(host, port, family, 0), host);
}

OverrideResolver::OverrideResolver(std::shared_ptr<Resolver> resolver, std::vector<Rule> rules)
    : resolver_(std::move(resolver)), rules_(std::move(rules)) {
  for (Rule& rule : rules_) rule.host = comparable(rule.host);
}

Task<std::vector<Address>> OverrideResolver::resolve(std::string host, int port,
                                                     AddressFamily family) {
  const std::string wanted = comparable(host);
  const Rule* found = nullptr;
  int exactness = -1;
  for (const Rule& rule : rules_) {
    const bool matches = rule.host == wanted && rule.port.value_or(port) == port &&
                         (rule.family == AddressFamily::unspecified || rule.family == family);
    const int exact = (rule.port ? 1 : 0) + (rule.family != AddressFamily::unspecified ? 2 : 0);
    if (!matches || exact <= exactness) continue;
    found = &rule;
    exactness = exact;
  }
  if (found == nullptr) return resolver_->resolve(std::move(host), port, family);
  return resolver_->resolve(found->to_host, found->to_port.value_or(port), family);
}

}  // namespace bora::net
