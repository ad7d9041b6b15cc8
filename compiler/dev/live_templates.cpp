#include "compiler/dev/live_templates.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "compiler/driver/directory_source.h"
#include "compiler/driver/project_check.h"

namespace bora::compiler {
namespace {

using Page = LiveTemplates::Snapshot::Page;

/// Reads pages as they are on the disk at one moment: each file once, however many pages use it.
class PageReader {
 public:
  PageReader(FileSystem& files, const AppInfo& app) : source_(files, app.templates) {
    if (app.routes.empty()) return;
    lang::DiagnosticSink elsewhere;  // The build reports what is wrong with the manifest.
    if (auto rules = check_escape_rules(app.routes, files, elsewhere))
      source_.cache().set_escape_rules(std::move(rules));
  }

  struct Read {
    Page page;
    std::unique_ptr<lang::Page> tree;
  };

  /// Returns nothing, with the reason in `sink`, if the page has errors.
  std::optional<Read> read(const std::string& name, lang::DiagnosticSink& sink) {
    const std::size_t before = sink.error_count();
    Read result;
    result.tree = check_page(name, source_, sink);
    if (!result.tree || sink.error_count() > before) return std::nullopt;
    result.page.keeps_ending = keeps_ending(name, source_);
    result.page.unit = live_unit(*result.tree, result.page.keeps_ending);
    for (const auto& file : result.tree->files) result.page.files.push_back(file->source->name());
    return result;
  }

 private:
  DirectorySource source_;
};

bool has_same_tables(const LiveUnit& a, const LiveUnit& b) {
  return a.shape == b.shape && a.tables.size() == b.tables.size();
}

}  // namespace

LiveTemplates::LiveTemplates(FileSystem& files, AppInfo app, std::string source_folder)
    : files_(files), app_(std::move(app)), source_folder_(std::move(source_folder)) {}

std::string LiveTemplates::name_of(const std::string& path) const {
  return path.substr(app_.templates.size() + 1);
}

bool LiveTemplates::is_template(const std::string& path) const {
  return !app_.templates.empty() && path.starts_with(app_.templates + '/') &&
         is_template_name(name_of(path));
}

std::vector<std::string> LiveTemplates::pages() {
  std::string text;
  if (files_.read(app_.out + "/templates.list", text)) return {};
  std::vector<std::string> names = lines_of(text);
  std::erase(names, std::string());
  return names;
}

LiveTemplates::Snapshot LiveTemplates::take_snapshot() {
  Snapshot snapshot;
  if (app_.templates.empty()) return snapshot;
  PageReader reader(files_, app_);
  for (const std::string& name : pages()) {
    lang::DiagnosticSink sink;
    if (auto read = reader.read(name, sink)) snapshot.pages[name] = std::move(read->page);
  }
  return snapshot;
}

void LiveTemplates::set_running(Snapshot snapshot) {
  built_ = snapshot;
  showing_ = std::move(snapshot);
}

void LiveTemplates::set_code(CodePatch code) {
  for (auto& [name, page] : code.pages) {
    built_.pages[name] = page;
    showing_.pages[name] = std::move(page);
  }
}

/// Adds the parts of a page that have to be compiled. Returns false if the program could not call
/// them.
bool LiveTemplates::add_code(CodePatch& code, const std::string& name, const lang::Page& page,
                             const Page& next, const std::set<std::string>& entries) {
  const auto built = built_.pages.find(name);
  if (built == built_.pages.end() || code.pages.size() == kMostPagesAlone) return false;
  const std::vector<LiveEntry>& now = next.unit.entries;
  if (!entries.contains(now.front().function)) return false;
  std::vector<std::string> functions;
  for (const LiveEntry& former : built->second.unit.entries) {
    if (!entries.contains(former.function)) continue;
    const auto entry = std::find_if(now.begin(), now.end(), [&](const LiveEntry& each) {
      return each.function == former.function && each.signature == former.signature;
    });
    if (entry == now.end()) return false;
    functions.push_back(former.function);
    code.entries.push_back(*entry);
  }
  // Another build may have changed the page's header meanwhile.
  const UnitName unit = unit_name(name, next.keeps_ending);
  std::string header;
  if (files_.read(app_.out + '/' + unit.header, header) ||
      header_signature(header) != now.front().signature)
    return false;
  code.sources.push_back(
      {unit.source, generate_patch(page, functions, app_.out + "/live/", next.keeps_ending)});
  code.pages[name] = next;
  return true;
}

LiveTemplates::Change LiveTemplates::look_at(const std::vector<std::string>& paths,
                                             const std::set<std::string>& entries) {
  Change change;
  std::vector<std::string> affected;
  for (const std::string& path : paths) {
    bool is_known = false;
    for (const auto& [name, page] : built_.pages) {
      if (std::find(page.files.begin(), page.files.end(), path) == page.files.end()) continue;
      is_known = true;
      affected.push_back(name);
    }
    // The file was removed, is new, or is used by no page of the program.
    if (files_.kind(path) != FileKind::file || !is_known) change.kind = Change::Kind::code;
    const std::string own = name_of(path);
    const std::vector<std::string> all = pages();
    if (!is_known && files_.kind(path) == FileKind::file &&
        std::find(all.begin(), all.end(), own) != all.end())
      affected.push_back(own);
  }
  std::sort(affected.begin(), affected.end());
  affected.erase(std::unique(affected.begin(), affected.end()), affected.end());

  bool must_build = change.kind == Change::Kind::code;
  CodePatch code;
  PageReader reader(files_, app_);
  lang::DiagnosticSink sink;
  std::vector<std::pair<std::string, Page>> next;
  for (const std::string& name : affected) {
    auto read = reader.read(name, sink);
    if (!read) continue;
    const auto built = built_.pages.find(name);
    if (built != built_.pages.end() && has_same_tables(built->second.unit, read->page.unit)) {
      next.emplace_back(name, std::move(read->page));
      continue;
    }
    change.kind = Change::Kind::code;
    must_build = must_build || !add_code(code, name, *read->tree, read->page, entries);
  }
  if (sink.has_errors()) {
    change.kind = Change::Kind::wrong;
    change.findings = findings_of(sink.diagnostics(), source_folder_);
    return change;
  }
  if (must_build) return change;
  if (change.kind == Change::Kind::code) change.code = std::move(code);
  for (auto& [name, page] : next) {
    Page& shown = showing_.pages[name];
    for (std::size_t i = 0; i < page.unit.tables.size(); ++i) {
      const TextTable& table = page.unit.tables[i];
      if (table.texts == shown.unit.tables[i].texts) continue;
      change.patches.push_back({table.function, page.unit.shape, table.texts});
    }
    built_.pages[name].files = page.files;  // The page may now include other files, which have only
                                            // text.
    shown = std::move(page);
  }
  if (change.kind == Change::Kind::nothing && !change.patches.empty())
    change.kind = Change::Kind::text;
  return change;
}

}  // namespace bora::compiler
