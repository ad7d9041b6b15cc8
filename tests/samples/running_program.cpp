#include "tests/samples/running_program.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

#include <bora/net/netutil.h>

#include "runtime/net/ssl_engine.h"

extern char** environ;

namespace bora::testing {
namespace {

/// Returns the inodes of the sockets that a process has open.
std::set<std::string> sockets_of(pid_t pid) {
  std::set<std::string> inodes;
  std::error_code ignored;
  const std::string folder = "/proc/" + std::to_string(pid) + "/fd";
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const std::string target = std::filesystem::read_symlink(entry.path(), ignored).string();
    if (target.starts_with("socket:[")) inodes.insert(target.substr(8, target.size() - 9));
  }
  return inodes;
}

/// Adds the ports of listening sockets among `inodes`. See proc_pid_net(5).
void find_ports(const char* table, const std::set<std::string>& inodes, std::set<int>& ports) {
  std::ifstream file(table);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string slot, local, remote, state, queues, timer, retransmits, user, timeout, inode;
    words >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> user >>
        timeout >> inode;
    if (state != "0A" || !inodes.contains(inode)) continue;
    ports.insert(std::stoi(local.substr(local.rfind(':') + 1), nullptr, 16));
  }
}

net::FileDescriptor connect_to(int port) {
  net::FileDescriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval patience{10, 0};
  ::setsockopt(client.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("can't connect");
  }
  return client;
}

std::string text_of(int fd) {
  std::string text(64 * 1024, '\0');
  const ssize_t size = ::pread(fd, text.data(), text.size(), 0);
  text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  return text;
}

}  // namespace

RunningProgram::RunningProgram(std::string_view sample, std::vector<std::string> arguments) {
  std::string path = std::string(BORA_SAMPLES_DIR) + "/" + std::string(sample);
  std::vector<char*> argv{path.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  errors_fd_ = ::memfd_create("errors", 0);
  output_fd_ = ::memfd_create("output", 0);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, errors_fd_, STDERR_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output_fd_, STDOUT_FILENO);
  const int error = ::posix_spawn(&pid_, path.c_str(), &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error("can't start " + path);
}

RunningProgram::~RunningProgram() {
  if (!has_ended_) {
    signal(SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(errors_fd_);
  ::close(output_fd_);
}

std::set<int> RunningProgram::ports(std::size_t count) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < deadline) {
    const std::set<std::string> inodes = sockets_of(pid_);
    std::set<int> ports;
    find_ports("/proc/net/tcp", inodes, ports);
    find_ports("/proc/net/tcp6", inodes, ports);
    if (ports.size() >= count) return ports;
    ::poll(nullptr, 0, 2);  // there is no notification when another process listens
  }
  throw std::runtime_error("the program does not listen");
}

void RunningProgram::signal(int number) const {
  ::kill(pid_, number);
}

int RunningProgram::wait() {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  int status = 0;
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() >= deadline) throw std::runtime_error("it does not end");
    ::poll(nullptr, 0, 2);
  }
  has_ended_ = true;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::string RunningProgram::errors() {
  return text_of(errors_fd_);
}

std::string RunningProgram::output() {
  return text_of(output_fd_);
}

void RunningProgram::wait_for_output(std::string_view text) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (output().find(text) == std::string::npos) {
    if (std::chrono::steady_clock::now() >= deadline) throw std::runtime_error("it says nothing");
    ::poll(nullptr, 0, 2);
  }
}

std::string ask(int port, std::string_view request) {
  const net::FileDescriptor client = connect_to(port);
  ::send(client.get(), request.data(), request.size(), MSG_NOSIGNAL);
  std::string answer;
  char bytes[4096];
  ssize_t count = 0;
  while ((count = ::recv(client.get(), bytes, sizeof bytes, 0)) > 0) {
    answer.append(bytes, static_cast<std::size_t>(count));
  }
  return answer;
}

std::string ask(int port, std::string_view request, const net::SSLContext& context) {
  using Status = net::SSLEngine::Status;
  const net::FileDescriptor client = connect_to(port);
  ::fcntl(client.get(), F_SETFL, O_NONBLOCK);
  net::SSLEngine engine(context, client.get(), "localhost", {});
  pollfd socket{client.get(), POLLIN, 0};
  const auto wait = [&] {
    if (::poll(&socket, 1, 10'000) != 1) throw std::runtime_error("TLS: no answer");
  };
  while (engine.handshake(false) == Status::want_read) wait();
  engine.write(request);
  std::string answer;
  char bytes[4096];
  while (true) {
    const auto result = engine.read(bytes, sizeof bytes, false);
    answer.append(bytes, result.bytes);
    if (result.status == Status::failed || result.status == Status::closed) return answer;
    if (result.status == Status::want_read) wait();
  }
}

}  // namespace bora::testing
