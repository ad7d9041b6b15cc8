#include "compiler/driver/compiler_report.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <regex>
#include <set>
#include <utility>
#include <vector>

#include "compiler/codegen/template_codegen.h"
#include "compiler/diagnostics/compiler_output.h"
#include "compiler/diagnostics/text_report.h"
#include "compiler/driver/project_check.h"
#include "runtime/text/characters.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {
namespace {

constexpr std::size_t kMaxNotes = 3;
// std::regex uses some of the stack for each byte.
constexpr std::size_t kMaxSearched = 4000;

/// Returns the identifier that begins at `at`; empty if there is none.
std::string_view identifier_at(std::string_view line, std::size_t at) {
  std::size_t end = std::min(at, line.size());
  while (end < line.size() && text::is_word(line[end])) ++end;
  return line.substr(std::min(at, line.size()), end - std::min(at, line.size()));
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Returns a message with types as people write them, and without names of generated code.
std::string plain_message(std::string text) {
  // '::bora_views_home::bora_type_0' (aka 'const int &')
  static const std::regex alias(R"('(?:::)?bora_views_\w*::bora_type_\d+' [({]aka ('[^']*')[)}])");
  if (text.size() <= kMaxSearched) text = std::regex_replace(text, alias, "$1");
  replace_all(text, "std::__cxx11::", "std::");
  replace_all(text, "std::basic_string<char> >", "std::string>");
  replace_all(text, "std::basic_string<char>", "std::string");
  replace_all(text, "std::basic_string_view<char>", "std::string_view");
  static const std::regex same(R"('([^']*)' \{aka '(?:const )?\1'\})");
  if (text.size() <= kMaxSearched) text = std::regex_replace(text, same, "'$1'");
  return text;
}

/// The message that is printed for a finding.
struct Advice {
  std::string message;
  std::string help;
  bool is_changed = false;  ///< whether the compiler's own notes and marks no longer fit the
                            ///< message
};

class Reporter {
 public:
  Reporter(const CompilerReportSetting& setting, FileSystem& files)
      : setting_(setting), files_(files) {}

  std::string report(std::string_view output) {
    const std::vector<CompilerOutputPart> parts = read_compiler_output(output);
    for (const CompilerOutputPart& part : parts) {
      if (part.is_finding) {
        add(part.finding);
      } else {
        others_ += part.raw;
      }
    }
    if (!has_shown_errors_ && !glue_.empty()) {
      show_glue(*glue_.front());
      --hidden_;
    }
    // "2 errors generated." would also count the hidden errors.
    if (hidden_ == 0) out_ += others_;
    if (hidden_ > 0) {
      out_ += "bora: " + std::to_string(hidden_) +
              (hidden_ == 1 ? " more error follows" : " more errors follow") +
              " from what is shown; with BORA_COMPILER_OUTPUT=raw in the environment all are\n";
    }
    return std::move(out_);
  }

 private:
  void add(const CompilerFinding& finding) {
    const CompilerMessage& at = finding.message;
    const bool is_error = at.kind == CompilerMessage::Kind::error;
    if (is_mapped(at.file)) {
      add_mapped(finding, at);
    } else if (is_error && is_generated(at.file)) {
      glue_.push_back(&finding);
      ++hidden_;
    } else if (const std::optional<CompilerMessage> user = mapped_place(finding)) {
      add_mapped(finding, *user);
    } else {
      // If a page's parameters can't be compiled, compilers report them as missing wherever the
      // page is rendered.
      if (is_error && is_declaration_broken_ && has(at.text, "views::")) {
        ++hidden_;
        return;
      }
      has_shown_errors_ |= is_error;
      add_other(finding);
    }
  }

  /// Adds a finding whose place is `at`, in a template or manifest.
  void add_mapped(const CompilerFinding& finding, const CompilerMessage& at) {
    if (finding.message.kind == CompilerMessage::Kind::error) {
      const bool is_new = lines_.emplace(at.file, at.line).second;
      const Advice advice = advice_about(finding, at);
      const bool is_about_glue = has_shown_errors_ && has(advice.message, "bora_");
      if (!is_new || is_declaration_broken_ || is_about_glue) {
        ++hidden_;
        return;
      }
      has_shown_errors_ = true;
      is_declaration_broken_ = is_in_declaration(at);
      show(finding, at, advice);
    } else {
      show(finding, at, advice_about(finding, at));
    }
  }

  /// A finding in C++ that people wrote stays as it is, unless there is advice about it.
  void add_other(const CompilerFinding& finding) {
    const Advice advice = advice_about(finding, finding.message);
    if (advice.help.empty()) {
      out_ += finding.raw;
      return;
    }
    if (advice.is_changed) {
      // Compilers repeat the error for each template parameter, overload and member.
      if (!lines_.emplace(finding.message.file, finding.message.line).second) {
        ++hidden_;
        return;
      }
      show(finding, finding.message, advice);
      return;
    }
    out_ += finding.raw + "     = help: " + advice.help + '\n';
  }

  void show(const CompilerFinding& finding, const CompilerMessage& at, const Advice& advice) {
    lang::Diagnostic shown = diagnostic(at, advice.message);
    shown.severity = finding.message.kind == CompilerMessage::Kind::error ? lang::Severity::error
                                                                          : lang::Severity::warning;
    shown.help = advice.help;
    if (!advice.is_changed) add_notes(finding, at, shown);
    for (const std::string& line : at.context) {
      // "In file included from page.html:1:" leads from a page to its base.
      if (const std::optional<CompilerMessage> from = included_from(line);
          from && is_mapped(from->file))
        out_ += "In file included from " + shown_path(from->file) + ':' +
                std::to_string(from->line) + ":\n";
    }
    out_ += text_report(shown, {.colours = setting_.colours});
  }

  void show_glue(const CompilerFinding& finding) {
    const Advice advice = advice_about(finding, finding.message);
    if (advice.help.empty()) {
      out_ += finding.raw;
    } else {
      show(finding, finding.message, advice);
    }
  }

  lang::Diagnostic diagnostic(const CompilerMessage& at, const std::string& message) {
    lang::Diagnostic result;
    result.message = message;
    result.file = shown_path(at.file);
    if (const lang::SourcePtr source = is_generated(at.file) ? nullptr : source_of(at.file)) {
      result.source = source;
      result.span = span_at(*source, at);
    }
    return result;
  }

  /// Adds the first notes about other lines of the user's own files.
  void add_notes(const CompilerFinding& finding, const CompilerMessage& at,
                 lang::Diagnostic& shown) {
    for (const CompilerMessage& note : finding.notes) {
      const bool is_repeat = note.file == at.file && note.line == at.line;
      if (is_repeat || shown.notes.size() == kMaxNotes || !is_of_project(note.file)) continue;
      lang::Note copy;
      copy.source = source_of(note.file);
      copy.message = plain_message(note.text);
      if (!copy.source) continue;
      copy.span = span_at(*copy.source, note);
      shown.notes.push_back(std::move(copy));
    }
  }

  // Places.

  static bool is_mapped(std::string_view file) {
    return is_template_name(file) || file.ends_with(".toml");
  }

  bool is_generated(const std::string& file) {
    return !setting_.out.empty() && is_below(setting_.out, file);
  }

  bool is_of_project(const std::string& file) {
    return !is_generated(file) && !setting_.source_folder.empty() &&
           is_below(setting_.source_folder, file);
  }

  bool is_below(const std::string& folder, const std::string& file) {
    return files_.absolute(file).starts_with(folder_path(folder));
  }

  std::string shown_path(const std::string& file) {
    if (setting_.source_folder.empty() || !is_below(setting_.source_folder, file)) return file;
    return files_.absolute(file).substr(folder_path(setting_.source_folder).size());
  }

  /// Returns the folder as an absolute path with '/' at its end.
  std::string folder_path(const std::string& folder) {
    std::string path = files_.absolute(folder);
    if (!path.ends_with('/')) path += '/';
    return path;
  }

  lang::SourcePtr source_of(const std::string& file) {
    const auto [found, is_new] = sources_.emplace(file, nullptr);
    std::string text;
    if (is_new && !files_.read(file, text))
      found->second = std::make_shared<const lang::SourceText>(shown_path(file), std::move(text));
    return found->second;
  }

  std::string_view line_of(const CompilerMessage& at) {
    const lang::SourcePtr source = source_of(at.file);
    return source ? source->line(at.line) : std::string_view();
  }

  static lang::Span span_at(const lang::SourceText& source, const CompilerMessage& at) {
    const std::string_view line = source.line(at.line);
    if (line.data() == nullptr) return {};
    std::size_t column = std::min<std::size_t>(at.column == 0 ? 0 : at.column - 1, line.size());
    // Compilers see a call in place of the braces and may report it; the value itself is marked.
    if (is_mapped(at.file)) column = std::min(line.find_first_not_of("{ ", column), line.size());
    const auto begin = static_cast<std::uint32_t>(
        static_cast<std::size_t>(line.data() - source.text().data()) + column);
    return {begin, begin + static_cast<std::uint32_t>(identifier_at(line, column).size())};
  }

  /// Reads "FILE:12:3: required from here", "In file included from FILE:1:".
  static std::optional<CompilerMessage> included_from(const std::string& line) {
    if (line.size() > kMaxSearched) return std::nullopt;
    static const std::regex included(R"(^(?:In file included| +) from (.*?):(\d+)[:,]$)");
    static const std::regex required(R"(^(.*?):(\d+):(\d+):   (?:recursively )?required .*$)");
    std::smatch match;
    CompilerMessage place;
    if (std::regex_match(line, match, included)) {
      place.line = static_cast<std::uint32_t>(std::stoul(match[2]));
    } else if (std::regex_match(line, match, required)) {
      place.line = static_cast<std::uint32_t>(std::stoul(match[2]));
      place.column = static_cast<std::uint32_t>(std::stoul(match[3]));
    } else {
      return std::nullopt;
    }
    place.file = match[1];
    return place;
  }

  /// Returns the place in a template at which an error of a library begins: "required from here",
  /// "requested here".
  std::optional<CompilerMessage> mapped_place(const CompilerFinding& finding) {
    if (is_of_project(finding.message.file)) return std::nullopt;
    for (const std::string& line : finding.message.context) {
      std::optional<CompilerMessage> place = included_from(line);
      if (place && place->column > 0 && is_mapped(place->file)) return place;
    }
    for (const CompilerMessage& note : finding.notes) {
      if (!is_mapped(note.file) || !has(note.text, "requested here")) continue;
      CompilerMessage place;
      place.file = note.file;
      place.line = note.line;
      place.column = note.column;
      return place;
    }
    return std::nullopt;
  }

  /// Whether the error is in a tag that declares something for the rest of the page.
  bool is_in_declaration(const CompilerMessage& at) {
    const std::string_view before = line_of(at).substr(0, at.column);
    const std::size_t tag = before.rfind("{%");
    if (tag == std::string_view::npos) return false;
    static const std::regex declaration(R"(^\{%[-~]?\s*(param|import|from|set)\b)");
    return std::regex_search(std::string(line_of(at).substr(tag, kMaxSearched)), declaration);
  }

  // Advice.

  Advice advice_about(const CompilerFinding& finding, const CompilerMessage& at) {
    Advice advice;
    advice.message = plain_message(finding.message.text);
    if (is_mapped(at.file)) {
      // The assertions of generated code have messages that need no introduction.
      static const std::regex asserted(
          R"(^static assertion failed(?: due to requirement 'bora_\w+')?: )");
      advice.message = std::regex_replace(advice.message.substr(0, kMaxSearched), asserted, "") +
                       advice.message.substr(std::min(advice.message.size(), kMaxSearched));
    }
    if (finding.message.kind != CompilerMessage::Kind::error ||
        advice.message.size() > kMaxSearched)
      return advice;
    const std::string message = advice.message;
    (void)(advise_view(message, at, advice) || advise_route(message, at, advice) ||
           advise_header(message, advice) || advise_parameter(message, finding, advice) ||
           advise_argument(message, at, advice) || advise_unprintable(message, finding, advice) ||
           advise_task(message, at, advice) || advise_handler(message, at, advice) ||
           advise_import(message, at, advice));
    return advice;
  }

  static void say(Advice& advice, std::string message, std::string help) {
    advice.message = std::move(message);
    advice.help = std::move(help);
    advice.is_changed = true;
  }

  std::string inclusion(const std::string& header, const CompilerMessage& at) {
    return is_mapped(at.file) ? "add {% import \"" + header + "\" %}"
                              : "add #include \"" + header + '"';
  }

  /// Returns the headers of all pages, by the name of their type: "views::blog::entry".
  std::map<std::string, std::string> view_headers() {
    std::map<std::string, std::string> headers;
    std::vector<std::string> names;
    if (!setting_.out.empty()) (void)files_.list(join_path(setting_.out, "views"), names);
    for (const std::string& name : names) {
      if (!name.ends_with(".h") || name.ends_with(".blocks.h")) continue;
      const std::string page = name.substr(0, name.size() - 2) + ".html";
      headers.emplace(unit_name(page).qualified(), "views/" + name);
    }
    return headers;
  }

  bool advise_view(const std::string& message, const CompilerMessage& at, Advice& advice) {
    static const std::regex clang(
        R"(^no (?:member|type|template) named '(\w+)' in namespace '(views(?:::\w+)*)'.*)");
    static const std::regex gcc(R"(^'(\w+)' is not a member of '(views(?:::\w+)*)'.*)");
    static const std::regex gcc_type(
        R"(^'(\w+)' in namespace '(views(?:::\w+)*)' does not name a type.*)");
    static const std::regex unknown(
        R"(^(?:use of undeclared identifier 'views'|'views' (?:has not been|was not) declared.*).*)");
    std::smatch match;
    std::string type;
    if (std::regex_match(message, match, clang) || std::regex_match(message, match, gcc) ||
        std::regex_match(message, match, gcc_type)) {
      type = match[2].str() + "::" + match[1].str();
    } else if (std::regex_match(message, unknown)) {
      const std::string line(line_of(at).substr(
          std::min<std::size_t>(at.column == 0 ? 0 : at.column - 1, line_of(at).size())));
      static const std::regex qualified(R"(^views(?:::\w+)+)");
      if (!std::regex_search(line, match, qualified)) return false;
      type = match[0].str();
    } else {
      return false;
    }
    const std::map<std::string, std::string> headers = view_headers();
    if (const auto found = headers.find(type); found != headers.end()) {
      say(advice, "'" + type + "' is not declared here", inclusion(found->second, at));
      return true;
    }
    std::vector<std::string> names;
    for (const auto& [name, header] : headers) names.push_back(name);
    const std::string nearest = lang::nearest_name(type, names);
    say(advice, "no page of this app is '" + type + "'",
        nearest.empty() ? "templates/blog/entry.html would be 'views::blog::entry'"
                        : "did you mean '" + nearest + "'?");
    return true;
  }

  bool advise_route(const std::string& message, const CompilerMessage& at, Advice& advice) {
    static const std::regex unknown(
        R"(^(?:use of undeclared identifier 'routes?'|'routes?' (?:has not been|was not) declared.*).*)");
    if (!std::regex_match(message, unknown)) return false;
    const std::string name = has(message, "'routes'") ? "routes" : "route";
    if (!has(line_of(at), name + "::")) return false;
    const bool has_routes = files_.kind(join_path(setting_.out, "routes.h")) == FileKind::file;
    say(advice, "'" + name + "' is not declared here",
        has_routes ? inclusion("routes.h", at)
                   : "it comes from the manifest: add ROUTES routes.toml to bora_add_app()");
    return true;
  }

  /// Advises about a generated header that does not exist.
  bool advise_header(const std::string& message, Advice& advice) {
    static const std::regex missing(
        R"(^'?((?:views/.*|routes)\.h)'?(?: file not found|: No such file or directory)$)");
    std::smatch match;
    if (!std::regex_match(message, match, missing)) return false;
    const std::string header = match[1];
    if (header == "routes.h") {
      say(advice, "there is no 'routes.h', because this app names no manifest",
          "add ROUTES routes.toml to bora_add_app()");
      return true;
    }
    std::vector<std::string> names;
    for (const auto& [name, path] : view_headers()) names.push_back(path);
    const std::string nearest = lang::nearest_name(header, names);
    say(advice, "no page of this app becomes '" + header + "'",
        nearest.empty() ? "templates/blog/entry.html becomes \"views/blog/entry.h\""
                        : "did you mean \"" + nearest + "\"?");
    return true;
  }

  /// Advises about a page that is rendered without one of its parameters.
  bool advise_parameter(const std::string& message, const CompilerFinding& finding,
                        Advice& advice) {
    static const std::regex gcc(
        R"(^member '(views(?:::\w+)*)::(\w+)' is uninitialized reference$)");
    std::smatch match;
    std::string name;
    if (std::regex_match(message, match, gcc)) {
      name = match[2];
    } else if (message.starts_with("reference member of type ") &&
               message.ends_with("uninitialized")) {
      for (const CompilerMessage& note : finding.notes) {
        if (!is_mapped(note.file) || note.column == 0) continue;
        name = identifier_at(line_of(note), note.column - 1);
      }
    }
    if (name.empty()) return false;
    say(advice, "the page's parameter '" + name + "' is not given", "add ." + name + " = …");
    return true;
  }

  /// Advises about a page that gets a value for a parameter that it does not have, or that has
  /// another type.
  bool advise_argument(const std::string& message, const CompilerMessage& at, Advice& advice) {
    static const std::regex clang(
        R"(^field designator '(\w+)' does not refer to any field in type '(views(?:::\w+)*)'.*)");
    static const std::regex gcc(
        R"(^'(views(?:::\w+)*)' has no non-static data member named '(\w+)'.*)");
    static const std::regex clang_type(
        R"(^no viable conversion from '([^']*)'(?: \(aka '[^']*'\))? to 'const std::remove_cvref_t<.*>' \(aka '([^']*)'\)$)");
    static const std::regex gcc_type(
        R"(^invalid initialization of reference of type '([^']*)' from expression of type '([^']*)'.*)");
    if (is_mapped(at.file)) return false;
    std::smatch match;
    if (std::regex_match(message, match, clang)) {
      say_unknown_parameter(match[2], match[1], advice);
    } else if (std::regex_match(message, match, gcc)) {
      say_unknown_parameter(match[1], match[2], advice);
    } else if (std::regex_match(message, match, clang_type)) {
      say(advice,
          "a '" + match[1].str() + "' is given where the page takes a '" + match[2].str() + "'",
          "give it what its {% param %} names");
    } else if (has(advice.message, "invalid initialization") && has(line_of(at), "views::") &&
               std::regex_match(message, match, gcc_type)) {
      say(advice,
          "a '" + match[2].str() + "' is given where the page takes a '" + match[1].str() + "'",
          "give it what its {% param %} names");
    } else {
      return false;
    }
    return true;
  }

  void say_unknown_parameter(const std::string& page, const std::string& name, Advice& advice) {
    std::vector<std::string> names;
    const std::map<std::string, std::string> headers = view_headers();
    std::string text;
    if (const auto found = headers.find(page); found != headers.end())
      (void)files_.read(join_path(setting_.out, found->second), text);
    static const std::regex member(R"(bora_type_\d+\s+(\w+);)");
    for (std::sregex_iterator at(text.begin(), text.end(), member), end; at != end; ++at)
      names.push_back((*at)[1]);
    const std::string nearest = lang::nearest_name(name, names);
    std::string help = "it has none";
    if (!nearest.empty()) {
      help = "did you mean '" + nearest + "'?";
    } else if (!names.empty()) {
      help = "it has " + lang::listed(names);
    }
    say(advice, "the page '" + page + "' has no parameter '" + name + "'", help);
  }

  bool advise_unprintable(const std::string& message, const CompilerFinding& finding,
                          Advice& advice) {
    if (!has(message, "deleted function")) return false;
    std::string all = message;
    for (const CompilerMessage& note : finding.notes) {
      if (all.size() + note.text.size() <= kMaxSearched) all += '\n' + plain_message(note.text);
    }
    const bool is_string = has(all, "define_a_function_to_string_for_this_type");
    const bool is_json = has(all, "define_a_function_to_json_for_this_type");
    // clang names the function only in the source lines of its notes.
    const bool is_sink = has(message, "call to deleted function call operator") &&
                         (has(message, "Sink<") || has(message, "bora::render::"));
    if (!is_string && !is_json && !is_sink) return false;
    static const std::regex type(R"(\[with T = ([^;\]]*(?:\[[^\]]*\])?[^;\]]*)[;\]])");
    std::smatch match;
    if (!std::regex_search(all, match, type)) return false;
    const std::string name = match[1];
    if (name.starts_with("bora::Task<")) {
      say(advice, "a '" + name + "' has no text: its value is there only when it was awaited",
          "await it in the handler and give the page its value as a parameter");
      return true;
    }
    const bool wants_json = is_json || has(finding.raw, "define_a_function_to_json_for_this_type");
    say(advice, "a value of type '" + name + "' cannot be written here",
        wants_json
            ? "write one of its members, or define to_json() beside the type (docs/escaping.md)"
            : "write one of its members, or define std::string to_string(const " + name +
                  "&) beside the type");
    return true;
  }

  bool advise_task(const std::string& message, const CompilerMessage& at, Advice& advice) {
    static const std::regex no_coroutine(
        R"(^(?:this function cannot be a coroutine: 'std::coroutine_traits<void,.*|unable to find the promise type for this coroutine)$)");
    if (std::regex_match(message, no_coroutine)) {
      say(advice, "a function that awaits cannot return void", "let it return bora::Task<void>");
      return true;
    }
    static const std::regex value(
        R"(^(?:no member named|no viable conversion|no viable overloaded|conversion from|cannot convert|could not convert|invalid operands|invalid range expression|no match for|no matching function for call to 'begin|'(?:const )?(?:class )?bora::Task<.*has no member named).*)");
    if (!has(message, "bora::Task<") || !std::regex_match(message, value)) return false;
    say(advice, advice.message,
        is_mapped(at.file)
            ? "a Task's value is there only when it was awaited: await it in the handler "
              "and give the page its value as a parameter"
            : "a Task's value is there only when it was awaited: put co_await in front");
    return true;
  }

  /// Advises about an unknown class that the manifest names.
  bool advise_handler(const std::string& message, const CompilerMessage& at, Advice& advice) {
    if (!at.file.ends_with(".toml")) return false;
    static const std::regex unknown(
        R"(^(?:unknown type name|no type named|use of undeclared identifier) '.*|'.*' does not name a type.*|'.*' (?:was not|has not been) declared.*)");
    if (!std::regex_match(message, unknown)) return false;
    advice.help = "name the header that declares it in 'use' of [app]";
    return true;
  }

  /// Advises about an unknown type in a declaration: its header may not have been imported.
  bool advise_import(const std::string& message, const CompilerMessage& at, Advice& advice) {
    if (!is_mapped(at.file) || !is_in_declaration(at)) return false;
    static const std::regex unknown(
        R"(^(?:use of undeclared identifier '.*'|unknown type name '.*'|no (?:type|template|member) named '.*' in namespace '.*'|'.*' (?:was not|has not been) declared.*|'.*' in namespace '.*' does not name a.*|'.*' does not name a type|'.*' is not a member of '.*').*)");
    if (!std::regex_match(message, unknown)) return false;
    if (has(message, "bora_")) return false;
    advice.help =
        "import the header that declares it in front: {% import \"models.h\" %}, {% import "
        "<vector> %}";
    return true;
  }

  const CompilerReportSetting& setting_;
  FileSystem& files_;
  std::string out_;
  std::string others_;
  std::map<std::string, lang::SourcePtr> sources_;
  std::set<std::pair<std::string, std::uint32_t>> lines_;  ///< the places at which an error was
                                                           ///< shown
  std::vector<const CompilerFinding*> glue_;               ///< errors in generated code
  bool has_shown_errors_ = false;
  bool is_declaration_broken_ = false;
  std::size_t hidden_ = 0;
};

}  // namespace

std::string compiler_report(std::string_view output, const CompilerReportSetting& setting,
                            FileSystem& files) {
  return Reporter(setting, files).report(output);
}

}  // namespace bora::compiler
