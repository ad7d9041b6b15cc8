#include "tests/processes/child_program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace bora::test {
namespace {

/// Replaces the forked child by the program.
[[noreturn]] void become(std::vector<std::string>& arguments,
                         const std::vector<ChildProgram::Variable>& environment,
                         const std::vector<int>& pass, int output) {
  ::setpgid(0, 0);
  std::vector<int> high;  // so that none is in the place of another
  for (const int fd : pass) high.push_back(::fcntl(fd, F_DUPFD, 100));
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  for (std::size_t i = 0; i < high.size(); ++i) ::dup2(high[i], static_cast<int>(3 + i));
  ::close_range(static_cast<unsigned>(3 + high.size()), ~0U, 0);
  if (!pass.empty()) ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
  for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

}  // namespace

ChildProgram::ChildProgram(std::vector<std::string> arguments, std::vector<Variable> environment,
                           const std::vector<int>& pass) {
  arguments.insert(arguments.begin(), BORA_FORKING_PROGRAM);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  output_fd_ = net::FileDescriptor(ends[0]);
  const net::FileDescriptor theirs(ends[1]);
  pid_ = ::fork();
  if (pid_ == 0) become(arguments, environment, pass, theirs.get());
  ::setpgid(pid_, pid_);
}

ChildProgram::~ChildProgram() {
  ::kill(-pid_, SIGKILL);
  if (!has_ended_) ::waitpid(pid_, nullptr, 0);
}

void ChildProgram::signal(int number) const {
  ::kill(pid_, number);
}

bool ChildProgram::read_more(std::chrono::steady_clock::time_point deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  pollfd readable{output_fd_.get(), POLLIN, 0};
  if (left.count() <= 0 || ::poll(&readable, 1, static_cast<int>(left.count())) <= 0) {
    throw std::runtime_error("nothing more comes from the program:\n" + output_);
  }
  char bytes[4096];
  const ssize_t count = ::read(output_fd_.get(), bytes, sizeof bytes);
  if (count > 0) output_.append(bytes, static_cast<std::size_t>(count));
  return count > 0;
}

std::string ChildProgram::line_with(std::string_view text) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    for (std::size_t end; (end = output_.find('\n', seen_)) != std::string::npos;) {
      std::string line = output_.substr(seen_, end - seen_);
      seen_ = end + 1;
      if (line.find(text) != std::string::npos) return line;
    }
    if (!read_more(deadline)) {
      throw std::runtime_error("the program ended without saying \"" + std::string(text) + "\":\n" +
                               output_);
    }
  }
}

int ChildProgram::number_after(std::string_view text) {
  const std::string line = line_with(text);
  return std::atoi(line.c_str() + line.find(text) + text.size());
}

std::vector<int> ChildProgram::pids_of_ready(std::size_t count) {
  std::vector<int> pids(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string line = line_with("ready ");
    pids.at(static_cast<std::size_t>(std::stoi(line.substr(6)))) =
        std::stoi(line.substr(line.find("pid ") + 4));
  }
  return pids;
}

void ChildProgram::read_to_end() {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (read_more(deadline)) {
  }
}

int ChildProgram::wait() {
  const net::FileDescriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  pollfd ended{process.get(), POLLIN, 0};
  const auto limit = std::chrono::milliseconds(kPatience).count();
  if (::poll(&ended, 1, static_cast<int>(limit)) <= 0) {
    throw std::runtime_error("the program does not end:\n" + output_);
  }
  int status = 0;
  ::waitpid(pid_, &status, 0);
  has_ended_ = true;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int ChildProgram::stop() {
  signal(SIGTERM);
  return wait();
}

namespace {

std::vector<std::string> to_serve(std::size_t workers, std::vector<std::string> more) {
  more.insert(more.begin(), {"--deed=serve", "--workers=" + std::to_string(workers)});
  return more;
}

}  // namespace

ServingProgram::ServingProgram(std::size_t workers, std::vector<std::string> more_arguments)
    : ChildProgram(to_serve(workers, std::move(more_arguments))),
      port(number_after("port ")),
      pids(pids_of_ready(workers)) {}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != text.npos; at += part.size()) ++count;
  return count;
}

}  // namespace bora::test
