#include "scaffold/project_writer.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <stdexcept>
#include <utility>

#include "runtime/text/characters.h"
#include "scaffold/embedded_skeletons.h"

// A skeleton is a project with a name of its own. That name is a word that nothing else in the
// project contains, in two spellings: as an identifier (targets, programs, files) and as a title
// (pages, README). Replacing both everywhere, in paths too, is then safe and complete. C++
// namespaces and types are named after what they hold, not after the project, so no name can clash
// with a function of the C library ("time", "link").

namespace bora::scaffold {
namespace {

struct Skeleton {
  Kind kind;
  std::string_view folder;
  std::string_view name;
  std::string_view title;
};

constexpr std::array kSkeletons{
    Skeleton{{"site", "a small guestbook: layout, form, error page, static files, tests"},
             "site/",
             "guestbook_site",
             "Guestbook site"},
    Skeleton{
        {"api", "a service that speaks JSON: notes, checks, pages, errors as problem+json, tests"},
        "api/",
        "notes_service",
        "Notes service"},
    Skeleton{{"minimal", "one C++ file, one template, one route"},
             "minimal/",
             "hello_page",
             "Hello page"},
};

constexpr std::string_view kExtras[] = {"docker", "systemd", "nginx", "ci"};

// The texts for PostgreSQL in place of those for SQLite, in the files of "+db" and "+auth".
constexpr std::pair<std::string_view, std::string_view> kForPostgres[] = {
    {"bora::sqlite::Database", "bora::postgres::Pool"},
    {"Bora::sqlite", "Bora::postgres"},
    {"<bora/sqlite.h>", "<bora/postgres.h>"},
    {"COMPONENTS sqlite", "COMPONENTS postgres"},
    {"integer primary key", "bigint primary key generated always as identity"},
    {"a file of SQLite", "where PostgreSQL is"},
    {"the SQLite file guestbook_site.db", "PostgreSQL"},
    {"the SQLite file notes_service.db", "PostgreSQL"},
    {"guestbook_site.db", "dbname=guestbook_site"},
    {"notes_service.db", "dbname=notes_service"},
    {"libsqlite3-dev", "libpq-dev"},
    {"libsqlite3-0", "libpq5"},
    {"/var/lib/guestbook_site/dbname=guestbook_site", "dbname=guestbook_site"},
};

constexpr std::string_view kKeywords[] = {
    "alignas",   "alignof",       "and",         "and_eq",
    "asm",       "auto",          "bitand",      "bitor",
    "bool",      "break",         "case",        "catch",
    "char",      "char16_t",      "char32_t",    "char8_t",
    "class",     "co_await",      "co_return",   "co_yield",
    "compl",     "concept",       "const",       "const_cast",
    "consteval", "constexpr",     "constinit",   "continue",
    "decltype",  "default",       "delete",      "do",
    "double",    "dynamic_cast",  "else",        "enum",
    "explicit",  "export",        "extern",      "false",
    "float",     "for",           "friend",      "goto",
    "if",        "inline",        "int",         "long",
    "mutable",   "namespace",     "new",         "noexcept",
    "not",       "not_eq",        "nullptr",     "operator",
    "or",        "or_eq",         "private",     "protected",
    "public",    "register",      "requires",    "reinterpret_cast",
    "return",    "short",         "signed",      "sizeof",
    "static",    "static_assert", "static_cast", "struct",
    "switch",    "template",      "this",        "thread_local",
    "throw",     "true",          "try",         "typedef",
    "typeid",    "typename",      "union",       "unsigned",
    "using",     "virtual",       "void",        "volatile",
    "wchar_t",   "while",         "xor",         "xor_eq",
};

// Targets that CMake's generators make themselves, in upper or lower case, and names in a project's
// build folder.
constexpr std::string_view kCMakeTargets[] = {
    "all",        "all_build",      "clean",
    "cmakefiles", "depend",         "edit_cache",
    "help",       "install",        "list_install_components",
    "package",    "package_source", "rebuild_cache",
    "run_tests",  "test",           "testing",
    "zero_check",
};

std::string quoted(std::string_view name) {
  return "'" + std::string(name) + "'";
}

const Skeleton* find_skeleton(std::string_view kind) {
  const auto* found = std::find_if(kSkeletons.begin(), kSkeletons.end(),
                                   [&](const Skeleton& each) { return each.kind.name == kind; });
  return found == kSkeletons.end() ? nullptr : found;
}

// "book-shop" gives "Book shop".
std::string title_of(std::string_view name) {
  std::string title(name);
  std::replace(title.begin(), title.end(), '_', ' ');
  std::replace(title.begin(), title.end(), '-', ' ');
  title[0] = text::to_upper(title[0]);
  return title;
}

// Both words are replaced in one pass, so that new text is not searched again.
std::string renamed(std::string_view text, const Skeleton& skeleton, std::string_view name,
                    std::string_view title) {
  std::string result;
  while (!text.empty()) {
    const std::size_t at = std::min(text.find(skeleton.name), text.find(skeleton.title));
    result += text.substr(0, at);
    if (at == std::string_view::npos) break;
    const bool is_title = text.substr(at).starts_with(skeleton.title);
    result += is_title ? title : name;
    text.remove_prefix(at + (is_title ? skeleton.title.size() : skeleton.name.size()));
  }
  return result;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string_view take_until(std::string_view& text, std::string_view end) {
  const std::size_t at = text.find(end);
  if (at == std::string_view::npos)
    throw std::logic_error("an edit without '" + std::string(end) + "'");
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at + end.size());
  return taken;
}

// An edit is "<<<<", lines that are there exactly once, "====", the lines that replace them,
// ">>>>".
std::string edited(std::string text, std::string_view edits, std::string_view path) {
  while (edits.find("<<<<\n") != std::string_view::npos) {
    take_until(edits, "<<<<\n");
    const std::string_view from = take_until(edits, "====\n");
    const std::string_view to = take_until(edits, ">>>>\n");
    const std::size_t at = text.find(from);
    if (at == std::string::npos || text.find(from, at + 1) != std::string::npos) {
      throw std::logic_error(std::string(path) + ": not there exactly once:\n" + std::string(from));
    }
    text.replace(at, from.size(), to);
  }
  return text;
}

using Texts = std::map<std::string, std::string, std::less<>>;

// Adds the files of a folder, in place of those with the same names.
void add_layer(Texts& files, const std::string& folder, bool is_for_postgres = false) {
  constexpr std::string_view kEdit = ".edit";
  for (const EmbeddedFile& file : embedded_skeletons()) {
    if (!file.path.starts_with(folder)) continue;
    std::string path(file.path.substr(folder.size()));
    std::string text(file.text);
    if (is_for_postgres) {
      for (const auto& [from, to] : kForPostgres) text = replaced(std::move(text), from, to);
    }
    if (path.ends_with(kEdit)) {
      path.resize(path.size() - kEdit.size());
      text = edited(files[path], text, file.path);
    }
    files[path] = std::move(text);
  }
}

bool has_layer(const std::string& folder) {
  const auto files = embedded_skeletons();
  return std::any_of(files.begin(), files.end(),
                     [&](const EmbeddedFile& file) { return file.path.starts_with(folder); });
}

}  // namespace

std::vector<std::string_view> extras() {
  return {std::begin(kExtras), std::end(kExtras)};
}

std::string options_problem(std::string_view kind, const ProjectOptions& options) {
  if (!options.db.empty() && options.db != "sqlite" && options.db != "postgres") {
    return "there is no database " + quoted(options.db) + "; there are sqlite and postgres";
  }
  const std::string of(kind);
  if (!options.db.empty() && !has_layer(of + "+db/"))
    return "a project of kind " + quoted(kind) + " has no database";
  if (options.auth && !has_layer(of + "+auth/"))
    return "nobody signs in to a project of kind " + quoted(kind);
  for (const std::string& extra : options.with) {
    if (std::find(std::begin(kExtras), std::end(kExtras), extra) == std::end(kExtras)) {
      return "there is nothing called " + quoted(extra) +
             " to add; there are docker, systemd, nginx and ci";
    }
  }
  return {};
}

std::vector<Kind> kinds() {
  std::vector<Kind> result;
  for (const Skeleton& skeleton : kSkeletons) result.push_back(skeleton.kind);
  return result;
}

std::string name_problem(std::string_view name) {
  constexpr std::size_t kMaxSize = 64;
  if (name.empty()) return "a project needs a name";
  if (name.size() > kMaxSize) return "a project's name has at most 64 characters";
  if (!text::is_letter(name.front())) return quoted(name) + " does not begin with a letter";
  const bool is_plain = std::all_of(name.begin(), name.end(), [](char c) {
    return text::is_letter(c) || text::is_digit(c) || c == '_' || c == '-';
  });
  if (!is_plain) return quoted(name) + " has characters other than letters, digits, '_' and '-'";
  if (!text::is_letter(name.back()) && !text::is_digit(name.back())) {
    return quoted(name) + " does not end with a letter or a digit";
  }
  if (std::find(std::begin(kKeywords), std::end(kKeywords), name) != std::end(kKeywords)) {
    return quoted(name) + " is a keyword of C++";
  }
  const std::string folded = text::lowered(name);
  if (std::find(std::begin(kCMakeTargets), std::end(kCMakeTargets), folded) !=
      std::end(kCMakeTargets)) {
    return quoted(name) + " is a name that CMake uses itself";
  }
  if (folded == "bora" || folded.starts_with("bora_")) {
    return quoted(name) + " is a name that Bora uses itself";
  }
  return {};
}

std::vector<ProjectFile> project_files(std::string_view kind, std::string_view name,
                                       const ProjectOptions& options) {
  const Skeleton* skeleton = find_skeleton(kind);
  if (skeleton == nullptr)
    throw std::invalid_argument("no such kind of project: " + std::string(kind));
  if (std::string problem = name_problem(name); !problem.empty()) {
    throw std::invalid_argument(problem);
  }
  if (std::string problem = options_problem(kind, options); !problem.empty()) {
    throw std::invalid_argument(problem);
  }

  Texts texts;
  add_layer(texts, std::string(skeleton->folder));
  const std::string of(kind);
  const bool is_site_with_users = options.auth && kind == "site";
  const bool has_database = !options.db.empty() || is_site_with_users;
  const bool is_for_postgres = options.db == "postgres";
  if (has_database) add_layer(texts, of + "+db/", is_for_postgres);
  if (is_for_postgres) add_layer(texts, of + "+postgres/");
  if (options.auth) add_layer(texts, of + "+auth/", is_for_postgres);
  for (const std::string& extra : options.with) {
    add_layer(texts, "with+" + extra + "/");
    if (has_database) add_layer(texts, "with+" + extra + "+db/", is_for_postgres);
    if (is_for_postgres) add_layer(texts, "with+" + extra + "+postgres/");
  }
  if (skeleton->folder != "site/") {  // the files of "with+" use the names of this skeleton
    const auto as_this_kind = [&](std::string text) {
      text = replaced(std::move(text), "guestbook_site", skeleton->name);
      return replaced(std::move(text), "Guestbook site", skeleton->title);
    };
    Texts renamed_texts;
    for (const auto& [path, text] : texts) renamed_texts[as_this_kind(path)] = as_this_kind(text);
    texts = std::move(renamed_texts);
  }

  const std::string title = title_of(name);
  std::vector<ProjectFile> files;
  for (const auto& [path, text] : texts) {
    files.push_back({renamed(path, *skeleton, name, title), renamed(text, *skeleton, name, title)});
  }
  return files;
}

}  // namespace bora::scaffold
