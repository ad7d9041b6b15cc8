#include "compiler/cli/db_command.h"

#include <filesystem>
#include <ostream>
#include <system_error>

namespace bora::compiler {

ExitStatus run_db(const std::vector<std::string>& arguments, Host& host) {
  std::error_code failure;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", failure);
  std::vector<std::string> command;
  command.push_back((self.parent_path() / "bora-db").string());
  command.insert(command.end(), arguments.begin(), arguments.end());
  const ProgramResult result = host.run_program(command);
  if (!result.problem.empty()) {
    return environment_error(host, "db", command.front() + " can't be started: " + result.problem);
  }
  host.err.text << result.err;
  return static_cast<ExitStatus>(result.status);
}

}  // namespace bora::compiler
