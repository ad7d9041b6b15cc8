// argv to command line, and what the commands wrote to the real streams.

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/cli/command_line.h"

namespace {

using bora::compiler::ExitStatus;

/// 0, or the system's reason why not all could be written.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

ExitStatus run(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  bora::compiler::DiskFileSystem files;
  bora::compiler::Host host{
      .files = files,
      .out = {.text = out, .is_terminal = ::isatty(STDOUT_FILENO) == 1},
      .err = {.text = err, .is_terminal = ::isatty(STDERR_FILENO) == 1},
      .no_color = !environment("NO_COLOR").empty(),
      .is_dumb_terminal = environment("TERM") == "dumb",
      .wants_raw_compiler_output = environment("BORA_COMPILER_OUTPUT") == "raw"};
  ExitStatus status = bora::compiler::run_command_line(arguments, host);

  const int problem = write_all(STDOUT_FILENO, std::move(out).str());
  // A reader that has seen enough, `bora routes | head -1`, is no failure.
  if (problem != 0 && problem != EPIPE) {
    err << "bora: cannot write to standard output: " << std::strerror(problem) << '\n';
    status = ExitStatus::environment;
  }
  (void)write_all(STDERR_FILENO, std::move(err).str());
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return static_cast<int>(run({argv + (argc > 0 ? 1 : 0), argv + argc}));
  } catch (const std::exception& error) {
    (void)write_all(STDERR_FILENO, std::string("bora: ") + error.what() + '\n');
    return static_cast<int>(ExitStatus::environment);
  }
}
