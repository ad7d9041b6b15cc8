#include <bora/net/systemd.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include <bora/core/io_loop.h>
#include <bora/core/log.h>

#include "runtime/net/passed_descriptors.h"
#include "runtime/net/worker.h"

namespace bora::net::systemd {
namespace {

constexpr int kFirstDescriptor = 3;

int passed_count = 0;  // how many this process was started with

std::string_view variable(const char* name) noexcept {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : std::string_view();
}

std::optional<std::uint64_t> whole_number(std::string_view text) noexcept {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || failure != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

bool is_this_process(std::string_view pid) noexcept {
  return whole_number(pid) == static_cast<std::uint64_t>(::getpid());
}

// --- Sockets -------------------------------------------------------------------------------------

struct Passed {
  FileDescriptor fd;
  std::string name;
};

std::vector<Passed> read_environment() {
  const std::string pid(variable("LISTEN_PID"));
  const std::string count(variable("LISTEN_FDS"));
  const std::string all_names(variable("LISTEN_FDNAMES"));
  for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
  std::vector<Passed> passed;
  if (pid.empty() && count.empty()) return passed;
  const auto number = whole_number(count);
  if (!whole_number(pid) || !number) {
    gen_log.warning("LISTEN_PID=", pid, " and LISTEN_FDS=", count,
                    " are no numbers: no sockets are taken over");
    return passed;
  }
  if (!is_this_process(pid)) return passed;
  std::string_view names = all_names;
  for (std::uint64_t i = 0; i < *number; ++i) {
    const int fd = static_cast<int>(kFirstDescriptor + passed.size());
    const int flags = ::fcntl(fd, F_GETFD);
    if (flags < 0) {
      gen_log.warning("LISTEN_FDS=", count, ", but descriptor ", fd, " is not open");
      break;
    }
    ::fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
    const std::string_view name = names.substr(0, names.find(':'));
    names.remove_prefix(std::min(name.size() + 1, names.size()));
    passed.push_back({FileDescriptor(fd), std::string(name)});
  }
  passed_count = static_cast<int>(passed.size());
  return passed;
}

std::vector<Passed>& not_taken_yet() {
  static std::vector<Passed> passed = read_environment();
  return passed;
}

// --- Messages ------------------------------------------------------------------------------------

/// @returns  The length of the address; 0 if $NOTIFY_SOCKET is none.
socklen_t notify_address(sockaddr_un& address) noexcept {
  const std::string_view name = variable("NOTIFY_SOCKET");
  const bool is_abstract = name.starts_with('@');
  if (name.size() < 2 || (!is_abstract && !name.starts_with('/'))) return 0;
  // A path ends with a zero byte, which an abstract name does not have.
  if (name.size() + (is_abstract ? 0 : 1) > sizeof address.sun_path) return 0;
  address = {};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, name.data(), name.size());
  if (is_abstract) address.sun_path[0] = '\0';
  return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() +
                                (is_abstract ? 0 : 1));
}

void keep_telling(IOLoop& loop, std::chrono::milliseconds interval) {
  notify("WATCHDOG=1");
  loop.call_later(interval / 2, [&loop, interval] { keep_telling(loop, interval); });
}

Task<void> tell_of_stop() {
  notify("STOPPING=1\nSTATUS=stopping");
  co_return;
}

}  // namespace

bool was_passed(const FileDescriptor& descriptor) noexcept {
  const int fd = descriptor.get();
  return fd >= kFirstDescriptor && fd - kFirstDescriptor < passed_count;
}

std::vector<FileDescriptor> listen_fds(std::string_view name) {
  std::vector<Passed>& passed = not_taken_yet();
  std::vector<FileDescriptor> taken;
  for (Passed& each : passed) {
    if (name.empty() || each.name == name) taken.push_back(std::move(each.fd));
  }
  std::erase_if(passed, [](const Passed& each) { return !each.fd; });
  return taken;
}

bool notify(std::string_view state) noexcept {
  sockaddr_un address;
  const socklen_t size = notify_address(address);
  if (size == 0) return false;
  const FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return false;
  const timeval patience{1, 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const int flags = MSG_NOSIGNAL | (state == "WATCHDOG=1" ? MSG_DONTWAIT : 0);
  return ::sendto(socket.get(), state.data(), state.size(), flags,
                  reinterpret_cast<const sockaddr*>(&address),
                  size) == static_cast<ssize_t>(state.size());
}

bool notify_reloading() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto microseconds = static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
  return notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

std::chrono::milliseconds watchdog_interval() noexcept {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 50;  // some decades
  const std::string_view pid = variable("WATCHDOG_PID");
  const auto microseconds = whole_number(variable("WATCHDOG_USEC"));
  if (!microseconds || *microseconds > kMost || (!pid.empty() && !is_this_process(pid))) {
    return std::chrono::milliseconds(0);
  }
  return std::chrono::milliseconds((*microseconds + 999) / 1000);
}

void announce(IOLoop& loop) {
  static bool is_announced = false;
  if (is_announced || worker_role() != nullptr || variable("NOTIFY_SOCKET").empty()) return;
  is_announced = true;
  const auto interval = watchdog_interval();
  loop.add_drain([] { return tell_of_stop(); });
  loop.add_callback([&loop, interval] {
    notify("READY=1");
    if (interval.count() > 0) keep_telling(loop, interval);
  });
}

void forget_environment() noexcept {
  for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "NOTIFY_SOCKET",
                           "WATCHDOG_PID", "WATCHDOG_USEC"}) {
    ::unsetenv(name);
  }
}

}  // namespace bora::net::systemd
