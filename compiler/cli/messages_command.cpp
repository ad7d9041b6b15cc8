#include "compiler/cli/messages_command.h"

#include <algorithm>
#include <array>
#include <memory>
#include <ostream>
#include <string_view>
#include <utility>

#include "compiler/cli/current_project.h"
#include "compiler/diagnostics/text_report.h"
#include "compiler/driver/directory_source.h"
#include "compiler/driver/message_catalog.h"
#include "compiler/driver/project_check.h"

namespace bora::compiler {
namespace {

constexpr std::string_view kCommand = "messages";

bool is_cpp_name(std::string_view name) {
  constexpr auto kEndings =
      std::to_array<std::string_view>({".cpp", ".cc", ".cxx", ".h", ".hpp", ".hh", ".hxx", ".ipp"});
  return std::ranges::any_of(kEndings,
                             [&](std::string_view ending) { return name.ends_with(ending); });
}

class Extraction {
 public:
  Extraction(const MessagesOptions& options, Host& host) : options_(options), host_(host) {}

  ExitStatus run() {
    if (options_.is_check && options_.out.empty())
      return usage_error(host_, kCommand, "--check needs --out, the file to compare with");
    ExitStatus status = add_templates();
    for (const std::string& path : options_.sources) {
      if (status == ExitStatus::fine) status = add_sources(path);
    }
    if (status != ExitStatus::fine) return status;
    host_.err.text << text_report(sink_.diagnostics(), {.colours = host_.err.uses_colors});
    if (sink_.has_errors()) return ExitStatus::findings;
    return options_.is_check ? compare() : write();
  }

 private:
  ExitStatus add_templates() {
    std::string root = options_.templates;
    if (root.empty()) root = find_current_project(host_.files).templates;
    if (root.empty() && !options_.sources.empty()) return ExitStatus::fine;
    if (root.empty()) {
      return usage_error(host_, kCommand,
                         "there is no templates/ here or in a folder above; name the folder with "
                         "--templates");
    }
    std::vector<std::string> names;
    if (const FileError error = host_.files.list(root, names)) return unreadable(root, error);
    DirectorySource source(host_.files, root);
    for (const std::string& name : names) {
      if (!is_template_name(name)) continue;
      const lang::TemplateSource::Loaded loaded = source.load(name);
      if (loaded.source) catalog_.add_template(loaded.source, sink_);
    }
    return ExitStatus::fine;
  }

  ExitStatus add_sources(const std::string& path) {
    if (host_.files.kind(path) != FileKind::directory) return add_source(path);
    std::vector<std::string> names;
    if (const FileError error = host_.files.list(path, names)) return unreadable(path, error);
    for (const std::string& name : names) {
      if (!is_cpp_name(name)) continue;
      const ExitStatus status = add_source(join_path(path, name));
      if (status != ExitStatus::fine) return status;
    }
    return ExitStatus::fine;
  }

  ExitStatus add_source(const std::string& path) {
    std::string text;
    if (const FileError error = host_.files.read(path, text)) return unreadable(path, error);
    catalog_.add_source(std::make_shared<const lang::SourceText>(path, std::move(text)), sink_);
    return ExitStatus::fine;
  }

  ExitStatus unreadable(const std::string& path, const FileError& error) {
    return environment_error(host_, kCommand, "'" + path + "' cannot be read: " + error.message);
  }

  ExitStatus write() {
    if (options_.out.empty()) {
      host_.out.text << catalog_.pot();
      return ExitStatus::fine;
    }
    FileError error = create_directories(host_.files, parent_path(options_.out));
    if (!error) error = write_if_changed(host_.files, options_.out, catalog_.pot());
    if (error) {
      return environment_error(host_, kCommand,
                               "'" + options_.out + "' cannot be written: " + error.message);
    }
    host_.out.text << options_.out << ": " << counted(catalog_.size(), "message") << '\n';
    return ExitStatus::fine;
  }

  ExitStatus compare() {
    std::string text;
    const bool is_same = !host_.files.read(options_.out, text) && text == catalog_.pot();
    host_.out.text << options_.out << (is_same ? " is up to date\n" : " is out of date\n");
    return is_same ? ExitStatus::fine : ExitStatus::findings;
  }

  const MessagesOptions& options_;
  Host& host_;
  MessageCatalog catalog_;
  lang::DiagnosticSink sink_;
};

}  // namespace

ExitStatus run_messages(const MessagesOptions& options, Host& host) {
  return Extraction(options, host).run();
}

}  // namespace bora::compiler
