#include "compiler/cli/check_command.h"

#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <set>
#include <string_view>
#include <utility>

#include "compiler/cli/current_project.h"
#include "compiler/diagnostics/error_page.h"
#include "compiler/diagnostics/json_report.h"
#include "compiler/diagnostics/text_report.h"
#include "compiler/driver/deploy_check.h"
#include "compiler/driver/project_check.h"
#include "compiler/driver/static_files.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {
namespace {

constexpr std::string_view kCommand = "check";

/// The disk, except for one file, whose text an editor holds.
class HeldFile : public FileSystem {
 public:
  HeldFile(FileSystem& files, const std::string& path, std::string text)
      : files_(files), path_(files.absolute(path)), text_(std::move(text)) {}

  FileKind kind(const std::string& path) override {
    return is_it(path) ? FileKind::file : files_.kind(path);
  }
  FileError read(const std::string& path, std::string& text) override {
    if (!is_it(path)) return files_.read(path, text);
    text = text_;
    return {};
  }
  FileError write(const std::string& path, std::string_view text) override {
    return files_.write(path, text);
  }
  FileError create_file(const std::string& path, std::string_view text) override {
    return files_.create_file(path, text);
  }
  FileError create_directory(const std::string& path) override {
    return files_.create_directory(path);
  }
  FileError touch(const std::string& path) override { return files_.touch(path); }
  FileError remove(const std::string& path) override { return files_.remove(path); }
  FileError list(const std::string& directory, std::vector<std::string>& names) override {
    return files_.list(directory, names);
  }
  bool is_inside(const std::string& directory, const std::string& path) override {
    return is_it(path) || files_.is_inside(directory, path);
  }
  std::string absolute(const std::string& path) override { return files_.absolute(path); }

 private:
  bool is_it(const std::string& path) { return files_.absolute(path) == path_; }

  FileSystem& files_;
  std::string path_;
  std::string text_;
};

/// One run: it first gathers what is to be checked, then checks it.
class Check {
 public:
  Check(const CheckOptions& options, lang::WarningPolicy policy, Host& host)
      : options_(options), host_(host), sink_(std::move(policy)) {}

  ExitStatus run() {
    find_project();
    const ExitStatus gathered = options_.paths.empty() ? gather_project() : gather_paths();
    if (gathered != ExitStatus::fine) return gathered;
    if (templates_.empty() && manifests_.empty())
      return usage_error(host_, kCommand, why_nothing());
    for (const auto& [root, names] : templates_) check_templates(root, names);
    for (const std::string& path : manifests_) check_routes(path);
    if (options_.for_deployment) check_production();
    report();
    if (options_.for_deployment && sink_.warning_count() > 0) return ExitStatus::findings;
    return sink_.has_errors() ? ExitStatus::findings : ExitStatus::fine;
  }

 private:
  void find_project() {
    project_ = find_current_project(host_.files);
    if (!options_.templates.empty()) project_.templates = options_.templates;
    if (!options_.routes.empty()) project_.routes = options_.routes;
  }

  ExitStatus gather_project() {
    if (!project_.templates.empty()) {
      const ExitStatus added = add_folder(project_.templates, project_.templates);
      if (added != ExitStatus::fine) return added;
    }
    if (!project_.routes.empty()) manifests_.insert(project_.routes);
    return ExitStatus::fine;
  }

  [[nodiscard]] std::string why_nothing() const {
    if (!options_.paths.empty()) return "nothing to check: the folders named hold no templates";
    if (!project_.templates.empty())
      return "nothing to check: there is no template in " + project_.templates;
    return "nothing to check: there is no templates/ and no routes.toml here or in a folder above; "
           "name them with --templates and --routes";
  }

  ExitStatus gather_paths() {
    for (const std::string& path : options_.paths) {
      const ExitStatus status = gather_path(path);
      if (status != ExitStatus::fine) return status;
    }
    return ExitStatus::fine;
  }

  ExitStatus gather_path(const std::string& path) {
    const std::string& root = project_.templates;
    const std::optional<std::string> name = name_below(root, path);
    if (host_.files.kind(path) == FileKind::directory) return gather_folder(path);
    if (path.ends_with(".toml")) {
      manifests_.insert(path);
    } else if (name) {
      templates_[root].insert(*name);
    } else {
      return usage_error(host_, kCommand,
                         "'" + path + "' is not below " +
                             (root.empty() ? "a template folder" : "the template folder " + root) +
                             "; name its folder with --templates");
    }
    return ExitStatus::fine;
  }

  /// Gathers a folder that holds the project's templates, a folder of them, or one with templates
  /// of its own.
  ExitStatus gather_folder(const std::string& path) {
    const std::string& root = project_.templates;
    const bool holds_templates = !root.empty() && name_below(path, root);
    const bool holds_routes = !project_.routes.empty() && name_below(path, project_.routes);
    if (holds_routes) manifests_.insert(project_.routes);
    if (holds_templates) return add_folder(root, root);
    if (name_below(root, path)) return add_folder(root, path);
    return holds_routes ? ExitStatus::fine : add_folder(path, path);
  }

  /// The name that a path has as a template of `root`; "" for the root itself.
  std::optional<std::string> name_below(const std::string& root, const std::string& path) {
    if (root.empty()) return std::nullopt;
    const std::string top = host_.files.absolute(root);
    std::string full = host_.files.absolute(path);
    if (!full.ends_with('/')) full += '/';
    const std::string prefix = top.ends_with('/') ? top : top + '/';
    if (!full.starts_with(prefix)) return std::nullopt;
    full.pop_back();
    return full.size() < prefix.size() ? std::string() : full.substr(prefix.size());
  }

  /// Adds the templates of `root` that lie in `folder`, which is `root` or below it.
  ExitStatus add_folder(const std::string& root, const std::string& folder) {
    std::vector<std::string> names;
    if (FileError error = host_.files.list(root, names)) {
      return environment_error(host_, kCommand,
                               "the folder '" + root + "' cannot be read: " + error.message);
    }
    std::string prefix = name_below(root, folder).value_or("");
    if (!prefix.empty()) prefix += '/';
    for (std::string& name : names) {
      if (is_template_name(name) && name.starts_with(prefix))
        templates_[root].insert(std::move(name));
    }
    return ExitStatus::fine;
  }

  void check_templates(const std::string& root, const std::set<std::string>& names) {
    DirectorySource source(host_.files, root);
    if (!project_.routes.empty()) source.cache().set_escape_rules(escape_rules());
    lang::Linter linter(sink_, assets());
    std::vector<std::string> pages;
    for (const std::string& name : names) {
      const bool is_part = is_part_name(name);
      if (!is_part) pages.push_back(name);
      const auto page = is_part ? check_part(name, source, sink_) : check_page(name, source, sink_);
      if (page) linter.add(*page, is_part);
    }
    check_page_names(pages, source, sink_);
    linter.finish(options_.paths.empty() ? lang::Linter::Seen::all_pages
                                         : lang::Linter::Seen::some_pages);
    template_count_ += names.size();
  }

  /// Errors of the manifest are reported only once, where it is checked.
  std::shared_ptr<const lang::EscapeRules> escape_rules() {
    lang::DiagnosticSink elsewhere;
    const bool is_checked = manifests_.contains(project_.routes);
    return check_escape_rules(project_.routes, host_.files, is_checked ? elsewhere : sink_);
  }

  std::vector<lang::StaticFiles> assets() {
    const std::string& folder = options_.static_folder;
    if (!folder.empty()) return {static_files(host_.files, folder)};
    return mounted_files(host_.files, project_.routes);
  }

  void check_routes(const std::string& path) {
    if (const auto manifest = check_manifest(path, host_.files, sink_))
      route_count_ += manifest->routes.size();
  }

  /// Checks the whole project, whatever paths were named.
  void check_production() {
    lang::DiagnosticSink elsewhere;  // The manifest's mistakes were reported already.
    std::optional<RouteManifest> manifest;
    if (!project_.routes.empty())
      manifest = check_manifest(project_.routes, host_.files, elsewhere);
    const std::string& marker = project_.routes.empty() ? project_.templates : project_.routes;
    check_deploy({.folder = parent_path(marker),
                  .manifest = manifest ? &*manifest : nullptr,
                  .has_pages = template_count_ > 0,
                  .has_cookie_secret = host_.has_cookie_secret},
                 host_.files, sink_);
  }

  void report() {
    if (options_.as_json) {
      host_.out.text << json_report(sink_.diagnostics());
      return;
    }
    host_.out.text << text_report(sink_.diagnostics(), {.colours = host_.out.uses_colors})
                   << explain_hint(sink_.diagnostics()) << summary() << '\n';
  }

  /// "2 errors, 1 warning in 3 templates"; "5 templates, 4 routes: no problems found".
  [[nodiscard]] std::string summary() const {
    std::string checked;
    if (!templates_.empty()) checked = counted(template_count_, "template");
    if (!manifests_.empty())
      checked += (checked.empty() ? "" : ", ") + counted(route_count_, "route");
    std::string found;
    if (sink_.error_count() > 0) found = counted(sink_.error_count(), "error");
    if (sink_.warning_count() > 0)
      found += (found.empty() ? "" : ", ") + counted(sink_.warning_count(), "warning");
    return found.empty() ? checked + ": no problems found" : found + " in " + checked;
  }

  const CheckOptions& options_;
  Host& host_;
  CurrentProject project_;
  std::map<std::string, std::set<std::string>> templates_;  ///< their names, by root
  std::set<std::string> manifests_;
  lang::DiagnosticSink sink_;
  std::size_t template_count_ = 0;
  std::size_t route_count_ = 0;
};

}  // namespace

ExitStatus run_check(const CheckOptions& options, Host& host) {
  if (!options.stdin_filename.empty()) {
    HeldFile files(host.files, options.stdin_filename, host.read_input());
    Host held{.files = files,
              .out = host.out,
              .err = host.err,
              .no_color = host.no_color,
              .is_dumb_terminal = host.is_dumb_terminal,
              .wants_raw_compiler_output = host.wants_raw_compiler_output,
              .has_cookie_secret = host.has_cookie_secret};
    CheckOptions one = options;
    one.stdin_filename.clear();
    if (one.paths.empty()) one.paths.push_back(options.stdin_filename);
    return run_check(one, held);
  }
  std::optional<lang::WarningPolicy> policy = warning_policy(options.warnings, kCommand, host);
  return policy ? Check(options, std::move(*policy), host).run() : ExitStatus::usage;
}

}  // namespace bora::compiler
