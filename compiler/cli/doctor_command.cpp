#include "compiler/cli/doctor_command.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "compiler/dev/build_log.h"
#include "compiler/dev/unix_machine.h"
#include "compiler/diagnostics/json_report.h"

namespace bora::compiler {
namespace {

struct Finding {
  std::string name;
  bool is_fine = true;
  bool is_needed = true;
  std::string found{};   ///< "clang version 19.1.7"
  std::string remedy{};  ///< "apt install clang-19"
};

class Doctor {
 public:
  explicit Doctor(Host& host) : host_(host), machine_(make_unix_machine()) {}

  std::vector<Finding> examine() {
    compiler();
    cmake();
    program("ninja", {"ninja", "--version"}, true, "ninja-build");
    program("pkg-config", {"pkg-config", "--version"}, false, "pkg-config");
    for (const auto& [name, header, package] : {std::tuple<const char*, const char*, const char*>{
                                                    "OpenSSL", "openssl/ssl.h", "libssl-dev"},
                                                {"zlib", "zlib.h", "zlib1g-dev"}}) {
      Finding finding{.name = name};
      finding.is_fine = has_header(header);
      finding.found = finding.is_fine ? "found" : "not found";
      finding.remedy = finding.is_fine ? "" : apt(package);
      findings_.push_back(finding);
    }
    optional_header("Catch2, for an app's tests", {"catch2/catch.hpp", "catch2/catch_all.hpp"},
                    "catch2");
    optional_header("nlohmann/json, for <bora/json.h>", {"nlohmann/json.hpp"},
                    "nlohmann-json3-dev");
    optional_header("libpq, for PostgreSQL", {"postgresql/libpq-fe.h", "libpq-fe.h"}, "libpq-dev");
    optional_header("SQLite", {"sqlite3.h"}, "libsqlite3-dev");
    optional_header("hiredis, for Redis", {"hiredis/hiredis.h"}, "libhiredis-dev");
    program("lld, for release builds with clang",
            {"sh", "-c", "ld.lld-19 --version || ld.lld --version"}, false, "lld-19");
    program("ccache", {"ccache", "--version"}, false, "ccache");
    program("addr2line or llvm-symbolizer, for lines in the page of an exception",
            {"sh", "-c",
             "llvm-symbolizer-19 --version || addr2line --version || llvm-symbolizer --version"},
            false, "binutils");
    watches();
    port();
    return std::move(findings_);
  }

 private:
  static std::string apt(const std::string& package) { return "apt install " + package; }

  /// Returns the first line that a program writes; nothing if it can't be run.
  std::optional<std::string> first_line(const std::vector<std::string>& command) {
    std::string problem;
    const int process = machine_->start({.command = command}, problem);
    if (process == 0) return std::nullopt;
    std::string output;
    for (;;) {
      for (const MachineEvent& event : machine_->wait(std::nullopt)) {
        if (event.process != process) continue;
        if (event.kind == MachineEvent::Kind::output) output += event.text;
        if (event.kind != MachineEvent::Kind::ended) continue;
        if (event.status != 0) return std::nullopt;
        const std::vector<std::string> lines = lines_of(output);
        for (const std::string& line : lines) {
          const std::size_t begin = line.find_first_not_of(' ');
          if (begin != std::string::npos && line.find("not found") == std::string::npos)
            return line.substr(begin);
        }
        return std::string();
      }
    }
  }

  void program(const std::string& name, const std::vector<std::string>& command, bool is_needed,
               const std::string& package) {
    const std::optional<std::string> line = first_line(command);
    findings_.push_back({.name = name,
                         .is_fine = line.has_value(),
                         .is_needed = is_needed,
                         .found = line.value_or("not found"),
                         .remedy = line ? "" : apt(package)});
  }

  /// Looks for the compilers in the order in which the presets of a new project choose one.
  void compiler() {
    Finding finding{.name = "C++ compiler"};
    for (const char* name : {"clang++-19", "clang++", "g++-14", "g++-13", "g++"}) {
      const std::optional<std::string> line = first_line({name, "--version"});
      if (!line) continue;
      finding.found = *line;
      const bool is_old_gcc = std::string_view(name) == "g++" && version_of(*line) < 13;
      finding.remedy =
          is_old_gcc ? "it compiles Bora, but some coroutines wrongly; better: " + apt("clang-19")
                     : "";
      findings_.push_back(finding);
      return;
    }
    finding.is_fine = false;
    finding.found = "not found";
    finding.remedy = apt("clang-19 lld-19");
    findings_.push_back(finding);
  }

  /// Returns the number after the last blank: "g++ (Debian 12.2.0-14) 12.2.0".
  static int version_of(const std::string& line) {
    return std::atoi(line.c_str() + line.rfind(' ') + 1);
  }

  void cmake() {
    const std::optional<std::string> line = first_line({"cmake", "--version"});
    Finding finding{
        .name = "CMake", .is_fine = line.has_value(), .found = line.value_or("not found")};
    if (line) {
      const std::string version = line->substr(line->rfind(' ') + 1);
      const int major = std::atoi(version.c_str());
      const std::size_t dot = version.find('.');
      const int minor = dot == std::string::npos ? 0 : std::atoi(version.c_str() + dot + 1);
      finding.is_fine = major > 3 || (major == 3 && minor >= 25);
    }
    if (!finding.is_fine) finding.remedy = "3.25 or newer: " + apt("cmake");
    findings_.push_back(finding);
  }

  bool has_header(const std::string& header) {
    for (const char* folder :
         {"/usr/include/", "/usr/local/include/", "/usr/include/x86_64-linux-gnu/",
          "/usr/include/aarch64-linux-gnu/"}) {
      if (host_.files.kind(folder + header) == FileKind::file) return true;
    }
    return false;
  }

  void optional_header(const std::string& name, const std::vector<std::string>& headers,
                       const std::string& package) {
    const bool is_there =
        std::any_of(headers.begin(), headers.end(),
                    [this](const std::string& header) { return has_header(header); });
    findings_.push_back({.name = name,
                         .is_fine = is_there,
                         .is_needed = false,
                         .found = is_there ? "found" : "not found",
                         .remedy = is_there ? "" : apt(package)});
  }

  void watches() {
    constexpr long kEnough = 8192;
    // Files of /proc have no size, so a program reads this one.
    const std::optional<std::string> line =
        first_line({"cat", "/proc/sys/fs/inotify/max_user_watches"});
    const long count = line ? std::atol(line->c_str()) : 0;
    findings_.push_back(
        {.name = "inotify watches, for bora dev",
         .is_fine = count >= kEnough,
         .is_needed = false,
         .found = line ? *line : "not known",
         .remedy = count >= kEnough ? "" : "sudo sysctl fs.inotify.max_user_watches=524288"});
  }

  void port() {
    constexpr int kPort = 8888;
    std::string problem;
    const bool is_free = machine_->listen("127.0.0.1", kPort, false, problem) == kPort;
    findings_.push_back({.name = "port 8888",
                         .is_fine = is_free,
                         .is_needed = false,
                         .found = is_free ? "free" : problem,
                         .remedy = is_free ? "" : "bora dev takes the next free one"});
  }

  Host& host_;
  std::unique_ptr<Machine> machine_;
  std::vector<Finding> findings_;
};

std::string json_of(const std::vector<Finding>& findings) {
  std::string json = "[";
  for (const Finding& finding : findings) {
    json += (json.size() > 1 ? ",\n{" : "\n{");
    json += "\"name\":" + json_string(finding.name) +
            ",\"ok\":" + (finding.is_fine ? "true" : "false") +
            ",\"needed\":" + (finding.is_needed ? "true" : "false") +
            ",\"found\":" + json_string(finding.found) +
            ",\"remedy\":" + json_string(finding.remedy) + '}';
  }
  return json + "\n]\n";
}

}  // namespace

ExitStatus run_doctor(bool as_json, Host& host) {
  const std::vector<Finding> findings = Doctor(host).examine();
  const bool is_fine = std::all_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.is_fine || !finding.is_needed;
  });
  if (as_json) {
    host.out.text << json_of(findings);
  } else {
    for (const Finding& finding : findings) {
      const char* mark = finding.is_fine ? "ok      " : finding.is_needed ? "MISSING " : "missing ";
      host.out.text << mark << finding.name << ": " << finding.found << '\n';
      if (!finding.remedy.empty()) host.out.text << "          " << finding.remedy << '\n';
    }
    host.out.text << (is_fine ? "An app can be built and served here.\n"
                              : "What is MISSING is needed; the rest makes work easier.\n");
  }
  return is_fine ? ExitStatus::fine : ExitStatus::environment;
}

namespace {

std::string without_quotes(std::string text) {
  std::erase_if(text,
                [](char c) { return c == '\'' || c == '[' || c == ']' || c == ':' || c == '`'; });
  return text;
}

/// Returns the shell's pattern for a command: its name, and its other name if it has one.
std::string pattern_of(const CommandHelp& command) {
  return command.name == "generate" ? "generate|g" : command.name;
}

void write_bash(const std::vector<CommandHelp>& help, std::ostream& out) {
  out << "_bora() {\n  local word=${COMP_WORDS[COMP_CWORD]} words=\n  if [[ $COMP_CWORD -eq 1 ]]; "
         "then\n"
         "    words=\"";
  for (const CommandHelp& command : help) out << command.name << ' ';
  out << "\"\n  else\n    case ${COMP_WORDS[1]} in\n";
  for (const CommandHelp& command : help) {
    out << "      " << pattern_of(command) << ") words=\"";
    for (const std::string& option : command.options) out << option << ' ';
    if (command.name == "generate") out << "handler template module websocket test ";
    if (command.name == "completion") out << "bash zsh fish ";
    out << "\" ;;\n";
  }
  out << "    esac\n  fi\n  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}\n"
         "complete -o default -F _bora bora\n";
}

void write_zsh(const std::vector<CommandHelp>& help, std::ostream& out) {
  out << "#compdef bora\n_bora() {\n  local -a commands\n  commands=(\n";
  for (const CommandHelp& command : help)
    out << "    '" << command.name << ':' << without_quotes(command.summary) << "'\n";
  out << "  )\n  if (( CURRENT == 2 )); then _describe command commands; return; fi\n  case "
         "$words[2] in\n";
  for (const CommandHelp& command : help) {
    out << "    " << pattern_of(command) << ") compadd --";
    for (const std::string& option : command.options) out << ' ' << option;
    if (command.name == "generate") out << " handler template module websocket test";
    if (command.name == "completion") out << " bash zsh fish";
    out << "; _files ;;\n";
  }
  // The script is either sourced, or is a file of $fpath that is called for the first time.
  out << "  esac\n}\nif [[ $funcstack[1] == _bora ]]; then _bora \"$@\"; else compdef _bora bora; "
         "fi\n";
}

void write_fish(const std::vector<CommandHelp>& help, std::ostream& out) {
  for (const CommandHelp& command : help) {
    out << "complete -c bora -n __fish_use_subcommand -f -a " << command.name << " -d '"
        << without_quotes(command.summary) << "'\n";
    for (const std::string& option : command.options) {
      out << "complete -c bora -n '__fish_seen_subcommand_from " << command.name << "' -l "
          << option.substr(std::min<std::size_t>(2, option.size())) << '\n';
    }
  }
  out << "complete -c bora -n '__fish_seen_subcommand_from generate g' -f -a 'handler template "
         "module "
         "websocket test'\n"
         "complete -c bora -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'\n";
}

}  // namespace

ExitStatus run_completion(const std::string& shell, const std::vector<CommandHelp>& help,
                          Host& host) {
  if (shell == "bash") {
    write_bash(help, host.out.text);
  } else if (shell == "zsh") {
    write_zsh(help, host.out.text);
  } else if (shell == "fish") {
    write_fish(help, host.out.text);
  } else {
    return usage_error(host, "completion",
                       "there are scripts for bash, zsh and fish, not for '" + shell + "'");
  }
  return ExitStatus::fine;
}

}  // namespace bora::compiler
