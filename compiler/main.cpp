// Passes argv to the command line, and the output of the commands to the real streams.

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>
#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/cli/command_line.h"

namespace {

using bora::compiler::ExitStatus;

/// A stream's buffer that writes to a descriptor when it is flushed or large enough, so that the
/// output of a long command appears as it is written.
class DescriptorBuffer : public std::streambuf {
 public:
  explicit DescriptorBuffer(int fd) : fd_(fd) {}

  /// Returns 0, or the system's error if not everything could be written.
  [[nodiscard]] int problem() const { return problem_; }

 protected:
  int_type overflow(int_type c) override {
    if (!traits_type::eq_int_type(c, traits_type::eof())) text_ += traits_type::to_char_type(c);
    if (text_.size() >= kPiece) sync();
    return traits_type::not_eof(c);
  }
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    text_.append(text, static_cast<std::size_t>(size));
    if (text_.size() >= kPiece) sync();
    return size;
  }
  int sync() override {
    std::string_view rest = text_;
    while (!rest.empty() && problem_ == 0) {
      const ssize_t count = ::write(fd_, rest.data(), rest.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) {
        problem_ = errno;
      } else {
        rest.remove_prefix(static_cast<std::size_t>(count));
      }
    }
    text_.clear();
    return problem_ == 0 ? 0 : -1;
  }

 private:
  static constexpr std::size_t kPiece = 65536;

  int fd_;
  std::string text_;
  int problem_ = 0;
};

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

std::string read_input() {
  std::string text;
  char buffer[16384];
  ssize_t count = 0;
  while ((count = ::read(STDIN_FILENO, buffer, sizeof buffer)) > 0 ||
         (count < 0 && errno == EINTR)) {
    if (count > 0) text.append(buffer, static_cast<std::size_t>(count));
  }
  return text;
}

ExitStatus run(const std::vector<std::string>& arguments) {
  DescriptorBuffer out_buffer(STDOUT_FILENO);
  DescriptorBuffer err_buffer(STDERR_FILENO);
  std::ostream out(&out_buffer);
  std::ostream err(&err_buffer);
  bora::compiler::DiskFileSystem files;
  bora::compiler::Host host{
      .files = files,
      .out = {.text = out, .is_terminal = ::isatty(STDOUT_FILENO) == 1},
      .err = {.text = err, .is_terminal = ::isatty(STDERR_FILENO) == 1},
      .no_color = !environment("NO_COLOR").empty(),
      .is_dumb_terminal = environment("TERM") == "dumb",
      .wants_raw_compiler_output = environment("BORA_COMPILER_OUTPUT") == "raw",
      .has_cookie_secret = !environment("BORA_COOKIE_SECRET").empty() ||
                           !environment("BORA_COOKIE_SECRET_FILE").empty(),
      .read_input = read_input};
  ExitStatus status = bora::compiler::run_command_line(arguments, host);

  out.flush();
  const int problem = out_buffer.problem();
  // It is no failure if the reader stops early, as in `bora routes | head -1`.
  if (problem != 0 && problem != EPIPE) {
    err << "bora: cannot write to standard output: " << std::strerror(problem) << '\n';
    status = ExitStatus::environment;
  }
  err.flush();
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return static_cast<int>(run({argv + (argc > 0 ? 1 : 0), argv + argc}));
  } catch (const std::exception& error) {
    std::cerr << "bora: " << error.what() << '\n';
    return static_cast<int>(ExitStatus::environment);
  }
}
