#include "compiler/cli/host.h"

#include <ostream>

#include "compiler/diagnostics/printable.h"

namespace bora::compiler {
namespace {

void write_line(Host& host, std::string_view command, std::string_view message) {
  host.err.text << "bora" << (command.empty() ? "" : " ") << command << ": " << printable(message)
                << '\n';
}

}  // namespace

ExitStatus usage_error(Host& host, std::string_view command, std::string_view message) {
  write_line(host, command, message);
  return ExitStatus::usage;
}

ExitStatus environment_error(Host& host, std::string_view command, std::string_view message) {
  write_line(host, command, message);
  return ExitStatus::environment;
}

std::string counted(std::size_t count, std::string_view noun) {
  std::string text = std::to_string(count) + ' ';
  text += noun;
  if (count != 1) text += 's';
  return text;
}

}  // namespace bora::compiler
