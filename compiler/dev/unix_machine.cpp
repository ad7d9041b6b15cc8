#include "compiler/dev/unix_machine.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <stdexcept>

#include "compiler/dev/file_watch.h"
#include "compiler/dev/stand_in_server.h"

namespace bora::compiler {
namespace {

using std::chrono::milliseconds;

constexpr int kBacklog = 511;
constexpr milliseconds kLookInterval{500};
constexpr int kMaxPortTries = 50;

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { close(); }

  [[nodiscard]] int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

struct Child {
  int number = 0;
  pid_t pid = 0;
  Descriptor output;
  Descriptor channel;
  std::string unsent;
};

int status_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

class UnixMachine : public Machine {
 public:
  UnixMachine() {
    sigset_t signals;
    ::sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) ::sigaddset(&signals, signal);
    ::sigprocmask(SIG_BLOCK, &signals, &former_mask_);
    signals_ = Descriptor(::signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC));
    if (!signals_) throw std::runtime_error(std::string("signalfd: ") + std::strerror(errno));
  }
  ~UnixMachine() override {
    for (const Child& child : children_) signal(child.number, SIGKILL);
    for (const Child& child : children_) ::waitpid(child.pid, nullptr, 0);
    ::sigprocmask(SIG_SETMASK, &former_mask_, nullptr);
  }

  // Clock.

  Time now() override { return std::chrono::steady_clock::now(); }
  std::string time_of_day() override {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::localtime_r(&now, &parts);
    char text[16];
    return {text, std::strftime(text, sizeof text, "%H:%M:%S", &parts)};
  }

  // ProcessRunner.

  int start(const ProcessSpec& spec, std::string& problem) override {
    int output[2] = {-1, -1};
    int channel[2] = {-1, -1};
    int failure[2] = {-1, -1};
    if (spec.is_captured && ::pipe2(output, O_CLOEXEC) != 0) return fail(problem);
    Child child;
    child.output = Descriptor(output[0]);
    const Descriptor output_end(output[1]);
    if (spec.is_server && ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) != 0)
      return fail(problem);
    child.channel = Descriptor(channel[0]);
    const Descriptor channel_end(channel[1]);
    if (::pipe2(failure, O_CLOEXEC) != 0) return fail(problem);
    const Descriptor failure_read(failure[0]);
    Descriptor failure_write(failure[1]);

    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) return fail(problem);
    if (pid == 0) become(spec, parent, output_end.get(), channel_end.get(), failure_write.get());
    if (spec.is_captured) ::setpgid(pid, pid);  // both processes do this, since either may be first
    failure_write.close();
    int error = 0;
    if (::read(failure_read.get(), &error, sizeof error) == sizeof error) {
      ::waitpid(pid, nullptr, 0);
      problem = std::strerror(error);
      return 0;
    }
    for (const Descriptor* own : {&child.output, &child.channel}) {
      if (*own) ::fcntl(own->get(), F_SETFL, O_NONBLOCK);
    }
    child.number = ++last_number_;
    child.pid = pid;
    children_.push_back(std::move(child));
    return last_number_;
  }

  void signal(int process, int signal) override {
    const Child* const child = find(process);
    if (child != nullptr && ::kill(-child->pid, signal) != 0) ::kill(child->pid, signal);
  }

  void send(int process, std::string_view bytes) override {
    Child* child = find(process);
    if (child == nullptr || !child->channel) return;
    child->unsent += bytes;
    send_rest(*child);
  }

  int pid(int process) override {
    const Child* child = find(process);
    return child == nullptr ? 0 : child->pid;
  }

  // FileWatch.

  std::string watch(const std::string& root, const std::string& build_tree) override {
    return watch_.watch(root, build_tree);
  }

  // The socket.

  int listen(const std::string& address, int port, bool may_search, std::string& problem) override {
    for (int tries = 0; tries < kMaxPortTries; ++tries) {
      const int error = listen_on(address, port, problem);
      if (error == 0) break;
      if (error != EADDRINUSE || !may_search || port == 65535) return 0;
      ++port;
    }
    if (!socket_) return 0;
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&bound), &size);
    problem.clear();
    const auto* in4 = reinterpret_cast<const sockaddr_in*>(&bound);
    const auto* in6 = reinterpret_cast<const sockaddr_in6*>(&bound);
    return ntohs(bound.ss_family == AF_INET6 ? in6->sin6_port : in4->sin_port);
  }

  void stand_in(const StandIn* answer) override {
    if (socket_) stand_in_.set(socket_.get(), answer);
  }

  int lock(const std::string& file) override {
    lock_ = Descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!lock_ || ::flock(lock_.get(), LOCK_EX | LOCK_NB) == 0) {
      const std::string own = std::to_string(::getpid()) + '\n';
      if (lock_ && ::ftruncate(lock_.get(), 0) == 0)
        static_cast<void>(::write(lock_.get(), own.data(), own.size()));
      return 0;
    }
    char text[32] = {};
    const ssize_t count = ::read(lock_.get(), text, sizeof text - 1);
    const int holder = count > 0 ? std::atoi(text) : 0;
    return holder > 0 ? holder : -1;
  }

  std::string stamp(const std::string& file) override {
    struct stat info{};
    if (::stat(file.c_str(), &info) != 0) return {};
    return std::to_string(info.st_ino) + ' ' + std::to_string(info.st_size) + ' ' +
           std::to_string(info.st_mtim.tv_sec) + '.' + std::to_string(info.st_mtim.tv_nsec);
  }

  bool is_older(const std::string& file, const std::string& other) override {
    struct stat first{};
    struct stat second{};
    if (::stat(file.c_str(), &first) != 0 || ::stat(other.c_str(), &second) != 0) return false;
    return std::pair(first.st_mtim.tv_sec, first.st_mtim.tv_nsec) <
           std::pair(second.st_mtim.tv_sec, second.st_mtim.tv_nsec);
  }

  std::string variable(const std::string& name) override {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::string() : value;
  }

  // Events.

  std::vector<MachineEvent> wait(std::optional<Time> deadline) override {
    std::vector<MachineEvent> events;
    while (events.empty()) {
      poll_once(deadline, events);
      if (deadline && now() >= *deadline) break;
    }
    return events;
  }

 private:
  static int fail(std::string& problem) {
    problem = std::strerror(errno);
    return 0;
  }

  Child* find(int number) {
    const auto found = std::find_if(children_.begin(), children_.end(),
                                    [&](const Child& child) { return child.number == number; });
    return found == children_.end() ? nullptr : &*found;
  }

  /// Runs in the new process, and never returns.
  [[noreturn]] void become(const ProcessSpec& spec, pid_t parent, int output, int channel,
                           int failure) {
    const auto give_up = [&] {
      const int error = errno;
      static_cast<void>(::write(failure, &error, sizeof error));
      ::_exit(127);
    };
    // A program that uses the terminal stays in its foreground group.
    if (spec.is_captured) ::setpgid(0, 0);
    // If this program is killed, its servers end at once, and a build ends after it has stopped its
    // compilers.
    ::prctl(PR_SET_PDEATHSIG, spec.is_server ? SIGKILL : SIGTERM);
    if (::getppid() != parent) ::_exit(127);
    constexpr int kPatient = 10;
    if (spec.is_patient) ::setpriority(PRIO_PROCESS, 0, kPatient);
    // These descriptors move away from 3 and 4, which the program expects to be others.
    constexpr int kHigh = 64;
    failure = ::fcntl(failure, F_DUPFD_CLOEXEC, kHigh);
    channel = spec.is_server ? ::fcntl(channel, F_DUPFD_CLOEXEC, kHigh) : -1;
    const int socket =
        spec.is_server && socket_ ? ::fcntl(socket_.get(), F_DUPFD_CLOEXEC, kHigh) : -1;
    if (spec.is_captured) {
      ::dup2(output, STDOUT_FILENO);
      ::dup2(output, STDERR_FILENO);
    }
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing >= 0 && spec.is_captured) ::dup2(nothing, STDIN_FILENO);
    if (channel >= 0) ::dup2(channel, 3);
    if (socket >= 0) ::dup2(socket, 4);
    if (!spec.directory.empty() && ::chdir(spec.directory.c_str()) != 0) give_up();
    for (const auto& [name, value] : spec.environment) {
      if (value.empty()) {
        ::unsetenv(name.c_str());
      } else {
        ::setenv(name.c_str(), value.c_str(), 1);
      }
    }
    ::sigprocmask(SIG_SETMASK, &former_mask_, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    std::vector<char*> arguments;
    for (const std::string& word : spec.command)
      arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    give_up();
    ::_exit(127);
  }

  int listen_on(const std::string& address, int port, std::string& problem) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int failure = ::getaddrinfo(address.empty() ? nullptr : address.c_str(),
                                      std::to_string(port).c_str(), &hints, &found);
    if (failure != 0) {
      problem = ::gai_strerror(failure);
      return EINVAL;
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses(found, ::freeaddrinfo);
    Descriptor fd(::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    constexpr int kOn = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &kOn, sizeof kOn);
    if (::bind(fd.get(), found->ai_addr, found->ai_addrlen) != 0 ||
        ::listen(fd.get(), kBacklog) != 0) {
      const int error = errno;
      problem = std::strerror(error);
      return error;
    }
    socket_ = std::move(fd);
    return 0;
  }

  static void send_rest(Child& child) {
    while (child.channel && !child.unsent.empty()) {
      const ssize_t count = ::send(child.channel.get(), child.unsent.data(), child.unsent.size(),
                                   MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) return;
      if (count < 0) child.unsent.clear();  // An event will report its end.
      if (count > 0) child.unsent.erase(0, static_cast<std::size_t>(count));
    }
  }

  void poll_once(std::optional<Time> deadline, std::vector<MachineEvent>& events) {
    std::vector<pollfd> watched{{signals_.get(), POLLIN, 0}};
    if (watch_.descriptor() >= 0) watched.push_back({watch_.descriptor(), POLLIN, 0});
    for (const Child& child : children_) {
      if (child.output) watched.push_back({child.output.get(), POLLIN, 0});
      if (child.channel) {
        const int events_of_it = POLLIN | (child.unsent.empty() ? 0 : POLLOUT);
        watched.push_back({child.channel.get(), static_cast<short>(events_of_it), 0});
      }
    }
    stand_in_.add_to(watched);
    ::poll(watched.data(), watched.size(), timeout(deadline));

    read_signals(events);
    if (watch_.is_polling()) {
      if (now() >= next_look_) {
        watch_.look(events);
        next_look_ = now() + kLookInterval;
      }
    } else if (watch_.descriptor() >= 0) {
      watch_.read(events);
    }
    for (Child& child : children_) {
      read(child.output, child.number, MachineEvent::Kind::output, events);
      read(child.channel, child.number, MachineEvent::Kind::message, events);
      send_rest(child);
    }
    reap(events);
    stand_in_.serve(events);
  }

  int timeout(std::optional<Time> deadline) {
    if (watch_.is_polling() && (!deadline || next_look_ < *deadline)) deadline = next_look_;
    if (!deadline) return -1;
    const auto left = std::chrono::ceil<milliseconds>(*deadline - now());
    return static_cast<int>(std::clamp(left, milliseconds(0), milliseconds(60'000)).count());
  }

  void read_signals(std::vector<MachineEvent>& events) const {
    signalfd_siginfo info{};
    while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
      if (info.ssi_signo != SIGCHLD)
        events.push_back(
            {.kind = MachineEvent::Kind::interrupt, .status = static_cast<int>(info.ssi_signo)});
    }
  }

  static void read(Descriptor& from, int number, MachineEvent::Kind kind,
                   std::vector<MachineEvent>& events) {
    if (!from) return;
    MachineEvent event{.kind = kind, .process = number};
    char buffer[16384];
    ssize_t count = 0;
    while ((count = ::read(from.get(), buffer, sizeof buffer)) > 0)
      event.text.append(buffer, static_cast<std::size_t>(count));
    if (count == 0 || (errno != EAGAIN && errno != EINTR)) from.close();
    if (!event.text.empty()) events.push_back(std::move(event));
  }

  void reap(std::vector<MachineEvent>& events) {
    for (auto child = children_.begin(); child != children_.end();) {
      int status = 0;
      if (::waitpid(child->pid, &status, WNOHANG) != child->pid) {
        ++child;
        continue;
      }
      read(child->output, child->number, MachineEvent::Kind::output, events);
      read(child->channel, child->number, MachineEvent::Kind::message, events);
      ::kill(-child->pid, SIGTERM);  // the processes that it has left in its group
      events.push_back({.kind = MachineEvent::Kind::ended,
                        .process = child->number,
                        .status = status_of(status)});
      child = children_.erase(child);
    }
  }

  sigset_t former_mask_{};
  Descriptor signals_;
  Descriptor socket_;
  Descriptor lock_;
  InotifyWatch watch_;
  Time next_look_{};
  StandInServer stand_in_;
  std::vector<Child> children_;
  int last_number_ = 0;
};

}  // namespace

std::unique_ptr<Machine> make_unix_machine() {
  return std::make_unique<UnixMachine>();
}

}  // namespace bora::compiler
