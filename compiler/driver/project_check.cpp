#include "compiler/driver/project_check.h"

#include <algorithm>
#include <map>
#include <utility>

#include "compiler/codegen/template_codegen.h"
#include "compiler/driver/codes.h"
#include "templates-lang/checker.h"
#include "templates-lang/codes.h"

namespace bora::compiler {
namespace {

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

lang::Diagnostic finding(std::string_view code, std::string file, std::string message) {
  lang::Diagnostic diagnostic;
  diagnostic.code = code;
  diagnostic.file = std::move(file);
  diagnostic.message = std::move(message);
  return diagnostic;
}

/// Whether every part of the path is a name: there is no "..", no "//", and no '/' at the begin.
bool is_plain_relative(std::string_view name) {
  for (;;) {
    const std::size_t slash = name.find('/');
    const std::string_view part = name.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    name.remove_prefix(slash + 1);
  }
}

/// Whether all of CMake, Ninja, Make and `#include "views/NAME.h"` can spell the files of this
/// name. BoraApp.cmake refuses the same ones.
bool can_be_built(std::string_view name) {
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  return std::none_of(name.begin(), name.end(), is_control) &&
         name.find_first_of("[]#<>\"|;:?\\`") == std::string_view::npos;
}

/// Reports that the page itself can't be loaded. (Missing files that it extends or includes are
/// reported at that tag.)
bool check_loadable(std::string_view name, DirectorySource& source, lang::DiagnosticSink& sink) {
  using Status = lang::TemplateSource::Status;
  const std::string path = source.path(name);
  if (!is_plain_relative(name)) {
    sink.report(
        finding(lang::codes::kOutsideRoot, path, "this is no path below the template folder"));
    return false;
  }
  if (!can_be_built(name)) {
    lang::Diagnostic unusable =
        finding(codes::kUnusableName, path, "no rule of a build can spell the name of this page");
    unusable.help =
        "rename it: without control characters and without any of # < > \" | ; : ? [ ] \\ `";
    sink.report(std::move(unusable));
    return false;
  }
  const lang::TemplateSource::Loaded loaded = source.load(name);
  if (loaded.status == Status::ok) return true;
  if (loaded.status == Status::outside_root) {
    sink.report(
        finding(lang::codes::kOutsideRoot, path, "a link leads out of the template folder"));
  } else if (loaded.status == Status::unreadable) {
    sink.report(finding(lang::codes::kFileUnreadable, path, "cannot be read: " + loaded.error));
  } else {
    lang::Diagnostic missing =
        finding(lang::codes::kFileNotFound, path, "there is no such template");
    const std::string nearest = lang::nearest_name(name, source.names());
    if (!nearest.empty() && nearest != name) missing.help = "did you mean '" + nearest + "'?";
    sink.report(std::move(missing));
  }
  return false;
}

/// A page of no bytes is a file that was not saved or not written yet; a page that is empty on
/// purpose can say so in a comment.
void check_not_empty(const lang::Page& page, lang::DiagnosticSink& sink) {
  const lang::SourcePtr& source = page.leaf()->source;
  if (!source->text().empty()) return;
  lang::Diagnostic empty = finding(codes::kEmptyPage, source->name(), "this template is empty");
  empty.source = source;
  empty.help =
      "write it or remove it; one that is empty on purpose says so in a comment, {# empty #}";
  sink.report(std::move(empty));
}

void report_clash(std::string path, std::string message, lang::DiagnosticSink& sink) {
  lang::Diagnostic clash = finding(codes::kPageNamesClash, std::move(path), std::move(message));
  clash.help = "rename one of them";
  sink.report(std::move(clash));
}

/// the endings of templates that are pages
constexpr std::string_view kEndings[] = {".html", ".htm", ".xml", ".svg",
                                         ".txt",  ".css", ".js",  ".json"};

/// "views::blog" gives "views", and that "".
std::string enclosing_namespace(const std::string& name) {
  const std::size_t colons = name.rfind("::");
  return colons == std::string::npos ? std::string() : name.substr(0, colons);
}

}  // namespace

bool is_template_name(std::string_view name) {
  return std::any_of(std::begin(kEndings), std::end(kEndings),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

bool is_part_name(std::string_view name) {
  return file_name(name).starts_with('_');
}

std::unique_ptr<lang::Page> check_page(std::string_view name, DirectorySource& source,
                                       lang::DiagnosticSink& sink) {
  if (!check_loadable(name, source, sink)) return nullptr;
  std::unique_ptr<lang::Page> page = lang::resolve_page(name, source.cache(), sink);
  if (!page) return nullptr;
  check_not_empty(*page, sink);
  lang::check_page(*page, sink);
  return page;
}

std::unique_ptr<lang::Page> check_part(std::string_view name, DirectorySource& source,
                                       lang::DiagnosticSink& sink) {
  return check_loadable(name, source, sink) ? lang::resolve_page(name, source.cache(), sink)
                                            : nullptr;
}

bool keeps_ending(std::string_view page, const DirectorySource& source) {
  const std::size_t dot = page.rfind('.');
  if (dot == std::string_view::npos || page.ends_with(".html")) return false;
  return std::ranges::any_of(kEndings, [&](std::string_view ending) {
    return ending != page.substr(dot) &&
           source.has(std::string(page.substr(0, dot)) + std::string(ending));
  });
}

void check_page_names(const std::vector<std::string>& pages, const DirectorySource& source,
                      lang::DiagnosticSink& sink) {
  std::map<std::string, std::string> types;       // from C++ names to their first pages
  std::map<std::string, std::string> namespaces;  // from namespaces to their first pages
  std::map<std::string, std::string> headers;     // from the headers of blocks to their pages
  for (const std::string& page : pages) {
    const UnitName unit = unit_name(page, keeps_ending(page, source));
    const auto [first, is_new] = types.emplace(unit.qualified(), page);
    if (!is_new) {
      report_clash(
          source.path(page),
          "this page and '" + source.path(first->second) + "' would both be " + unit.qualified(),
          sink);
    }
    headers.emplace(unit.blocks_header, page);
    for (std::string name = unit.namespaces; !name.empty(); name = enclosing_namespace(name))
      namespaces.emplace(name, page);
  }
  for (const std::string& page : pages) {
    const auto blocks = headers.find(unit_name(page, keeps_ending(page, source)).header);
    if (blocks == headers.end()) continue;
    report_clash(source.path(page),
                 "the header of this page would be " + blocks->first + ", which is that of '" +
                     source.path(blocks->second) + "' for its blocks",
                 sink);
  }
  for (const auto& [type, page] : types) {
    const auto inner = namespaces.find(type);
    if (inner == namespaces.end()) continue;
    report_clash(source.path(page),
                 "this page would be the type " + type + ", which is the namespace of '" +
                     source.path(inner->second) + "'",
                 sink);
  }
}

namespace {

/// Reads included manifests. Their names are relative to the file that includes them.
class IncludedManifests : public ManifestFiles {
 public:
  explicit IncludedManifests(FileSystem& files) : files_(files) {}

  lang::SourcePtr load(const std::string& name, const lang::SourceText& from,
                       std::string& error) override {
    const std::string path =
        name.starts_with('/') ? name : join_path(parent_path(from.name()), name);
    std::string text;
    const FileError failure = files_.read(path, text);
    if (failure.kind == FileError::Kind::not_found) {
      error = "there is no file '" + path + "'";
    } else if (failure) {
      error = failure.message;
    } else {
      return std::make_shared<const lang::SourceText>(path, std::move(text));
    }
    return nullptr;
  }

 private:
  FileSystem& files_;
};

}  // namespace

namespace {

lang::SourcePtr read_file(const std::string& path, FileSystem& files, lang::DiagnosticSink& sink) {
  std::string text;
  const FileError error = files.read(path, text);
  if (error.kind == FileError::Kind::not_found) {
    sink.report(finding(codes::kManifestNotFound, path, "there is no such route manifest"));
    return nullptr;
  }
  if (error) {
    sink.report(finding(codes::kManifestUnreadable, path, "cannot be read: " + error.message));
    return nullptr;
  }
  return std::make_shared<const lang::SourceText>(path, std::move(text));
}

}  // namespace

std::shared_ptr<const lang::EscapeRules> check_escape_rules(const std::string& path,
                                                            FileSystem& files,
                                                            lang::DiagnosticSink& sink) {
  const lang::SourcePtr source = read_file(path, files, sink);
  if (!source) return nullptr;
  auto rules = read_escape_rules(source, sink);
  return rules ? std::make_shared<const lang::EscapeRules>(std::move(*rules)) : nullptr;
}

std::optional<RouteManifest> check_manifest(const std::string& path, FileSystem& files,
                                            lang::DiagnosticSink& sink) {
  const lang::SourcePtr source = read_file(path, files, sink);
  if (!source) return std::nullopt;
  IncludedManifests included(files);
  return read_manifest(source, sink, &included);
}

std::optional<RouteManifest> check_manifest_text(const std::string& path, std::string text,
                                                 FileSystem& files, lang::DiagnosticSink& sink) {
  IncludedManifests included(files);
  return read_manifest(std::make_shared<const lang::SourceText>(path, std::move(text)), sink,
                       &included);
}

}  // namespace bora::compiler
