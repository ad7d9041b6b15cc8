#include "tests/runtime/http/fault_injection.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>

// The linker sends the library's calls of NAME to __wrap_NAME, and ours of __real_NAME to NAME.

namespace bora::test {

namespace {

struct Plan {
  bool is_active = false;
  Call call = Call::recv;
  int error = 0;
  std::size_t before = 0;
  bool is_lasting = false;
  std::size_t calls = 0;
  std::size_t struck = 0;
};

Plan plan;

bool strikes(Call call) {
  if (!plan.is_active || call != plan.call) return false;
  const std::size_t index = plan.calls++;
  const bool is_hit = plan.is_lasting ? index >= plan.before : index == plan.before;
  if (is_hit) ++plan.struck;
  return is_hit;
}

bool is_short() {
  return plan.error == Fault::kShort;
}

template <class Result>
Result failure() {
  errno = plan.error;
  return -1;
}

}  // namespace

Fault::Fault(Call call, int error, std::size_t before, bool is_lasting) {
  plan = {true, call, error, before, is_lasting, 0, 0};
}
Fault::~Fault() {
  plan = {};
}
std::size_t Fault::calls() const {
  return plan.calls;
}
bool Fault::has_struck() const {
  return plan.struck > 0;
}

}  // namespace bora::test

using bora::test::Call;
using bora::test::failure;
using bora::test::is_short;
using bora::test::strikes;

extern "C" {

ssize_t __real_recv(int fd, void* buffer, size_t size, int flags);
ssize_t __real_send(int fd, const void* bytes, size_t size, int flags);
ssize_t __real_sendmsg(int fd, const msghdr* message, int flags);
int __real_accept4(int fd, sockaddr* address, socklen_t* size, int flags);
int __real_epoll_ctl(int set, int operation, int fd, epoll_event* event);

ssize_t __wrap_recv(int fd, void* buffer, size_t size, int flags) {
  return strikes(Call::recv) ? failure<ssize_t>() : __real_recv(fd, buffer, size, flags);
}

ssize_t __wrap_send(int fd, const void* bytes, size_t size, int flags) {
  if (!strikes(Call::send)) return __real_send(fd, bytes, size, flags);
  return is_short() ? __real_send(fd, bytes, (size + 1) / 2, flags) : failure<ssize_t>();
}

ssize_t __wrap_sendmsg(int fd, const msghdr* message, int flags) {
  if (!strikes(Call::send)) return __real_sendmsg(fd, message, flags);
  if (!is_short()) return failure<ssize_t>();
  const iovec& part = message->msg_iov[message->msg_iov[0].iov_len > 0 ? 0 : 1];
  return __real_send(fd, part.iov_base, (part.iov_len + 1) / 2, flags);
}

int __wrap_accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  return strikes(Call::accept4) ? failure<int>() : __real_accept4(fd, address, size, flags);
}

int __wrap_epoll_ctl(int set, int operation, int fd, epoll_event* event) {
  const bool is_add = operation == EPOLL_CTL_ADD && strikes(Call::epoll_add);
  // Asio's own use of the call asks for EPOLLPRI too; sockets of servers don't.
  const bool is_ours = operation == EPOLL_CTL_MOD && (event->events & EPOLLPRI) == 0;
  if (is_add || (is_ours && strikes(Call::epoll_modify))) return failure<int>();
  return __real_epoll_ctl(set, operation, fd, event);
}
}
