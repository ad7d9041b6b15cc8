#include "runtime/net/port_holder.h"

#include <dirent.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string_view>

namespace bora::net {
namespace {

struct Listener {
  std::string inode;
  unsigned uid = 0;
};

// Rows of /proc/net/tcp: number, local address:port and remote ones in hexadecimal, state (0A:
// listening), queues, timer, retransmits, uid, timeout, inode.
std::optional<Listener> find_listener(const char* table, int port) {
  std::ifstream rows(table);
  std::string row;
  while (std::getline(rows, row)) {
    std::istringstream fields(row);
    std::string number, local, remote, state, queues, timer, retransmits, timeout;
    Listener found;
    if (!(fields >> number >> local >> remote >> state >> queues >> timer >> retransmits >>
          found.uid >> timeout >> found.inode)) {
      continue;
    }
    const std::size_t colon = local.rfind(':');
    int row_port = 0;
    if (state != "0A" || colon == std::string::npos) continue;
    std::from_chars(local.data() + colon + 1, local.data() + local.size(), row_port, 16);
    if (row_port == port) return found;
  }
  return std::nullopt;
}

struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

bool has_descriptor(const std::string& process, const std::string& target) {
  const std::string folder = "/proc/" + process + "/fd";
  const Directory descriptors(::opendir(folder.c_str()));
  if (!descriptors) return false;
  while (const dirent* entry = ::readdir(descriptors.get())) {
    std::array<char, 64> link;
    const ssize_t length =
        ::readlink((folder + '/' + entry->d_name).c_str(), link.data(), link.size());
    if (length > 0 && std::string_view(link.data(), static_cast<std::size_t>(length)) == target)
      return true;
  }
  return false;
}

std::string find_process(const std::string& inode) {
  const std::string target = "socket:[" + inode + "]";
  const Directory processes(::opendir("/proc"));
  if (!processes) return {};
  while (const dirent* entry = ::readdir(processes.get())) {
    const std::string process = entry->d_name;
    if (process.find_first_not_of("0123456789") != std::string::npos) continue;
    if (!has_descriptor(process, target)) continue;
    std::ifstream file("/proc/" + process + "/comm");
    std::string name;
    std::getline(file, name);
    return (name.empty() ? "" : name + ", ") + "pid " + process;
  }
  return {};
}

}  // namespace

std::string port_holder(int port) {
  auto listener = find_listener("/proc/net/tcp", port);
  if (!listener) listener = find_listener("/proc/net/tcp6", port);
  if (!listener) return {};
  const std::string process = find_process(listener->inode);
  if (!process.empty()) return process;
  const passwd* user = ::getpwuid(listener->uid);
  return user != nullptr ? std::string("a program of user ") + user->pw_name : std::string();
}

}  // namespace bora::net
