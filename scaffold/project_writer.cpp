#include "scaffold/project_writer.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>

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
    Skeleton{{"minimal", "one C++ file, one template, one route"},
             "minimal/",
             "hello_page",
             "Hello page"},
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

// Targets that CMake's generators make themselves, in any spelling of their letters, and what a
// project's build folder holds.
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
  title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
  return title;
}

// One pass for both words: what was put in is not searched again.
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

}  // namespace

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

std::vector<ProjectFile> project_files(std::string_view kind, std::string_view name) {
  const Skeleton* skeleton = find_skeleton(kind);
  if (skeleton == nullptr)
    throw std::invalid_argument("no such kind of project: " + std::string(kind));
  if (std::string problem = name_problem(name); !problem.empty()) {
    throw std::invalid_argument(problem);
  }

  const std::string title = title_of(name);
  std::vector<ProjectFile> files;
  for (const EmbeddedFile& file : embedded_skeletons()) {
    if (!file.path.starts_with(skeleton->folder)) continue;
    files.push_back({renamed(file.path.substr(skeleton->folder.size()), *skeleton, name, title),
                     renamed(file.text, *skeleton, name, title)});
  }
  return files;
}

}  // namespace bora::scaffold
