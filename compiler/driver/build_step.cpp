#include "compiler/driver/build_step.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "compiler/codegen/routes_codegen.h"
#include "compiler/codegen/template_codegen.h"
#include "compiler/driver/codes.h"
#include "compiler/driver/project_check.h"
#include "compiler/driver/source_check.h"
#include "compiler/driver/static_files.h"

namespace bora::compiler {
namespace {

/// A generated file that is written after all checks have passed.
struct PendingFile {
  std::string path;
  std::string text;
};

ExitStatus environment_error(std::string_view code, std::string path, std::string message,
                             lang::DiagnosticSink& sink) {
  lang::Diagnostic diagnostic;
  diagnostic.code = code;
  diagnostic.file = std::move(path);
  diagnostic.message = std::move(message);
  sink.report(std::move(diagnostic));
  return ExitStatus::environment;
}

/// Reports why a file of the step could not be written; returns false in that case.
bool check_written(const std::string& path, const FileError& error, lang::DiagnosticSink& sink) {
  if (!error) return true;
  environment_error(codes::kCannotWrite, path, "cannot be written: " + error.message, sink);
  return false;
}

bool write(FileSystem& files, const PendingFile& file, lang::DiagnosticSink& sink) {
  FileError error = create_directories(files, parent_path(file.path));
  if (!error) error = write_if_changed(files, file.path, file.text);
  return check_written(file.path, error, sink);
}

bool touch(FileSystem& files, const std::string& path, lang::DiagnosticSink& sink) {
  FileError error = create_directories(files, parent_path(path));
  if (!error) error = files.touch(path);
  return check_written(path, error, sink);
}

std::string depfile_text(FileSystem& files, const StepOutputs& outputs,
                         const std::vector<std::string>& read) {
  std::vector<std::string> dependencies;
  for (const std::string& path : read) dependencies.push_back(files.absolute(path));
  return make_rule(files.absolute(outputs.stamp), dependencies);
}

/// Writes the files of a step. The stamp comes last, because it says that all others were written.
ExitStatus finish(FileSystem& files, const StepOutputs& outputs, std::vector<PendingFile> generated,
                  const std::vector<std::string>& read, lang::DiagnosticSink& sink) {
  generated.push_back({outputs.depfile, depfile_text(files, outputs, read)});
  for (const PendingFile& file : generated) {
    if (!write(files, file, sink)) return ExitStatus::environment;
  }
  // A step that depends on the stamp must not make it newer.
  if (outputs.only_if_missing) return ExitStatus::fine;
  return touch(files, outputs.stamp, sink) ? ExitStatus::fine : ExitStatus::environment;
}

/// Whether all of these files are there.
bool all_exist(FileSystem& files, const std::vector<std::string>& paths) {
  return std::all_of(paths.begin(), paths.end(),
                     [&](const std::string& path) { return files.kind(path) == FileKind::file; });
}

std::vector<std::string> unit_paths(const std::string& out, const std::string& page,
                                    const DirectorySource& source) {
  const UnitName unit = unit_name(page, keeps_ending(page, source));
  return {join_path(out, unit.header), join_path(out, unit.source),
          join_path(out, unit.blocks_header)};
}

/// Whether Ninja can read this name in a depfile: these characters would end the name.
/// BoraApp.cmake names such files itself.
bool fits_depfile(std::string_view name) {
  return name.find_first_of("'$&*^") == std::string_view::npos;
}

/// Adds the names that a file lists, one a line. Empty lines are skipped.
void add_lines(std::string_view text, std::vector<std::string>& pages) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) pages.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void sort_unique(std::vector<std::string>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

void append_escaped(std::string& rule, std::string_view path) {
  std::size_t backslashes = 0;  // the number directly before the character
  for (const char c : path) {
    if (c == ' ' || c == '\t') rule.append(backslashes + 1, '\\');
    if (c == '#') rule += '\\';
    if (c == '$') rule += '$';
    rule += c;
    backslashes = c == '\\' ? backslashes + 1 : 0;
  }
}

}  // namespace

ExitStatus compile_templates(FileSystem& files, const TemplatesStep& step,
                             lang::DiagnosticSink& sink) {
  if (files.kind(step.root) != FileKind::directory) {
    return environment_error(codes::kFolderUnreadable, step.root,
                             "there is no such template folder", sink);
  }
  std::vector<std::string> pages = step.pages;
  std::vector<std::string> read;
  if (!step.pages_file.empty()) {
    std::string lines;
    if (FileError error = files.read(step.pages_file, lines)) {
      return environment_error(codes::kListUnreadable, step.pages_file,
                               "this list of pages cannot be read: " + error.message, sink);
    }
    add_lines(lines, pages);
    read.push_back(step.pages_file);
  }
  sort_unique(pages);
  DirectorySource source(files, step.root);
  if (step.outputs.only_if_missing &&
      std::all_of(pages.begin(), pages.end(), [&](const std::string& page) {
        return all_exist(files, unit_paths(step.outputs.directory, page, source));
      })) {
    return ExitStatus::fine;
  }

  if (!step.manifest.empty()) {
    auto rules = check_escape_rules(step.manifest, files, sink);
    if (!rules || sink.has_errors()) return ExitStatus::findings;
    source.cache().set_escape_rules(std::move(rules));
    read.push_back(step.manifest);
  }
  std::vector<lang::StaticFiles> assets;
  if (!step.static_folder.empty()) assets.push_back(static_files(files, step.static_folder));
  lang::Linter linter(sink, std::move(assets));
  std::vector<PendingFile> generated;
  for (const std::string& name : pages) {
    const std::unique_ptr<lang::Page> page = check_page(name, source, sink);
    if (page) linter.add(*page);
    if (!page || sink.has_errors()) continue;
    const bool has_ending = keeps_ending(name, source);
    const UnitName unit = unit_name(name, has_ending);
    const std::string& out = step.outputs.directory;
    GeneratedUnit text = generate_template(*page, join_path(out, ""), has_ending,
                                           step.is_live ? TextTables::live : TextTables::constant);
    generated.push_back({join_path(out, unit.header), std::move(text.header)});
    generated.push_back({join_path(out, unit.source), std::move(text.source)});
    generated.push_back({join_path(out, unit.blocks_header), std::move(text.blocks_header)});
  }
  check_page_names(pages, source, sink);
  linter.finish(step.pages_file.empty() ? lang::Linter::Seen::some_pages
                                        : lang::Linter::Seen::all_pages);
  if (sink.has_errors()) return ExitStatus::findings;

  for (const std::string& name : source.loaded_names()) {
    if (fits_depfile(name)) read.push_back(source.path(name));
  }
  return finish(files, step.outputs, std::move(generated), read, sink);
}

ExitStatus compile_routes(FileSystem& files, const RoutesStep& step, lang::DiagnosticSink& sink) {
  const std::string& out = step.outputs.directory;
  if (step.outputs.only_if_missing &&
      all_exist(files, {join_path(out, "routes.h"), join_path(out, "routes.cpp"),
                        join_path(out, "route_urls.cpp")})) {
    return ExitStatus::fine;
  }
  const std::optional<RouteManifest> manifest = check_manifest(step.manifest, files, sink);
  if (!manifest || sink.has_errors()) return ExitStatus::findings;
  if (!step.sources_file.empty()) {
    std::string lines;
    if (FileError error = files.read(step.sources_file, lines)) {
      return environment_error(codes::kListUnreadable, step.sources_file,
                               "this list of sources cannot be read: " + error.message, sink);
    }
    std::vector<std::string> sources;
    add_lines(lines, sources);
    check_sources(*manifest, step.include_folder, sources, files, sink);
    if (sink.has_errors()) return ExitStatus::findings;  // warnings, with --werror
  }
  GeneratedRoutes text = generate_routes(*manifest, join_path(out, ""));
  std::vector<PendingFile> generated{{join_path(out, "routes.h"), std::move(text.header)},
                                     {join_path(out, "routes.cpp"), std::move(text.source)},
                                     {join_path(out, "route_urls.cpp"), std::move(text.urls)}};
  std::vector<std::string> read{step.manifest};
  for (const lang::SourcePtr& source : manifest->included) read.push_back(source->name());
  return finish(files, step.outputs, std::move(generated), read, sink);
}

std::string make_rule(std::string_view target, const std::vector<std::string>& dependencies) {
  std::string rule;
  append_escaped(rule, target);
  rule += ':';
  for (const std::string& dependency : dependencies) {
    rule += " \\\n  ";
    append_escaped(rule, dependency);
  }
  return rule + '\n';
}

}  // namespace bora::compiler
