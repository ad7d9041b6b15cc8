#include "compiler/dev/build_log.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include "compiler/diagnostics/compiler_output.h"
#include "compiler/diagnostics/error_page.h"
#include "compiler/diagnostics/json_report.h"
#include "compiler/diagnostics/text_report.h"
#include "runtime/text/characters.h"

namespace bora::compiler {
namespace {

constexpr std::size_t kMaxFindings = 50;

bool is_relative_to(const std::string& path, const std::string& folder) {
  return !folder.empty() && path.starts_with(folder + '/');
}

void errors_first(std::vector<DevFinding>& findings) {
  std::vector<DevFinding> sorted;
  for (const bool wants_errors : {true, false}) {
    for (DevFinding& finding : findings) {
      if (finding.is_error == wants_errors) sorted.push_back(std::move(finding));
    }
  }
  findings = std::move(sorted);
}

std::string trimmed(std::string_view text) {
  return std::string(text::trim_space(text));
}

/// Takes "[T012]" from the end of a message.
std::string take_code(std::string& message) {
  const std::size_t open = message.rfind(" [");
  if (open == std::string::npos || !message.ends_with(']')) return {};
  const std::string code = message.substr(open + 2, message.size() - open - 3);
  const bool is_code = code.size() == 4 && code[0] >= 'A' && code[0] <= 'Z' &&
                       std::all_of(code.begin() + 1, code.end(), text::is_digit);
  if (!is_code) return {};
  message.erase(open);
  return code;
}

/// Returns the word that a compiler proposes; empty if there is none.
std::string proposed_word(const std::string& message) {
  for (const std::string_view lead : {"did you mean '", "did you mean simply '"}) {
    const std::size_t at = message.find(lead);
    if (at == std::string::npos) continue;
    const std::size_t begin = at + lead.size();
    const std::size_t end = message.find('\'', begin);
    if (end != std::string::npos) return message.substr(begin, end - begin);
  }
  return {};
}

/// Returns the old and the new line: the line of an excerpt, and the same with `word` in place of
/// what its caret line marks.
std::string make_diff(const std::string& excerpt, const std::string& word) {
  const std::vector<std::string> lines = lines_of(excerpt);
  for (std::size_t i = 0; !word.empty() && i + 1 < lines.size(); ++i) {
    const std::size_t bar = lines[i].find('|');
    const std::size_t caret = lines[i + 1].find('^');
    if (bar == std::string::npos || caret == std::string::npos || lines[i + 1].find('|') != bar)
      continue;
    // clang marks only the first letter of a name.
    std::size_t begin = caret;
    std::size_t end = lines[i + 1].find_first_not_of("^~", caret);
    end = std::min(end, lines[i + 1].size());
    const auto is_name = [&](std::size_t at) {
      const char c = at < lines[i].size() ? lines[i][at] : ' ';
      return text::is_word(c);
    };
    while (begin > bar + 1 && is_name(begin - 1) && is_name(begin)) --begin;
    while (is_name(end) && is_name(end - 1)) ++end;
    if (begin >= lines[i].size()) continue;
    std::string old_line = lines[i].substr(bar + 1);
    std::string new_line = lines[i].substr(bar + 1, begin - bar - 1) + word +
                           lines[i].substr(std::min(end, lines[i].size()));
    return "-" + old_line + "\n+" + new_line;
  }
  return {};
}

class LogReader {
 public:
  LogReader(const BuildFolders& folders, FileSystem& files) : folders_(folders), files_(files) {}

  std::vector<DevFinding> read(std::string_view output) {
    // Each step of Ninja is "[bora 1/4] what", or "FAILED: what", then the command and its output.
    std::string loose;
    bool skips_command = false;
    for (std::string& line : lines_of(without_colours(output))) {
      if (line.starts_with(kNinjaMark)) {
        flush(loose);
        skips_command = false;
        continue;
      }
      if (line.starts_with("FAILED: ")) {
        flush(loose);
        skips_command = true;
        continue;
      }
      if (std::exchange(skips_command, false)) continue;
      if (line.starts_with("ninja: error: ")) {
        flush(loose);
        add_plain("build", line.substr(14));
        continue;
      }
      if (line.starts_with("ninja: ")) continue;
      loose += line + '\n';
    }
    flush(loose);
    errors_first(found_);
    return std::move(found_);
  }

 private:
  void flush(std::string& text) {
    if (!text.empty()) read_step(std::exchange(text, {}));
  }

  void read_step(const std::string& text) {
    if (read_linker(text) || read_cmake(text)) return;
    for (CompilerOutputPart& part : read_compiler_output(text)) {
      if (part.is_finding) add_finding(part.finding);
    }
  }

  void add(DevFinding finding) {
    const std::string key =
        finding.file + ':' + std::to_string(finding.line) + ':' + finding.message;
    if (found_.size() < kMaxFindings && seen_.insert(key).second)
      found_.push_back(std::move(finding));
  }

  void add_plain(std::string source, std::string message) {
    DevFinding finding;
    finding.source = std::move(source);
    finding.message = std::move(message);
    add(std::move(finding));
  }

  void add_finding(const CompilerFinding& found) {
    DevFinding finding;
    finding.is_error = found.message.kind == CompilerMessage::Kind::error;
    finding.message = found.message.text;
    finding.code = take_code(finding.message);
    finding.source = finding.code.empty() ? "compiler" : "template";
    finding.line = found.message.line;
    finding.column = found.message.column;
    place(finding, found.message.file);
    // The message is followed by its excerpt, then by notes with theirs.
    std::string* into = &finding.excerpt;
    bool is_behind_message = false;
    for (const std::string& line : lines_of(found.raw)) {
      if (!is_behind_message) {
        is_behind_message = line.find(found.message.file + ':') == 0 &&
                            line.find(": ") != std::string::npos &&
                            (line.find(" error: ") != std::string::npos ||
                             line.find(" warning: ") != std::string::npos);
        continue;
      }
      const std::string plain = trimmed(line);
      if (plain.starts_with("= help: ")) {
        finding.help += (finding.help.empty() ? "" : " ") + plain.substr(8);
        continue;
      }
      if (plain.starts_with("= ")) continue;
      if (line.find(": note: ") != std::string::npos || !line.starts_with(' '))
        into = &finding.more;
      *into += line + '\n';
    }
    finding.diff = make_diff(finding.excerpt, proposed_word(finding.message));
    add(std::move(finding));
  }

  void place(DevFinding& finding, std::string file) const {
    if (!file.starts_with('/')) {
      for (const std::string& folder : {folders_.source, folders_.build}) {
        const std::string path = files_.absolute(folder + '/' + file);
        if (files_.kind(path) != FileKind::file) continue;
        file = path;
        break;
      }
    }
    finding.file = file;
    finding.shown =
        is_relative_to(file, folders_.source) ? file.substr(folders_.source.size() + 1) : file;
  }

  /// lld: "ld.lld: error: undefined symbol: NAME" and ">>> referenced by home.cpp:12 (/…:12)";
  /// GNU ld: "/…/home.cpp:12: undefined reference to `NAME'".
  bool read_linker(const std::string& text) {
    bool is_linker = false;
    const std::vector<std::string> lines = lines_of(text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string& line = lines[i];
      std::string symbol;
      std::string place_text;
      constexpr std::string_view kLld = "error: undefined symbol: ";
      constexpr std::string_view kLd = "undefined reference to `";
      constexpr std::string_view kTwice = "multiple definition of `";
      bool is_twice = false;
      if (const std::size_t at = line.find(kLld); at != std::string::npos) {
        symbol = line.substr(at + kLld.size());
        if (i + 1 < lines.size()) place_text = lines[i + 1];
      } else if (const std::size_t gnu = line.find(kLd); gnu != std::string::npos) {
        symbol = line.substr(gnu + kLd.size(), line.rfind('\'') - gnu - kLd.size());
        place_text = line.substr(0, gnu);
      } else if (const std::size_t twice = line.find(kTwice); twice != std::string::npos) {
        is_twice = true;
        symbol = line.substr(twice + kTwice.size());
        symbol = symbol.substr(0, symbol.find('\''));
        place_text = line.substr(0, twice);
      } else if (line.find("error: duplicate symbol: ") != std::string::npos) {
        is_twice = true;
        symbol = line.substr(line.find("duplicate symbol: ") + 18);
        if (i + 1 < lines.size()) place_text = lines[i + 1];
      } else {
        continue;
      }
      is_linker = true;
      DevFinding finding;
      finding.source = "linker";
      finding.message = is_twice ? "'" + symbol + "' is defined twice"
                                 : "'" + symbol + "' is used and nowhere defined";
      finding.help =
          is_twice ? "define it in one .cpp file, or make it inline"
                   : "define it, or name the file that does among the SOURCES of bora_add_app() in "
                     "CMakeLists.txt";
      place_by(finding, place_text);
      finding.more = text;
      add(std::move(finding));
    }
    if (!is_linker && (text.find("linker command failed") != std::string::npos ||
                       text.find("ld returned 1 exit status") != std::string::npos)) {
      is_linker = true;
      DevFinding finding;
      finding.source = "linker";
      finding.message = trimmed(text.substr(0, text.find('\n')));
      finding.more = text;
      add(std::move(finding));
    }
    return is_linker;
  }

  /// Takes the place from the last "…/file.cpp:12" of a text that names an existing file.
  void place_by(DevFinding& finding, const std::string& text) const {
    for (std::size_t colon = text.rfind(':'); colon != std::string::npos && colon > 0;
         colon = text.rfind(':', colon - 1)) {
      std::uint32_t number = 0;
      const char* const begin = text.data() + colon + 1;
      if (std::from_chars(begin, text.data() + text.size(), number).ptr == begin || number == 0)
        continue;
      const std::size_t start = text.find_last_of(" (:", colon - 1) + 1;
      DevFinding candidate;
      place(candidate, text.substr(start, colon - start));
      if (files_.kind(candidate.file) != FileKind::file) continue;
      finding.file = candidate.file;
      finding.shown = candidate.shown;
      finding.line = number;
      std::string source;
      if (!files_.read(candidate.file, source)) {
        const std::vector<std::string> lines = lines_of(source);
        if (number <= lines.size())
          finding.excerpt = "  " + std::to_string(number) + " | " + lines[number - 1] + '\n';
      }
      return;
    }
  }

  /// "CMake Error at CMakeLists.txt:12 (message):", and indented lines.
  bool read_cmake(const std::string& text) {
    bool is_cmake = false;
    const std::vector<std::string> lines = lines_of(text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (!lines[i].starts_with("CMake Error")) continue;
      is_cmake = true;
      DevFinding finding;
      finding.source = "cmake";
      const std::size_t at = lines[i].find(" at ");
      const std::size_t colon = lines[i].find(':', at == std::string::npos ? 0 : at);
      if (at != std::string::npos && colon != std::string::npos) {
        std::from_chars(lines[i].data() + colon + 1, lines[i].data() + lines[i].size(),
                        finding.line);
        place(finding, lines[i].substr(at + 4, colon - at - 4));
      } else {
        finding.message = trimmed(lines[i].substr(lines[i].find(':') + 1));
      }
      for (std::size_t next = i + 1; next < lines.size(); ++next) {
        const bool is_text = lines[next].empty() || lines[next].starts_with(' ');
        if (!is_text || lines[next].starts_with("Call Stack")) break;
        if (lines[next].empty() && !finding.message.empty() && !finding.message.ends_with(':'))
          break;
        if (lines[next].empty()) continue;
        finding.message += (finding.message.empty() ? "" : " ") + trimmed(lines[next]);
      }
      finding.more = text;
      add(std::move(finding));
    }
    return is_cmake;
  }

  const BuildFolders& folders_;
  FileSystem& files_;
  std::vector<DevFinding> found_;
  std::set<std::string> seen_;
};

std::string member(std::string_view name, std::string_view value) {
  return '"' + std::string(name) + "\":" + json_string(value);
}

}  // namespace

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::vector<DevFinding> read_build_log(std::string_view output, const BuildFolders& folders,
                                       FileSystem& files) {
  return LogReader(folders, files).read(output);
}

std::vector<DevFinding> findings_of(const std::vector<lang::Diagnostic>& diagnostics,
                                    const std::string& source_folder) {
  std::vector<DevFinding> findings;
  for (const lang::Diagnostic& diagnostic : diagnostics) {
    if (findings.size() == kMaxFindings) break;
    DevFinding finding;
    finding.is_error = diagnostic.severity == lang::Severity::error;
    finding.source = "template";
    finding.message = diagnostic.message;
    finding.code = diagnostic.code;
    finding.help = diagnostic.help;
    finding.file = diagnostic.source ? diagnostic.source->name() : diagnostic.file;
    if (diagnostic.source) {
      const lang::Position position = diagnostic.source->position(diagnostic.span.begin);
      finding.line = position.line;
      finding.column = position.column;
    }
    finding.shown = is_relative_to(finding.file, source_folder)
                        ? finding.file.substr(source_folder.size() + 1)
                        : finding.file;
    // The excerpt is the report without its first line and without the notes.
    lang::Diagnostic alone = diagnostic;
    alone.notes.clear();
    alone.help = {};
    const std::string text = text_report(alone);
    finding.excerpt = text.substr(std::min(text.find('\n') + 1, text.size()));
    for (const lang::Note& note : diagnostic.notes) {
      if (note.source) {
        const lang::Position at = note.source->position(note.span.begin);
        std::string name(note.source->name());
        if (is_relative_to(name, source_folder)) name = name.substr(source_folder.size() + 1);
        finding.more += name + ':' + std::to_string(at.line) + ": ";
      }
      finding.more += note.message + '\n';
    }
    findings.push_back(std::move(finding));
  }
  errors_first(findings);
  return findings;
}

std::string progress_of(std::string_view output) {
  const std::size_t at = output.rfind(kNinjaMark);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = output.substr(at + kNinjaMark.size());
  return std::string(rest.substr(0, std::min(rest.find(']'), rest.size())));
}

std::string finding_text(const DevFinding& finding, bool colours) {
  const auto paint = [&](const char* colour, const std::string& text) {
    return colours ? "\x1b[" + std::string(colour) + "m" + text + "\x1b[0m" : text;
  };
  std::string text;
  if (!finding.shown.empty()) {
    text = finding.shown;
    if (finding.line > 0) text += ':' + std::to_string(finding.line);
    if (finding.column > 0) text += ':' + std::to_string(finding.column);
    text = paint("1", text + ": ");
  }
  text += finding.is_error ? paint("1;31", "error: ") : paint("1;35", "warning: ");
  text += paint("1", finding.message);
  if (!finding.code.empty()) text += " [" + finding.code + ']';
  text += '\n' + finding.excerpt;
  if (!finding.excerpt.empty() && !finding.excerpt.ends_with('\n')) text += '\n';
  if (!finding.help.empty()) text += "     = help: " + finding.help + '\n';
  for (const std::string& line : lines_of(finding.diff))
    text += "     " + (line.starts_with('-') ? paint("31", line) : paint("32", line)) + '\n';
  return text;
}

std::string findings_json(const std::vector<DevFinding>& findings) {
  std::string json = "[";
  for (const DevFinding& finding : findings) {
    json += json.size() > 1 ? ",{" : "{";
    const std::string explain =
        finding.code.empty() ? std::string() : page_for_terminal(error_page(finding.code), false);
    json += std::string("\"error\":") + (finding.is_error ? "true" : "false");
    for (const auto& [name, value] :
         {std::pair<const char*, const std::string*>{"source", &finding.source},
          {"message", &finding.message},
          {"code", &finding.code},
          {"file", &finding.file},
          {"shown", &finding.shown},
          {"excerpt", &finding.excerpt},
          {"help", &finding.help},
          {"diff", &finding.diff},
          {"more", &finding.more},
          {"explain", &explain}})
      json += ',' + member(name, *value);
    json += ",\"line\":" + std::to_string(finding.line) +
            ",\"column\":" + std::to_string(finding.column) + '}';
  }
  return json + ']';
}

}  // namespace bora::compiler
