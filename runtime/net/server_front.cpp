#include <bora/net/detail/server_front.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include <bora/core/detail/durations.h>
#include <bora/core/log.h>

#include "runtime/net/bind_hook.h"
#include "runtime/net/worker.h"
#include "runtime/net/worker_sockets.h"

namespace bora::net::detail {

std::vector<FileDescriptor> ServerFront::open(int port, std::string_view address,
                                              AddressFamily family) const {
  return bind_sockets(port, address, backlog_, reuse_port_, family);
}
std::vector<FileDescriptor> ServerFront::open(std::string_view address) const {
  return bind_address(address, backlog_, reuse_port_);
}

void ServerFront::bind(std::vector<FileDescriptor> sockets) {
  sockets = checked(std::move(sockets));
  std::move(sockets.begin(), sockets.end(), std::back_inserter(bound_));
}

std::vector<FileDescriptor> ServerFront::start(int num_processes, ForkOptions options,
                                               std::chrono::seconds drain_timeout,
                                               SSLContext& certificates) {
  if (num_processes == 1 || runs_alone()) return std::exchange(bound_, {});
  constexpr std::chrono::seconds kMargin{5};
  const auto needed = bora::detail::saturating_cast<std::chrono::milliseconds>(
      bora::detail::saturating_add(std::max(drain_timeout, std::chrono::seconds(0)), kMargin));
  options.stop_timeout = std::max(options.stop_timeout, needed);
  std::vector<FileDescriptor> sockets =
      start_workers(std::exchange(bound_, {}), num_processes, options);
  // The parent read the files once, perhaps long ago.
  if (worker_role()->restarts > 0) reload_certificates(certificates);
  return sockets;
}

int ServerFront::port() const {
  return bound_.empty() ? 0 : local_port(bound_.front().get());
}

std::vector<FileDescriptor> checked(std::vector<FileDescriptor> sockets) {
  for (const FileDescriptor& socket : sockets) check_listening(socket);
  return sockets;
}

void reload_certificates(SSLContext& context) noexcept {
  if (!context) return;
  try {
    context.reload();
  } catch (const std::exception& error) {
    app_log.error("the former certificates are used on: ", error.what());
  }
}

}  // namespace bora::net::detail
