#include "limit_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace bench {
namespace {

constexpr std::size_t kInputSize = 64 * 1024;
constexpr std::size_t kMaxReplies = 256;  // more replies than one read can ask for

void watch(int set, int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  if (::epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) != 0) std::abort();
}

}  // namespace

void run_limit_server(int listener, std::size_t request_size, const std::string& reply) {
  std::string replies;
  for (std::size_t i = 0; i < kMaxReplies; ++i) replies += reply;
  std::vector<char> input(kInputSize);
  std::vector<std::size_t> unanswered;  // by descriptor: bytes of an incomplete request
  std::array<epoll_event, 256> events;
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  watch(set, listener);
  for (;;) {
    const int count = ::epoll_wait(set, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == listener) {
        const int connection = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) continue;
        const int yes = 1;
        ::setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
        if (unanswered.size() <= static_cast<std::size_t>(connection)) {
          unanswered.resize(static_cast<std::size_t>(connection) + 1);
        }
        unanswered[static_cast<std::size_t>(connection)] = 0;
        watch(set, connection);
        continue;
      }
      const ssize_t size = ::recv(fd, input.data(), input.size(), 0);
      if (size <= 0) {
        ::close(fd);
        continue;
      }
      std::size_t& bytes = unanswered[static_cast<std::size_t>(fd)];
      bytes += static_cast<std::size_t>(size);
      const std::size_t answers = bytes / request_size;
      bytes %= request_size;
      if (answers > kMaxReplies) std::abort();
      ::send(fd, replies.data(), answers * reply.size(), MSG_NOSIGNAL);
    }
  }
}

}  // namespace bench
