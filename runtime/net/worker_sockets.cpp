#include "runtime/net/worker_sockets.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "runtime/net/passed_descriptors.h"
#include "runtime/net/supervisor.h"
#include "runtime/net/worker.h"

namespace bora::net {
namespace {

int option_of(const FileDescriptor& socket, int level, int option) noexcept {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(socket.get(), level, option, &value, &size) == 0 ? value : -1;
}

bool set(const FileDescriptor& socket, int level, int option, int value) noexcept {
  return ::setsockopt(socket.get(), level, option, &value, sizeof value) == 0;
}

/// Another socket on the same address; none if the kernel does not want it.
FileDescriptor listen_beside(const FileDescriptor& socket) {
  constexpr int kBacklog = 1 << 16;  // cut by the kernel (somaxconn)
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  if (address.ss_family != AF_INET && address.ss_family != AF_INET6) return {};
  FileDescriptor made(::socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const bool is_ipv6 = address.ss_family == AF_INET6;
  // A socket that already listens joins the others when it gets this option, and thereby lets them
  // in. A later socket that does not ask for the option is refused as before.
  if (!made || !set(socket, SOL_SOCKET, SO_REUSEPORT, 1) ||
      !set(made, SOL_SOCKET, SO_REUSEPORT, 1) || !set(made, SOL_SOCKET, SO_REUSEADDR, 1) ||
      (is_ipv6 &&
       !set(made, IPPROTO_IPV6, IPV6_V6ONLY, option_of(socket, IPPROTO_IPV6, IPV6_V6ONLY))) ||
      ::bind(made.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(made.get(), kBacklog) != 0) {
    return {};
  }
  return made;
}

FileDescriptor duplicate(const FileDescriptor& socket) {
  FileDescriptor copy(::fcntl(socket.get(), F_DUPFD_CLOEXEC, 0));
  if (!copy) throw std::system_error(errno, std::generic_category(), "can't share a socket");
  return copy;
}

/// Another place's socket of the same address; null if there is none.
const FileDescriptor* counterpart(const std::vector<std::vector<FileDescriptor>>& all,
                                  std::size_t place, std::size_t address) {
  for (std::size_t other = 0; other < all.size(); ++other) {
    if (other != place && all[other][address]) return &all[other][address];
  }
  return nullptr;
}

void close_own(std::vector<std::vector<FileDescriptor>>& all, std::size_t place) {
  for (std::size_t address = 0; address < all[place].size(); ++address) {
    FileDescriptor& socket = all[place][address];
    const bool is_own = socket && option_of(socket, SOL_SOCKET, SO_REUSEPORT) == 1;
    // The last one stays open, because the port belongs to the program.
    if (is_own && counterpart(all, place, address) != nullptr) socket.close();
  }
}

void reopen_own(std::vector<std::vector<FileDescriptor>>& all, std::size_t place) {
  for (std::size_t address = 0; address < all[place].size(); ++address) {
    if (all[place][address]) continue;
    const FileDescriptor* const other = counterpart(all, place, address);
    if (other != nullptr) all[place][address] = listen_beside(*other);
  }
}

}  // namespace

std::vector<std::vector<FileDescriptor>> sockets_for_workers(std::vector<FileDescriptor> sockets,
                                                             std::size_t workers) {
  std::vector<std::vector<FileDescriptor>> result(workers);
  for (FileDescriptor& socket : sockets) {
    for (std::size_t worker = 1; worker < workers; ++worker) {
      FileDescriptor own;
      if (!systemd::was_passed(socket)) own = listen_beside(socket);
      // The socket is shared, and this marks it as such: see is_shared_by_workers().
      if (!own) static_cast<void>(set(socket, SOL_SOCKET, SO_REUSEPORT, 0));
      result[worker].push_back(own ? std::move(own) : duplicate(socket));
    }
    if (workers > 0) result[0].push_back(std::move(socket));
  }
  return result;
}

std::vector<FileDescriptor> start_workers(std::vector<FileDescriptor> sockets, int num_processes,
                                          const ForkOptions& options) {
  if (num_processes <= 0) num_processes = cpu_count();
  auto all = sockets_for_workers(std::move(sockets), static_cast<std::size_t>(num_processes));
  PlaceHooks hooks;
  hooks.vacant = [&all](int place) { close_own(all, static_cast<std::size_t>(place)); };
  hooks.occupied = [&all](int place) { reopen_own(all, static_cast<std::size_t>(place)); };
  const int id = fork_workers(num_processes, options, std::move(hooks));
  std::vector<FileDescriptor> own = std::move(all[static_cast<std::size_t>(id)]);
  std::erase_if(own, [](const FileDescriptor& socket) { return !socket; });
  return own;
}

bool is_shared_by_workers(const FileDescriptor& socket) {
  const WorkerRole* const role = worker_role();
  return role != nullptr && role->workers > 1 && role->accept_turn != nullptr &&
         option_of(socket, SOL_SOCKET, SO_REUSEPORT) != 1;
}

void check_listening(const FileDescriptor& socket) {
  if (option_of(socket, SOL_SOCKET, SO_ACCEPTCONN) == 1 &&
      option_of(socket, SOL_SOCKET, SO_TYPE) == SOCK_STREAM) {
    return;
  }
  throw std::invalid_argument("descriptor " + std::to_string(socket.get()) +
                              " is no listening stream socket: a server can't accept from it");
}

}  // namespace bora::net
