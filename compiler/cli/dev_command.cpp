#include "compiler/cli/dev_command.h"

#include <csignal>
#include <memory>
#include <ostream>
#include <set>
#include <utility>

#include "compiler/dev/build_log.h"
#include "compiler/dev/unix_machine.h"

namespace bora::compiler {
namespace {

class HostScreen : public DevScreen {
 public:
  explicit HostScreen(Host& host) : out_(host.out) {}

  void write(const std::string& text) override {
    progress("");
    out_.text << text << std::flush;
  }
  [[nodiscard]] bool has_colours() const override { return out_.uses_colors; }
  void progress(const std::string& text) override {
    if (!out_.is_terminal || !out_.uses_colors) return;
    if (text.empty() && !has_progress_) return;
    out_.text << "\r\x1b[K" << text << std::flush;
    has_progress_ = !text.empty();
  }

 private:
  OutputStream& out_;
  bool has_progress_ = false;
};

std::string working_directory(Host& host) {
  std::string path = host.files.absolute(".");
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

/// Runs programs of a build to their end, and shows what they say.
class Runner {
 public:
  Runner(Host& host, Machine& machine, std::string_view command)
      : host_(host), machine_(machine), screen_(host), command_(command) {}

  /// @param output  Gets what the program writes; null: it is shown as it comes.
  /// @returns  Its exit status; -1: not started, or interrupted.
  int run(const ProcessSpec& spec, std::string* output) {
    std::string problem;
    const int process = machine_.start(spec, problem);
    if (process == 0) {
      environment_error(host_, command_,
                        "'" + spec.command.front() + "' cannot be started: " + problem);
      return -1;
    }
    bool is_interrupted = false;
    for (;;) {
      for (const MachineEvent& event : machine_.wait(std::nullopt)) {
        if (event.kind == MachineEvent::Kind::interrupt) {
          // The terminal has sent the signal to a program that uses it; a second one would mean "at
          // once".
          is_interrupted = true;
          if (spec.is_captured || event.status != SIGINT) machine_.signal(process, SIGTERM);
        }
        if (event.kind == MachineEvent::Kind::output && event.process == process) {
          if (output != nullptr) {
            *output += event.text;
            if (const std::string at = progress_of(event.text); !at.empty())
              screen_.progress("building " + at);
          } else {
            screen_.write(event.text);
          }
        }
        if (event.kind == MachineEvent::Kind::ended && event.process == process) {
          screen_.progress("");
          return is_interrupted && event.status != 0 ? -1 : event.status;
        }
      }
    }
  }

  /// Configures if that was not done, and builds. Returns false, and has reported the reason, if
  /// that failed.
  bool build(const BuildTree& tree, const std::string& target) {
    std::string output;
    int status = 0;
    if (host_.files.kind(tree.cache()) != FileKind::file)
      status = run(configure_spec(tree), &output);
    if (status == 0) {
      output.clear();
      status = run(build_spec(host_.files, tree, target), &output);
    }
    if (status < 0) return false;
    const std::vector<DevFinding> findings =
        read_build_log(output, {tree.source, tree.folder}, host_.files);
    for (const DevFinding& finding : findings)
      screen_.write(finding_text(finding, screen_.has_colours()));
    if (status != 0 && findings.empty()) screen_.write(output);
    return status == 0;
  }

  HostScreen& screen() { return screen_; }

 private:
  Host& host_;
  Machine& machine_;
  HostScreen screen_;
  std::string_view command_;
};

}  // namespace

ExitStatus run_dev(const DevOptions& options, Host& host) {
  const std::unique_ptr<Machine> machine = make_unix_machine();
  HostScreen screen(host);
  DevSession session(options, working_directory(host), *machine, host.files, screen);
  std::string problem;
  const ExitStatus status = session.run(problem);
  if (status == ExitStatus::usage) return usage_error(host, "dev", problem);
  if (status == ExitStatus::environment) return environment_error(host, "dev", problem);
  return status;
}

ExitStatus run_build(const BuildOptions& options, Host& host) {
  std::string problem;
  const BuildTree tree =
      find_build_tree(host.files, working_directory(host), options.preset, problem);
  if (!problem.empty()) return usage_error(host, "build", problem);
  const std::unique_ptr<Machine> machine = make_unix_machine();
  Runner runner(host, *machine, "build");
  if (!runner.build(tree, options.app)) return ExitStatus::findings;
  runner.screen().write("built in " + tree.folder + '\n');
  return ExitStatus::fine;
}

ExitStatus run_test(const BuildOptions& options, Host& host) {
  std::string problem;
  const BuildTree tree =
      find_build_tree(host.files, working_directory(host), options.preset, problem);
  if (!problem.empty()) return usage_error(host, "test", problem);
  const std::unique_ptr<Machine> machine = make_unix_machine();
  Runner runner(host, *machine, "test");
  if (!runner.build(tree, {})) return ExitStatus::findings;
  ProcessSpec tests{.command = {"ctest", "--output-on-failure", "--no-tests=error"},
                    .directory = tree.folder};
  tests.command.insert(tests.command.end(), options.arguments.begin(), options.arguments.end());
  const int status = runner.run(tests, nullptr);
  return status == 0  ? ExitStatus::fine
         : status < 0 ? ExitStatus::environment
                      : ExitStatus::findings;
}

ExitStatus run_run(const BuildOptions& options, Host& host) {
  std::string problem;
  const BuildTree tree =
      find_build_tree(host.files, working_directory(host), options.preset, problem);
  if (!problem.empty()) return usage_error(host, "run", problem);
  const std::unique_ptr<Machine> machine = make_unix_machine();
  Runner runner(host, *machine, "run");
  // Only a configured build tree knows the apps.
  if (apps_of(host.files, tree).empty()) {
    std::string output;
    if (runner.run(configure_spec(tree), &output) != 0) {
      for (const DevFinding& finding :
           read_build_log(output, {tree.source, tree.folder}, host.files))
        runner.screen().write(finding_text(finding, runner.screen().has_colours()));
      return ExitStatus::findings;
    }
  }
  const AppInfo app =
      choose_app(apps_of(host.files, tree), options.app, working_directory(host), problem);
  if (!problem.empty()) return usage_error(host, "run", problem);
  if (!runner.build(tree, app.name)) return ExitStatus::findings;
  ProcessSpec program{.command = {app.program}, .is_captured = false};
  program.command.insert(program.command.end(), options.arguments.begin(), options.arguments.end());
  // The result is the program's own status. An interrupt is the usual end of a server.
  const int status = runner.run(program, nullptr);
  return static_cast<ExitStatus>(status < 0 ? 0 : status);
}

}  // namespace bora::compiler
